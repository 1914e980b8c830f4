"""A request that is answered beside others, and the answers of it that are being written."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from desktopchat.engine.api import GenerationRequest, Take
from desktopchat.engine.llama.writing import Answer, Writer
from desktopchat.engine.speculation import Speculation


@dataclass(slots=True, eq=False)
class Lane:
    """One answer in a sequence of the KV cache.

    Attributes:
        tokens: Prompt and answer; the last one is not evaluated yet, nor are others after a pause.
        known: How many of them are in the cache.
        sequence: -1 while it has none.
        follows: It gets the prompt from the first lane of its request, once that has it.
    """

    answer: Answer
    tokens: list[int]
    known: int = 0
    sequence: int = -1
    follows: bool = False

    @property
    def pending(self) -> int:
        """How many tokens are to be evaluated."""
        return len(self.tokens) - self.known


@dataclass(slots=True, eq=False)
class Member:
    """A request on its way.

    Attributes:
        take: Hears what comes of it.
        prompt: Its tokens; once it has begun, those of the cache that spell the same.
        opened: What the prompt has of the answer already.
        left_out: Oldest messages that did not fit.
        alone: Nobody else is answered meanwhile, and its prompt is made then.
        lanes: Of the answers that have not ended.
        reused: Tokens of the prompt that were in the cache.
        shared: Of those in the cache, the ones whose cells are another's too.
        mixed: Something of it was evaluated in one batch with what it does not need itself, or with fewer threads,
            which may round otherwise.
        speculation: Guesses its next tokens while nobody else is there.
    """

    request: GenerationRequest
    take: Take
    prompt: list[int] = field(default_factory=list)
    opened: str = ""
    left_out: int = 0
    alone: bool = False
    writer: Writer | None = None
    answers: list[Answer] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    reused: int = 0
    shared: int = 0
    mixed: bool = False
    speculation: Speculation | None = None
    joined_at: float = field(default_factory=time.perf_counter)
    began_at: float = 0.0
    prompt_seconds: float = 0.0
    first_token_at: float = 0.0

    @property
    def size(self) -> int:
        """Cells that it takes, nearly."""
        written = sum(len(lane.tokens) - len(self.prompt) for lane in self.lanes)
        return len(self.prompt) + written - self.shared

    @property
    def seats(self) -> int:
        """Sequences that it takes."""
        return len(self.lanes) or self.request.sampling.n

    def forget(self) -> None:
        """Free what llama.cpp has for its answers."""
        for answer in self.answers:
            answer.sampler.close()
        self.answers.clear()
