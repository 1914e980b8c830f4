"""A response that is sent as it is made: server-sent events."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from desktopchat.core.errors import UserError
from desktopchat.server.faults import fault_of
from desktopchat.server.outbox import TooSlowError
from desktopchat.server.queue import DroppedError

_log = logging.getLogger(__name__)
# Seconds of silence after which a comment says that all is well: proxies and clients give up on silent ones.
_HEARTBEAT = 15.0
_DONE = b"data: [DONE]\n\n"
_COMMENT = b": waiting\n\n"


class EventStream(Response):
    """Sends objects as they come, ends when the client goes, and tells what goes wrong as the last of them.

    Args:
        events: The objects; one with a "type" is named by it, as the Responses API does.
        held: Closed when the stream ends, whatever ends it.
        done: Send `[DONE]` at the end.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[dict[str, Any]], held: AsyncExitStack, *, done: bool = True) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._events = events
        self._held = held
        self._done = done
        self._sent_at = (
            math.inf
        )  # when something was sent last; nothing may be sent before the beginning and after the end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send all of it."""
        async with self._held:
            writing = asyncio.ensure_future(self._write(send))
            others = [asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(self._beat(send))]
            try:
                await asyncio.wait({writing, others[0]}, return_when=asyncio.FIRST_COMPLETED)
                if writing.done():
                    writing.result()
            finally:
                for one in (writing, *others):
                    one.cancel()
                await asyncio.gather(writing, *others, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        self._sent_at = time.monotonic()
        try:
            async for event in self._events:
                await send({"type": "http.response.body", "body": _framed(event), "more_body": True})
                self._sent_at = time.monotonic()
            if self._done:
                await send({"type": "http.response.body", "body": _DONE, "more_body": True})
        except (UserError, DroppedError, TooSlowError) as error:
            await send({"type": "http.response.body", "body": _framed(fault_of(error).body), "more_body": True})
        except Exception as error:
            _log.exception("a stream of the endpoint failed")
            await send({"type": "http.response.body", "body": _framed(fault_of(error).body), "more_body": True})
        self._sent_at = math.inf
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _beat(self, send: Send) -> None:
        """Send a comment where nothing comes for long. One task for all of it: one for each part would cost more."""
        while True:
            await asyncio.sleep(_HEARTBEAT / 2)
            if time.monotonic() - self._sent_at > _HEARTBEAT:
                await send({"type": "http.response.body", "body": _COMMENT, "more_body": True})
                self._sent_at = time.monotonic()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _framed(event: dict[str, Any]) -> bytes:
    name = f"event: {event['type']}\n".encode() if "type" in event else b""
    return name + b"data: " + msgspec.json.encode(event) + b"\n\n"
