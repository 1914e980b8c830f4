"""The endpoint in the process of the tests: real starlette, real uvicorn, real sockets on the loopback."""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.core.secret import Secret
from desktopchat.engine.api import Engine, GenerationEvent, GenerationRequest, LoadEvent, ModelLoaded
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.network.listening import listen
from desktopchat.server.app import create_app
from desktopchat.server.asking import Asker
from desktopchat.server.desk import Desk, EndpointOptions
from desktopchat.server.endpoint import Endpoint
from desktopchat.server.engine_host import EngineHost

KEY = "sk-desktopchat-test"
PATIENCE = 20.0  # seconds; nothing here takes a tenth of it on an idle machine


class WatchedEngine(ScriptedEngine):
    """Tells what it is asked, and when it ended.

    Attributes:
        asked: The requests so far.
        ended: When each ended, by the monotonic clock.
    """

    def __init__(self, rate: float = 0, **info: Any) -> None:
        super().__init__(rate)
        self._info = info
        self.asked: list[GenerationRequest] = []
        self.ended: list[float] = []

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        for event in super().load(model, params):
            yield ModelLoaded(replace(event.info, **self._info)) if isinstance(event, ModelLoaded) else event

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        self.asked.append(request)
        try:
            yield from super().generate(request)
        finally:
            self.ended.append(time.monotonic())


class Rig:
    """An endpoint that runs.

    Attributes:
        host: Of the engine.
        options: In effect; may be replaced.

    Args:
        said: As of `EngineHost`.
        app: More for `create_app`.
    """

    def __init__(
        self,
        engine: Engine,
        model: ModelFile = ModelFile("", "scripted", 0, "none"),  # noqa: B008 (frozen)
        params: LoadParams = LoadParams(),  # noqa: B008 (frozen)
        said: Callable[[str], None] = lambda _: None,
        **app: Any,
    ) -> None:
        self.options = EndpointOptions(("gpt-*",))
        self.host = EngineHost(engine, model, params, said)
        self.host.load()
        desk = Desk(Asker(self.host.queue), lambda: self.host.info, lambda: self.options)
        self._thread = threading.Thread(target=self.host.run, name="engine")
        self._thread.start()
        self._endpoint = Endpoint(create_app(desk, lambda: Secret(KEY), **app), listen("127.0.0.1", 0))
        self.port = self._endpoint.port

    def close(self) -> None:
        """End it."""
        self.host.queue.close()
        self._endpoint.close()
        self._thread.join()
        self.host.close()

    def ask(self, path: str, body: Any = None, method: str = "", **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Return status, answer and headers."""
        with self.opened(path, body, method, **headers) as response:
            raw = response.read()
            given = {name.lower(): value for name, value in response.getheaders()}
            return response.status, json.loads(raw) if raw else None, given

    def answer(self, path: str, body: Any) -> Any:
        """Return an answer that must be a good one."""
        status, answer, _ = self.ask(path, body)
        assert status == 200, answer
        return answer

    def refusal(self, path: str, body: Any) -> tuple[int, str | None, str | None]:
        """Return status, code and param of an answer that must be none, in OpenAI's shape."""
        status, answer, _ = self.ask(path, body)
        assert set(answer) == {"error"}
        assert set(answer["error"]) == {"message", "type", "param", "code"}
        assert answer["error"]["message"].endswith("."), answer
        return status, answer["error"]["code"], answer["error"]["param"]

    def stream(self, path: str, body: Any) -> list[Any]:
        """Return what a stream sends, without the mark of its end, which must be there."""
        with self.opened(path, {**body, "stream": True}) as response:
            assert response.getheader("content-type", "").startswith("text/event-stream")
            lines = response.read().decode().split("\n\n")
        data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        if data[-1] == "[DONE]":
            return [json.loads(one) for one in data[:-1]]
        assert "error" in data[-1]
        return [json.loads(one) for one in data]

    @contextlib.contextmanager
    def opened(
        self, path: str, body: Any = None, method: str = "", **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """Send a request and yield what comes back, to be read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method or ("GET" if body is None else "POST"), path, data, given)
            yield connection.getresponse()
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """Open a connection, to speak whatever one likes."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)


def request_bytes(path: str, body: Any, **headers: str) -> bytes:
    """Return a request as it goes over the line."""
    data = json.dumps(body).encode()
    given = {
        "Host": "127.0.0.1",
        "Authorization": f"Bearer {KEY}",
        "Content-Type": "application/json",
        "Content-Length": str(len(data)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + data


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:g} s"
        time.sleep(0.002)
