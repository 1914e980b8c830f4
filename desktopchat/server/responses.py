"""`/v1/responses`: what the newest programs of OpenAI's API use. Nothing of it is kept."""

import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from desktopchat.core.chat import FinishReason, ToolCall
from desktopchat.core.errors import UserError
from desktopchat.engine.api import ChoiceFinished, Delta, GenerationEvent, ModelInfo
from desktopchat.server.answers import Answers, begun
from desktopchat.server.asking import unless_gone
from desktopchat.server.body import read_body
from desktopchat.server.chat import token_of
from desktopchat.server.chat_request import ChatRequest, read_chat
from desktopchat.server.desk import Desk
from desktopchat.server.faults import fault_of
from desktopchat.server.outbox import TooSlowError
from desktopchat.server.queue import DroppedError
from desktopchat.server.replies import JsonReply
from desktopchat.server.response_request import ResponseBody, chat_of
from desktopchat.server.sse import EventStream
from desktopchat.server.tools import call_in

_DECODER = msgspec.json.Decoder(ResponseBody)

Event = dict[str, Any]


async def respond(desk: Desk, request: Request) -> Response:
    """Make a response."""
    body = await read_body(request, _DECODER)
    info = desk.model_called(body.model)
    chat = read_chat(chat_of(body), info, "drop_oldest" if body.truncation == "auto" else "stop")
    making = _Making(body, info, chat)
    if body.stream:
        async with AsyncExitStack() as held:
            events = await held.enter_async_context(desk.asker.asked(chat.asked))
            events = await unless_gone(request, begun(events))
            return EventStream(making.stream(events), held.pop_all(), done=False)
    async with desk.asker.asked(chat.asked) as events:
        await unless_gone(request, making.take_all(events))
    return JsonReply(making.response())


