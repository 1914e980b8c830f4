"""`/v1/completions` and `/v1/engines/{engine}/completions`, which programs of the first years use."""

import codecs
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from desktopchat.core.chat import ChatMessage, Role, Usage
from desktopchat.core.token import Token, TokenLogprobs
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationRequest,
    ModelInfo,
    PromptScored,
)
from desktopchat.server.answers import (
    FINGERPRINT,
    Answer,
    Answers,
    begun,
    finish_of,
    logprob,
    scored_of,
    timings_of,
    usage_of,
)
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
        prompts: Texts, or tokens.
        echo: Each answer has its prompt in front.
        scores: The tokens of the prompts are told, with their probabilities.
        answers: Something is to be written; else prompts are scored alone.
        top: Alternatives to report with each token; None reports no probabilities.
    """

    id: str
    created: int
    model: str
    prompts: tuple[str | tuple[int, ...], ...]
    n: int
    made: int
    echo: bool
    scores: bool
    answers: bool
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
    prompts = _prompts(body.prompt)
    n = body.n or 1
    made = max(n, body.best_of or n)
    if body.best_of is not None and body.best_of < n:
        raise invalid("best_of must be at least n.", "best_of")
    if body.stream and made > n:
        raise invalid("The best of several answers is known at the end alone: best_of cannot be streamed.", "best_of")
    answers = body.max_tokens != 0
    if not answers and not (body.echo and body.logprobs is not None):
        raise invalid("With max_tokens 0 there is nothing to tell but echo with logprobs.", "max_tokens")
    sampling = sampling_of(body, _DEFAULT_TOKENS if body.max_tokens is None else max(1, body.max_tokens), made)
    top = 0 if body.logprobs is None else max(1, body.logprobs)
    usage = bool(body.stream_options and body.stream_options.include_usage)
    name = f"cmpl-{secrets.token_hex(12)}"
    # The text of tokens is known to the engine alone, which tells it with their probabilities.
    scores = bool(body.echo) and (body.logprobs is not None or not all(isinstance(one, str) for one in prompts))
    asked = []
    for prompt in prompts:
        request = GenerationRequest(
            0,
            sampling=sampling,
            top_logprobs=max(top, int(made > n or scores)),
            ignore_eos=bool(body.ignore_eos),
            from_scratch=body.cache_prompt is False,
            scores_prompt=scores,
        )
        if not isinstance(prompt, str):
            request = replace(request, prompt_tokens=prompt)
        elif wraps and not scores and info.template != "none":
            request = replace(request, messages=(ChatMessage(Role.USER, prompt),))
        else:
            request = replace(request, prompt=prompt)
        asked.append(request)
    wanted = _Wanted(
        name,
        int(time.time()),
        info.file.name,
        prompts,
        n,
        made,
        bool(body.echo),
        scores,
        answers,
        body.logprobs,
        usage,
    )
    return asked, wanted


def _prompts(given: str | list[str | int | list[int]]) -> tuple[str | tuple[int, ...], ...]:
    """Return the prompts of a body: one or several, as text or as tokens.

    Raises:
        ApiError: There are none, or too many, or one is empty.
    """
    if isinstance(given, str):
        return (given,)
    if given and all(isinstance(one, int) for one in given):
        given = [[one for one in given if isinstance(one, int)]]
    if not 1 <= len(given) <= _MOST_PROMPTS:
        raise invalid(f"From 1 to {_MOST_PROMPTS} prompts can be completed at once.", "prompt")
    prompts: list[str | tuple[int, ...]] = []
    for one in given:
        if isinstance(one, int) or (not isinstance(one, str) and not one):
            raise invalid("A prompt is a text or a list of tokens.", "prompt")
        prompts.append(one if isinstance(one, str) else tuple(one))
    if any(not 0 <= token < 1 << 31 for one in prompts if not isinstance(one, str) for token in one):
        raise invalid("Tokens are numbers from 0 on.", "prompt")
    return tuple(prompts)


def _whole(found: Sequence[Answers], wanted: _Wanted) -> dict[str, Any]:
    choices: list[dict[str, Any]] = []
    for prompt, answers in zip(wanted.prompts, found, strict=True):
        chosen: Sequence[Answer] = answers.each
        if wanted.made > wanted.n:
            chosen = sorted(chosen, key=lambda one: one.mean_logprob, reverse=True)[: wanted.n]
        before = _echoed(prompt, answers.scored) if wanted.echo else ""
        for answer in chosen:
            written, tokens = (answer.text, answer.logprobs) if wanted.answers else ("", [])
            logprobs = _logprobs([*answers.scored, *tokens], wanted.top, 0 if wanted.scores else len(before))
            choices.append(_choice(len(choices), before + written, logprobs, finish_of(answer)))
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
    events: AsyncIterator[GenerationEvent], answers: Answers, prompt: str | tuple[int, ...], start: int, wanted: _Wanted
) -> AsyncIterator[dict[str, Any]]:
    offsets = [0] * wanted.made
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    if wanted.echo and not wanted.scores:
        before = _echoed(prompt, [])
        offsets = [len(before)] * wanted.made
        for index in range(wanted.n):
            yield _choice(start + index, before, None, None)
    async for event in events:
        answers.take(event)
        if isinstance(event, PromptScored):
            scored = scored_of(event)
            text = decoder.decode(b"".join(map(_piece_of, scored)))
            for index in range(wanted.n):
                yield _choice(start + index, text, _logprobs(scored, wanted.top, offsets[index]), None)
                offsets[index] += len(text)
        elif isinstance(event, Delta) and (event.text or event.logprobs) and wanted.answers:
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


def _echoed(prompt: str | tuple[int, ...], scored: Sequence[Token | TokenLogprobs]) -> str:
    """Return a prompt as text; the engine has told what its tokens are."""
    return prompt if isinstance(prompt, str) else b"".join(map(_piece_of, scored)).decode("utf-8", "replace")


def _piece_of(one: Token | TokenLogprobs) -> bytes:
    return one.piece if isinstance(one, Token) else one.chosen.piece


def _text_of(one: Token | TokenLogprobs) -> str:
    return _piece_of(one).decode("utf-8", "replace")


def _logprobs(found: Sequence[Token | TokenLogprobs], top: int | None, offset: int) -> dict[str, Any] | None:
    if top is None:
        return None
    offsets = []
    for one in found:
        offsets.append(offset)
        offset += len(_text_of(one))
    known = [None if isinstance(one, Token) else one for one in found]
    return {
        "tokens": [_text_of(one) for one in found],
        "token_logprobs": [one and logprob(one.chosen.logprob) for one in known],
        "top_logprobs": [one and {each.text: logprob(each.logprob) for each in one.top[:top]} for one in known]
        if top
        else None,
        "text_offset": offsets,
    }
