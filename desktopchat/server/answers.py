"""The answers to one request while they come, and what all routes say of them alike."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from desktopchat.core.chat import FinishReason, Timings, ToolCall, Usage
from desktopchat.core.token import Token, TokenLogprobs
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationFinished,
    PromptProgress,
    PromptScored,
)

FINGERPRINT = "fp_desktopchat"
_NO_ROOM = -9999.0  # what OpenAI sends for a probability of zero


@dataclass(slots=True)
class Answer:
    """One of the answers."""

    text: str = ""
    reasoning: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    logprobs: list[TokenLogprobs] = field(default_factory=list)
    reason: FinishReason | None = None
    stop: str = ""

    @property
    def mean_logprob(self) -> float:
        """How likely its tokens were, on the average."""
        return sum(one.chosen.logprob for one in self.logprobs) / max(1, len(self.logprobs))


class Answers:
    """All answers to one request.

    Attributes:
        usage: Token counts, once all have ended.
        timings: Seconds, once all have ended.
        scored: How likely the tokens of the prompt were, where that was asked for; of the first nothing is known.
    """

    def __init__(self, n: int) -> None:
        self.each = [Answer() for _ in range(n)]
        self.usage = Usage()
        self.timings = Timings()
        self.reasoning_tokens = 0
        self.scored: list[Token | TokenLogprobs] = []

    def take(self, event: GenerationEvent) -> None:
        """Add what an event brings."""
        match event:
            case Delta():
                answer = self.each[event.index]
                answer.text += event.text
                answer.reasoning += event.reasoning
                answer.calls += event.calls
                answer.logprobs += event.logprobs
            case PromptScored():
                self.scored += scored_of(event)
            case ChoiceFinished():
                self.each[event.index].reason = event.reason
                self.each[event.index].stop = event.stop
                self.reasoning_tokens += event.reasoning_tokens
            case GenerationFinished():
                self.usage, self.timings = event.usage, event.timings

    async def take_all(self, events: AsyncIterator[GenerationEvent]) -> None:
        """Add all that comes."""
        async for event in events:
            self.take(event)


def scored_of(event: PromptScored) -> list[Token | TokenLogprobs]:
    """Return the tokens of a part of the prompt, the first of all without its probability."""
    return [*([] if event.first is None else [event.first]), *event.logprobs]


async def begun(events: AsyncIterator[GenerationEvent]) -> AsyncIterator[GenerationEvent]:
    """Wait until the engine has taken the request up, and return its events: what it refuses, it refuses until then.

    Raises:
        UserError: It refused.
    """
    first = await anext(events, None)

    async def rest() -> AsyncIterator[GenerationEvent]:
        if first is not None and not isinstance(first, PromptProgress):
            yield first
        async for event in events:
            yield event

    return rest()


def usage_of(usage: Usage, reasoning_tokens: int = 0) -> dict[str, Any]:
    """Return token counts as OpenAI's API has them."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": reasoning_tokens},
    }


def timings_of(usage: Usage, timings: Timings) -> dict[str, Any]:
    """Return speeds as llama.cpp's server has them."""
    fresh = usage.prompt_tokens - usage.cached_tokens
    return {
        "cache_n": usage.cached_tokens,
        "prompt_n": fresh,
        "prompt_ms": 1000 * timings.prompt_seconds,
        "prompt_per_second": fresh / timings.prompt_seconds if timings.prompt_seconds else 0.0,
        "predicted_n": usage.completion_tokens,
        "predicted_ms": 1000 * timings.generation_seconds,
        "predicted_per_second": (
            usage.completion_tokens / timings.generation_seconds if timings.generation_seconds else 0.0
        ),
    }


def finish_of(answer: Answer) -> str:
    """Return why an answer ended, as OpenAI's API has it."""
    if answer.calls and answer.reason is FinishReason.STOP:
        return "tool_calls"
    return "stop" if answer.reason is FinishReason.STOP else "length"


def logprob(value: float) -> float:
    """Return a logarithm of a probability that JSON can hold."""
    return max(_NO_ROOM, value)
