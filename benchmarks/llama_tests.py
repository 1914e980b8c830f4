"""llama.cpp's own tests of its server, with our endpoint in its place.

python benchmarks/llama_tests.py --model FILE [--llama-server PATH] [--json FILE]

They come from the source that benchmarks/engine.py builds. They are run with llama-server first, which answers with the
given model instead of the one that the tests would download, and any words are taken for the right ones; those that
count the tokens of the other model still fail. Of those that pass, our endpoint must pass what OpenAI's documentation
says. What it does not pass is listed. The clients that `packaging/dev.py test` installs are needed.
"""

import argparse
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers import build, source  # noqa: E402  (the path comes first)

# The tests of what OpenAI documents: chats, completions, responses, embeddings, models, errors.
FILES = {
    "test_chat_completion.py": "",
    "test_completion.py": "openai or oai",
    "test_compat_oai_responses.py": "",
    "test_embedding.py": "oai or openai or single or multiple or invalid_input or usage",
    "test_basic.py": "server_models or health",
    "test_security.py": "api_key",
}
# What these are about is llama.cpp's own.
WHY = {
    r"test_chat_template|apply_chat_template|verbose": "asks for llama.cpp's __verbose or /apply-template",
    r"return_progress|timings_per_token|llama_telemetry": "asks for llama.cpp's progress or timings in each chunk",
    r"context_size_exceeded": "wants llama.cpp's error type; ours is OpenAI's code context_length_exceeded",
    r"token_count": "asks for a route of llama.cpp's own",
    r"logit_bias": "asks /tokenize of llama.cpp's own first",
    r"completion_with_openai_library": "wants llama.cpp's build as the system_fingerprint",
    r"test_chat_completion_stream|test_logprobs_stream": "wants null where OpenAI's first chunk has an empty text",
    r"invalid_chat_completion_req\[messages7\]": "refuses two answers in a row, which OpenAI's API takes",
    r"incorrect_api_key": "wants llama.cpp's error type; ours is OpenAI's code invalid_api_key",
    r"::test_correct_api_key": "asks llama.cpp's own /completions, or with Anthropic's header",
    r"pooling_none": "starts llama.cpp's server with a switch of its own",
    r"cached_tokens": "counts the tokens of a cache with llama.cpp's rules",
}


def main() -> int:
    """Run both and report; the exit code is 1 when ours fails what nothing excuses."""
    parser = argparse.ArgumentParser(description="Run llama.cpp's server tests against the endpoint.")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a GGUF file")
    parser.add_argument("--llama-server", type=Path, metavar="PATH", help="built from the same llama.cpp")
    parser.add_argument("--tests", type=Path, metavar="FOLDER", help="tools/server/tests of its source")
    parser.add_argument("--only", choices=FILES, action="append", metavar="FILE", help=f"of {', '.join(FILES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all outcomes there")
    options = parser.parse_args()
    cache = ROOT / ".venv" / "cache"
    server = options.llama_server or build(cache)[1]
    tests = options.tests or source(cache) / "tools" / "server" / "tests"
    with tempfile.TemporaryDirectory(prefix="desktopchat-llama-tests-") as folder:
        files = options.only or list(FILES)
        copied = Path(shutil.copytree(tests, Path(folder) / "tests"))
        with (copied / "utils.py").open("a") as helpers:
            helpers.write("\n\ndef match_regex(*_):\n    return True\n")
        tests = copied
        theirs = _run(files, tests, Path(folder), "theirs", ["--reference", str(server)], options.model.resolve())
        ours = _run(files, tests, Path(folder), "ours", [], options.model.resolve())
    passed = [name for name, outcome in ours.items() if outcome == "passed"]
    missed = [name for name, outcome in ours.items() if outcome != "passed" and theirs.get(name) == "passed"]
    other = [name for name in ours if theirs.get(name) != "passed" and name not in passed]
    print(f"llama-server with this model passes {list(theirs.values()).count('passed')} of {len(theirs)}.")
    print(f"The endpoint passes {len(passed)}, and does not pass {len(missed)} that llama-server passes:")
    unexcused = 0
    for name in missed:
        why = next((why for pattern, why in WHY.items() if re.search(pattern, name)), "")
        unexcused += not why
        print(f"  {name}: {why or 'NOT EXCUSED'}")
    print(f"{len(other)} more want another model.")
    if options.json:
        options.json.write_text(json.dumps({"theirs": theirs, "ours": ours}, indent=2) + "\n", "utf-8")
    return 1 if unexcused else 0


def _run(files: list[str], tests: Path, folder: Path, name: str, options: list[str], model: Path) -> dict[str, str]:
    """Return the outcome of each test with a server in the place of llama-server."""
    program = folder / name
    call = [sys.executable, str(ROOT / "benchmarks" / "llama_stand_in.py"), "--answer-with", str(model), *options]
    program.write_text("#!/bin/sh\nexec " + " ".join(f"'{part}'" for part in call) + ' "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (folder / "wget.py").write_text("")  # the tests import it, and those here download nothing
    clients = Path(sys.prefix) / "clients"
    path = [str(folder), str(clients / "client-openai"), str(clients / "client-openai-0.28")]
    outcomes: dict[str, str] = {}
    for file in files:
        words = FILES[file]
        report = folder / f"{name}-{file}.xml"
        command = [sys.executable, "-m", "pytest", str(tests / "unit" / file), "-q", f"--junit-xml={report}"]
        command += [
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(tests),
            "-c",
            os.devnull,
            *(["-k", words] if words else []),
        ]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "LLAMA_SERVER_BIN_PATH": str(program)}
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PORT": "18080"}
        subprocess.run(command, env=environment, cwd=tests, check=False, stdout=subprocess.DEVNULL)
        if not report.exists():
            continue
        for case in ElementTree.parse(report).iter("testcase"):
            bad = {child.tag for child in case} & {"failure", "error", "skipped"}
            outcomes[f"{file}::{case.get('name')}"] = min(bad) if bad else "passed"
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
