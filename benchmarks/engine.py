"""The engine beside llama.cpp's own programs: every bar, measured in one run on one machine.

python benchmarks/engine.py --model FILE [--llama-bench PATH --llama-server PATH] [--only NAME]... [--json FILE]

Without the two paths both are built from the llama.cpp source of the installed llama-cpp-python, which takes some
10 minutes the first time. The exit code is 1 when a bar was not seen to be met;
"????" is a bar that could not be judged because other programs used the machine.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import manners, overhead, remote, reuse, several, speed  # noqa: E402  (the path comes first)
from benchmarks.peers import LlamaBench, build  # noqa: E402
from benchmarks.rounds import Result, print_result  # noqa: E402
from benchmarks.setup import Setup  # noqa: E402
from desktopchat.core.load_plan import plan_load  # noqa: E402
from desktopchat.core.params import LoadParams  # noqa: E402
from desktopchat.engine.llama.engine import LlamaEngine  # noqa: E402
from desktopchat.engine.llama.threads import physical_cores  # noqa: E402
from desktopchat.library.folder import inspect  # noqa: E402

BARS: dict[str, Callable[[Setup], Result | list[Result]]] = {
    "generation": speed.generation,
    "prompt": speed.prompt,
    "depth": speed.depth,
    "logprobs": speed.logprobs,
    "wide-logprobs": speed.wide_logprobs,
    "busy": speed.busy,
    "overhead": overhead.overhead,
    "follow-up": reuse.follow_up,
    "switch": reuse.switch_back,
    "regenerate": reuse.regenerate,
    "reopen": reuse.reopen,
    "lookup": manners.lookup,
    "memory": manners.memory,
    "stop": manners.stop,
    "several": several.several,
    "remote": remote.remote,
}


def main() -> int:
    """Measure and report; return the exit code."""
    options = _options()
    bench, server = options.llama_bench, options.llama_server
    if bench is None or server is None:
        built = build(ROOT / ".venv" / "cache")
        bench, server = bench or built[0], server or built[1]
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="desktopchat-benchmarks-") as folder:
        threads = physical_cores()
        shape = inspect(options.model).shape
        assert shape is not None
        flash = plan_load(shape, LoadParams(), LlamaEngine().backend_info().devices).flash_attn
        peer = LlamaBench(bench, options.model, threads, flash=flash)
        setup = Setup(options.model, peer, server, Path(folder), options.rounds, threads, flash)
        for name in options.only or BARS:
            started = time.monotonic()
            found = BARS[name](setup)
            for result in found if isinstance(found, list) else [found]:
                results.append(result)
                print_result(result, time.monotonic() - started)
    if options.json:
        report = [{**asdict(result), "passed": result.passed} for result in results]
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    missed = [result.name for result in results if not result.passed]
    print(f"\n{len(results) - len(missed)} of {len(results)} bars are met.")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the engine beside llama.cpp's own programs.")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a GGUF file")
    parser.add_argument("--llama-bench", type=Path, metavar="PATH", help="built from the same llama.cpp")
    parser.add_argument("--llama-server", type=Path, metavar="PATH", help="built from the same llama.cpp")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="medians of N rounds; 5 without it")
    parser.add_argument("--only", choices=BARS, action="append", metavar="NAME", help=f"of {', '.join(BARS)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
