"""Measuring side by side: alternating runs, the load of other programs, and the verdict on a bar."""

import json
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import psutil

# Cores that other programs may use during a run; above, the round is left out.
DISTURBED = 0.15
_PATIENCE = 60.0  # seconds to wait for other programs to be quiet before a round
_WORDS = (
    "river",
    "mountain",
    "engine",
    "window",
    "letter",
    "garden",
    "silver",
    "market",
    "winter",
    "doctor",
    "orange",
    "planet",
    "bridge",
    "music",
    "table",
    "summer",
    "road",
    "paper",
    "light",
    "water",
    "house",
    "field",
    "stone",
    "music",
    "night",
    "morning",
    "friend",
    "answer",
    "color",
    "order",
)


@dataclass(frozen=True, slots=True)
class Result:
    """One bar and what was measured.

    Attributes:
        side: Whether the value must be at least or at most the bar.
        figures: What the value was made of, with units in the names.
        notes: What the reader must know, such as rounds that were left out.
        disturbed: No round was free of other programs, so the value says nothing about the bar.
    """

    name: str
    value: float
    side: Literal["least", "most"]
    bar: float
    unit: str = "x"
    figures: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    disturbed: bool = False

    @property
    def passed(self) -> bool:
        """Whether the bar was seen to be met."""
        if self.disturbed:
            return False
        return self.value >= self.bar if self.side == "least" else self.value <= self.bar


def print_result(result: Result, seconds: float = 0.0) -> None:
    """Print one bar with its verdict, its notes and how long it took to measure."""
    side = "at least" if result.side == "least" else "at most"
    verdict = "pass" if result.passed else "????" if result.disturbed else "FAIL"
    value, bar = f"{result.value:.3f} {result.unit}", f"{side} {result.bar:g} {result.unit}"
    took = f"{seconds:4.0f} s" if seconds else ""
    print(f"{verdict}  {result.name:50} {value:>16}   {bar:24} {took}".rstrip(), flush=True)
    for note in result.notes:
        print(f"      {note}", flush=True)
    if others := result.figures.get("others_cores"):
        print(f"      others used {json.dumps(others)} cores", flush=True)


@dataclass(frozen=True, slots=True)
class Pairs:
    """What alternating runs of two things gave.

    Attributes:
        others: For each run, how many cores other programs used.
        disturbed: Others used too much in every round.
    """

    first: list[float]
    second: list[float]
    others: list[tuple[float, float]]
    notes: tuple[str, ...]
    disturbed: bool

    @property
    def ratio(self) -> float:
        """Median of first / second."""
        return statistics.median(a / b for a, b in zip(self.first, self.second, strict=True))

    @property
    def difference(self) -> float:
        """Median of first - second."""
        return statistics.median(a - b for a, b in zip(self.first, self.second, strict=True))

    def result(
        self,
        name: str,
        value: float,
        side: Literal["least", "most"],
        bar: float,
        figures: dict[str, Any],
        unit: str = "x",
    ) -> Result:
        """Return a verdict on a value that was made of these runs."""
        return Result(name, value, side, bar, unit, figures, self.notes, self.disturbed)

    def figures(self, first: str, second: str) -> dict[str, Any]:
        """Return all values under these names."""
        return {
            first: [round(value, 5) for value in self.first],
            second: [round(value, 5) for value in self.second],
            "others_cores": [[round(cores, 2) for cores in pair] for pair in self.others],
        }


class Watch:
    """Measures how many cores other programs use while the block runs; our own children do not count."""

    def __init__(self) -> None:
        self.others = 0.0

    def __enter__(self) -> "Watch":
        self._before = self._times()
        return self

    def __exit__(self, *_error: object) -> None:
        wall, busy, own = (now - then for now, then in zip(self._times(), self._before, strict=True))
        self.others = max(0.0, (busy - own) / wall)

    @staticmethod
    def _times() -> tuple[float, float, float]:
        total = psutil.cpu_times()
        busy = sum(total) - total.idle - sum(getattr(total, name, 0.0) for name in ("iowait", "guest", "guest_nice"))
        process = psutil.Process()
        own = sum(process.cpu_times()[:4])  # with the children that have ended
        for child in process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                own += sum(child.cpu_times()[:4])
        return time.monotonic(), busy, own


def alternate(rounds: int, first: Callable[[], float], second: Callable[[], float]) -> Pairs:
    """Run both in turn, in changing order, until there are enough rounds that nobody disturbed.

    After twice as many attempts the disturbed ones are taken as well, and a note says so.
    """
    kept: list[tuple[float, float, float, float]] = []
    disturbed: list[tuple[float, float, float, float]] = []
    for attempt in range(2 * rounds):
        _wait_for_quiet()
        values, others = [0.0, 0.0], [0.0, 0.0]
        for place in ((0, 1), (1, 0))[attempt % 2]:
            with Watch() as watch:
                values[place] = (first, second)[place]()
            others[place] = watch.others
        row = (*values, *others)
        (kept if max(others) < DISTURBED else disturbed).append((row[0], row[1], row[2], row[3]))
        if len(kept) == rounds:
            break
    notes = [
        f"round left out: {a:.4g} to {b:.4g} while others used {c:.2f} and {d:.2f} cores" for a, b, c, d in disturbed
    ]
    none_quiet = not kept
    if none_quiet:
        kept = disturbed
        notes = ["every round was disturbed by other programs, so this is no verdict"]
    elif len(kept) < rounds:
        notes.append(f"only {len(kept)} of {rounds} rounds were not disturbed")
    firsts, seconds = ([row[place] for row in kept] for place in (0, 1))
    return Pairs(firsts, seconds, [(row[2], row[3]) for row in kept], tuple(notes), none_quiet)


def _wait_for_quiet() -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with Watch() as watch:
            time.sleep(1)
        if watch.others < DISTURBED:
            return


def repeated(rounds: int, run: Callable[[], float]) -> Pairs:
    """Run one thing alone; `second` of the result is all ones."""
    return alternate(rounds, run, lambda: 1.0)


def words(count: int, seed: int = 0) -> str:
    """Return text of so many _WORDS words in an order that never repeats for long."""
    state, chosen = seed * 7919 + 1, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31  # a generator of its own keeps the text the same everywhere
        chosen.append(_WORDS[(state >> 16) % len(_WORDS)])
    return " ".join(chosen)
