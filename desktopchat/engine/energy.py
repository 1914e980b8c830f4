"""How much energy an answer took: measured where Linux lets one read it (RAPL), else estimated from the seconds."""

import contextlib
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from desktopchat.engine.api import GenerationEvent, GenerationFinished

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


class EnergyMeter:
    """Adds to an answer what it took.

    RAPL counts all that the processors do meanwhile, and no GPU: what runs there is estimated.

    Args:
        watts: What this machine draws while it answers, for estimates.
        folder: Where the kernel shows the counters.
    """

    def __init__(self, watts: Callable[[], float], folder: Path = POWERCAP) -> None:
        self._watts = watts
        self._folder = folder
        self.on_gpu = False

    def metered(self, events: Iterator[GenerationEvent]) -> Iterator[GenerationEvent]:
        """Pass the events of a generation on."""
        counter = None if self.on_gpu else RaplCounter(self._folder)
        if counter is not None and not counter.readable:
            counter = None
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
