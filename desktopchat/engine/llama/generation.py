"""One request: evaluate the prompt, then decode its answers token by token."""

from __future__ import annotations

import itertools
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import llama_cpp

from desktopchat.core.chat import FinishReason, Timings, Usage
from desktopchat.core.errors import EngineError
from desktopchat.core.params import SamplingParams
from desktopchat.core.picture import Picture
from desktopchat.core.token import Token
from desktopchat.engine.api import (
    ChoiceFinished,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    PromptProgress,
    PromptScored,
)
from desktopchat.engine.llama.batch import Batch
from desktopchat.engine.llama.batching import BatchProbe
from desktopchat.engine.llama.cache import Cache
from desktopchat.engine.llama.evaluating import AbortedError, evaluate, judge
from desktopchat.engine.llama.logprobs import Logits
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.llama.native import AbortFlag, Native
from desktopchat.engine.llama.vision import Vision
from desktopchat.engine.llama.writing import Answer, Writer, seeds_of
from desktopchat.engine.media import begins, is_inside, is_picture, length_at
from desktopchat.engine.speculation import LONGEST_DRAFT, Drafter, Speculation

_SCORED = LONGEST_DRAFT + 1  # as many logits as the context has room for


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be evaluated.

    Attributes:
        tokens: The prompt; begins with what the cache holds.
        system_tokens: Length of its part that is never shifted out.
        left_out: Oldest messages that did not fit.
        opened: What the prompt has of the answer already, as text.
        pictures: Those of the prompt, in their order.
        vision: Looks at them.
    """

    tokens: list[int]
    system_tokens: int
    left_out: int
    opened: str = ""
    pictures: tuple[Picture, ...] = ()
    vision: Vision | None = None


class Generation:
    """Runs one request on a loaded model.

    Attributes:
        sampling: Parameters for the next token; another thread may replace them while it runs.
    """

    def __init__(
        self,
        native: Native,
        loaded: LoadedModel,
        cache: Cache,
        abort: AbortFlag,
        request: GenerationRequest,
        drafters: Sequence[Drafter],
        probe: BatchProbe,
    ) -> None:
        self._native = native
        self._loaded = loaded
        self._cache = cache
        self._abort = abort
        self._request = request
        self._probe = probe
        probe.begin()
        self.sampling = request.sampling
        self._started = time.perf_counter()
        self._answers: list[Answer] = []
        self._writer = Writer(loaded, request, abort.is_set)
        self._shifted = 0
        self._rounded = False  # sums may have been rounded otherwise: of drafts, or with fewer threads
        # A refused draft is taken back, which only a plain KV cache allows.
        may_draft = drafters and loaded.reuse == "full" and request.sampling.n == 1
        self._speculation = Speculation(*drafters) if may_draft else None

    def run(self, plan: Plan) -> Iterator[GenerationEvent]:
        """Yield the events of the request; ends with GenerationFinished, also after an abort."""
        tokens, cache = plan.tokens, self._cache
        n = self._request.sampling.n
        seeds = seeds_of(self._request.sampling)
        reused = len(cache.tokens)
        usage = Usage(len(tokens), reused, left_out_messages=plan.left_out)
        if plan.pictures:
            self._speculation = None  # what drafts knows words alone
        yield PromptProgress(reused, len(tokens), reused)
        try:
            while len(cache.tokens) < len(tokens):
                if self._request.scores_prompt:
                    yield self._score_next(tokens)
                else:
                    self._evaluate_next(plan)
                yield PromptProgress(len(cache.tokens), len(tokens), reused)
        except AbortedError:
            if plan.vision is not None:
                plan.vision.release()
            for index, drawn in enumerate(seeds):
                yield ChoiceFinished(index, FinishReason.CANCELLED, drawn)
            yield GenerationFinished(usage, Timings(time.perf_counter() - self._started))
            return
        if plan.vision is not None:
            plan.vision.release()
        known = reused == len(tokens)
        if not known:
            cache.remember_logits(repeatable=reused == 0)
        prompt_seconds = time.perf_counter() - self._started

        batch = Batch(max(n, LONGEST_DRAFT + 1))
        try:
            for index, drawn in enumerate(seeds):
                if index:
                    llama_cpp.llama_memory_seq_cp(self._loaded.memory, 0, index, -1, -1)
                answer = self._writer.begin(index, drawn, plan.opened)
                answer.position = len(tokens)
                self._answers.append(answer)
            first_token_at = yield from self._decode_all(batch, plan, known)
        finally:
            batch.close()
            if self._speculation:
                cache.drop_tail()  # a draft behind the token that ended the answer
            for answer in self._answers:
                answer.sampler.close()
                if answer.index:
                    llama_cpp.llama_memory_seq_rm(self._loaded.memory, answer.index, -1, -1)
        now = time.perf_counter()
        speculation = self._speculation
        usage = Usage(
            len(tokens),
            reused,
            sum(answer.count for answer in self._answers),
            plan.left_out,
            self._shifted,
            speculation.drafted if speculation else 0,
            speculation.accepted if speculation else 0,
            # What is drafted depends on how long each step took.
            cache.repeatable and not self._rounded,
        )
        timings = Timings(prompt_seconds, first_token_at - self._started, now - first_token_at)
        yield GenerationFinished(usage, timings)

    def _decode_all(self, batch: Batch, plan: Plan, known: bool) -> Generator[GenerationEvent, None, float]:
        """Decode until every answer has ended; the result is when the first token was there."""
        active, writer = list(self._answers), self._writer
        first_token_at = 0.0
        draft: list[int] = []
        while active:
            self._follow_changes(active)
            remaining = []
            for answer in active:
                token = writer.sample(answer, self._kept_logits() if known else None)
                first_token_at = first_token_at or time.perf_counter()
                ended = yield from writer.accept(answer, token)
                if draft and not ended:
                    ended = yield from self._accept_draft(answer, draft)
                elif writer.step_started and self._speculation:
                    self._speculation.plain_step(time.perf_counter() - writer.step_started)
                if not ended and answer.position >= self._loaded.n_ctx:
                    ended = yield from self._make_room(answer, plan)
                if not ended:
                    remaining.append(answer)
            active, known = remaining, False
            if active:
                writer.step_started = time.perf_counter()
                try:
                    draft = self._draft(active[0], batch)
                    self._step(batch, active, draft)
                except AbortedError:
                    for answer in active:
                        yield from writer.finish(answer, FinishReason.CANCELLED)
                    active = []
        return first_token_at

    def _kept_logits(self) -> Logits:
        assert self._cache.prompt_logits is not None
        return self._cache.prompt_logits[1]

    def _draft(self, answer: Answer, batch: Batch) -> list[int]:
        """Return a guess of what follows the newest token, as far as it fits.

        At temperature 0 there is one only where a batch gives the bits of single tokens. Elsewhere the sums differ
        in their last bit, rounding the activations to 8 bits makes more of it, and the best two logits move by up
        to 0.4 against each other (SmolLM2 135M Q4_1 on a CPU), so that the likeliest token is another one now and
        then: in 5 of 12 texts of 31 to 256 tokens, although every token whose lead was below 0.5 was evaluated
        again alone, for that one too looks back on KV entries of batches. When sampling, rounding shifts no
        probability by more than another number of threads or another device does.
        """
        if self._speculation is None:
            return []
        greedy = self._writer.applied.temperature <= 0
        room = self._loaded.n_ctx - answer.position - 1
        if self._writer.applied.max_tokens:
            room = min(room, self._writer.applied.max_tokens - answer.count - 1)
        if greedy:
            room = min(room, self._probe.room(answer.position) - 1)
        draft = self._speculation.propose(self._cache.tokens, answer.token, room)
        if draft and greedy:
            started = time.perf_counter()
            exact = self._probe.is_exact(answer.position, batch, self._decode)
            self._writer.step_started += time.perf_counter() - started  # it says nothing about the cost of a step
            draft = draft if exact else []
        self._rounded |= bool(draft) and not greedy
        return draft

    def _accept_draft(self, answer: Answer, draft: list[int]) -> Generator[GenerationEvent, None, bool]:
        """Take as many tokens of the draft as the model itself would have drawn; the result as of `Writer.accept`.

        The first token of the step has been accepted. While it equals the draft's, the logits of the next row
        are the ones that plain decoding would have computed.
        """
        assert self._speculation is not None
        accepted, ended = 0, False
        while accepted < len(draft) and answer.token == draft[accepted] and not ended:
            self._cache.tokens.append(answer.token)
            answer.position += 1
            accepted += 1
            answer.row = accepted
            ended = yield from self._writer.accept(answer, self._writer.sample(answer))
        if accepted < len(draft):
            self._cache.drop_tail()
        seconds = time.perf_counter() - self._writer.step_started
        self._speculation.draft_step(len(draft), accepted, seconds, len(self._cache.tokens))
        return ended

    def _step(self, batch: Batch, active: list[Answer], draft: list[int]) -> None:
        """Evaluate the newest token of every active answer, and the draft behind the only one, in one batch."""
        still = self._cache.still
        batch.clear()
        for answer in active:
            batch.add(answer.token, answer.position - still, answer.index)
        for place, token in enumerate(draft, 1):
            batch.add(token, active[0].position - still + place)
        self._decode(batch.native)
        if self._speculation and not draft and self._writer.applied.temperature <= 0:
            self._probe.note(active[0].token, active[0].position)
        for row, answer in enumerate(active):
            answer.row = row
            answer.position += 1
            if answer.index == 0:
                self._cache.tokens.append(answer.token)

    def _make_room(self, answer: Answer, plan: Plan) -> Generator[GenerationEvent, None, bool]:
        """Shift the context window, or end the answer; the result as of `Writer.accept`."""
        can_shift = self._request.overflow == "shift" and len(self._answers) == 1
        if not can_shift or not llama_cpp.llama_memory_can_shift(self._loaded.memory):
            yield from self._writer.finish(answer, FinishReason.LENGTH)
            return True
        count = (self._loaded.n_ctx - plan.system_tokens) // 2
        while is_inside(self._cache.tokens[plan.system_tokens + count]):
            count += 1  # no half of a picture
        self._cache.shift(plan.system_tokens, count)
        answer.position -= count
        self._shifted += count
        if self._speculation:
            self._speculation.forget()
        return False

    def _follow_changes(self, active: list[Answer]) -> None:
        if self.sampling is not self._writer.applied:
            self._writer.applied = self.sampling
            for answer in active:
                answer.sampler.change(self._writer.applied)
                answer.text.stops = self._writer.applied.stop

    def _evaluate_next(self, plan: Plan) -> None:
        """Evaluate the next picture of the prompt, or text up to one."""
        start = len(self._cache.tokens)
        if is_picture(plan.tokens[start]):
            self._look(plan, start)
            return
        part = plan.tokens[start : start + self._loaded.n_batch]
        self._evaluate(list(itertools.takewhile(lambda token: not is_picture(token), part)))

    def _score_next(self, tokens: list[int]) -> PromptScored:
        """Evaluate the next part of a prompt, of all of whose tokens the logits are wanted."""
        start = len(self._cache.tokens)
        part = tokens[start : start + _SCORED]
        batch = Batch(_SCORED)
        try:
            for position, token in enumerate(part, start):
                batch.add(token, position)
            self._decode(batch.native)
        finally:
            batch.close()
        self._cache.tokens += part
        # A begin token before a text is no part of it.
        is_sign = self._request.prompt is not None and self._loaded.is_control(tokens[0])
        first = None if start or is_sign else Token(tokens[0], self._loaded.spelling(tokens[0]))
        return PromptScored(self._writer.scored(tokens[start + 1 : start + 1 + len(part)]), first)

    def _look(self, plan: Plan, start: int) -> None:
        assert plan.vision is not None
        tokens = plan.tokens[start : start + length_at(plan.tokens, start)]
        number = sum(map(begins, plan.tokens[:start]))
        if self._abort.is_set():
            raise AbortedError
        try:
            judge(self._native, plan.vision.evaluate(plan.pictures, number, start - self._cache.still))
        except (AbortedError, EngineError):
            self._cache.drop_tail()
            raise
        self._cache.take_picture(tokens)

    def _evaluate(self, part: list[int]) -> None:
        array = (llama_cpp.llama_token * len(part))(*part)
        batch = llama_cpp.llama_batch_get_one(array, len(part))
        if self._cache.still:
            # llama.cpp would go on behind the newest cell, not behind the picture.
            first = len(self._cache.tokens) - self._cache.still
            batch.pos = (llama_cpp.llama_pos * len(part))(*range(first, first + len(part)))
        self._decode(batch)
        self._cache.tokens += part

    def _decode(self, batch: Any) -> None:
        try:
            evaluate(self._native, self._loaded, self._abort, batch)
        except (AbortedError, EngineError):
            self._cache.drop_tail()  # so that llama.cpp's cache holds what ours does
            raise
        self._rounded |= self._loaded.is_rounded(len(self._cache.tokens))


def changed(sampling: SamplingParams, wanted: SamplingParams) -> SamplingParams:
    """Return the parameters that hold after a change: the number of answers and the seed stay."""
    return wanted.changed(n=sampling.n, seed=sampling.seed)
