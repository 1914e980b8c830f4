"""A connection to one server: it goes nowhere else, carries the key nowhere else, and can be ended from any thread."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from desktopchat import __version__
from desktopchat.core.address import Place, ServerAddress
from desktopchat.core.errors import AbandonedError
from desktopchat.core.secret import Secret
from desktopchat.network import faults
from desktopchat.network.ledger import Ledger, Purpose

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
_WRITE_PATIENCE = 120.0  # seconds for a whole request, whose files may go out over a slow line
_KEPT = 30.0  # seconds that an unused connection stays open
_LEFT_PATIENCE = 1.0  # seconds that an abandoned request may take to notice it, before nobody waits for it
_PART = 256 << 10  # bytes of a part that is read directly
# How it shows that the other side has closed a connection.
_CLOSED = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        connect: For a connection.
        silence: For each part of an answer, the first one too; a long prompt on a slow machine takes minutes.
    """

    connect: float = 10.0
    silence: float = 240.0


class Stream:
    """An answer as it arrives. Whoever has it must close it.

    Attributes:
        host: Of the server.
        status: Of HTTP.
        headers: With names in lower case.
    """

    def __init__(
        self, connection: "Connection", response: httpx2.Response, patience: Patience, entry: str, sent: int
    ) -> None:
        self._connection = connection
        self._patience = patience
        self._response = response
        self._parts = response.iter_raw()
        self._entry = entry
        self._sent = sent
        self._received = 0
        self._outcome = str(response.status_code)
        self._open = True
        self.host = connection.host
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    def __iter__(self) -> Iterator[bytes]:
        while part := self._next():
            yield part

    def read_directly(self) -> None:
        """Take what is to come from the socket, which is three times as fast; only for a large body of known length."""
        length = self.headers.get("content-length", "")
        if length.isdecimal() and "transfer-encoding" not in self.headers:
            self._parts = _direct(self._response, int(length), self._patience.silence)

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
        """End it, also when more was to come; the connection stays open when all of it had arrived."""
        if self._open:
            self._open = False
            with contextlib.suppress(httpx2.HTTPError, OSError):
                self._response.close()
            self._connection.ledger.closed(self._entry, self._outcome, self._sent, self._received)

    def _next(self) -> bytes:
        """Return the next part; empty at the end."""
        host = self._connection.host
        part, failure = b"", None
        try:
            part = next(self._parts, b"")
        except (httpx2.HTTPError, OSError) as error:
            failure = error
        if not part and self._connection.is_abandoned:  # which looks like an end, or like a failure
            self._outcome = "abandoned"
            raise AbandonedError
        if isinstance(failure, httpx2.TimeoutException):
            self._outcome = "silent"
            slow = faults.stalled if self._received else faults.too_slow_to_answer
            raise slow(host, self._patience.silence) from None
        if failure is not None:
            self._outcome = type(failure).__name__
            raise faults.of(failure, host, begun=True) from failure
        self._received += len(part)
        return part