class _Making:
    """A response while it is made, and the events that tell of it."""

    def __init__(self, body: ResponseBody, info: ModelInfo, chat: ChatRequest) -> None:
        self._chat = chat
        self._answers = Answers(1)
        self._items: list[Event] = []
        self._is_open = False
        self._count = 0
        format_ = body.text.format if body.text and body.text.format else None
        self._fixed: Event = {
            "id": _name("resp"),
            "object": "response",
            "created_at": int(time.time()),
            "model": info.file.name,
            "instructions": body.instructions,
            "max_output_tokens": body.max_output_tokens,
            "metadata": {},
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "reasoning": {"effort": body.reasoning.effort if body.reasoning else None, "summary": None},
            "store": False,
            "temperature": chat.asked.sampling.temperature,
            "text": {"format": msgspec.to_builtins(format_) if format_ else {"type": "text"}},
            "tool_choice": msgspec.to_builtins(body.tool_choice) if body.tool_choice else "auto",
            "tools": msgspec.to_builtins(body.tools or []),
            "top_p": chat.asked.sampling.top_p,
            "truncation": body.truncation or "disabled",
        }

    async def take_all(self, events: AsyncIterator[GenerationEvent]) -> None:
        """Make it without telling."""
        async for event in events:
            for _ in self._took(event):
                pass

    async def stream(self, events: AsyncIterator[GenerationEvent]) -> AsyncIterator[Event]:
        """Make it and tell of each step."""
        yield self._event("response.created", response=self.response("in_progress"))
        yield self._event("response.in_progress", response=self.response("in_progress"))
        try:
            async for event in events:
                for told in self._took(event):
                    yield told
        except (UserError, DroppedError, TooSlowError) as error:
            fault = fault_of(error)
            failed = self.response("failed") | {"error": {"code": "server_error", "message": fault.message}}
            yield self._event("response.failed", response=failed)
            return
        made = self.response()
        yield self._event(f"response.{made['status']}", response=made)

    def response(self, status: str = "") -> Event:
        """Return it as far as it is."""
        answer = self._answers.each[0]
        cut = not status and answer.reason is not FinishReason.STOP
        status = status or ("incomplete" if cut else "completed")
        usage, thought = self._answers.usage, self._answers.reasoning_tokens
        return {
            **self._fixed,
            "status": status,
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "output": list(self._items) if status != "in_progress" else [],
            "usage": None
            if status == "in_progress"
            else {
                "input_tokens": usage.prompt_tokens,
                "input_tokens_details": {"cached_tokens": usage.cached_tokens},
                "output_tokens": usage.completion_tokens,
                "output_tokens_details": {"reasoning_tokens": thought},
                "total_tokens": usage.prompt_tokens + usage.completion_tokens,
            },
        }

    def _took(self, event: GenerationEvent) -> Iterator[Event]:
        self._answers.take(event)
        if isinstance(event, Delta) and not self._chat.forced:
            if event.reasoning:
                yield from self._wrote("reasoning", event.reasoning, [])
            if event.text:
                yield from self._wrote("message", event.text, self._logprobs(event))
            for call in event.calls:
                yield from self._called(call)
        elif isinstance(event, ChoiceFinished):
            if self._chat.forced:
                answer = self._answers.each[0]
                if forced := call_in(answer.text):
                    yield from self._called(forced)
                else:
                    yield from self._wrote("message", answer.text, [])
            yield from self._closed("completed" if event.reason is FinishReason.STOP else "incomplete")

    def _wrote(self, kind: str, text: str, logprobs: list[Event]) -> Iterator[Event]:
        if not self._is_open or self._items[-1]["type"] != kind:
            yield from self._opened(kind)
        item = self._items[-1]
        part = item["content"][0]
        part["text"] += text
        where = {"item_id": item["id"], "output_index": len(self._items) - 1, "content_index": 0}
        if kind == "reasoning":
            yield self._event("response.reasoning_text.delta", **where, delta=text)
        else:
            part["logprobs"] += logprobs
            yield self._event("response.output_text.delta", **where, delta=text, logprobs=logprobs)

    def _opened(self, kind: str) -> Iterator[Event]:
        yield from self._closed("completed")
        if kind == "reasoning":
            part: Event = {"type": "reasoning_text", "text": ""}
            item: Event = {"id": _name("rs"), "type": "reasoning", "summary": [], "status": "in_progress"}
        else:
            part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
            item = {"id": _name("msg"), "type": "message", "role": "assistant", "status": "in_progress"}
        index = len(self._items)
        yield self._event("response.output_item.added", output_index=index, item={**item, "content": []})
        where = {"item_id": item["id"], "output_index": index, "content_index": 0}
        yield self._event("response.content_part.added", **where, part=dict(part))
        self._items.append({**item, "content": [part]})
        self._is_open = True

    def _closed(self, status: str) -> Iterator[Event]:
        if not self._is_open:
            return
        self._is_open = False
        item, index = self._items[-1], len(self._items) - 1
        item["status"] = status
        part = item["content"][0]
        where = {"item_id": item["id"], "output_index": index, "content_index": 0}
        if item["type"] == "reasoning":
            yield self._event("response.reasoning_text.done", **where, text=part["text"])
        else:
            yield self._event("response.output_text.done", **where, text=part["text"], logprobs=part["logprobs"])
        yield self._event("response.content_part.done", **where, part=part)
        yield self._event("response.output_item.done", output_index=index, item=item)

    def _called(self, call: ToolCall) -> Iterator[Event]:
        yield from self._closed("completed")
        index = len(self._items)
        item = {"id": _name("fc"), "type": "function_call", "call_id": call.id, "name": call.name}
        begun_ = {**item, "arguments": "", "status": "in_progress"}
        done = {**item, "arguments": call.arguments, "status": "completed"}
        self._items.append(done)
        where = {"item_id": item["id"], "output_index": index}
        yield self._event("response.output_item.added", output_index=index, item=begun_)
        yield self._event("response.function_call_arguments.delta", **where, delta=call.arguments)
        yield self._event("response.function_call_arguments.done", **where, arguments=call.arguments, name=call.name)
        yield self._event("response.output_item.done", output_index=index, item=done)

    def _logprobs(self, event: Delta) -> list[Event]:
        top = self._chat.top
        return [] if top is None else [token_of(one, top) for one in event.logprobs]

    def _event(self, kind: str, **fields: Any) -> Event:
        self._count += 1
        return {"type": kind, "sequence_number": self._count - 1, **fields}


def _name(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(12)}"
