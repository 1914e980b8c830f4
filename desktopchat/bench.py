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

from desktopchat.console import write
from desktopchat.core.adapter import Adapter
from desktopchat.core.adapter_choices import adapted_name
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import ContextOverflowError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationFinished, GenerationRequest, ModelLoaded, PromptProgress
from desktopchat.engine.libraries import LibraryChooser
from desktopchat.engine.process import ProcessEngine
from desktopchat.session import Session

PROMPT_TOKENS, GENERATED_TOKENS = 512, 128  # as llama-bench's pp512 and tg128
CONVERSATION_TOKENS = 4000
_COPIED_TOKENS = 100
_PIPE_TOKENS = 2000
_WORDS = "river mountain engine window letter garden silver market winter doctor orange planet bridge music"


@dataclass(frozen=True, slots=True)
class Sample:
    """One request, timed on this side of the pipe.

    Attributes:
        first_token: Seconds from the request until its first text was here.
        speed: Tokens/s from the first text to the end.
    """

    text: str
    finished: GenerationFinished
    first_token: float
    speed: float

    @property
    def prompt_speed(self) -> float:
        """Tokens/s of the prompt up to the first token."""
        usage = self.finished.usage
        return (usage.prompt_tokens - usage.cached_tokens) / self.first_token


class Bench:
    """A model in a child process, with the requests that are timed.

    Args:
        folder: For the log and the KV states.
        kind: The engine in the child.
        chooser: Of llama.cpp's libraries; None takes the built-in ones.
    """

    def __init__(
        self,
        model: ModelFile,
        params: LoadParams,
        folder: Path,
        kind: str = "llama",
        chooser: LibraryChooser | None = None,
    ) -> None:
        self._ids = itertools.count(1)
        self.engine = ProcessEngine(folder / "engine.log", kind, folder, chooser)
        started = time.perf_counter()
        *_, last = self.engine.load(model, params)
        self.load_seconds = time.perf_counter() - started
        assert isinstance(last, ModelLoaded)
        self.info = last.info
        try:
            self.engine.adapt(params.adapters)  # a load leaves out what it cannot apply; here that is refused
        except UserError:
            self.engine.close()
            raise

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_error: object) -> None:
        self.engine.close()  # its KV states go to disk first

    def ask(self, *texts: str, conversation: str, tokens: int = 16) -> Sample:
        """Ask in turns of user and assistant, greedily."""
        sampling = SamplingParams(temperature=0, max_tokens=tokens)
        return self.run(GenerationRequest(next(self._ids), _turns(*texts), sampling, None, conversation))

    def complete(self, prompt: str, tokens: int, **sampling: Any) -> Sample:
        """Continue a plain text from an empty cache for exactly `tokens` tokens."""
        self.engine.forget("")
        params = SamplingParams(max_tokens=tokens, seed=1, **sampling)
        return self.run(GenerationRequest(next(self._ids), (), params, prompt, ignore_eos=True))

    def run(self, request: GenerationRequest) -> Sample:
        """Run one request to its end."""
        text, first_tokens, first_at = "", 0, 0.0
        started = time.perf_counter()
        for event in self.engine.generate(request):
            if isinstance(event, Delta):
                if not first_at:
                    first_at, first_tokens = time.perf_counter(), event.tokens
                text += event.text
        assert isinstance(event, GenerationFinished)
        speed = (event.usage.completion_tokens - first_tokens) / (time.perf_counter() - first_at)
        return Sample(text, event, first_at - started, speed)

    def stop_latency(self, prompt: str, after: type[PromptProgress | Delta], delay: float) -> float:
        """Return the seconds from a cancel to the last event.

        Args:
            after: The kind of event from whose first one on `delay` seconds pass before the cancel.
        """
        self.engine.forget("")
        sampling = SamplingParams(max_tokens=400, seed=1)
        request = GenerationRequest(next(self._ids), (), sampling, prompt, ignore_eos=True)
        asked: list[float] = []

        def cancel() -> None:
            asked.append(time.perf_counter())
            self.engine.cancel(request.id)

        timer = threading.Timer(delay, cancel)
        for event in self.engine.generate(request):
            if isinstance(event, after) and timer.ident is None:
                timer.start()
        ended = time.perf_counter()
        timer.join()
        return max(0.0, ended - asked[0])

    def text_of(self, tokens: int) -> str:
        """Return a text of so many tokens, or a few less where the tokenizer takes several for a word."""
        return _longest(tokens, lambda text: self._count(text))

    def talk_of(self, tokens: int) -> str:
        """Return a text that makes a prompt of so many tokens, the chat template's included."""
        return _longest(tokens, lambda text: self.engine.count_tokens(_turns(text)))

    def memory(self) -> int:
        """Return the resident memory of the child in bytes."""
        (child,) = psutil.Process().children()
        return int(child.memory_info().rss)

    def _count(self, text: str) -> int:
        request = GenerationRequest(next(self._ids), (), SamplingParams(max_tokens=1), text)
        total = 0
        try:
            for event in self.engine.generate(request):
                if isinstance(event, PromptProgress) and not total:
                    total = event.total
                    self.engine.cancel(request.id)
        except ContextOverflowError:
            return self.info.n_ctx
        return total


