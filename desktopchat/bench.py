"""`desktopchat bench`: how fast a model is here, through the same child process and pipe as a chat."""

import itertools
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from desktopchat.core.chat import ChatMessage, Role, tokens_per_second
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationFinished, GenerationRequest, ModelLoaded, PromptProgress
from desktopchat.engine.process import ProcessEngine
from desktopchat.session import Session
from desktopchat.settings.file import Settings

PROMPT_TOKENS, GENERATED_TOKENS = 512, 128  # as llama-bench's pp512 and tg128
CONVERSATION_TOKENS = 4000
_WORDS = ("river", "mountain", "engine", "window", "letter", "garden", "silver", "market", "winter", "doctor", "orange")


@dataclass(frozen=True, slots=True)
class Sample:
    """One request.

    Attributes:
        first_token: Seconds from the request until its first text was here.
    """

    text: str
    finished: GenerationFinished
    first_token: float

    @property
    def evaluated(self) -> int:
        """Prompt tokens that were not cached."""
        return self.finished.usage.prompt_tokens - self.finished.usage.cached_tokens

    @property
    def prompt_speed(self) -> float:
        """Tokens/s of the prompt's evaluation."""
        return self.evaluated / self.finished.timings.prompt_seconds

    @property
    def speed(self) -> float:
        """Tokens/s of the generation."""
        return tokens_per_second(self.finished.usage, self.finished.timings)


