"""How much energy an answer took: measured where Linux lets one read it (RAPL), else estimated from the seconds."""

import contextlib
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from desktopchat.core.errors import UserError
from desktopchat.engine.api import Delta, GenerationEvent, GenerationFinished, PromptProgress, Take

# https://docs.kernel.org/power/powercap/powercap.html; AMD's processors are read there too.
POWERCAP = Path("/sys/class/powercap")
_MICRO = 1e-6
_INTERVAL = 60.0  # seconds between two readings: a counter runs over after some 15 minutes of full load


class RaplCounter:
    """The energy counters of the processors and their memory.

    Args:
        folder: Where the kernel shows them.
    """

    def __init__(self, folder: Path = POWERCAP) -> None:
        self._zones = {zone: most for zone in sorted(folder.glob("intel-rapl:*")) if (most := _range_of(zone))}
        self._last = {zone: _number(zone / "energy_uj") for zone in self._zones}

    @property
    def readable(self) -> bool:
        """Whether there is a counter, and every one can be read."""
        return bool(self._last) and None not in self._last.values()

    def joules(self) -> float:
        """Return what was used since the last call, or since this was made."""
        used = 0
        for zone, most in self._zones.items():
            now, last = _number(zone / "energy_uj"), self._last[zone]
            if now is not None and last is not None:
                used += now - last if now >= last else now - last + most
            self._last[zone] = now
        return used * _MICRO


def _range_of(zone: Path) -> int | None:
    """Return where the counter of a zone runs over; None for one that others contain, as cores are in a package."""
    try:
        name = (zone / "name").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return _number(zone / "max_energy_range_uj") if name.startswith("package") or name == "dram" else None


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return None


@dataclass(slots=True, eq=False)
class _Share:
    """What one of several answers took.

    Attributes:
        known: Tokens of its prompt that are evaluated.
        tokens: That were evaluated for it since the counters were read last.
        beside: Others were answered meanwhile.
    """

    known: int
    tokens: int = 0
    joules: float = 0.0
    seconds: float = 0.0
    beside: bool = False


class EnergyMeter:
    """Adds to an answer what it took.

    RAPL counts all that the processors do meanwhile, and no GPU: what runs there is estimated. Of answers that are
    written together each gets its share by the tokens that were evaluated for it, which is called an estimate.

    Args:
        watts: What this machine draws while it answers, for estimates.
        folder: Where the kernel shows the counters.
    """

    def __init__(self, watts: Callable[[], float], folder: Path = POWERCAP) -> None:
        self._watts = watts
        self._folder = folder
        self.on_gpu = False
        self._shares: list[_Share] = []
        self._counter: RaplCounter | None = None  # of those together
        self._shared_at = 0.0

    def metered(self, events: Iterator[GenerationEvent]) -> Iterator[GenerationEvent]:
        """Pass the events of a generation on. Those together pause meanwhile."""
        self._share_out()
        try:
            yield from self._metered(events)
        finally:
            if self._counter is not None:
                self._counter.joules()
            self._shared_at = time.monotonic()

    def joined(self, take: Take) -> Take:
        """Pass on what comes of a request that is answered beside others."""
        share: _Share | None = None

        def metered(outcome: GenerationEvent | UserError) -> None:
            nonlocal share
            if share is None and isinstance(outcome, PromptProgress):
                self._share_out()
                if not self._shares:
                    self._counter, self._shared_at = self._made_counter(), time.monotonic()
                share = _Share(outcome.done)
                self._shares.append(share)
            elif share is not None:
                outcome = self._counted(share, outcome)
            take(outcome)

        return metered

    def _counted(self, share: _Share, outcome: GenerationEvent | UserError) -> GenerationEvent | UserError:
        match outcome:
            case Delta():
                share.tokens += outcome.tokens
            case PromptProgress():  # after a pause some of it is evaluated again
                share.tokens += max(0, outcome.done - share.known)
                share.known = outcome.done
            case GenerationFinished() | UserError() if share in self._shares:
                self._share_out()
                self._shares.remove(share)
                if isinstance(outcome, GenerationFinished):
                    return self._with_share(outcome, share)
        if time.monotonic() > self._shared_at + _INTERVAL:
            self._share_out()
        return outcome

    def _share_out(self) -> None:
        """Give what was used since the last time to those who are answered."""
        joules = self._counter.joules() if self._counter is not None and self._shares else 0.0
        seconds, self._shared_at = time.monotonic() - self._shared_at, time.monotonic()
        tokens = sum(share.tokens for share in self._shares)
        for share in self._shares:
            part = share.tokens / tokens if tokens else 1 / len(self._shares)
            share.joules += part * joules
            share.seconds += part * seconds
            share.beside |= len(self._shares) > 1
            share.tokens = 0

    def _with_share(self, event: GenerationFinished, share: _Share) -> GenerationFinished:
        if not share.beside:
            return self._with_energy(event, share.joules)
        seconds = max(share.seconds, 1e-9)
        watts = share.joules / seconds if share.joules > 0 else self._watts()
        return replace(event, timings=replace(event.timings, joules=watts * seconds, watts=watts))

    def _made_counter(self) -> RaplCounter | None:
        counter = None if self.on_gpu else RaplCounter(self._folder)
        return counter if counter is not None and counter.readable else None

    def _metered(self, events: Iterator[GenerationEvent]) -> Iterator[GenerationEvent]:
        counter = self._made_counter()
        used, read_at = 0.0, time.monotonic()
        with contextlib.closing(cast(Generator[GenerationEvent], events)):
            for event in events:
                if counter is not None and time.monotonic() > read_at + _INTERVAL:
                    used, read_at = used + counter.joules(), time.monotonic()
                if isinstance(event, GenerationFinished):
                    used += counter.joules() if counter is not None else 0.0
                    event = self._with_energy(event, used)
                yield event

    def _with_energy(self, event: GenerationFinished, used: float) -> GenerationFinished:
        timings = event.timings
        watts = 0.0 if used > 0 else self._watts()
        return replace(event, timings=replace(timings, joules=used or watts * timings.seconds, watts=watts))
