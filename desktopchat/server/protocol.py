"""HTTP on one connection, with an end to the patience with those who dawdle."""

import asyncio
from typing import Any

import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from desktopchat.server.faults import INVALID, ApiError, busy

# Seconds from the beginning of a connection, or the end of an answer, to the end of the next request's headers.
HEADER_PATIENCE = 10.0
# Seconds in which a client must take some of what was written for it.
WRITE_PATIENCE = 30.0
MOST_HEADERS = 32 << 10  # bytes
MOST_CONNECTIONS = 256


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, which waits for ever for the end of a header and for a client that does not read."""

    _header_timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, if there is room for one more."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(busy(1, "Too many connections are open."))
            return
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Take what came; a header that is there as a whole ends its wait."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete and self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._wait_for_headers()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Give the client a while to read."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(WRITE_PATIENCE, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        for timer in (self._header_timer, self._write_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Say that this is no HTTP."""
        self._refuse(ApiError(400, "This is no HTTP request that is understood here.", "bad_http", kind=INVALID))

    def _wait_for_headers(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
        self._header_timer = self.loop.call_later(HEADER_PATIENCE, self.transport.close)

    def _refuse(self, error: ApiError) -> None:
        body: Any = msgspec.json.encode(error.body)
        reason = b"Bad Request" if error.status == 400 else b"Service Unavailable"
        head = [
            b"HTTP/1.1 %d %s" % (error.status, reason),
            b"Content-Type: application/json",
            b"Content-Length: %d" % len(body),
            b"Connection: close",
            *(f"{name}: {value}".encode("ascii") for name, value in error.headers.items()),
        ]
        self.transport.write(b"\r\n".join([*head, b"", body]))
        self.transport.close()
