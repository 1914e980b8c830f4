"""The window's bars, measured on real widgets, with ratios against bare Qt in the same run.

python benchmarks/window.py --model FILE [--only NAME]... [--rounds N] [--json FILE]

Needs a display; without one it runs on one that nobody sees (Xvfb). The exit code is 1 when a bar was missed.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "end2end")]

from benchmarks import window_long, window_start, window_stream  # noqa: E402  (the path comes first)
from benchmarks.rounds import Result, print_result  # noqa: E402

Bar = Callable[[Path, argparse.Namespace], Result | list[Result]]
BARS: dict[str, Bar] = {
    "start": lambda folder, options: window_start.start(folder, options.rounds),
    "streaming": lambda folder, _: window_stream.streaming(folder),
    "markdown": lambda folder, _: window_stream.markdown(folder),
    "real": lambda folder, options: window_stream.real_model(folder, options.model.resolve(), options.rounds),
    "long": lambda folder, options: window_long.long_conversation(folder, options.rounds),
    "many": lambda folder, options: window_long.many_conversations(folder, options.rounds),
}


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure the window.")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a GGUF file")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="medians of N rounds; 5 without it")
    parser.add_argument("--only", choices=BARS, action="append", metavar="NAME", help=f"of {', '.join(BARS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    options = parser.parse_args()
    results: list[Result] = []
    with ExitStack() as stack:
        if not os.environ.get("DISPLAY") and sys.platform == "linux":
            from xvfb import Display

            os.environ["DISPLAY"] = stack.enter_context(Display()).name
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desktopchat-window-")))
        for name in options.only or BARS:
            found = BARS[name](folder, options)
            for result in found if isinstance(found, list) else [found]:
                results.append(result)
                print_result(result)
    if options.json:
        report = [{**asdict(result), "passed": result.passed} for result in results]
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    missed = [result.name for result in results if not result.passed]
    print(f"\n{len(results) - len(missed)} of {len(results)} bars are met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
