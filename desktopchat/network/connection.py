"""A connection to one server: it goes nowhere else, carries the key nowhere else, and can be ended from any thread."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from desktopchat import __version__
from desktopchat.core.address import Place, ServerAddress
from desktopchat.core.secret import Secret
from desktopchat.network import faults
from desktopchat.network.ledger import Ledger, Purpose

_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_WRITE_PATIENCE = 120.0  # seconds for a whole request, whose files may go out over a slow line
_KEPT = 30.0  # seconds that an unused connection stays open

# How it shows that the other side has closed a connection.
_CLOSED = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)

T = TypeVar("T")


class AbandonedError(Exception):
    """Another thread ended what ran."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        connect: For a connection.
        first: For the first byte of an answer; a long prompt on a slow machine takes minutes.
        between: For each further part of it.
    """

    connect: float = 10.0
    first: float = 300.0
    between: float = 60.0


class Stream:
    """An answer as it arrives. Whoever has it must close it.

    Attributes:
        status: Of HTTP.
        headers: With names in lower case.
    """

    def __init__(
        self, connection: "Connection", response: httpx2.Response, patience: Patience, entry: str, sent: int
    ) -> None:
        self._connection = connection
        self._patience = patience
        self._response = response
        self._parts: AsyncGenerator[bytes, None] = response.aiter_raw()
        self._entry = entry
        self._sent = sent
        self._received = 0
        self._outcome = str(response.status_code)
        self._open = True
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    def __iter__(self) -> Iterator[bytes]:
        while part := self._next():
            yield part

    def read(self, most: int) -> bytes:
        """Return all that is still to come, at most so many bytes.

        Raises:
            NetworkError: It is longer, or does not arrive.
            AbandonedError: As for all calls of a connection.
        """
        body = bytearray()
        for part in self:
            body += part
            if len(body) > most:
                raise faults.too_large(self._connection.host)
        return bytes(body)

    def close(self) -> None:
        """End it, also when more was to come."""
        if self._open:
            self._open = False
            self._connection.end(self._finish())
            self._connection.ledger.closed(self._entry, self._outcome, self._sent, self._received)

    async def _finish(self) -> None:
        await self._parts.aclose()
        await self._response.aclose()

    def _next(self) -> bytes:
        """Return the next part; empty at the end."""
        seconds = self._patience.between if self._received else self._patience.first
        try:
            part = self._connection.run(self._wait(seconds))
        except TimeoutError:
            slow = faults.stalled if self._received else faults.too_slow_to_answer
            self._outcome = "silent"
            raise slow(self._connection.host, seconds) from None
        except httpx2.HTTPError as error:
            self._outcome = type(error).__name__
            raise faults.of(error, self._connection.host, begun=True) from error
        except AbandonedError:
            self._outcome = "abandoned"
            raise
        self._received += len(part)
        return part

    async def _wait(self, seconds: float) -> bytes:
        async with asyncio.timeout(seconds):
            return await anext(self._parts, b"")


class Connection:
    """Asks one server, one thing at a time, from one thread at a time; `abandon` may be called from any.

    Args:
        address: Of the server.
        ledger: Where each request stands before it is made.
        key: Sent with every request, in a header.
        is_offline: Tells whether the person wants no connections.
    """

    def __init__(
        self,
        address: ServerAddress,
        ledger: Ledger,
        key: Secret | None = None,
        patience: Patience | None = None,
        *,
        is_offline: Callable[[], bool] = lambda: False,
    ) -> None:
        self.host = address.label
        self.ledger = ledger
        self.key = key
        self.patience = patience or Patience()
        self.task_name: object = None  # what `abandon` must name
        self._origin = address.origin
        self._is_offline = is_offline
        self._proxy = None if address.place is Place.BESIDE else _proxy_for(address)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx2.AsyncClient | None = None
        self._task: asyncio.Task[Any] | None = None
        self._is_new = True  # what is asked now opened the connection that it uses

    def ask(
        self, purpose: Purpose, path: str, body: bytes | None = None, *, most: int, patience: Patience | None = None
    ) -> tuple[int, bytes]:
        """Return status and body of an answer.

        Args:
            path: From the root of the server.
            body: JSON to post; None only asks.
            most: Bytes that the answer may have.
            patience: In place of the usual one.

        Raises:
            NetworkError: There is none.
            AbandonedError: It was abandoned.
        """
        stream = self.stream(purpose, path, body, patience)
        try:
            return stream.status, stream.read(most)
        finally:
            stream.close()

    def stream(
        self, purpose: Purpose, path: str, body: bytes | None = None, patience: Patience | None = None
    ) -> Stream:
        """Return an answer as soon as it begins. Args and errors as of `ask`."""
        if self._is_offline():
            raise faults.offline()
        patience = patience or self.patience
        for _ in range(_MOST_REDIRECTS):
            stream = self._open(purpose, path, body, patience)
            if stream.status not in _REDIRECTS:
                if stream.headers.get("content-encoding", "identity") != "identity":
                    stream.close()
                    raise faults.malformed(self.host, "it is compressed, which was not asked for")
                return stream
            stream.close()
            target = urljoin(f"{self._origin}{path}", stream.headers.get("location", ""))
            parts = urlsplit(target)
            repeats = body is None or stream.status in (307, 308)
            if f"{parts.scheme}://{parts.netloc}" != self._origin or not repeats:
                raise faults.redirected(self.host, f"{parts.scheme}://{parts.netloc}{parts.path}")
            path = parts.path + (f"?{parts.query}" if parts.query else "")
        raise faults.malformed(self.host, "it redirects for ever")

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises:
            AbandonedError: It was abandoned.
        """
        self.run(asyncio.sleep(seconds))

    def abandon(self, task_name: object) -> None:
        """End what runs now at once, if it is called so. From any thread; never blocks."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(self._abandon, task_name)

    def close(self) -> None:
        """Close it. May be called twice."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        if self._client is not None:
            loop.run_until_complete(self._client.aclose())
            self._client = None
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        """Do one step of what is asked."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        self._task = task = self._loop.create_task(step)
        try:
            return self._loop.run_until_complete(task)
        except asyncio.CancelledError:
            raise AbandonedError from None
        finally:
            self._task = None

    def end(self, finish: Coroutine[Any, Any, None]) -> None:
        """Close an answer; the connection stays open when all of it had arrived."""
        with contextlib.suppress(httpx2.HTTPError, AbandonedError):
            self.run(finish)

    def _open(self, purpose: Purpose, path: str, body: bytes | None, patience: Patience) -> Stream:
        via = urlsplit(self._proxy).netloc.rpartition("@")[2] if self._proxy else ""
        entry = self.ledger.opened(purpose, self._origin, f"{'GET' if body is None else 'POST'} {path}", via)
        outcome, stale = "failed", False
        sent = len(body or b"")
        try:
            response = self.run(self._send(path, body, patience))
        except httpx2.ConnectTimeout:
            outcome = "no connection"
            raise faults.too_slow_to_connect(self.host, patience.connect) from None
        except (TimeoutError, httpx2.TimeoutException):
            outcome = "silent"
            raise faults.too_slow_to_answer(self.host, patience.first) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
            outcome = type(error).__name__
            if not isinstance(error, _CLOSED) or self._is_new:
                raise faults.of(error, self.host, begun=False) from error
            # The server closed the connection that was kept open, at the moment of this request.
            stale = True
        except AbandonedError:
            outcome = "abandoned"
            raise
        else:
            outcome = ""
        finally:
            if outcome:
                self.ledger.closed(entry, outcome, sent, 0)
        if stale:
            return self._open(purpose, path, body, patience)
        return Stream(self, response, patience, entry, sent)

    async def _send(self, path: str, body: bytes | None, patience: Patience) -> httpx2.Response:
        if self._client is None:
            self._client = self._make_client()
        headers = {"Authorization": f"Bearer {self.key.text}"} if self.key else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = self._client.build_request(
            "GET" if body is None else "POST", f"{self._origin}{path}", content=body, headers=headers,
            timeout=httpx2.Timeout(None, connect=patience.connect, write=_WRITE_PATIENCE),
        )  # fmt: skip
        self._is_new = False
        request.extensions["trace"] = self._trace
        async with asyncio.timeout(patience.connect + patience.first):
            return await self._client.send(request, stream=True)

    async def _trace(self, event: str, _info: object) -> None:
        self._is_new = self._is_new or event == "connection.connect_tcp.started"

    def _make_client(self) -> httpx2.AsyncClient:
        # The usual context takes 20 ms to make. The other one trusts nobody; nothing ever uses it.
        encrypts = self._origin.startswith("https:") or self._proxy
        context = httpx2.create_ssl_context() if encrypts else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx2.AsyncClient(
            verify=context,
            proxy=self._proxy,
            trust_env=False,  # the proxy has been chosen, and nothing else of the environment concerns a server
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=1, keepalive_expiry=_KEPT),
            headers={
                "User-Agent": f"desktopchat/{__version__}",
                "Accept": "text/event-stream, application/json",
                "Accept-Encoding": "identity",
            },
        )

    def _abandon(self, task_name: object) -> None:
        if self._task is not None and self.task_name == task_name:
            self._task.cancel()


def _proxy_for(address: ServerAddress) -> str | None:
    """Return the proxy that the system has for an address."""
    proxies = getproxies()
    proxy = proxies.get(address.origin.partition(":")[0]) or proxies.get("all")
    if not proxy or proxy_bypass(address.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
