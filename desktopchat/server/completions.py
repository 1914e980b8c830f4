"""`/v1/completions` and `/v1/engines/{engine}/completions`, which programs of the first years use."""

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from desktopchat.core.chat import ChatMessage, Role, Usage
from desktopchat.core.token import TokenLogprobs
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationRequest,
    ModelInfo,
)
from desktopchat.server.answers import FINGERPRINT, Answer, Answers, begun, finish_of, logprob, timings_of, usage_of
from desktopchat.server.asking import unless_gone
from desktopchat.server.body import read_body
from desktopchat.server.desk import Desk
from desktopchat.server.faults import invalid, unsupported
from desktopchat.server.reading import sampling_of
from desktopchat.server.replies import JsonReply
from desktopchat.server.shapes import CompletionBody
from desktopchat.server.sse import EventStream

_DECODER = msgspec.json.Decoder(CompletionBody)
_DEFAULT_TOKENS = 16  # OpenAI's
_MOST_PROMPTS = 128


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a client wants to be told.

    Attributes:
        n: Answers to tell for each prompt.
        made: Answers to make for each prompt.
        top: Alternatives to report with each token; None reports no probabilities.
    """

    id: str
    created: int
    model: str
    prompts: tuple[str, ...]
    n: int
    made: int
    echo: bool
    top: int | None
    include_usage: bool


async def complete(desk: Desk, request: Request) -> Response:
    """Complete one prompt or several."""
    body = await read_body(request, _DECODER)
    info = desk.model_called(request.path_params.get("engine") or body.model)
    asked, wanted = _read(body, info, wraps=desk.options().wraps_prompts)
    if body.stream:
        async with AsyncExitStack() as held:
            # The first prompt is taken up before the answer begins, so that a refusal has its own status.
            events = await held.enter_async_context(desk.asker.asked(asked[0]))
            events = await unless_gone(request, begun(events))
            return EventStream(_chunks(desk, events, asked, wanted), held.pop_all())
    found: list[Answers] = []
    for one in asked:
        answers = Answers(wanted.made)
        async with desk.asker.asked(one) as events:
            await unless_gone(request, answers.take_all(events))
        found.append(answers)
    return JsonReply(_whole(found, wanted))


def _read(body: CompletionBody, info: ModelInfo, *, wraps: bool) -> tuple[list[GenerationRequest], _Wanted]:
    if body.suffix:
        raise unsupported("Text cannot be put into the middle here: leave suffix out.", "suffix")
    prompts = [body.prompt] if isinstance(body.prompt, str) else body.prompt
    texts = tuple(one for one in prompts if isinstance(one, str))
    if len(texts) != len(prompts):
        raise unsupported("Prompts are text here; tokens of another model mean nothing to this one.", "prompt")
    if not 1 <= len(texts) <= _MOST_PROMPTS:
        raise invalid(f"From 1 to {_MOST_PROMPTS} prompts can be completed at once.", "prompt")
    n = body.n or 1
    made = max(n, body.best_of or n)
    if body.best_of is not None and body.best_of < n:
        raise invalid("best_of must be at least n.", "best_of")
    if body.stream and made > n:
        raise invalid("The best of several answers is known at the end alone: best_of cannot be streamed.", "best_of")
    if body.echo and body.logprobs is not None:
        raise unsupported("The probabilities of a prompt are not known here: leave echo or logprobs out.", "logprobs")
    sampling = sampling_of(body, body.max_tokens or _DEFAULT_TOKENS, made)
    top = 0 if body.logprobs is None else max(1, body.logprobs)
    asked = [
        GenerationRequest(
            0,
            (ChatMessage(Role.USER, text),) if (is_turn := wraps and info.template != "none") else (),
            sampling,
            prompt=None if is_turn else text,
            top_logprobs=max(top, int(made > n)),
            ignore_eos=bool(body.ignore_eos),
            from_scratch=body.cache_prompt is False,
        )
        for text in texts
    ]
    usage = bool(body.stream_options and body.stream_options.include_usage)
    name = f"cmpl-{secrets.token_hex(12)}"
    wanted = _Wanted(name, int(time.time()), info.file.name, texts, n, made, bool(body.echo), body.logprobs, usage)
    return asked, wanted


def _whole(found: Sequence[Answers], wanted: _Wanted) -> dict[str, Any]:
    choices: list[dict[str, Any]] = []
    for prompt, answers in zip(wanted.prompts, found, strict=True):
        chosen: Sequence[Answer] = answers.each
        if wanted.made > wanted.n:
            chosen = sorted(chosen, key=lambda one: one.mean_logprob, reverse=True)[: wanted.n]
        for answer in chosen:
            text = prompt + answer.text if wanted.echo else answer.text
            logprobs = _logprobs(answer.logprobs, wanted.top, 0)
            choices.append(_choice(len(choices), text, logprobs, finish_of(answer)))
    last = found[-1]
    return {
        **_head(wanted),
        "choices": choices,
        "usage": usage_of(*_sum(found)),
        "timings": timings_of(last.usage, last.timings),
    }


async def _chunks(
    desk: Desk,
    first: AsyncIterator[GenerationEvent],
    asked: Sequence[GenerationRequest],
    wanted: _Wanted,
) -> AsyncIterator[dict[str, Any]]:
    found: list[Answers] = []
    head = _head(wanted) | ({"usage": None} if wanted.include_usage else {})
    for number, prompt in enumerate(wanted.prompts):
        found.append(answers := Answers(wanted.made))
        async with AsyncExitStack() as held:
            events = first
            if number:
                events = await held.enter_async_context(desk.asker.asked(asked[number]))
            async for choice in _choices(events, answers, prompt, number * wanted.n, wanted):
                yield {**head, "choices": [choice]}
    if wanted.include_usage:
        last = found[-1]
        usage = usage_of(*_sum(found))
        yield {**head, "choices": [], "usage": usage, "timings": timings_of(last.usage, last.timings)}


async def _choices(
    events: AsyncIterator[GenerationEvent], answers: Answers, prompt: str, start: int, wanted: _Wanted
) -> AsyncIterator[dict[str, Any]]:
    offsets = [0] * wanted.made
    if wanted.echo:
        for index in range(wanted.n):
            yield _choice(start + index, prompt, None, None)
    async for event in events:
        answers.take(event)
        if isinstance(event, Delta) and (event.text or event.logprobs):
            logprobs = _logprobs(event.logprobs, wanted.top, offsets[event.index])
            offsets[event.index] += sum(len(one.chosen.text) for one in event.logprobs)
            yield _choice(start + event.index, event.text, logprobs, None)
        elif isinstance(event, ChoiceFinished):
            yield _choice(start + event.index, "", None, finish_of(answers.each[event.index]))


def _sum(found: Sequence[Answers]) -> tuple[Usage, int]:
    usages = [answers.usage for answers in found]
    total = Usage(
        sum(one.prompt_tokens for one in usages),
        sum(one.cached_tokens for one in usages),
        sum(one.completion_tokens for one in usages),
    )
    return total, sum(answers.reasoning_tokens for answers in found)


def _head(wanted: _Wanted) -> dict[str, Any]:
    return {
        "id": wanted.id,
        "object": "text_completion",
        "created": wanted.created,
        "model": wanted.model,
        "system_fingerprint": FINGERPRINT,
    }


def _choice(index: int, text: str, logprobs: dict[str, Any] | None, reason: str | None) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": logprobs, "finish_reason": reason}


def _logprobs(found: Sequence[TokenLogprobs], top: int | None, offset: int) -> dict[str, Any] | None:
    if top is None:
        return None
    offsets = []
    for one in found:
        offsets.append(offset)
        offset += len(one.chosen.text)
    return {
        "tokens": [one.chosen.text for one in found],
        "token_logprobs": [logprob(one.chosen.logprob) for one in found],
        "top_logprobs": [{each.text: logprob(each.logprob) for each in one.top[:top]} for one in found]
        if top
        else None,
        "text_offset": offsets,
    }
