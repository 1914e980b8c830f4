"""The bars for servers: RemoteEngine beside a plain httpx2 client on the same llama-server."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from benchmarks.peers import LlamaServer
from benchmarks.rounds import Result, alternate, words
from benchmarks.setup import Setup
from desktopchat.core.address import ServerAddress
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationRequest
from desktopchat.engine.remote.engine import RemoteEngine
from desktopchat.network.connection import Connection
from desktopchat.network.ledger import Ledger

_TOKENS = 129
_WORDS = 150  # of a prompt that the server has not seen


@dataclass(frozen=True, slots=True)
class Run:
    """One answer.

    Attributes:
        first: Seconds until its first text was here.
        rate: Tokens/s from the first text to the last.
    """

    first: float
    rate: float


class Ours:
    """RemoteEngine as the app uses it, with its ledger."""

    def __init__(self, setup: Setup, address: str) -> None:
        ledger = Ledger(setup.folder / "connections.jsonl")
        self._ids = itertools.count(1)
        self._engine = RemoteEngine(lambda to, key: Connection(to, ledger, key), lambda _: None)
        list(self._engine.load(ModelFile.at(ServerAddress.parse(address)), LoadParams()))

    def ask(self, prompt: str, tokens: int) -> Run:
        """Ask and read the answer."""
        sampling = SamplingParams(temperature=0, max_tokens=tokens, seed=1)
        turns = (ChatMessage(Role.USER, prompt),)
        request = GenerationRequest(next(self._ids), turns, sampling, ignore_eos=True)
        return _timed(event.tokens for event in self._engine.generate(request) if isinstance(event, Delta))

    def close(self) -> None:
        """Close the connection."""
        self._engine.close()


class Plain:
    """What anybody would write: a client that is kept, and a loop over its lines."""

    def __init__(self, address: str) -> None:
        self._client = httpx2.Client(base_url=address, timeout=None, trust_env=False)

    def ask(self, prompt: str, tokens: int) -> Run:
        """Ask and read the answer."""
        try:
            return _timed(self._parts(prompt, tokens))
        except httpx2.RemoteProtocolError:  # the server had closed the connection that was kept
            return _timed(self._parts(prompt, tokens))

    def _parts(self, prompt: str, tokens: int) -> Iterator[int]:
        body: dict[str, Any] = {"stream": True, "temperature": 0, "max_tokens": tokens, "seed": 1, "ignore_eos": True}
        body["messages"] = [{"role": "user", "content": prompt}]
        with self._client.stream("POST", "/v1/chat/completions", json=body) as response:
            for line in response.iter_lines():
                if line.startswith("data: {"):
                    choices = json.loads(line[6:])["choices"]
                    if choices and choices[0]["delta"].get("content"):
                        yield 1

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def remote(setup: Setup) -> list[Result]:
    """Tokens/s, and the time to the first token of a prompt that is new and of one that the server knows."""
    with _sides(setup) as (ours, plain):
        seeds = itertools.count()
        known = words(_WORDS, 10_000)
        for side in (ours, plain):
            side.ask(known, 8)
        rates = alternate(setup.rounds, lambda: ours.ask(known, _TOKENS).rate, lambda: plain.ask(known, _TOKENS).rate)
        new = alternate(
            setup.rounds,
            lambda: ours.ask(words(_WORDS, next(seeds)), 1).first,
            lambda: plain.ask(words(_WORDS, next(seeds)), 1).first,
        )
        for side in (ours, plain):
            side.ask(known, 8)
        again = alternate(
            setup.rounds,
            lambda: _median(ours, known),
            lambda: _median(plain, known),
        )
    return [
        rates.result(
            "server: tokens/s, of a plain client",
            rates.ratio,
            "least",
            0.97,
            rates.figures("desktopchat_tokens_per_second", "plain_tokens_per_second"),
        ),
        new.result(
            "server: first token of a new prompt, of a plain client",
            new.ratio,
            "most",
            1.03,
            new.figures("desktopchat_seconds", "plain_seconds"),
        ),
        again.result(
            "server: first token of a known prompt, beyond a plain client",
            1000 * again.difference,
            "most",
            2,
            again.figures("desktopchat_seconds", "plain_seconds"),
            "ms",
        ),
    ]


@contextmanager
def _sides(setup: Setup) -> Iterator[tuple[Ours, Plain]]:
    with LlamaServer(setup.server, setup.model, 2048) as server:
        ours, plain = Ours(setup, server.address), Plain(server.address)
        try:
            yield ours, plain
        finally:
            ours.close()
            plain.close()


def _median(side: Ours | Plain, prompt: str) -> float:
    return sorted(side.ask(prompt, 2).first for _ in range(9))[4]


def _timed(parts: Iterator[int]) -> Run:
    started = time.perf_counter()
    first = last = 0.0
    count = 0
    for tokens in parts:
        last = time.perf_counter()
        first = first or last
        count += tokens
    return Run(first - started, (count - 1) / (last - first) if count > 1 else 0.0)
