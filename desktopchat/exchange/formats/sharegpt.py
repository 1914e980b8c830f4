"""ShareGPT: records with `conversations`, each turn with `from` and `value`; training data often comes so."""

from collections.abc import Iterator
from typing import Any

from desktopchat.core.chat import Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Item
from desktopchat.exchange.draft import Draft, Origin, items, text
from desktopchat.exchange.formats.fences import labelled
from desktopchat.exchange.records import NO_SPEAKER

KIND = "sharegpt"
_ROLES = {
    "human": Role.USER,
    "user": Role.USER,
    "gpt": Role.ASSISTANT,
    "chatgpt": Role.ASSISTANT,
    "bing": Role.ASSISTANT,
    "bard": Role.ASSISTANT,
    "assistant": Role.ASSISTANT,
    "model": Role.ASSISTANT,
    "system": Role.SYSTEM,
    "tool": Role.ASSISTANT,
    "observation": Role.ASSISTANT,
    "function_call": Role.ASSISTANT,
}
_TOOLS = {"tool": "Result of a tool", "observation": "Result of a tool", "function_call": "Call of a tool"}


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a record of ShareGPT."""
    return any(text(turn, "from") in _ROLES and "value" in turn for turn in items(record, "conversations"))


def read(record: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Read one conversation."""
    uid = text(record, "id")
    draft = Draft(
        origin,
        KIND,
        uid=f"{KIND}:{uid}" if uid else "",
        title=text(record, "title"),
        system_prompt=text(record, "system"),
    )
    last = None
    for number, turn in enumerate(record["conversations"], 1):
        speaker = text(turn, "from")
        if speaker not in _ROLES:
            draft.skip(Sentence("message {number}", number=str(number)), NO_SPEAKER)
            continue
        said = text(turn, "value")
        if speaker in _TOOLS:
            said = labelled(_TOOLS[speaker], said)
        last = draft.add(_ROLES[speaker], said, parent=last)
    yield from draft.finished()
