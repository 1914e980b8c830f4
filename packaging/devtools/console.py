"""What the set-up says. All of it goes to standard error: standard output belongs to the app's answers."""

import re
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do, without a traceback."""


def say(text: str) -> None:
    """Print one line."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a command has come: `done` of `total`, in any unit, and what it is at."""

    done: int
    total: int
    what: str = ""


Meter = Callable[[str], Tick | None]
"""Reads one line of a command's output; returns a Tick when the line tells how far it has come."""


def no_meter(_: str) -> Tick | None:
    """Tell nothing but the time."""
    return None


def ninja_meter() -> Meter:
    """Read ninja's `[n/m]`, that of the largest build when several are nested."""
    largest = 0

    def read(line: str) -> Tick | None:
        nonlocal largest
        found = re.search(r"\[(\d+)/(\d+)\]", line)
        if not found or int(found[2]) < largest:
            return None
        largest = int(found[2])
        return Tick(int(found[1]), largest, f"file {found[1]} of {found[2]}")

    return read


def package_meter(total: int) -> Meter:
    """Count the packages that pip has dealt with, out of `total` lines of a lock."""
    done = 0

    def read(line: str) -> Tick | None:
        nonlocal done
        found = re.match(r"\s*(Collecting|Ignoring|Requirement already satisfied:) ?([\w.-]*)", line)
        if found:
            done += 1
            return Tick(min(done, total), total, found[2].partition("==")[0])
        if line.startswith("Installing collected packages"):
            return Tick(total, total, "unpacking")
        return None

    return read


def download_meter() -> Meter:
    """Read the byte counts of pip's raw progress."""

    def read(line: str) -> Tick | None:
        found = re.match(r"Progress (\d+) of (\d+)", line)
        if not found or found[2] == "0":
            return None
        done, total = int(found[1]), int(found[2])
        return Tick(done, total, f"{done / 1e6:.0f} of {total / 1e6:.0f} MB")

    return read


class Progress:
    """One line that is rewritten on a terminal; elsewhere a new line at every tenth, if there is time to read it."""

    _CALM = 2.0  # seconds between two lines

    def __init__(self, meter: Meter, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._meter = meter
        self._stream = stream or sys.stderr
        self._clock = clock
        self._start = clock()
        self._terminal = self._stream.isatty()
        self._tick: Tick | None = None
        self._tenths = 0
        self._last = self._start
        self._width = 0

    def feed(self, line: str) -> None:
        """Take one line of the command's output."""
        tick = self._meter(line)
        if tick is None:
            return
        self._tick = tick
        tenths = 10 * tick.done // tick.total
        if self._terminal:
            self.beat()
        elif tenths > self._tenths and self._clock() >= self._last + self._CALM:
            self._stream.write(f"  {self._text()}\n")
            self._stream.flush()
            self._tenths = tenths
            self._last = self._clock()

    def beat(self) -> None:
        """Show the time that has passed; called about once a second."""
        if self._terminal:
            text = f"  {self._text()}"[: shutil.get_terminal_size().columns - 1]
            self._stream.write("\r" + text.ljust(self._width))
            self._stream.flush()
            self._width = len(text)

    def close(self) -> None:
        """Take the line away."""
        if self._terminal and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()

    def _text(self) -> str:
        elapsed = duration(self._clock() - self._start)
        if self._tick is None:
            return elapsed
        share = 100 * self._tick.done // self._tick.total
        return f"{share} %, {self._tick.what}, {elapsed}" if self._tick.what else f"{share} %, {elapsed}"


def duration(seconds: float) -> str:
    """Return seconds as minutes and seconds, such as 2:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
