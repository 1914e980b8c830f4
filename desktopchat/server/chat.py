"""`/v1/chat/completions`."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from desktopchat.core.chat import ToolCall
from desktopchat.core.token import TokenLogprobs
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationEvent,
    ModelInfo,
)
from desktopchat.server.answers import (
    FINGERPRINT,
    Answer,
    Answers,
    begun,
    finish_of,
    logprob,
    timings_of,
    usage_of,
)
from desktopchat.server.asking import unless_gone
from desktopchat.server.body import read_body
from desktopchat.server.chat_request import ChatRequest, read_chat
from desktopchat.server.desk import Desk
from desktopchat.server.replies import JsonReply
from desktopchat.server.shapes import ChatBody
from desktopchat.server.sse import EventStream
from desktopchat.server.tools import call_in

_DECODER = msgspec.json.Decoder(ChatBody)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a client wants to be told.

    Attributes:
        top: Alternatives to report with each token; None reports no probabilities.
        forced: The answer has to be a call of a tool.
    """

    id: str
    created: int
    model: str
    n: int
    top: int | None
    include_usage: bool
    forced: bool


async def complete_chat(desk: Desk, request: Request) -> Response:
    """Answer a chat."""
    body = await read_body(request, _DECODER)
    info = desk.model_called(body.model)
    chat = read_chat(body, info)
    asked, wanted = chat.asked, _wanted(body, info, chat)
    if body.stream:
        async with AsyncExitStack() as held:
            events = await held.enter_async_context(desk.asker.asked(asked))
            events = await unless_gone(request, begun(events))
            return EventStream(_chunks(events, wanted), held.pop_all())
    answers = Answers(wanted.n)
    async with desk.asker.asked(asked) as events:
        await unless_gone(request, answers.take_all(events))
    return JsonReply(_whole(answers, wanted))


def _wanted(body: ChatBody, info: ModelInfo, chat: ChatRequest) -> _Wanted:
    usage = bool(body.stream_options and body.stream_options.include_usage)
    name = f"chatcmpl-{secrets.token_hex(12)}"
    n = chat.asked.sampling.n
    return _Wanted(name, int(time.time()), info.file.name, n, chat.top, usage, chat.forced)


def _whole(answers: Answers, wanted: _Wanted) -> dict[str, Any]:
    choices = []
    for index, answer in enumerate(answers.each):
        if wanted.forced and (call := call_in(answer.text)):
            answer.text, answer.calls = "", [call]
        message: dict[str, Any] = {"role": "assistant", "content": answer.text, "refusal": None}
        if answer.reasoning:
            message["reasoning_content"] = answer.reasoning
        if answer.calls:
            message["content"] = answer.text or None
            message["tool_calls"] = [_call(call) for call in answer.calls]
        choices.append(
            {
                "index": index,
                "message": message,
                "logprobs": _logprobs(answer.logprobs, wanted.top),
                "finish_reason": finish_of(answer),
            }
        )
    return {
        **_head(wanted, "chat.completion"),
        "choices": choices,
        "usage": usage_of(answers.usage, answers.reasoning_tokens),
        "timings": timings_of(answers.usage, answers.timings),
    }


async def _chunks(events: AsyncIterator[GenerationEvent], wanted: _Wanted) -> AsyncIterator[dict[str, Any]]:
    answers = Answers(wanted.n)
    head = _head(wanted, "chat.completion.chunk") | ({"usage": None} if wanted.include_usage else {})

    def chunk(index: int, delta: dict[str, Any], logprobs: Any = None, reason: str | None = None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": reason}
        return {**head, "choices": [choice]}

    for index in range(wanted.n):
        yield chunk(index, {"role": "assistant", "content": ""})
    async for event in events:
        answer = answers.each[event.index] if isinstance(event, Delta | ChoiceFinished) else Answer()
        calls_before = len(answer.calls)
        answers.take(event)
        if isinstance(event, Delta) and not wanted.forced:
            delta = _delta(event, calls_before)
            if delta or event.logprobs:
                yield chunk(event.index, delta, _logprobs(event.logprobs, wanted.top))
        elif isinstance(event, ChoiceFinished):
            if wanted.forced:
                if call := call_in(answer.text):
                    answer.calls = [call]
                    delta = {"tool_calls": [{"index": 0, **_call(call)}]}
                else:
                    delta = {"content": answer.text}
                yield chunk(event.index, delta, _logprobs(answer.logprobs, wanted.top))
            yield chunk(event.index, {}, None, finish_of(answer))
    if wanted.include_usage:
        usage = usage_of(answers.usage, answers.reasoning_tokens)
        yield {**head, "choices": [], "usage": usage, "timings": timings_of(answers.usage, answers.timings)}


def _delta(event: Delta, calls_before: int) -> dict[str, Any]:
    delta: dict[str, Any] = {}
    if event.reasoning:
        delta["reasoning_content"] = event.reasoning
    if event.text:
        delta["content"] = event.text
    if event.calls:
        delta["tool_calls"] = [{"index": calls_before + place, **_call(call)} for place, call in enumerate(event.calls)]
    return delta


def _head(wanted: _Wanted, kind: str) -> dict[str, Any]:
    return {
        "id": wanted.id,
        "object": kind,
        "created": wanted.created,
        "model": wanted.model,
        "system_fingerprint": FINGERPRINT,
    }


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _logprobs(found: list[TokenLogprobs] | tuple[TokenLogprobs, ...], top: int | None) -> dict[str, Any] | None:
    return None if top is None else {"content": [token_of(one, top) for one in found], "refusal": None}


def token_of(found: TokenLogprobs, top: int) -> dict[str, Any]:
    """Return a token with its probability, and the likeliest ones at its place, as chats and responses have them."""

    def shown(one: Any) -> dict[str, Any]:
        return {"token": one.text, "logprob": logprob(one.logprob), "bytes": list(one.piece)}

    return {**shown(found.chosen), "top_logprobs": [shown(one) for one in found.top[:top]]}
