"""Every fault of a server has its own sentence, and nothing of it costs more than it must."""

import socket
import threading
import time
from pathlib import Path

import pytest
from faulty_server import DONE, Behaviour, Exchange, FaultyServer, answer, event, models
from remote_rig import HELLO, KEY, Rig, drop, refuse, stall, text_of

from desktopchat.core.address import ServerAddress
from desktopchat.core.chat import FinishReason
from desktopchat.core.errors import (
    ContextOverflowError,
    NetworkError,
)
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.secret import Secret
from desktopchat.engine.api import (
    ChoiceFinished,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
)
from desktopchat.engine.remote import events, generation
from desktopchat.engine.remote import server as server_module
from desktopchat.engine.remote.engine import RemoteEngine
from desktopchat.network.connection import Connection
from desktopchat.network.ledger import Ledger

# --- each fault ------------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[Behaviour, str]] = {
    "reset": (drop, "closed the connection before it answered"),
    "silent": (Exchange.wait_for_the_end, "sent no answer for 0.3 s"),
    "silent after the head": (lambda one: (one.start_stream(), one.wait_for_the_end())[0], "sent no answer for 0.3 s"),
    "stalled": (stall, "fell silent for 0.3 s in the middle"),
    "cut": (lambda one: one.stream(event("Once")), "broke off in the middle"),
    "no stream": (lambda one: one.reply(200, b"<html>hello</html>"), "sent something that is no answer"),
    "no JSON": (lambda one: one.stream(b"data: {oops\n\n"), "sent something that is no answer"),
    "other JSON": (lambda one: one.stream(b'data: {"choices": 3}\n\n'), "sent something that is no answer"),
    "deep JSON": (lambda one: one.stream(b"data: " + b"[" * 90_000 + b"\n\n"), "sent something that is no answer"),
    "endless line": (lambda one: one.stream(b"data: " + b"x" * (events.MOST_EVENT + 1)), "no answer"),
    "empty": (lambda one: one.stream(DONE), "sent an empty answer"),
    "nothing": (Exchange.start_stream, "sent an empty answer"),
    "no HTTP": (lambda one: one.send_and_close(b"220 mail ready\r\n\r\n"), "sent something that is no answer"),
    "compressed": (lambda one: one.reply(200, b"xx", Content_Encoding="gzip"), "sent something that is no answer"),
    "error in the stream": (
        lambda one: one.stream(event("Once"), b'data: {"error": {"code": 500, "message": "boom"}}\n\n'),
        "failed inside",
    ),
    "withheld": (lambda one: one.stream(event("Once"), event(finish="content_filter")), "withholds the rest"),
    "400": (refuse(400), "refused the request"),
    "401": (refuse(401), "wants a key"),
    "402": (refuse(402), "no credit left"),
    "403": (refuse(403), "does not let this key use one"),
    "404 model": (refuse(404, "The model does not exist"), "has no model called one"),
    "404 path": (refuse(404, "Not Found"), "has no such service at this address"),
    "429": (refuse(429), "too many requests from you"),
    "429 quota": (
        lambda one: one.reply(429, {"error": {"message": "Pay", "type": "insufficient_quota"}}),
        "no credit left",
    ),
    "500": (refuse(500), "failed inside"),
    "502": (refuse(502), "does not reach the server behind it"),
    "503 loading": (refuse(503, "Loading model"), "is still loading the model"),
    "503": (refuse(503), "has too much to do"),
    "418": (refuse(418), "refused the request"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_sentence(rig: Rig, server: FaultyServer, name: str) -> None:
    behaviour, words = FAULTS[name]
    rig.load(server.address)
    server.chat(behaviour)
    fault = rig.fault()
    assert words in fault.cause
    assert fault.cure
    assert "\n" not in fault.cause
    server.chat(answer("Hi"))
    assert text_of(rig.ask()) == "Hi", "the engine is not usable afterwards"


def test_nobody_listens(rig: Rig) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(NetworkError, match=f"No server answers at 127.0.0.1:{port}. Start the server"):
        rig.load(f"http://127.0.0.1:{port}")


def test_no_such_host(rig: Rig) -> None:
    with pytest.raises(NetworkError, match=r"no host called nowhere.invalid|nowhere.invalid cannot be reached"):
        rig.load("https://nowhere.invalid")


def test_a_name_that_no_host_can_have(rig: Rig) -> None:
    for host in ("a" * 64 + ".example.com", "xn--.example.com"):
        with pytest.raises(NetworkError, match=r"no host called|cannot be reached"):
            rig.load(f"https://{host}")


def test_a_server_without_encryption_is_not_talked_to_by_https(rig: Rig, server: FaultyServer) -> None:
    with pytest.raises(NetworkError, match="does not encrypt as https demands"):
        rig.load(server.address.replace("http:", "https:"))


def test_what_was_said_before_a_fault_is_kept(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(lambda one: one.stream(event("Once"), event(" upon")))
    said: list[GenerationEvent] = []
    with pytest.raises(NetworkError):
        said.extend(rig.engine.generate(HELLO))
    assert text_of(said) == "Once upon"


def test_a_server_says_its_own_words_in_the_details_alone_and_cut(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(refuse(400, "bad\x1b[31m " + "x" * 5000))
    fault = rig.fault()
    assert "bad" not in fault.cause
    assert "bad" in fault.details
    assert fault.details.isprintable()
    assert len(fault.details) < 600


def test_a_refusal_of_the_length_has_its_numbers(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    message = "This model's maximum context length is 1024 tokens. However, you requested 5,031 tokens."
    server.chat(lambda one: one.reply(400, {"error": {"message": message, "code": "context_length_exceeded"}}))
    fault = rig.fault()
    assert isinstance(fault, ContextOverflowError)
    assert "5,031 tokens" in fault.cause
    assert "holds 1,024" in fault.cause


def test_an_endless_answer_is_ended(rig: Rig, server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "MOST_ANSWER", 100_000)
    rig.load(server.address)

    def babble(exchange: Exchange) -> None:
        exchange.start_stream()
        while not exchange.closing.is_set():
            exchange.send(event("and so on "))

    server.chat(babble)
    fault = rig.fault()
    assert "sent more than any answer has" in fault.cause


# --- a redirect ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_word_and_no_key_follow_a_redirect_to_another_server(rig: Rig, server: FaultyServer, status: int) -> None:
    rig.key = Secret(KEY)
    with FaultyServer() as other:
        rig.load(server.address)
        server.chat(lambda one: one.reply(status, Location=f"{other.address}/v1/chat/completions"))
        fault = rig.fault()
        assert f"sends on to {other.address}/v1/chat/completions" in fault.cause
        server.on("GET /v1/models", lambda one: one.reply(status, Location=f"{other.address}/v1/models"))
        with pytest.raises(NetworkError, match="sends on to"):
            rig.load(server.address)
        assert other.exchanges == []


def test_a_redirect_at_the_same_server_is_followed_but_not_for_ever(rig: Rig, server: FaultyServer) -> None:
    server.on("GET /v1/models", lambda one: one.reply(308, Location="/v1/models/"))
    server.on("GET /v1/models/", models("one"))
    rig.load(server.address)
    server.chat(lambda one: one.reply(307, Location="/v1/chat/completions"))
    assert "sent something that is no answer" in rig.fault().cause


# --- asking again ----------------------------------------------------------------------------------------


def test_what_fails_for_a_moment_is_asked_again(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(refuse(503, "Loading model"), refuse(429), drop, answer("Hi"))
    assert text_of(rig.ask()) == "Hi"
    assert len(server.asked()) == 4


def test_a_kept_connection_that_was_closed_costs_no_pause(
    rig: Rig, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_FIRST_PAUSE", 60)
    rig.load(server.address)  # leaves its connection open
    server.chat(drop, answer("Hi"))
    assert text_of(rig.ask()) == "Hi"
    assert len(server.asked()) == 2


def test_it_is_not_asked_again_for_ever(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(refuse(500))
    assert "failed inside" in rig.fault().cause
    assert len(server.asked()) == 4


def test_nothing_is_asked_again_once_there_is_text(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(lambda one: one.stream(event("Once")))
    rig.fault()
    assert len(server.asked()) == 1


def test_the_pause_that_a_server_wants_is_kept(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(refuse(429, Retry_After="1"), answer("Hi"))
    started = time.monotonic()
    assert text_of(rig.ask()) == "Hi"
    assert time.monotonic() - started >= 1


def test_a_long_pause_is_told_and_not_waited_for(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(refuse(429, Retry_After="3600"))
    fault = rig.fault()
    assert "Wait 3,600 s" in fault.cure
    assert len(server.asked()) == 1


def test_a_field_that_a_server_does_not_know_is_left_out(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(
        refuse(422, "Extra inputs are not permitted: 'stream_options'"),
        refuse(400, "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."),
        refuse(400, "Unsupported value: 'temperature' does not support 0.7 with this model."),
        answer("Hi"),
    )
    assert text_of(rig.ask()) == "Hi"
    last = server.asked()[-1].fields
    assert "stream_options" not in last
    assert "max_tokens" not in last
    assert last["max_completion_tokens"] == SamplingParams().max_tokens
    assert "temperature" not in last
    assert last["top_p"] == 0.95


def test_a_field_that_the_person_chose_is_not_left_out(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(refuse(400, "Unsupported value: 'temperature'"), answer("Hi"))
    fault = rig.fault(GenerationRequest(2, HELLO.messages, SamplingParams(temperature=1.5)))
    assert "refused the request" in fault.cause
    assert "temperature" in fault.details


# --- a cancel --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour",
    [Exchange.wait_for_the_end, stall, refuse(429, Retry_After="15")],
    ids=["before the answer", "in the middle", "in a pause"],
)
def test_a_cancel_ends_it_at_once(tmp_path: Path, server: FaultyServer, behaviour: Behaviour) -> None:
    ledger = Ledger(tmp_path / "connections.jsonl")
    engine = RemoteEngine(lambda address, key: Connection(address, ledger, key), lambda _: None)  # of full patience
    list(engine.load(ModelFile.at(ServerAddress.parse(server.address)), LoadParams()))
    server.chat(behaviour)
    timer = threading.Timer(0.2, engine.cancel, [HELLO.id])
    started = time.monotonic()
    timer.start()
    happened = list(engine.generate(HELLO))
    assert time.monotonic() - started < 2
    timer.join()
    assert [one.reason for one in happened if isinstance(one, ChoiceFinished)] == [FinishReason.CANCELLED]
    assert isinstance(happened[-1], GenerationFinished)
    server.chat(answer("Hi"))
    again = GenerationRequest(2, HELLO.messages, HELLO.sampling)
    assert text_of(list(engine.generate(again))) == "Hi"
    engine.close()