class Connection:
    """Asks one server, one thing at a time, from one thread at a time; `abandon` may be called from any.

    Reading is done by the thread that asks, which costs least; it is abandoned by shutting the socket down. Nothing
    wakes a thread that looks up a name or connects, so the beginning of each request has a thread of its own, for
    which nobody waits once it has been abandoned.

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
        self._client: httpx2.Client | None = None
        self._socket: socket.socket | None = None
        self._is_new = True  # what is asked now opened the connection that it uses
        self._abandoned: object = None
        self._begun: SimpleQueue[httpx2.Response | BaseException | None] = SimpleQueue()
        self._left: list[tuple[Thread, httpx2.Client]] = []  # what was abandoned and may not know it yet

    @property
    def is_abandoned(self) -> bool:
        """Whether what runs now was abandoned."""
        return self.task_name is not None and self._abandoned == self.task_name

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
        for _ in range(MOST_REDIRECTS):
            stream = self._open(purpose, path, body, patience)
            if stream.status not in REDIRECTS:
                if stream.headers.get("content-encoding", "identity") != "identity":
                    stream.close()
                    raise faults.malformed(self.host, "it is compressed, which was not asked for")
                return stream
            stream.close()
            location = stream.headers.get("location", "")
            try:
                parts = urlsplit(urljoin(f"{self._origin}{path}", location))
            except ValueError as error:
                raise faults.malformed(self.host, f"it sends on to {location[:100]}: {error}") from None
            repeats = body is None or stream.status in (307, 308)
            if f"{parts.scheme}://{parts.netloc}" != self._origin or not repeats:
                raise faults.redirected(self.host, f"{parts.scheme}://{parts.netloc}{parts.path}")
            path = parts.path + (f"?{parts.query}" if parts.query else "")
        raise faults.malformed(self.host, "it redirects for ever")

    def get(self, purpose: Purpose, path: str, headers: Mapping[str, str], patience: Patience | None = None) -> Stream:
        """Return an answer as soon as it begins, also one that sends on to another place. Errors as of `ask`."""
        if self._is_offline():
            raise faults.offline()
        return self._open(purpose, path, None, patience or self.patience, headers)

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises:
            AbandonedError: It was abandoned.
        """
        self._begun = SimpleQueue()
        with contextlib.suppress(Empty):
            if self.is_abandoned or self._begun.get(timeout=seconds) is None:
                raise AbandonedError

    def abandon(self, task_name: object) -> None:
        """End what runs now at once, if it is called so. From any thread; never blocks."""
        if self.task_name != task_name:
            return
        self._abandoned = task_name
        self._begun.put(None)
        self._shut_down()

    def close(self) -> None:
        """Close it. May be called twice."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
        for thread, _ in self._left:
            thread.join(_LEFT_PATIENCE)
        self._sweep()

    def _open(
        self,
        purpose: Purpose,
        path: str,
        body: bytes | None,
        patience: Patience,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Stream:
        via = urlsplit(self._proxy).netloc.rpartition("@")[2] if self._proxy else ""
        entry = self.ledger.opened(purpose, self._origin, f"{'GET' if body is None else 'POST'} {path}", via)
        outcome, stale = "failed", False
        sent = len(body or b"")
        try:
            response = self._begin(path, body, patience, headers)
        except httpx2.ConnectTimeout:
            outcome = "no connection"
            raise faults.too_slow_to_connect(self.host, patience.connect) from None
        except httpx2.TimeoutException:
            outcome = "silent"
            raise faults.too_slow_to_answer(self.host, patience.silence) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError, OSError) as error:
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
            return self._open(purpose, path, body, patience, headers)
        return Stream(self, response, patience, entry, sent)

    def _begin(self, path: str, body: bytes | None, patience: Patience, headers: Mapping[str, str]) -> httpx2.Response:
        """Return an answer of which the head is there."""
        self._sweep()
        self._client = client = self._client or self._make_client()
        begun: SimpleQueue[httpx2.Response | BaseException | None] = SimpleQueue()
        self._begun = begun
        if self.is_abandoned:
            raise AbandonedError
        self._is_new = False
        arguments = (client, begun, path, body, patience, headers)
        thread = Thread(target=self._send, args=arguments, name="request", daemon=True)
        thread.start()
        answer = begun.get()
        if answer is None:
            self._client = None
            self._left.append((thread, client))
            raise AbandonedError
        thread.join()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _send(
        self,
        client: httpx2.Client,
        begun: "SimpleQueue[Any]",
        path: str,
        body: bytes | None,
        patience: Patience,
        more: Mapping[str, str],
    ) -> None:
        headers = dict(more)
        if self.key:
            headers["Authorization"] = f"Bearer {self.key.text}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            request = client.build_request(
                "GET" if body is None else "POST",
                f"{self._origin}{path}",
                content=body,
                headers=headers,
                timeout=httpx2.Timeout(patience.silence, connect=patience.connect, write=_WRITE_PATIENCE),
                extensions={"trace": self._trace},
            )
            begun.put(client.send(request, stream=True))
        except BaseException as error:
            begun.put(error)

    def _sweep(self) -> None:
        """Close what abandoned requests have left."""
        for thread, client in self._left[:]:
            if not thread.is_alive():
                client.close()
                self._left.remove((thread, client))

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            self._is_new = True
        elif event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_abandoned:  # then nothing is sent
                self._shut_down()

    def _shut_down(self) -> None:
        if (open_socket := self._socket) is not None:
            with contextlib.suppress(OSError):
                # Not the method of an encrypted socket, which another thread reads from.
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)

    def _make_client(self) -> httpx2.Client:
        # The usual context takes 20 ms to make. The other one trusts nobody; nothing ever uses it.
        encrypts = self._origin.startswith("https:") or self._proxy
        context = httpx2.create_ssl_context() if encrypts else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx2.Client(
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


def _direct(response: httpx2.Response, length: int, silence: float) -> Iterator[bytes]:
    """Return a body from the socket, past the library; only its beginning may already be there."""
    begun = response.iter_raw()  # kept to the end, for it closes the socket when it goes
    yield (part := next(begun, b""))
    left = length - len(part)
    stream = response.extensions["network_stream"]
    while left > 0:
        try:
            part = stream.read(min(left, _PART), silence)
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout(str(error)) from error
        except httpcore2.NetworkError as error:
            raise httpx2.ReadError(str(error)) from error
        if not part:
            raise httpx2.RemoteProtocolError(f"{left} bytes are missing")
        left -= len(part)
        yield part
    del begun


def _proxy_for(address: ServerAddress) -> str | None:
    """Return the proxy that the system has for an address."""
    proxies = getproxies()
    proxy = proxies.get(address.origin.partition(":")[0]) or proxies.get("all")
    if not proxy or proxy_bypass(address.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
