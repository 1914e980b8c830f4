"""From the parts that a server sends to the events of a generation."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from desktopchat.core.chat import FinishReason, Timings, ToolCall, Usage
from desktopchat.core.errors import NetworkError
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import Alternative, TokenLogprobs
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationFinished,
    PromptProgress,
)
from desktopchat.engine.remote.replies import CallPart, Choice, Part, Token
from desktopchat.engine.text import TextStream
from desktopchat.network import faults

_REASONS = {"length": FinishReason.LENGTH}  # all others end an answer as the model wanted
_WITHHELD = "content_filter"
_MOST_CALLS = 1_000
_COUNT_LIMIT = 1 << 31  # what the database can hold


@dataclass(slots=True)
class _Answer:
    """One of the answers.

    Attributes:
        echo: The rest of the begun answer that the server may send once more before it goes on.
        echoed: What it has sent of that.
        tokens: So far.
        unsent, logprobs: Belong to text that is still held back.
        reasoning_tokens: Of what it thinks, so far.
        thinks_since, thought_until: Of the clock; 0 before the first thought.
        calls: The tool calls, as far as they have come, by their index.
    cut: It was ended here, and the server does not know it.
    """

    index: int
    seed: int
    text: TextStream
    echo: str
    echoed: str = ""
    tokens: int = 0
    unsent: int = 0
    logprobs: list[TokenLogprobs] = field(default_factory=list)
    reasoning_tokens: int = 0
    thinks_since: float = 0.0
    thought_until: float = 0.0
    calls: dict[int, ToolCall] = field(default_factory=dict)
    ended: bool = False
    cut: bool = False


class Answers:
    """All answers to one request, which may take several calls of a server that gives only one at a time.

    Args:
        seeds: One for each answer.
        estimate: Tokens of the prompt until the server has counted them.
        echo: What was begun and may come once more.

    Attributes:
        sampling: Whose `stop` and `max_tokens` are looked after here.
        limit_changed: They were changed while it answered.
        ended_here: All answers of the present call have ended, and the server does not know it of all of them.
    """

    def __init__(self, sampling: SamplingParams, seeds: Sequence[int], host: str, estimate: int, echo: str) -> None:
        self.sampling = sampling
        self.limit_changed = self.ended_here = False
        self._host = host
        self._answers = [_Answer(index, seed, TextStream(sampling.stop), echo) for index, seed in enumerate(seeds)]
        self._estimate = estimate
        self._started = time.perf_counter()
        self._first_at = self._last_at = 0.0
        self._prompt_seconds = 0.0
        self._prompt_read = False
        self._prompt = self._cached = self._drafted = self._accepted = 0
        self._completion = 0  # of the calls that have ended
        self._call: list[_Answer] = []
        self._call_completion: int | None = None

    @property
    def missing(self) -> list[int]:
        """The answers that have not ended."""
        return [answer.index for answer in self._answers if not answer.ended]

    @property
    def prompt_tokens(self) -> int:
        """Length of the prompt as the server counted it; 0 when it has not."""
        return self._prompt

    def begin(self, indexes: Sequence[int]) -> Iterator[GenerationEvent]:
        """Say which answers the next call gives."""
        self._call = [self._answers[index] for index in indexes]
        self._call_completion = None
        self.ended_here = False
        if not self._first_at:
            yield PromptProgress(0, self._prompt or self._estimate, 0)

    def take(self, part: Part) -> Iterator[GenerationEvent]:
        """Take a part of the answers of this call."""
        self._count(part)
        if (progress := part.prompt_progress) and not self._first_at:
            self._prompt = _count(progress.total)
            done = min(_count(progress.processed), self._prompt)
            self._prompt_read = done == self._prompt
            yield PromptProgress(done, self._prompt, min(_count(progress.cache), done))
        for choice in part.choices:
            if 0 <= choice.index < len(self._call) and not (answer := self._call[choice.index]).ended:
                yield from self._take_choice(answer, choice, part)

    def end_stream(self, *, complete: bool) -> Iterator[GenerationEvent]:
        """The server has ended the call.

        Args:
            complete: It said so; some leave out to say it of each answer.

        Raises:
            NetworkError: It broke off, or sent no answer.
        """
        for answer in self._call:
            if answer.tokens and not answer.ended:
                if not complete:
                    raise faults.cut(self._host)
                yield from self._finish(answer, FinishReason.STOP)
        if not any(answer.ended for answer in self._call):
            raise faults.empty(self._host)

    def end_call(self) -> None:
        """Close the accounts of a call."""
        counted = sum(answer.tokens for answer in self._call)
        self._completion += max(counted, self._call_completion or 0)
        self._call, self._call_completion = [], None

    def finish(self, reason: FinishReason) -> Iterator[GenerationEvent]:
        """End what has not ended."""
        for answer in self._answers:
            if not answer.ended:
                yield from self._finish(answer, reason)

    def finished(self, left_out: int) -> GenerationFinished:
        """Return the last event."""
        now = time.perf_counter()
        first = (self._first_at or now) - self._started
        usage = Usage(
            self._prompt or self._estimate,
            self._cached,
            self._completion,
            left_out,
            0,
            self._drafted,
            self._accepted,
            repeatable=False,  # nobody knows what else the server does at the same time
        )
        prompt_seconds = min(self._prompt_seconds or first, first)
        return GenerationFinished(usage, Timings(prompt_seconds, first, max(0.0, self._last_at - self._first_at)))

    def _take_choice(self, answer: _Answer, choice: Choice, part: Part) -> Iterator[GenerationEvent]:
        delta = choice.delta
        content = (delta.content if delta else choice.text) or ""
        thought = (delta.reasoning_content or delta.reasoning or "") if delta else ""
        logprobs = choice.logprobs.content if choice.logprobs and choice.logprobs.content else []
        calls = (delta.tool_calls or []) if delta else []
        if content or thought or logprobs or calls:
            tokens = len(logprobs) or 1
            if part.timings and len(part.choices) == 1:
                tokens = max(0, _count(part.timings.predicted_n) - answer.tokens)
            answer.tokens += tokens
            answer.unsent += tokens
            answer.logprobs += map(_logprobs, logprobs)
            self._last_at = time.perf_counter()
            if not self._first_at:
                self._first_at = self._last_at
                if not self._prompt_read:
                    total = self._prompt or self._estimate
                    yield PromptProgress(total, total, min(self._cached, total))
            if thought:
                answer.reasoning_tokens += 0 if content else tokens
                answer.thinks_since = answer.thinks_since or self._last_at
                answer.thought_until = self._last_at
            self._take_calls(answer, calls)
            yield from self._say(answer, self._unechoed(answer, content), thought)
        most = self.sampling.max_tokens if self.limit_changed else 0
        if answer.text.stopped_by:
            answer.cut = not choice.finish_reason
            yield from self._finish(answer, FinishReason.STOP)
        elif choice.finish_reason == _WITHHELD:
            raise NetworkError(
                Sentence("{host} withholds the rest of its answer.", host=self._host),
                "Ask in other words, or elsewhere.",
            )
        elif choice.finish_reason:
            yield from self._finish(answer, _REASONS.get(choice.finish_reason, FinishReason.STOP))
        elif most and answer.tokens >= most:
            answer.cut = True
            yield from self._finish(answer, FinishReason.LENGTH)
        self.ended_here = all(one.ended for one in self._call) and any(one.cut for one in self._call)

    def _take_calls(self, answer: _Answer, parts: Sequence[CallPart]) -> None:
        """Add to the tool calls.

        Raises:
            NetworkError: There are more than any answer makes.
        """
        for part in parts:
            known = answer.calls.get(part.index)
            if known is None and len(answer.calls) >= _MOST_CALLS:
                raise faults.malformed(self._host, "too many tool calls")
            known = known or ToolCall(part.id or f"call_{part.index}", "", "")
            if part.function is not None:
                name, arguments = part.function.name or "", part.function.arguments or ""
                known = replace(known, name=known.name + name, arguments=known.arguments + arguments)
            answer.calls[part.index] = known

    @staticmethod
    def _unechoed(answer: _Answer, content: str) -> str:
        """Return new text without what the server repeats of an answer that was begun."""
        if answer.echo and content:
            if content.startswith(answer.echo):
                content, answer.echo = content[len(answer.echo) :], ""
            elif answer.echo.startswith(content):
                answer.echo, answer.echoed, content = answer.echo[len(content) :], answer.echoed + content, ""
            else:  # it only began alike
                content, answer.echo = answer.echoed + content, ""
        return content

    def _say(self, answer: _Answer, text: str, thought: str = "", *, last: bool = False) -> Iterator[GenerationEvent]:
        answer.text.stops = self.sampling.stop
        said = (answer.text.finish() if last else answer.text.feed(text.encode())).content
        if said or thought:
            yield Delta(answer.index, said, answer.unsent, tuple(answer.logprobs), thought)
            answer.unsent, answer.logprobs = 0, []

    def _finish(self, answer: _Answer, reason: FinishReason) -> Iterator[GenerationEvent]:
        yield from self._say(answer, "", last=True)
        # Servers send the arguments in pieces, so a call is whole only when the answer is.
        whole = sorted(answer.calls.items()) if reason is FinishReason.STOP else ()
        calls = tuple(call for _, call in whole if call.name)
        if answer.unsent or calls:
            yield Delta(answer.index, "", answer.unsent, tuple(answer.logprobs), calls=calls)
        answer.ended = True
        thought = answer.thought_until - answer.thinks_since
        stop = answer.text.stopped_by
        yield ChoiceFinished(answer.index, reason, answer.seed, stop, answer.reasoning_tokens, thought)

    def _count(self, part: Part) -> None:
        if (timings := part.timings) is not None:
            self._prompt = _count(timings.cache_n) + _count(timings.prompt_n)
            self._cached = _count(timings.cache_n)
            self._prompt_seconds = max(0.0, timings.prompt_ms) / 1000
            self._drafted, self._accepted = _count(timings.draft_n), _count(timings.draft_n_accepted)
        if (usage := part.usage) is not None:
            self._prompt = _count(usage.prompt_tokens or 0) or self._prompt
            if usage.completion_tokens is not None:
                self._call_completion = _count(usage.completion_tokens)
            if usage.prompt_tokens_details is not None:
                self._cached = _count(usage.prompt_tokens_details.cached_tokens or 0)


def _logprobs(token: Token) -> TokenLogprobs:
    return TokenLogprobs(_alternative(token), tuple(map(_alternative, token.top_logprobs)))


def _alternative(token: Token) -> Alternative:
    return Alternative(token.id if token.id is not None else -1, token.token.encode(), token.logprob)


def _count(number: int) -> int:
    """Return a count that everybody can hold, whatever a server sends."""
    return max(0, min(number, _COUNT_LIMIT - 1))
