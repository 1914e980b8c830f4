"""How many bytes of weights a second the devices of this machine really reach, learned from answers."""

from collections.abc import Mapping
from typing import Any

from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.model_size import passes_per_second

# description of a device -> [bytes that a token read, bytes/s]
Known = dict[str, list[float]]
_MOST = 1e14  # bytes/s, far above any memory; more comes from a damaged store
_KEPT = 20  # devices


def passes_of(message: Message) -> float:
    """Return how often the whole model was read in a second of this answer; 0 when that cannot be told."""
    whole = message.role is Role.ASSISTANT and message.state is MessageState.COMPLETE
    alone = message.sampling is None or message.sampling.n == 1  # several at once share their passes
    return passes_per_second(message.usage, message.timings) if whole and alone else 0.0


def learned(known: Mapping[str, Any], plan: LoadPlan, passes: float) -> Known | None:
    """Return what is known after an answer; None when it teaches nothing.

    A small model spends much of its time on other things than reading, so that only one of at least the size of the
    largest before counts; and of a model on several devices nobody knows which took how long.

    Args:
        passes: As of `passes_of`.
    """
    reading = [(device, read) for device, read in zip(plan.devices, plan.reads, strict=False) if read]
    if passes <= 0 or len(reading) != 1:
        return None
    [(device, read)] = reading
    name = device.description or device.name
    sound = _sound(known)
    if name in sound and read < sound[name][0]:
        return None
    others = {other: value for other, value in sound.items() if other != name}
    return dict([*others.items(), (name, [float(read), float(passes * read)])][-_KEPT:])


def bandwidths(known: Any) -> dict[str, float]:
    """Return bytes/s by the descriptions of devices, from what was stored."""
    return {name: bandwidth for name, (_, bandwidth) in _sound(known).items()}


def _sound(known: Any) -> Known:
    found: Known = {}
    for name, value in known.items() if isinstance(known, dict) else ():
        match value:
            case [float(read), float(bandwidth)] if read > 0 and 0 < bandwidth < _MOST:
                found[str(name)] = [read, bandwidth]
    return found
