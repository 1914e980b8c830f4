"""The endpoint beside llama-server: tokens/s through HTTP, the first token of a follow-up, and 16 clients at once.

python benchmarks/endpoint.py --model FILE [--llama-server PATH] [--rounds N] [--only NAME]... [--json FILE]

Without the path, llama-server is the one that benchmarks/engine.py has built. Speculative decoding is off, for
llama-server has it off too. The exit code is 1 when a bar was not seen to be met.
"""

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers import LlamaServer, build  # noqa: E402  (the path comes first)
from benchmarks.rounds import Result, alternate, print_result, words  # noqa: E402

CLIENTS = 16
_TOKENS = 129
_TOKENS_OF_EACH = 48
_N_CTX = 8192  # for all clients together


@dataclass(frozen=True, slots=True)
class Run:
    """One answer.

    Attributes:
        first: Seconds until its first text was here.
        rate: Tokens/s from the first text to the last.
        text: Of the answer.
    """

    first: float
    rate: float
    tokens: int
    text: str


class Side:
    """A server that speaks OpenAI's API."""

    def __init__(self, address: str, key: str = "") -> None:
        self._where = urlsplit(address)
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}

    def ask(self, turns: list[dict[str, str]], tokens: int) -> Run:
        """Ask, and read the answer as it streams."""
        body = {
            "messages": turns,
            "max_tokens": tokens,
            "temperature": 0,
            "seed": 1,
            "ignore_eos": True,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        connection = http.client.HTTPConnection(self._where.hostname or "", self._where.port, timeout=300)
        started = time.perf_counter()
        connection.request("POST", "/v1/chat/completions", json.dumps(body), self._headers)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {response.read()!r}")
        first = last = 0.0
        count, pieces = 0, []
        for line in response:
            if not line.startswith(b"data: {"):
                continue
            chunk: dict[str, Any] = json.loads(line[6:])
            text = "".join(one["delta"].get("content") or "" for one in chunk["choices"])
            if text:
                last = time.perf_counter()
                first = first or last
                pieces.append(text)
            if chunk.get("usage"):
                count = chunk["usage"]["completion_tokens"]
        connection.close()
        rate = (count - 1) / (last - first) if last > first else 0.0
        return Run(first - started, rate, count, "".join(pieces))


def turn(text: str) -> list[dict[str, str]]:
    """Return a chat of one turn."""
    return [{"role": "user", "content": text}]


def streaming(ours: Side, peer: Side, rounds: int) -> Result:
    """Tokens/s of one client."""
    prompt = turn(words(100, 1))
    for side in (ours, peer):
        side.ask(prompt, 8)
    pairs = alternate(rounds, lambda: ours.ask(prompt, _TOKENS).rate, lambda: peer.ask(prompt, _TOKENS).rate)
    figures = pairs.figures("desktopchat_tokens_per_second", "llama_server_tokens_per_second")
    return pairs.result("endpoint: tokens/s of one client", pairs.ratio, "least", 0.95, figures)


def follow_up(ours: Side, peer: Side, rounds: int) -> Result:
    """Time to the first token of the second turn of a conversation."""
    seeds = iter(range(100, 10_000))

    def first_of(side: Side, seed: int) -> float:
        turns = turn(words(400, seed))
        answer = side.ask(turns, 32)
        again = [*turns, {"role": "assistant", "content": answer.text}, *turn("And what comes then?")]
        return side.ask(again, 4).first

    pairs = alternate(rounds, lambda: first_of(ours, next(seeds)), lambda: first_of(peer, next(seeds)))
    figures = pairs.figures("desktopchat_seconds", "llama_server_seconds")
    return pairs.result("endpoint: first token of a follow-up", pairs.ratio, "most", 1.1, figures)


def crowd(side: Side, seed: int) -> tuple[float, list[float]]:
    """Return tokens/s of many clients together, and when each had its whole answer, in the order of asking."""
    ends, tokens, failures = [0.0] * CLIENTS, [0] * CLIENTS, []
    started = time.perf_counter()

    def one(number: int) -> None:
        try:
            run = side.ask(turn(words(40, seed + number)), _TOKENS_OF_EACH)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            failures.append(error)
            return
        ends[number], tokens[number] = time.perf_counter() - started, run.tokens

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
        time.sleep(0.005)  # so that there is an order
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{len(failures)} of {CLIENTS} clients failed: {failures[0]}")
    return sum(tokens) / (time.perf_counter() - started), ends


def clients(ours: Side, peer: Side, rounds: int, slots: int) -> Result:
    """Tokens/s of 16 clients together, against so many slots of llama-server."""
    seeds = iter(range(20_000, 90_000, 1000))
    orders: list[list[float]] = []

    def run(side: Side) -> float:
        rate, ends = crowd(side, next(seeds))
        if side is ours:
            orders.append([round(end, 2) for end in ends])
        return rate

    pairs = alternate(rounds, lambda: run(ours), lambda: run(peer))
    figures = pairs.figures("desktopchat_tokens_per_second", "llama_server_tokens_per_second")
    figures["ends_in_order_of_asking"] = orders
    name = f"endpoint: {CLIENTS} clients, of llama-server -np {slots}"
    return pairs.result(name, pairs.ratio, "least", 0.9, figures)


@contextmanager
def endpoint(model: Path, folder: Path) -> Iterator[Side]:
    """Run `desktopchat serve`."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    program = [sys.executable, "-m", "desktopchat", "--data-dir", str(folder), "serve"]
    shown = subprocess.run([*program, "--show-key"], env=environment, check=True, stdout=subprocess.PIPE, text=True)
    options = ["--port", "0", "--model", str(model), "--set", f"model.n_ctx={_N_CTX}", "--set", "model.lookup=off"]
    process = subprocess.Popen([*program, *options], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        address = next(found[1] for line in lines if (found := re.search(r"Serving at (\S+)/v1\.", line)))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield Side(address, shown.stdout.strip())
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure the endpoint beside llama-server.")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a GGUF file")
    parser.add_argument("--llama-server", type=Path, metavar="PATH", help="built from the same llama.cpp")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="medians of N rounds; 5 without it")
    parser.add_argument("--only", choices=("streaming", "follow-up", "clients"), action="append", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    options = parser.parse_args()
    server = options.llama_server or build(ROOT / ".venv" / "cache")[1]
    chosen = options.only or ["streaming", "follow-up", "clients"]
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="desktopchat-benchmarks-") as folder, ExitStack() as running:
        ours = running.enter_context(endpoint(options.model, Path(folder)))
        if set(chosen) & {"streaming", "follow-up"}:
            with LlamaServer(server, options.model, _N_CTX, "-np", "1") as one:
                for name, measure in (("streaming", streaming), ("follow-up", follow_up)):
                    if name in chosen:
                        results.append(measure(ours, Side(one.address), options.rounds))
                        print_result(results[-1])
        if "clients" in chosen:
            for slots in (1, CLIENTS):
                with LlamaServer(server, options.model, _N_CTX, "-np", str(slots)) as many:
                    results.append(clients(ours, Side(many.address), options.rounds, slots))
                    print_result(results[-1])
    if options.json:
        report = [{**asdict(result), "passed": result.passed} for result in results]
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
