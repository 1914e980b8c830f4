"""Each call on its way: told to whoever looks, and one line for it where the person asked for that."""

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktopchat.core.endpoint_call import GONE
from desktopchat.server.calls import Calls

_log = logging.getLogger(__name__)
_LONGEST_PATH = 200


class Journal:
    """Notes how each call went.

    Args:
        app: What is called.
        logs: Tells whether a line is wanted; what was said never stands in it.
        calls: Hears of each call, if anybody does.
    """

    def __init__(self, app: ASGIApp, logs: Callable[[], bool], calls: Calls | None) -> None:
        self._app = app
        self._logs = logs
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"][:_LONGEST_PATH]
        started, status = time.monotonic(), GONE

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with nullcontext() if self._calls is None else self._calls.running(method, path) as running:
            try:
                await self._app(scope, receive, noted)
            finally:
                if running is not None:
                    running.end(status)
                if self._logs():
                    _log.info("%s %s: %d in %.2f s", method, path, status, time.monotonic() - started)
