"""A server on the loopback that does what a test tells it to: answer, refuse, be slow, break off, talk nonsense."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Behaviour = Callable[["Exchange"], None]
DONE = b"data: [DONE]\n\n"


@dataclass
class Exchange:
    """One request and the socket to answer it on."""

    call: str
    headers: dict[str, str]
    body: bytes
    socket: socket.socket
    closing: threading.Event
    keep: bool = field(default=True)

    @property
    def fields(self) -> Any:
        return json.loads(self.body)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_and_close(self, data: bytes) -> None:
        self.keep = False
        self.send(data)

    def reply(self, status: int, body: bytes | dict[str, Any] = b"", **headers: str) -> None:
        """Answer with a whole body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(content)}", "Content-Type: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    def start_stream(self) -> None:
        """Begin an answer without a length."""
        self.keep = False
        self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")

    def stream(self, *parts: bytes) -> None:
        self.start_stream()
        self.send(b"".join(parts))

    def wait_for_the_end(self) -> None:
        """Send nothing until the other side, or the test, has had enough."""
        self.keep = False
        self.socket.settimeout(0.05)
        while not self.closing.is_set():
            try:
                if not self.socket.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return


def event(text: str | None = None, finish: str | None = None, **more: Any) -> bytes:
    """Return one part of a chat's answer."""
    choice = {"index": more.pop("index", 0), "delta": {} if text is None else {"content": text}}
    return b"data: " + json.dumps({"choices": [{**choice, "finish_reason": finish}], **more}).encode() + b"\n\n"


def answer(*words: str, finish: str = "stop") -> Behaviour:
    """Answer well."""
    return lambda exchange: exchange.stream(*map(event, words), event(finish=finish), DONE)


def models(*ids: str, **more: Any) -> Behaviour:
    """List these models."""
    listed = [{"id": one, "object": "model", **more} for one in ids]
    return lambda exchange: exchange.reply(200, {"object": "list", "data": listed})


class FaultyServer:
    """Serves each call with the next of the behaviours that are scripted for it; the last one stays.

    Attributes:
        exchanges: What was asked, in order.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.exchanges: list[Exchange] = []
        self._script: dict[str, list[Behaviour]] = {}
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._accepter = threading.Thread(target=self._accept, name="faulty-server")
        self._accepter.start()
        self.on("GET /v1/models", models("one"))

    def __enter__(self) -> "FaultyServer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, call: str, *behaviours: Behaviour) -> None:
        self._script[call] = list(behaviours)

    def chat(self, *behaviours: Behaviour) -> None:
        self.on("POST /v1/chat/completions", *behaviours)

    def asked(self, call: str = "POST /v1/chat/completions") -> list[Exchange]:
        return [one for one in self.exchanges if one.call == call]

    def close(self) -> None:
        self._closing.set()
        self._listener.close()
        with contextlib.suppress(OSError):  # wakes accept() where closing alone does not
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._accepter.join()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        self._listener.settimeout(0.05)
        while not self._closing.is_set():
            try:
                accepted, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            accepted.settimeout(None)
            self._sockets.append(accepted)
            thread = threading.Thread(target=self._serve, args=[accepted], name="faulty-exchange")
            self._threads.append(thread)
            thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        with accepted, accepted.makefile("rb") as source, contextlib.suppress(OSError, UnicodeDecodeError):
            while head := source.readline():
                if len(words := head.split()) != 3:
                    return  # that is no HTTP
                method, path = (word.decode() for word in words[:2])
                headers = dict(self._headers(source))
                body = source.read(int(headers.get("content-length", 0)))
                exchange = Exchange(f"{method} {path}", headers, body, accepted, self._closing)
                self.exchanges.append(exchange)
                behaviours = self._script.get(exchange.call) or [lambda one: one.reply(404, {"error": "not found"})]
                (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(exchange)
                if not exchange.keep:
                    return

    @staticmethod
    def _headers(source: Iterable[bytes]) -> Iterable[tuple[str, str]]:
        for line in source:
            if line in (b"\r\n", b"\n"):
                return
            name, _, value = line.decode().partition(":")
            yield name.strip().lower(), value.strip()
