"""Runs the endpoint in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from desktopchat.server.protocol import HEADER_PATIENCE, MOST_HEADERS, PatientProtocol

# Seconds that answers have to come to their end once the endpoint is told to close.
_CLOSE_PATIENCE = 2


class Endpoint:
    """Serves an application on sockets that listen already.

    Args:
        app: What answers.
        sockets: As of `network.listening.listen`; they are closed with the endpoint.
    """

    def __init__(self, app: ASGIApp, sockets: Sequence[Any]) -> None:
        self._sockets = list(sockets)
        self._port = int(sockets[0].getsockname()[1])
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=int(HEADER_PATIENCE),
            timeout_graceful_shutdown=_CLOSE_PATIENCE,
            h11_max_incomplete_event_size=MOST_HEADERS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="endpoint")
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    def close(self) -> None:
        """End it, after a short while for answers to end. The queue of its engine must have been closed before."""
        self._server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=self._sockets))