def words(count: int) -> str:
    """Return varied text of so many common words."""
    common = _WORDS.split()
    return " ".join(common[(place * place + place // 7) % len(common)] for place in range(count))


def _longest(tokens: int, count: Callable[[str], int]) -> str:
    """Return the longest text of whole words that has at most so many tokens."""
    least, most = 1, tokens
    while least < most:
        middle = (least + most + 1) // 2
        if count(words(middle)) <= tokens:
            least = middle
        else:
            most = middle - 1
    return words(least)


def _turns(*texts: str) -> tuple[ChatMessage, ...]:
    roles = itertools.cycle([Role.USER, Role.ASSISTANT])
    return tuple(ChatMessage(role, text) for role, text in zip(roles, texts, strict=False))


def measure(
    model: ModelFile, params: LoadParams, folder: Path, repetitions: int, chooser: LibraryChooser | None = None
) -> dict[str, Any]:
    """Return every figure: medians of `repetitions`, but for the cold conversation, which is long enough alone.

    Times are in seconds, memory is in bytes.

    Raises:
        UserError: The model cannot be loaded, or its context window is too small.
    """

    def median(sample: Callable[[], float]) -> float:
        return statistics.median(sample() for _ in range(repetitions))

    loads: list[float] = []
    # Without drafts, for llama-bench makes none either.
    with Bench(model, replace(params, lookup=False, draft=None), folder, chooser=chooser) as plain:
        loads.append(plain.load_seconds)
        speeds = _speeds(plain, median)
    with Bench(model, params, folder, chooser=chooser) as bench:
        loads.append(bench.load_seconds)
        length = min(CONVERSATION_TOKENS, bench.info.n_ctx // 2)
        text = bench.talk_of(length)
        cold = bench.ask(text, conversation="1")
        history = (text, cold.text)
        conversation = _conversation(bench, history, median)

    def reopen() -> float:
        with Bench(model, params, folder, chooser=chooser) as again:
            loads.append(again.load_seconds)
            return again.ask(*history, "Tell.", conversation="1").first_token

    reopened = median(reopen)
    notes = []
    if length < CONVERSATION_TOKENS:
        notes.append(f"The context window is small, so the conversation has {length:,} tokens, not 4,000.")
    if speeds["prompt_tokens"] < PROMPT_TOKENS:
        notes.append(f"The prompt has {speeds['prompt_tokens']} tokens, not {PROMPT_TOKENS}.")
    return {
        "model": adapted_name(model.name, params.adapters),
        "device": bench.info.device,
        "n_ctx": bench.info.n_ctx,
        "load_seconds": statistics.median(loads),
        **speeds,
        "conversation_tokens": cold.finished.usage.prompt_tokens,
        "first_token_cold_seconds": cold.first_token,
        **conversation,
        "first_token_reopened_seconds": reopened,
        "pipe_seconds_per_token": median(lambda: _pipe_seconds(folder)),
        "notes": notes,
    }


def _speeds(bench: Bench, median: Callable[[Callable[[], float]], float]) -> dict[str, Any]:
    n_ctx = bench.info.n_ctx
    prompt = bench.text_of(min(PROMPT_TOKENS, n_ctx // 2))
    long = bench.text_of(min(CONVERSATION_TOKENS, n_ctx // 2))
    bench.complete("The", 16)  # llama-bench warms up as well
    prompt_tokens = bench.complete(prompt, 1).finished.usage.prompt_tokens
    prompt_speed = median(lambda: bench.complete(prompt, 1).prompt_speed)
    # The first token is the prompt's, and the clock starts with it.
    speed = median(lambda: bench.complete("The", min(GENERATED_TOKENS, n_ctx // 4) + 1).speed)
    in_prompt, in_answer = prompt_tokens / prompt_speed / 2, 10.5 / speed
    return {
        "prompt_tokens": prompt_tokens,
        "prompt_tokens_per_second": prompt_speed,
        "generation_tokens_per_second": speed,
        "child_memory_bytes": bench.memory(),
        "stop_in_prompt_seconds": median(lambda: bench.stop_latency(long, PromptProgress, in_prompt)),
        "stop_in_generation_seconds": median(lambda: bench.stop_latency("The", Delta, in_answer)),
    }


def _conversation(
    bench: Bench, history: tuple[str, str], median: Callable[[Callable[[], float]], float]
) -> dict[str, Any]:
    numbers = itertools.count()

    def follow_up() -> float:
        return bench.ask(*history, f"Tell {next(numbers)}.", conversation="1").first_token

    def switch() -> float:
        bench.ask(other, conversation="2")
        return follow_up()

    other = history[0][: len(history[0]) // 4]
    figures: dict[str, Any] = {
        "first_token_follow_up_seconds": median(follow_up),
        "first_token_switch_back_seconds": median(switch),
        "child_memory_with_conversations_bytes": bench.memory(),
    }
    copied = bench.text_of(min(_COPIED_TOKENS, bench.info.n_ctx // 8))
    # Nothing is drafted at temperature 0.
    usage = bench.complete(f"{copied}\n{copied}\n{copied[:20]}", _COPIED_TOKENS, temperature=0.1).finished.usage
    figures["speculation_acceptance"] = usage.accepted_tokens / usage.drafted_tokens if usage.drafted_tokens else None
    # The state that is reopened later: it goes to disk when the child ends.
    follow_up()
    return figures


def _pipe_seconds(folder: Path) -> float:
    """Return what a token costs on its way from the child, by an engine that computes nothing."""
    with Bench(ModelFile("", "scripted", 0, "none"), LoadParams(), folder, "scripted:0") as bench:
        return 1 / bench.complete("The", _PIPE_TOKENS).speed


def run(
    session: Session, wanted: str | None, repetitions: int, as_json: bool, adapters: tuple[Adapter, ...] = ()
) -> int:
    """Measure a model and print the figures; returns the exit code.

    Raises:
        UserError: There is no such model, or it cannot be measured.
    """
    if session.engine != "process":
        raise UserError("bench measures llama.cpp in its child process alone.", "Leave --engine out.")
    settings = session.settings()
    model = session.choose_model(wanted)
    if model.is_served:
        raise UserError("bench measures models on this machine alone.", "Name a file with --model.")
    params = replace(session.load_params(settings, session.draft_model(settings)), adapters=adapters)
    with tempfile.TemporaryDirectory(prefix="desktopchat-bench-") as folder:
        result = measure(model, params, Path(folder), repetitions, session.backends(settings))
    write(json.dumps(result, ensure_ascii=False) + "\n" if as_json else table(result))
    return 0


def table(result: dict[str, Any]) -> str:
    """Return the figures as lines for people."""
    lines = [f"{_label(name):36} {_in_words(name, value)}\n" for name, value in result.items() if name != "notes"]
    return "".join([*lines, *(f"\n{note}\n" for note in result["notes"])])


def _label(name: str) -> str:
    for unit in ("_tokens_per_second", "_seconds_per_token", "_seconds", "_bytes"):
        name = name.removesuffix(unit)
    return name.replace("_", " ")


def _in_words(name: str, value: Any) -> str:
    if value is None:
        return "nothing was drafted"
    if name.endswith("_per_token"):
        return f"{1000 * value:.3f} ms/token"
    if name.endswith("_per_second"):
        return f"{value:.1f} tokens/s"
    if name.endswith("_seconds"):
        return f"{value:.3f} s"
    if name.endswith("_bytes"):
        return f"{value / 1e6:.0f} MB"
    if name == "speculation_acceptance":
        return f"{value:.0%}"
    return f"{value:,}" if isinstance(value, int) else str(value)
