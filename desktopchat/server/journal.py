"""One line for each call, where the person asked for them. Never what was said."""

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)
_LONGEST_PATH = 200


class Journal:
    """Notes how each call went.

    Args:
        app: What is called.
        is_on: Tells whether it is wanted.
    """

    def __init__(self, app: ASGIApp, is_on: Callable[[], bool]) -> None:
        self._app = app
        self._is_on = is_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        if scope["type"] != "http" or not self._is_on():
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            seconds = time.monotonic() - started
            path = scope["path"][:_LONGEST_PATH]
            _log.info("%s %s: %d in %.2f s", scope["method"], path, status, seconds)
