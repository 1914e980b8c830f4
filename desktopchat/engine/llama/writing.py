"""What becomes of the tokens of one request: its answers, their text, and how they end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from desktopchat.core.chat import FinishReason
from desktopchat.core.params import SamplingParams
from desktopchat.core.token import TokenLogprobs
from desktopchat.engine.api import ChoiceFinished, Delta, GenerationEvent, GenerationRequest
from desktopchat.engine.formats import Format
from desktopchat.engine.llama.logprobs import Logits, logits_of, logprobs_of
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.llama.sampler import Sampler
from desktopchat.engine.splitting import Parts
from desktopchat.engine.text import TextStream

# Text waits for no longer than this, in seconds. What comes faster is sent together, for each message wakes the
# window's process, on a core that llama.cpp computes with: 30 of them a second take 1.5 % of 110 tokens/s, 20 half.
SEND_INTERVAL = 0.05
_SEED_LIMIT = 0xFFFFFFFF  # LLAMA_DEFAULT_SEED, which asks for a random seed, is left out


def seeds_of(sampling: SamplingParams) -> list[int]:
    """Return a seed for each answer, drawn where none was given."""
    first = secrets.randbelow(_SEED_LIMIT) if sampling.seed is None else sampling.seed
    return [(first + index) % _SEED_LIMIT for index in range(sampling.n)]


@dataclass(slots=True, eq=False)
class Answer:
    """One of the `n` answers.

    Attributes:
        position: Of the newest token, `token`.
        row: Of the last batch, where the logits of the next one are.
        unsent, logprobs: Of text that is still held back.
        pieces: The end of that text, which was not looked at yet.
    """

    index: int
    sampler: Sampler
    text: TextStream
    position: int = 0
    row: int = -1
    token: int = 0
    count: int = 0
    unsent: int = 0
    pieces: bytes = b""
    thought_tokens: int = 0
    thought_seconds: float = 0.0
    token_at: float = field(default_factory=time.perf_counter)
    logprobs: list[TokenLogprobs] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)
    sent_at: float = 0.0


class Writer:
    """Draws the tokens of a request and makes events of them; what evaluates them is others' to do.

    Args:
        is_cancelled: Tells whether the request is to end.

    Attributes:
        applied: The parameters in effect.
        step_started: When the present step began, by the performance counter.
        interval: Seconds that text may wait.
    """

    def __init__(self, loaded: LoadedModel, request: GenerationRequest, is_cancelled: Callable[[], bool]) -> None:
        self._loaded = loaded
        self._request = request
        self._is_cancelled = is_cancelled
        self._scratch: Logits = np.empty(loaded.n_vocab, np.float32)
        self.applied = request.sampling
        self.step_started = 0.0
        self.interval = SEND_INTERVAL
        self._format = loaded.template.format if not request.is_plain else Format()
        self._marks = {mark.encode() for mark in self._format.marks(with_calls=bool(request.tools))}

    def begin(self, index: int, seed: int, opened: str) -> Answer:
        """Begin an answer.

        Args:
            opened: What the prompt has of it already.

        Raises:
            UserError: Grammar or schema cannot be used.
        """
        splitter = self._format.splitter(with_calls=bool(self._request.tools))
        splitter.begin(opened)
        return Answer(index, Sampler(self.applied, seed, self._loaded), TextStream(self.applied.stop, splitter))

    def sample(self, answer: Answer, kept: Logits | None = None) -> int:
        """Draw the next token.

        Args:
            kept: Logits to draw from, where it is not from those of the answer's row.
        """
        count = self._request.top_logprobs
        sampler = answer.sampler
        token = sampler.sample(answer.row, looks=count > 0) if kept is None else sampler.sample_logits(kept)
        if count:
            logits = logits_of(self._loaded, answer.row) if kept is None else kept
            found = logprobs_of(self._loaded, logits, token, count, self._scratch, sampler.likeliest)
            answer.logprobs.append(found)
        return token

    def scored(self, tokens: Sequence[int]) -> tuple[TokenLogprobs, ...]:
        """Return how likely tokens were that stand one behind each row of the last batch."""
        count = self._request.top_logprobs
        return tuple(
            logprobs_of(self._loaded, logits_of(self._loaded, row), token, count, self._scratch)
            for row, token in enumerate(tokens)
        )

    def accept(self, answer: Answer, token: int) -> Generator[GenerationEvent, None, bool]:
        """Take a sampled token; the result says whether the answer has ended."""
        answer.token = token
        answer.count += 1
        answer.unsent += 1
        if not self._request.ignore_eos and self._loaded.is_end(token):
            yield from self.finish(answer, FinishReason.STOP)
            return True
        if answer.text.thinking:
            answer.thought_tokens += 1
            answer.thought_seconds += time.perf_counter() - answer.token_at
        answer.token_at = time.perf_counter()
        answer.pieces += self._piece(token)
        due = self._is_due(answer)
        if due or self._marks or self.applied.stop:  # else there is nothing to look for in it, and it can wait
            answer.parts += answer.text.feed(answer.pieces)
            answer.pieces = b""
        if due and answer.parts:
            yield self._delta(answer)
        if answer.text.stopped_by:
            yield from self.finish(answer, FinishReason.STOP)
            return True
        if self.applied.max_tokens and answer.count >= self.applied.max_tokens:
            yield from self.finish(answer, FinishReason.LENGTH)
            return True
        if self._is_cancelled():
            yield from self.finish(answer, FinishReason.CANCELLED)
            return True
        return False

    def finish(self, answer: Answer, reason: FinishReason) -> Iterator[GenerationEvent]:
        """End an answer."""
        answer.parts += answer.text.feed(answer.pieces) + answer.text.finish()
        answer.pieces = b""
        if answer.parts or answer.unsent:
            yield self._delta(answer)
        yield ChoiceFinished(
            answer.index,
            reason,
            answer.sampler.seed,
            answer.text.stopped_by,
            answer.thought_tokens,
            answer.thought_seconds,
        )

    def _piece(self, token: int) -> bytes:
        """Return what a token adds to the answer: a control token its spelling where that is a mark, else nothing."""
        piece = self._loaded.piece(token)
        if not piece and self._marks and self._loaded.spelling(token) in self._marks:
            return self._loaded.spelling(token)
        return piece

    def _is_due(self, answer: Answer) -> bool:
        """Return whether what is unsent would be late after one more step."""
        now = time.perf_counter()
        return now - answer.sent_at + (now - self.step_started) > self.interval

    def _delta(self, answer: Answer) -> Delta:
        logprobs, parts = tuple(answer.logprobs), answer.parts
        answer.parts, answer.sent_at = Parts(), time.perf_counter()
        delta = Delta(answer.index, parts.content, answer.unsent, logprobs, parts.reasoning, parts.calls)
        answer.unsent = 0
        answer.logprobs.clear()
        return delta
