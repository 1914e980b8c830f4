"""Our engine as the app uses it: timed on this side of the pipe where it is in its child process."""

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rounds import words
from desktopchat.core.chat import ChatMessage, Role, Timings, Usage
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, Engine, GenerationFinished, GenerationRequest, ModelLoaded, PromptProgress
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect


@dataclass(frozen=True, slots=True)
class Run:
    """One request.

    Attributes:
        first: Seconds from the request until its first token was here.
        rate: Tokens/s from the first delta to the end.
    """

    text: str
    usage: Usage
    timings: Timings
    first: float
    rate: float

    @property
    def evaluated(self) -> int:
        """Prompt tokens that were not cached."""
        return self.usage.prompt_tokens - self.usage.cached_tokens


class Chat:
    """A model in an engine.

    Args:
        load: Fields of LoadParams.
    """

    def __init__(self, model: Path, engine: Engine, **load: Any) -> None:
        self._ids = itertools.count(1)
        self.engine = engine
        started = time.perf_counter()
        *_, last = self.engine.load(inspect(model), LoadParams(**load))
        self.load_seconds = time.perf_counter() - started
        assert isinstance(last, ModelLoaded)
        self.info = last.info

    def __enter__(self) -> "Chat":
        return self

    def __exit__(self, *_error: object) -> None:
        self.engine.close()

    def complete(self, prompt: str, tokens: int, *, fresh: bool = True, top_logprobs: int = 0, **sampling: Any) -> Run:
        """Continue a plain text for exactly so many tokens, from an empty cache or with what is in it."""
        if fresh:
            self.engine.forget("")
        return self._run((), prompt, tokens, "", top_logprobs, ignore_eos=True, **sampling)

    def ask(self, turns: Sequence[str], tokens: int, conversation: str = "", **sampling: Any) -> Run:
        """Ask in turns of user and assistant, the user first."""
        roles = itertools.cycle([Role.USER, Role.ASSISTANT])
        messages = tuple(ChatMessage(role, text) for role, text in zip(roles, turns, strict=False))
        return self._run(messages, None, tokens, conversation, 0, ignore_eos=False, **sampling)

    def _run(
        self,
        messages: tuple[ChatMessage, ...],
        prompt: str | None,
        tokens: int,
        conversation: str,
        top_logprobs: int,
        *,
        ignore_eos: bool,
        **sampling: Any,
    ) -> Run:
        request = GenerationRequest(
            next(self._ids),
            messages,
            SamplingParams(max_tokens=tokens, **{"seed": 1, **sampling}),
            prompt,
            conversation,
            top_logprobs=top_logprobs,
            ignore_eos=ignore_eos,
        )
        text, first_tokens, first_at = "", 0, 0.0
        started = time.perf_counter()
        for event in self.engine.generate(request):
            if isinstance(event, Delta):
                if not first_at:
                    first_at, first_tokens = time.perf_counter(), event.tokens
                text += event.text
        ended = time.perf_counter()
        assert isinstance(event, GenerationFinished)
        rate = (event.usage.completion_tokens - first_tokens) / (ended - first_at)
        return Run(text, event.usage, event.timings, first_at - started, rate)

    def stop_seconds(self, prompt: str, delay: float) -> float:
        """Return the time from a cancel, `delay` seconds after the start of the evaluation, to the last event."""
        self.engine.forget("")
        request = GenerationRequest(
            next(self._ids), (), SamplingParams(max_tokens=2000, seed=1), prompt, ignore_eos=True
        )
        asked: list[float] = []

        def cancel() -> None:
            asked.append(time.perf_counter())
            self.engine.cancel(request.id)

        timer = threading.Timer(delay, cancel)
        for event in self.engine.generate(request):
            if isinstance(event, PromptProgress) and not event.done:
                timer.start()
        ended = time.perf_counter()
        timer.join()
        if ended < asked[0]:
            raise RuntimeError("the request ended before it was stopped")
        return ended - asked[0]

    def prompt_of(self, tokens: int, seed: int = 0) -> str:
        """Return a text of so many tokens, or nearly so when the tokenizer knows few of its words."""
        low, high = 1, tokens
        while low < high:
            middle = (low + high + 1) // 2
            if self._count(words(middle, seed)) <= tokens:
                low = middle
            else:
                high = middle - 1
        return words(low, seed)

    def _count(self, prompt: str) -> int:
        request = GenerationRequest(next(self._ids), (), SamplingParams(max_tokens=1), prompt)
        total = 0
        for event in self.engine.generate(request):
            if isinstance(event, PromptProgress) and not total:
                total = event.total
                self.engine.cancel(request.id)
        return total

    @property
    def pid(self) -> int:
        """The child's process id."""
        assert isinstance(self.engine, ProcessEngine)
        child = self.engine._child
        assert child is not None
        return child.process.pid
