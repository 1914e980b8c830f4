"""LlamaEngine: llama.cpp in this process, driven token by token."""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import llama_cpp

from desktopchat.core.chat import ChatMessage, FinishReason, Timings, Usage
from desktopchat.core.errors import ContextOverflowError, EmptyPromptError, EngineError, NoModelError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import (
    BackendInfo,
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    LoadEvent,
    LoadProgress,
    ModelLoaded,
    PromptProgress,
)
from desktopchat.engine.llama.model import MAX_SEQUENCES, LoadedModel
from desktopchat.engine.llama.native import AbortFlag, Native
from desktopchat.engine.llama.sampler import Sampler
from desktopchat.engine.template import Segment
from desktopchat.engine.text import TextStream

_ABORTED = 2  # llama_decode's result after the abort callback said so
_NO_SLOT = 1  # llama_decode's result when the KV cache is full
_SEED_LIMIT = 0xFFFFFFFF  # LLAMA_DEFAULT_SEED, which asks for a random seed, is left out


class _AbortedError(Exception):
    """The evaluation was ended from another thread."""


@dataclass(slots=True)
class _Answer:
    """One of the `n` answers while it is being generated."""

    index: int
    sampler: Sampler
    text: TextStream
    position: int
    row: int = 0
    generated: list[int] = field(default_factory=list)
    unsent: int = 0