class Bench:
    """A model in a child process, with the requests that are timed.

    Args:
        states: Folder for KV states.
    """

    def __init__(self, model: ModelFile, params: LoadParams, states: Path) -> None:
        self._ids = itertools.count(1)
        self.engine = ProcessEngine(states / "engine.log", "llama", states)
        started = time.perf_counter()
        *_, last = self.engine.load(model, params)
        self.load_seconds = time.perf_counter() - started
        assert isinstance(last, ModelLoaded)
        self.info = last.info

    def close(self) -> None:
        """End the child; its KV states go to disk first."""
        self.engine.close()

    def ask(self, *texts: str, conversation: str = "", tokens: int = 16, **sampling: Any) -> Sample:
        """Ask in turns of user and assistant, greedily."""
        roles = itertools.cycle([Role.USER, Role.ASSISTANT])
        turns = tuple(ChatMessage(role, text) for role, text in zip(roles, texts, strict=False))
        params = SamplingParams(temperature=0, max_tokens=tokens, **sampling)
        return self.run(GenerationRequest(next(self._ids), turns, params, None, conversation))

    def complete(self, prompt: str, tokens: int, *, greedy: bool = False, **request: Any) -> Sample:
        """Continue a plain text from an empty cache for exactly `tokens` tokens."""
        self.engine.forget("")
        sampling = SamplingParams(max_tokens=tokens, seed=1, temperature=0 if greedy else 0.8)
        return self.run(GenerationRequest(next(self._ids), (), sampling, prompt, ignore_eos=True, **request))

    def run(self, request: GenerationRequest) -> Sample:
        """Run one request to its end."""
        started = time.perf_counter()
        first, text = 0.0, ""
        for event in self.engine.generate(request):
            if isinstance(event, Delta):
                first = first or time.perf_counter() - started
                text += event.text
        assert isinstance(event, GenerationFinished)
        return Sample(text, event, first)

    def stop_latency(self, *, in_prompt: bool) -> float:
        """Return the seconds from a cancel to the last event, in a long prompt or in the middle of an answer."""
        self.engine.forget("")
        text = words(min(CONVERSATION_TOKENS, self.info.n_ctx // 2), seed=9)
        sampling = SamplingParams(max_tokens=400, seed=1)
        prompt = text if in_prompt else "The"
        request = GenerationRequest(next(self._ids), (), sampling, prompt, ignore_eos=True)
        asked: list[float] = []

        def cancel() -> None:
            asked.append(time.perf_counter())
            self.engine.cancel(request.id)

        timer = threading.Timer(0.15, cancel)
        for event in self.engine.generate(request):
            if isinstance(event, PromptProgress) and event.done == 0:
                timer.start()
        timer.join()
        return time.perf_counter() - asked[0]

    def memory(self) -> int:
        """Return the resident memory of the child in bytes."""
        child, *_ = psutil.Process().children()
        return int(child.memory_info().rss)


def words(count: int, seed: int = 0) -> str:
    """Return varied text of about `count` tokens."""
    return " ".join(_WORDS[(seed + place * place + place // 7) % len(_WORDS)] for place in range(count))


def exact_prompt(bench: Bench, count: int) -> str:
    """Return a prompt of `count` tokens, for a tokenizer that takes a common word as one."""
    found = bench.complete(" the" * (count // 2), 1).finished.usage.prompt_tokens
    return " the" * (count - (found - count // 2))


def measure(model: ModelFile, params: LoadParams, folder: Path, repetitions: int) -> dict[str, Any]:
    """Return every figure; medians of `repetitions`. Times are in seconds, memory is in bytes."""

    def median(sample: Callable[[], float], times: int = repetitions) -> float:
        return statistics.median(sample() for _ in range(times))

    plain = Bench(model, replace(params, lookup=False), folder)
    try:
        prompt = exact_prompt(plain, min(PROMPT_TOKENS, plain.info.n_ctx // 2))
        plain.complete("The", 16)
        result: dict[str, Any] = {
            "model": model.name,
            "device": plain.info.device,
            "n_ctx": plain.info.n_ctx,
            "load_seconds": plain.load_seconds,
            "prompt_tokens_per_second": median(lambda: plain.complete(prompt, 1).prompt_speed),
            "generation_tokens_per_second": median(lambda: plain.complete("The", GENERATED_TOKENS + 1).speed),
            "child_memory_bytes": plain.memory(),
            "stop_in_prompt_seconds": median(lambda: plain.stop_latency(in_prompt=True)),
            "stop_in_generation_seconds": median(lambda: plain.stop_latency(in_prompt=False)),
        }
    finally:
        plain.close()
    return result | _conversation_figures(model, params, folder, median)


def _conversation_figures(
    model: ModelFile, params: LoadParams, folder: Path, median: Callable[..., float]
) -> dict[str, Any]:
    bench = Bench(model, params, folder)
    try:
        length = min(CONVERSATION_TOKENS, bench.info.n_ctx // 2)
        long, other = words(length), words(length // 4, seed=5)
        cold = bench.ask(long, conversation="1")
        history = (long, cold.text)
        numbers = itertools.count()
        follow_up = median(lambda: bench.ask(*history, f"Tell {next(numbers)}.", conversation="1").first_token)

        def switch() -> float:
            bench.ask(other, conversation="2")
            return bench.ask(*history, "Tell.", conversation="1").first_token

        text = words(60, seed=3)
        copied = bench.complete(f"{text}\n\n{text}\n\n{text[:80]}", 100).finished.usage
        figures = {
            "conversation_tokens": cold.finished.usage.prompt_tokens,
            "first_token_cold_seconds": cold.first_token,
            "first_token_follow_up_seconds": follow_up,
            "first_token_switch_back_seconds": median(switch),
            "speculation_acceptance": copied.accepted_tokens / copied.drafted_tokens if copied.drafted_tokens else None,
        }
        bench.ask(*history, "Tell.", conversation="1")
    finally:
        bench.close()

    def reopen() -> float:
        again = Bench(model, params, folder)
        try:
            return again.ask(*history, "Tell.", conversation="1").first_token
        finally:
            again.close()

    return figures | {"first_token_reopened_seconds": median(reopen)}


def run(session: Session, wanted: str | None, repetitions: int, as_json: bool) -> int:
    """Measure a model and print the figures; returns the exit code.

    Raises:
        UserError: There is no such model, or it cannot be loaded.
    """
    settings = Settings.load(session.paths.settings_file)
    model = session.choose_model(wanted)
    params = session.load_params(settings, session.draft_model(settings))
    with tempfile.TemporaryDirectory(prefix="desktopchat-bench-") as folder:
        result = measure(model, params, Path(folder), repetitions)
    if as_json:
        print(json.dumps(result))
        return 0
    for name, value in result.items():
        if name.endswith("_seconds"):
            value = f"{value:.3f} s"
        elif name.endswith("_bytes"):
            value = f"{value / 1e6:.0f} MB"
        elif isinstance(value, float):
            value = f"{value:.1f}" if value > 2 else f"{value:.2f}"
        print(f"{name.removesuffix('_seconds').removesuffix('_bytes').replace('_', ' '):32} {value}")
    return 0
