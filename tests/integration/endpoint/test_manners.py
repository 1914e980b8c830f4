"""Clients that go, dawdle, crowd or pretend: none of them holds the engine, and none gets what is not theirs."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from endpoint_rig import Rig, WatchedEngine, request_bytes, wait_for

from desktopchat.engine.api import Delta, GenerationEvent, GenerationRequest
from desktopchat.server import body, outbox, protocol
from desktopchat.server.queue import MOST_WAITING

HI = {"messages": [{"role": "user", "content": "Hi"}]}
ENDLESS = {**HI, "max_tokens": 1_000_000}


# --- those who go -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["/v1/chat/completions", "/v1/completions", "/v1/responses"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_ends_its_answer_within_200_ms(rig_of: Callable[..., Rig], route: str, stream: bool) -> None:
    engine = WatchedEngine(rate=2)
    rig = rig_of(engine)
    asked = {"max_tokens": 1000, "stream": stream}
    asked |= {"prompt": "Hi"} if route == "/v1/completions" else HI if "chat" in route else {"input": "Hi"}
    if "responses" in route:
        asked["max_output_tokens"] = asked.pop("max_tokens")
    took = []
    for _ in range(3):  # the machine may be busy with something else for once
        line = rig.connect()
        line.sendall(request_bytes(route, asked))
        wait_for(lambda: len(engine.asked) == len(took) + 1, "the question to arrive")
        if stream:
            assert line.recv(4096).startswith(b"HTTP/1.1 200")
        gone = time.monotonic()
        line.close()
        wait_for(lambda: len(engine.ended) == len(engine.asked), "the end of the answer")
        took.append(engine.ended[-1] - gone)
    assert min(took) < 0.2, took


def test_a_client_that_goes_while_it_waits_is_never_answered(rig_of: Callable[..., Rig]) -> None:
    engine = WatchedEngine(rate=2)
    rig = rig_of(engine)
    first, second = rig.connect(), rig.connect()
    first.sendall(request_bytes("/v1/chat/completions", ENDLESS))
    wait_for(lambda: engine.asked, "the first")
    second.sendall(request_bytes("/v1/chat/completions", HI))
    wait_for(lambda: rig.host.queue.waiting == 1, "the second to wait")
    second.close()
    wait_for(lambda: rig.host.queue.waiting == 0, "the second to be taken out")
    first.close()
    wait_for(lambda: len(engine.ended) == 1, "the end of the first")
    assert len(engine.asked) == 1


# --- those who dawdle -------------------------------------------------------------------------------


def test_a_client_that_does_not_read_holds_nobody_up(rig: Rig, engine: WatchedEngine) -> None:
    with rig.connect() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        line.sendall(request_bytes("/v1/chat/completions", {**HI, "max_tokens": 30_000, "stream": True}))
        wait_for(lambda: len(engine.ended) == 1, "the engine to end")
        assert rig.ask("/v1/chat/completions", {**HI, "max_tokens": 1})[0] == 200
        # All of it is there for whoever reads late.
        received = bytearray()
        while not received.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n"):
            received += line.recv(1 << 16)
        assert b"word30000" in received


def test_what_is_never_read_is_limited(rig_of: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST", 50_000)
    monkeypatch.setattr(outbox.Outbox.__init__, "__defaults__", (50_000,))
    engine = WatchedEngine()
    rig = rig_of(engine)
    with rig.connect() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        line.sendall(request_bytes("/v1/chat/completions", {**ENDLESS, "stream": True}))
        wait_for(lambda: engine.ended, "the engine to be stopped")
        received = bytearray()
        with contextlib.suppress(ConnectionError):
            while part := line.recv(1 << 16):
                received += part
                if received.endswith(b"\r\n0\r\n\r\n"):
                    break
    assert b'"code":"timeout"' in received[-300:]


def test_a_client_that_never_reads_is_cut(rig: Rig, engine: WatchedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "WRITE_PATIENCE", 0.2)
    with rig.connect() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        line.sendall(request_bytes("/v1/chat/completions", {**HI, "max_tokens": 200_000, "stream": True}))
        wait_for(lambda: engine.ended, "the engine to end")
        wait_for(lambda: _is_cut(line), "the end of the connection")


def _is_cut(line: socket.socket) -> bool:
    try:
        line.send(b"x")
    except ConnectionError:
        return True
    return False


def test_headers_that_drip_are_not_waited_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADER_PATIENCE", 0.3)
    with rig.connect() as line:
        started = time.monotonic()
        with contextlib.suppress(ConnectionError):
            for letter in b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 200:
                line.sendall(bytes([letter]))
                time.sleep(0.02)
        with contextlib.suppress(ConnectionError):
            assert line.recv(100) == b""
        assert time.monotonic() - started < 4


def test_a_second_request_that_drips_is_not_waited_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADER_PATIENCE", 0.3)
    with rig.connect() as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        received = b""
        while not received.endswith(b"}"):
            received += line.recv(4096)
        line.sendall(b"G")
        assert line.recv(100) == b""


def test_a_body_that_drips_is_not_waited_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body.read_body, "__defaults__", (0.2,))
    with rig.connect() as line:
        line.sendall(request_bytes("/v1/chat/completions", HI)[:-5])
        assert line.recv(4096).startswith(b"HTTP/1.1 408")


# --- those who crowd --------------------------------------------------------------------------------


def test_clients_are_answered_in_the_order_of_their_coming(rig_of: Callable[..., Rig]) -> None:
    engine = WatchedEngine(rate=100)
    rig = rig_of(engine)
    answers: list[str] = []

    def ask(number: int) -> None:
        question = {"messages": [{"role": "user", "content": f"say: {number}"}]}
        answers.append(rig.answer("/v1/chat/completions", question)["choices"][0]["message"]["content"])

    threads = []
    for number in range(16):
        threads.append(threading.Thread(target=ask, args=(number,)))
        threads[-1].start()
        wait_for(lambda number=number: len(engine.asked) + rig.host.queue.waiting > number, "its turn to be taken")
    for thread in threads:
        thread.join()
    assert [request.messages[0].content for request in engine.asked] == [f"say: {number}" for number in range(16)]
    assert sorted(answers, key=int) == [str(number) for number in range(16)]


def test_one_too_many_is_told_to_come_back(rig_of: Callable[..., Rig]) -> None:
    engine = WatchedEngine(rate=2)
    rig = rig_of(engine)
    lines = [rig.connect() for _ in range(MOST_WAITING + 1)]
    for number, line in enumerate(lines):
        line.sendall(request_bytes("/v1/chat/completions", ENDLESS))
        wait_for(lambda number=number: len(engine.asked) + rig.host.queue.waiting > number, "its turn to be taken")
    status, answer, headers = rig.ask("/v1/chat/completions", HI)
    assert (status, answer["error"]["code"]) == (503, "busy")
    assert 1 <= int(headers["retry-after"]) <= 300
    for line in lines:
        line.close()
    wait_for(lambda: rig.host.queue.waiting == 0, "the others to be taken out")
    assert rig.ask("/v1/chat/completions", {**HI, "max_tokens": 1})[0] == 200


def test_connections_are_counted(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 3)
    lines = [rig.connect() for _ in range(3)]
    for line in lines:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 200")
    with rig.connect() as one_more:
        assert one_more.recv(4096).startswith(b"HTTP/1.1 503")
    for line in lines:
        line.close()


def test_long_bodies_and_headers_are_refused(rig: Rig) -> None:
    status, answer, _ = rig.ask("/v1/chat/completions", b" " * (body.MOST + 1))
    assert (status, answer["error"]["code"]) == (413, "request_too_large")
    with rig.connect() as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 100_000)
        with contextlib.suppress(ConnectionError):
            assert line.recv(4096).startswith(b"HTTP/1.1 400")


# --- those who pretend ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Host": "0.0.0.0"}, 403),
        ({"Host": "192.168.1.7"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": "Bearer sk-desktopchat-tes"}, 401),
        ({"Authorization": "Basic sk-desktopchat-test"}, 401),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Encoding": "gzip"}, 415),
        ({"Host": "localhost:11535"}, 200),
        ({"Host": "[::1]:11535"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Authorization": "", "Api_Key": "sk-desktopchat-test"}, 200),
        ({"Content_Type": "application/json; charset=utf-8"}, 200),
    ],
    ids=str,
)
def test_who_may_ask(rig: Rig, engine: WatchedEngine, headers: dict[str, str], status: int) -> None:
    found, _, given = rig.ask("/v1/chat/completions", {**HI, "max_tokens": 1}, **headers)
    assert found == status
    assert not [name for name in given if name.startswith("access-control")]
    assert bool(engine.asked) == (status == 200)


def test_a_preflight_is_refused(rig: Rig) -> None:
    asking = {"Origin": "https://evil.example", "Access_Control_Request_Method": "POST", "Authorization": ""}
    status, _, headers = rig.ask("/v1/chat/completions", method="OPTIONS", **asking)
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]


def test_where_other_machines_may_ask_numbers_are_names(rig_of: Callable[..., Rig]) -> None:
    rig = rig_of(WatchedEngine(), is_open=True)
    assert rig.ask("/v1/models", Host="192.168.1.7:11535")[0] == 200
    assert rig.ask("/v1/models", Host="evil.example")[0] == 403


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET\r\n\r\n",
        b"POST /v1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"\0" * 100,
    ],
)
def test_what_is_no_http_is_refused(rig: Rig, sent: bytes) -> None:
    with rig.connect() as line:
        line.sendall(sent + b"\r\n\r\n")
        answer = line.recv(4096)
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(rest)["error"]["code"] == "bad_http"


# --- what fails inside ------------------------------------------------------------------------------


class FailingEngine(WatchedEngine):
    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        for event in super().generate(request):
            yield event
            if isinstance(event, Delta) and event.text.endswith("3"):
                raise ValueError("a bug")


def test_a_bug_is_told_and_the_next_request_works(rig_of: Callable[..., Rig], caplog: pytest.LogCaptureFixture) -> None:
    rig = rig_of(FailingEngine())
    chunks = rig.stream("/v1/chat/completions", {**HI, "max_tokens": 9})
    assert chunks[-1]["error"]["type"] == "server_error"
    assert rig.ask("/v1/chat/completions", {**HI, "max_tokens": 9})[0] == 500
    assert rig.ask("/v1/chat/completions", {**HI, "max_tokens": 2})[0] == 200
    assert "a bug" in caplog.text
    caplog.clear()


def test_closing_tells_those_who_wait(rig_of: Callable[..., Rig]) -> None:
    engine = WatchedEngine(rate=2)
    rig = rig_of(engine)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(rig.ask("/v1/chat/completions", ENDLESS)[0])) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    wait_for(lambda: engine.asked and rig.host.queue.waiting == 2, "two to wait")
    rig.close()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 503, 503]
