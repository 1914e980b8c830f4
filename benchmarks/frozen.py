"""From the start of the program to the first paint of its window: frozen, beside the same from source.

.venv/bin/python benchmarks/frozen.py FOLDER [--pairs N]    prints JSON; the exit code is 1 when the rule is broken

FOLDER is what `packaging/dev.py package` leaves in build/package/frozen/desktopchat. The time is that at which the
pixels of an empty X server change.
"""

import argparse
import json
import mmap
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "end2end"))

from xvfb import Display  # noqa: E402  (the path has to be set first)

LIMIT = 1.2  # times the run from source
_ROW = 300  # of the screen, which every window covers
_PATIENCE = 30.0  # seconds


def seconds_to_paint(command: list[str]) -> float:
    """Return the time from the start of a command until something is shown."""
    with Display() as display, tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        with (Path(display._folder.name) / "Xvfb_screen0").open("rb") as file:
            screen = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        row = slice(len(screen) - 4 * 1280 * (800 - _ROW), len(screen) - 4 * 1280 * (799 - _ROW))
        before = screen[row]
        started = time.perf_counter()
        process = subprocess.Popen([*command, "--data-dir", data, "--engine", "scripted"], env=environment)
        try:
            while screen[row] == before:
                if time.perf_counter() - started > _PATIENCE or process.poll() is not None:
                    raise RuntimeError(f"{command[0]} shows nothing")
                time.sleep(0.001)
            return time.perf_counter() - started
        finally:
            screen.close()
            process.terminate()
            process.wait()


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Time the start of the frozen window.")
    parser.add_argument("folder", type=Path, help="of the frozen program")
    parser.add_argument("--pairs", type=int, default=9, help="runs of each, one after the other in turn")
    options = parser.parse_args()
    commands = {"source": [sys.executable, "-m", "desktopchat"], "frozen": [str(options.folder / "desktopchat")]}
    for command in commands.values():  # fills the caches
        seconds_to_paint(command)
    runs = [[seconds_to_paint(command) for command in commands.values()] for _ in range(options.pairs)]
    medians = {name: statistics.median(run[place] for run in runs) for place, name in enumerate(commands)}
    ratio = statistics.median(frozen / source for source, frozen in runs)
    report = {f"{name}_seconds": round(value, 3) for name, value in medians.items()}
    print(json.dumps({**report, "ratio": round(ratio, 3), "limit": LIMIT, "pairs": options.pairs}))
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
