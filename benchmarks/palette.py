"""What a key press in the palette costs at 100,000 conversations, beside one bare pass of Python over their titles.

python benchmarks/palette.py [--entries N]    the exit code is 1 when a key or a later slice takes more than 8 ms

Measured is all that happens until the rows are there: the search, the rows of commands and settings, and the model's
signals to a real list. Each key press is measured in ROUNDS rounds in turn with the bare pass; the worst key is given
by its median, and by the worst single press. What is left to look at after it comes in slices, each with the painting
of its rows; of the slices after one key the longest counts, also by its median.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "unit" / "ui")]

from fake_chats import FakeChat, FakeStore  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402  (the path comes first)
from ui_fakes import finder_of  # noqa: E402

from desktopchat.commands.registry import COMMANDS  # noqa: E402
from desktopchat.controllers.palette_entries import command_entry  # noqa: E402
from desktopchat.ui.palette import Palette  # noqa: E402

BAR = 8.0  # ms a key, and a slice
ROUNDS = 9
LETTERS = "etaoinshrdlcumwfgypbvkjxqz"
WEIGHTS = [12.7, 9.1, 8.2, 7.5, 7, 6.7, 6.3, 6.1, 6, 4.3, 4, 2.8, 2.8, 2.4, 2.4, 2.2, 2, 2, 1.9, 1.5, 1, 0.8]
WEIGHTS += [0.15, 0.15, 0.1, 0.07]
TYPED = (
    "e",
    "ta",
    "the sea",
    "temperature 0.2",
    "next theme",
    "zqxj",  # nothing at all
    "eeeeeee",  # common letters, which seldom come so often
    "niotae",
    "天气",
)


def titles(count: int) -> list[tuple[int, str]]:
    """Return made-up titles with the letters of English, a tenth of them in Chinese."""
    chance = random.Random(7)
    words = ["".join(chance.choices(LETTERS, WEIGHTS, k=chance.randint(2, 9))) for _ in range(6_000)]
    chinese = "天气今明怎么样写一个程序翻译这段文字海上的船和风"
    found = []
    for number in range(count):
        if number % 10:
            found.append((number, " ".join(chance.choices(words, k=chance.randint(2, 8)))))
        else:
            found.append((number, "".join(chance.choices(chinese, k=chance.randint(4, 14)))))
    return found


def milliseconds(work: Callable[[], Any]) -> float:
    """Return how long a work takes."""
    before = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - before)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    count = parser.parse_args().entries
    app = QApplication([])
    rows = titles(count)
    names = [name for _, name in rows]
    window = QWidget()
    window.resize(1200, 800)
    model = finder_of(FakeChat(), FakeStore(*rows))
    model.open([command_entry(command, "", "") for command in COMMANDS])
    palette = Palette(model, window)
    window.show()
    palette.open()
    field = palette.focusProxy()
    keys: dict[str, list[float]] = {}
    longest: dict[str, list[float]] = {}
    bare: list[float] = []
    slices: list[float] = []
    for _ in range(ROUNDS):
        for text in TYPED:
            for end in range(1, len(text) + 1):
                field.setText("")
                app.processEvents()
                field.setText(text[: end - 1])
                app.processEvents()
                keys.setdefault(text[:end], []).append(milliseconds(lambda: field.setText(text[:end])))  # noqa: B023
                # What comes after the key press, a slice at a time.
                later = [0.0]
                while model.searching:
                    later.append(milliseconds(app.processEvents))
                longest.setdefault(text[:end], []).append(max(later))
                slices += later[1:]
        bare.append(milliseconds(lambda: [name for name in names if "e" in name]))
    medians = {text: statistics.median(times) for text, times in keys.items()}
    slowest = max(medians, key=lambda text: medians[text])
    every = [one for times in keys.values() for one in times]
    pass_median = statistics.median(bare)
    print(f"{count:,} conversations, {len(every):,} key presses; a slice is a part of the search after a key press")
    for name, times in (("bare pass", bare), ("key", every), ("slice", slices)):
        print(f"{name}: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms")
    ratio = medians[slowest] / pass_median
    print(f"slowest key: {slowest!r}, median {medians[slowest]:.1f} ms, {ratio:.1f} bare passes")
    for text in sorted(medians, key=lambda text: -medians[text])[:8]:
        print(f"  {text!r}: {medians[text]:.1f} ms")
    later_medians = {text: statistics.median(times) for text, times in longest.items()}
    slow = max(later_medians, key=lambda text: later_medians[text])
    print(f"longest slice: after {slow!r}, median {later_medians[slow]:.1f} ms")
    return int(max(medians[slowest], later_medians[slow]) > BAR)


if __name__ == "__main__":
    sys.exit(main())