class LlamaEngine:
    """The engine on llama-cpp-python's low-level API. See `engine.api.Engine` for the methods.

    Sequence 0 of the KV cache always holds exactly the tokens in `_cached`, so that the next prompt is
    evaluated only from the first token that differs.
    """

    def __init__(self) -> None:
        self._native = Native()
        self._abort = AbortFlag()
        self._interrupted = Event()
        self._loaded: LoadedModel | None = None
        self._cached: list[int] = []
        self._running: int | None = None
        self._cancelled: int | None = None
        self._changed: tuple[int, SamplingParams] | None = None

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        """Load a model, reporting at most one progress event for each per cent."""
        self.unload()
        self._interrupted.clear()
        self._abort.clear()
        # llama.cpp reports progress by a callback inside one long call, so the call has a thread of its own.
        progress: SimpleQueue[float | None] = SimpleQueue()
        outcome: list[LoadedModel | BaseException] = []

        def on_progress(fraction: float) -> bool:
            progress.put(fraction)
            return not self._interrupted.is_set()

        def run() -> None:
            try:
                outcome.append(LoadedModel(self._native, model, params, self._abort, on_progress))
            except BaseException as error:
                outcome.append(error)
            progress.put(None)

        thread = Thread(target=run, name="model-load")
        thread.start()
        try:
            shown = -1
            while (fraction := progress.get()) is not None:
                if int(fraction * 100) > shown:
                    shown = int(fraction * 100)
                    yield LoadProgress(fraction)
        finally:
            if not outcome:
                self._interrupted.set()
            thread.join()
        if isinstance(outcome[0], BaseException):
            raise outcome[0]
        self._loaded = outcome[0]
        yield ModelLoaded(self._loaded.info)

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer a request from the KV cache of the last one."""
        loaded = self._model()
        started = time.perf_counter()
        tokens = self._prompt(loaded, request)
        sampling = request.sampling.validated()
        self._running = request.id
        self._abort.clear()
        if self._cancelled == request.id:
            self._abort.set()
        answers: list[_Answer] = []
        try:
            yield from self._generate(loaded, request.id, tokens, sampling, answers, started)
        finally:
            self._running = None
            for answer in answers:
                answer.sampler.close()
                if answer.index:
                    llama_cpp.llama_memory_seq_rm(loaded.memory, answer.index, -1, -1)

    def _generate(
        self,
        loaded: LoadedModel,
        request_id: int,
        tokens: list[int],
        sampling: SamplingParams,
        answers: list[_Answer],
        started: float,
    ) -> Iterator[GenerationEvent]:
        first_seed = sampling.seed if sampling.seed is not None else secrets.randbelow(_SEED_LIMIT)
        seeds = [(first_seed + index) % _SEED_LIMIT for index in range(sampling.n)]
        reused = self._reuse(loaded, tokens)
        yield PromptProgress(reused, len(tokens), reused)
        try:
            while len(self._cached) < len(tokens):
                self._evaluate(loaded, tokens[len(self._cached) :][: loaded.n_batch])
                yield PromptProgress(len(self._cached), len(tokens), reused)
        except _AbortedError:
            for index, seed in enumerate(seeds):
                yield ChoiceFinished(index, FinishReason.CANCELLED, seed)
            prompt_seconds = time.perf_counter() - started
            yield GenerationFinished(Usage(len(tokens), reused, 0), Timings(prompt_seconds=prompt_seconds))
            return
        prompt_seconds = time.perf_counter() - started

        for index, seed in enumerate(seeds):
            if index:
                llama_cpp.llama_memory_seq_cp(loaded.memory, 0, index, -1, -1)
            sampler = Sampler(sampling, seed, loaded.n_vocab)
            answers.append(_Answer(index, sampler, TextStream(sampling.stop), len(tokens), row=-1))
        active = list(answers)
        first_token_at = 0.0
        batch = llama_cpp.llama_batch_init(len(answers), 0, 1)
        try:
            while active:
                sampling = self._follow_changes(request_id, sampling, active)
                still_active = []
                for answer in active:
                    token = answer.sampler.sample(loaded.context, answer.row)
                    first_token_at = first_token_at or time.perf_counter()
                    finished = yield from self._accept(loaded, answer, token, sampling)
                    if not finished:
                        still_active.append(answer)
                active = still_active
                if active:
                    try:
                        self._step(loaded, batch, active)
                    except _AbortedError:
                        for answer in active:
                            yield from self._finish(answer, FinishReason.CANCELLED)
                        active = []
        finally:
            llama_cpp.llama_batch_free(batch)
        now = time.perf_counter()
        usage = Usage(len(tokens), reused, sum(len(answer.generated) for answer in answers))
        yield GenerationFinished(usage, Timings(prompt_seconds, first_token_at - started, now - first_token_at))

    def _accept(
        self, loaded: LoadedModel, answer: _Answer, token: int, sampling: SamplingParams
    ) -> Generator[GenerationEvent, None, bool]:
        """Take a sampled token; the result says whether the answer is complete."""
        answer.generated.append(token)
        answer.unsent += 1
        if loaded.is_end(token):
            yield from self._finish(answer, FinishReason.STOP)
            return True
        text = answer.text.feed(loaded.piece(token))
        if text:
            yield Delta(answer.index, text, answer.unsent)
            answer.unsent = 0
        if answer.text.stopped_by:
            yield from self._finish(answer, FinishReason.STOP)
            return True
        full = answer.position >= loaded.n_ctx
        if full or (sampling.max_tokens and len(answer.generated) >= sampling.max_tokens):
            yield from self._finish(answer, FinishReason.LENGTH)
            return True
        if self._abort.is_set():
            yield from self._finish(answer, FinishReason.CANCELLED)
            return True
        return False

    def _finish(self, answer: _Answer, reason: FinishReason) -> Iterator[GenerationEvent]:
        rest = answer.text.finish()
        if rest or answer.unsent:
            yield Delta(answer.index, rest, answer.unsent)
        yield ChoiceFinished(answer.index, reason, answer.sampler.seed, answer.text.stopped_by)

    def _step(self, loaded: LoadedModel, batch: Any, active: list[_Answer]) -> None:
        """Evaluate the newest token of every active answer in one batch."""
        for row, answer in enumerate(active):
            answer.row = row
            batch.token[row] = answer.generated[-1]
            batch.pos[row] = answer.position
            batch.n_seq_id[row] = 1
            batch.seq_id[row][0] = answer.index
            batch.logits[row] = 1
        batch.n_tokens = len(active)
        self._decode(loaded, batch)
        for answer in active:
            answer.position += 1
            if answer.index == 0:
                self._cached.append(answer.generated[-1])

    def _follow_changes(self, request_id: int, sampling: SamplingParams, active: list[_Answer]) -> SamplingParams:
        change, self._changed = self._changed, None
        if change is None or change[0] != request_id:
            return sampling
        for answer in active:
            answer.sampler.change(change[1])
            answer.text.stops = change[1].stop
        return change[1]

    def _reuse(self, loaded: LoadedModel, tokens: list[int]) -> int:
        """Cut the cache to what it shares with `tokens` and return its length.

        At least the last token is left to be evaluated, because the first sample needs its logits.
        """
        keep = 0
        for ours, theirs in zip(self._cached, tokens[:-1], strict=False):
            if ours != theirs:
                break
            keep += 1
        memory = loaded.memory
        # A sliding window forgets old positions, and a recurrent state cannot be cut at all.
        forgotten = llama_cpp.llama_memory_seq_pos_min(memory, 0) > max(0, keep - loaded.n_swa)
        if forgotten or not llama_cpp.llama_memory_seq_rm(memory, 0, keep, -1):
            llama_cpp.llama_memory_clear(memory, False)
            keep = 0
        del self._cached[keep:]
        return keep

    def _evaluate(self, loaded: LoadedModel, part: list[int]) -> None:
        array = (llama_cpp.llama_token * len(part))(*part)
        self._decode(loaded, llama_cpp.llama_batch_get_one(array, len(part)))
        self._cached += part

    def _decode(self, loaded: LoadedModel, batch: llama_cpp.llama_batch) -> None:
        loaded.adapt_threads()
        result = _ABORTED if self._abort.is_set() else llama_cpp.llama_decode(loaded.context, batch)
        if result == 0:
            return
        llama_cpp.llama_memory_seq_rm(loaded.memory, 0, len(self._cached), -1)
        if result == _ABORTED:
            raise _AbortedError
        if result == _NO_SLOT:
            raise EngineError(
                "The context window is full.", "Start a new conversation, or load the model with a larger context."
            )
        raise EngineError(
            "llama.cpp could not evaluate the text.",
            "Load the model again; if it happens again, choose a smaller context or fewer GPU layers.",
            "\n".join(self._native.last_errors),
        )

    def _prompt(self, loaded: LoadedModel, request: GenerationRequest) -> list[int]:
        if request.prompt is not None:
            segments = [Segment(request.prompt, trusted=False)] if request.prompt else []
        else:
            if not any(message.content.strip() for message in request.messages):
                raise EmptyPromptError("The prompt is empty.", "Type something to answer.")
            segments = loaded.template.render(request.messages)
        tokens = loaded.tokenize(segments)
        if not tokens:
            raise EmptyPromptError("The prompt is empty.", "Type something to answer.")
        if len(tokens) >= loaded.n_ctx:
            raise ContextOverflowError(
                f"The prompt has {len(tokens):,} tokens, but the context window holds {loaded.n_ctx:,} "
                "with room for at least one token of answer.",
                "Shorten it, start a new conversation, or load the model with a larger context.",
            )
        if request.sampling.n > MAX_SEQUENCES:
            raise UserError(f"At most {MAX_SEQUENCES} answers can be generated at once.", "Ask for fewer.")
        return tokens

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Return the length of the prompt that these messages make, in tokens."""
        loaded = self._model()
        return len(loaded.tokenize(loaded.template.render(messages)))

    def backend_info(self) -> BackendInfo:
        """Return build and devices."""
        return self._native.backend_info()

    def cancel(self, generation_id: int) -> None:
        """End a generation at once, inside an evaluation too (on a CPU; on a GPU after the slice)."""
        self._cancelled = generation_id
        if self._running == generation_id:
            self._abort.set()

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Use other parameters from the next token on."""
        self._changed = (generation_id, sampling)

    def interrupt(self) -> None:
        """Abandon a load."""
        self._interrupted.set()

    def unload(self) -> None:
        """Free the model."""
        if self._loaded:
            self._loaded.close()
        self._loaded = None
        self._cached.clear()

    def close(self) -> None:
        """Free everything."""
        self.unload()

    def _model(self) -> LoadedModel:
        if self._loaded is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        return self._loaded
