"""How much longer `desktopchat --version` takes than `python -c pass`. The rule: under 150 ms.

python benchmarks/startup.py [--pairs N]    prints JSON; the exit code is 1 when the rule is broken
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

LIMIT = 0.150  # seconds


def seconds(*arguments: str) -> float:
    """Return the wall time of one run of Python."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Time the start of the command line.")
    parser.add_argument("--pairs", type=int, default=15, help="runs of each, one after the other in turn")
    pairs = parser.parse_args().pairs
    bare_command, version_command = ("-c", "pass"), ("-m", "desktopchat", "--version")
    for command in (bare_command, version_command):  # fills the caches of the disk and of bytecode
        seconds(*command)
    # In pairs, so that a busy moment of the machine burdens both.
    runs = [(seconds(*bare_command), seconds(*version_command)) for _ in range(pairs)]
    added = statistics.median(version - bare for bare, version in runs)
    report = {
        "pairs": pairs,
        "python_seconds": round(statistics.median(bare for bare, _ in runs), 4),
        "version_seconds": round(statistics.median(version for _, version in runs), 4),
        "added_seconds": round(added, 4),
        "limit_seconds": LIMIT,
    }
    print(json.dumps(report))
    return 0 if added < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
