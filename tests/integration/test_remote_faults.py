"""Every fault of a server has its own sentence, and nothing of it costs more than it must."""

import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_server import DONE, Behaviour, Exchange, FaultyServer, answer, event, models

from desktopchat import log
from desktopchat.core.address import Place, ServerAddress
from desktopchat.core.chat import ChatMessage, FinishReason, Role
from desktopchat.core.errors import (
    ContextOverflowError,
    NetworkError,
    ServerKeyError,
    ServerModelError,
    UserError,
)
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.secret import Secret
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    ModelLoaded,
)
from desktopchat.engine.remote import events, generation
from desktopchat.engine.remote import server as server_module
from desktopchat.engine.remote.engine import RemoteEngine
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.ledger import LIMIT, Ledger, Purpose

KEY = "sk-canary-0123456789"
HELLO = GenerationRequest(1, (ChatMessage(Role.USER, "Hello"),), SamplingParams(seed=1))


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as made:
        yield made


class Rig:
    """An engine that has little patience, and what it has written down."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "connections.jsonl"
        ledger = Ledger(self.file)
        patience = Patience(connect=2, silence=0.3)
        self.key: Secret | None = None
        self.offline = False
        self.engine = RemoteEngine(
            lambda address, key: Connection(address, ledger, key, patience, is_offline=lambda: self.offline),
            lambda _: self.key,
        )

    def load(self, address: str) -> ModelLoaded:
        *_, last = self.engine.load(ModelFile.at(ServerAddress.parse(address)), LoadParams())
        assert isinstance(last, ModelLoaded)
        return last

    def ask(self, request: GenerationRequest = HELLO) -> list[GenerationEvent]:
        return list(self.engine.generate(request))

    def fault(self, request: GenerationRequest = HELLO) -> UserError:
        with pytest.raises(UserError) as caught:
            self.ask(request)
        return caught.value

    def ledger(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(server_module, "_FIRST_PAUSE", 0.01)
    made = Rig(tmp_path)
    yield made
    made.engine.close()


def text_of(happened: list[GenerationEvent], index: int = 0) -> str:
    return "".join(one.text for one in happened if isinstance(one, Delta) and one.index == index)


def drop(exchange: Exchange) -> None:
    """Close without a word, as a program that ends does."""
    exchange.keep = False
    exchange.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    exchange.socket.shutdown(socket.SHUT_RDWR)


def stall(exchange: Exchange) -> None:
    exchange.stream(event("Once"))
    exchange.wait_for_the_end()


def refuse(status: int, message: str = "no", **headers: str) -> Behaviour:
    return lambda exchange: exchange.reply(status, {"error": {"message": message}}, **headers)


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


# --- what is sent ----------------------------------------------------------------------------------------


def test_the_api_s_parameters_are_sent_and_llama_cpp_s_only_to_llama_cpp(rig: Rig, server: FaultyServer) -> None:
    wanted = GenerationRequest(
        3,
        HELLO.messages,
        SamplingParams(temperature=0.3, top_k=7, mirostat=1, presence_penalty=0.5, stop=("\n",), seed=9,
                       logit_bias=((5, -100.0),)),
        top_logprobs=2,
    )  # fmt: skip
    server.chat(answer("Hi"))
    rig.load(server.address)
    rig.ask(wanted)
    server.on("GET /v1/models", models("one", owned_by="llamacpp", meta={"n_ctx": 2048}))
    assert rig.load(server.address).info.n_ctx == 2048
    rig.ask(wanted)
    plain, llama = (one.fields for one in server.asked())
    sent = {"model": "one", "temperature": 0.3, "presence_penalty": 0.5, "seed": 9, "max_tokens": 1024}
    sent |= {"stop": ["\n"], "logit_bias": {"5": -100.0}, "logprobs": True, "top_logprobs": 2}
    assert {name: plain[name] for name in sent} == sent
    assert not {"top_k", "mirostat", "samplers", "return_progress"} & set(plain)
    assert llama["top_k"] == 7
    assert llama["mirostat"] == 1
    assert llama["logit_bias"] == [[5, -100.0]]


def test_the_key_goes_to_its_server_and_nowhere_else(
    rig: Rig, server: FaultyServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    log.configure(tmp_path, debug=True)
    try:
        rig.key = Secret(KEY)
        assert KEY not in repr(rig.key)
        rig.load(server.address)
        server.chat(refuse(401, "wrong"), answer("Hi"))
        fault = rig.fault()
        assert isinstance(fault, ServerKeyError)
        assert "does not accept the key" in fault.cause
        assert KEY not in f"{fault} {fault.details}"
        rig.ask()
        assert [one.headers["authorization"] for one in server.exchanges] == [f"Bearer {KEY}"] * 3
    finally:
        log.catch_uncaught()
        for handler in logging.getLogger().handlers[:]:
            if isinstance(handler.formatter, log.EscapingFormatter):
                logging.getLogger().removeHandler(handler)
                handler.close()
        logging.getLogger().setLevel(logging.WARNING)
    assert KEY not in caplog.text
    for file in tmp_path.rglob("*"):
        assert KEY not in file.read_text("utf-8"), file


def test_a_key_with_line_breaks_or_spaces_is_none() -> None:
    assert Secret.typed(f"  {KEY}\n") == Secret(KEY)
    for text in ("", "two words", "sk\r\nHost: evil", "schlüssel", "x" * 5000):
        with pytest.raises(UserError, match="That is no key"):
            Secret.typed(text)


# --- answers ---------------------------------------------------------------------------------------------


def test_what_a_model_thinks_is_kept(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)

    def think(name: str, words: str) -> bytes:
        return b"data: " + json.dumps({"choices": [{"index": 0, "delta": {name: words}}]}).encode() + b"\n\n"

    for name in ("reasoning_content", "reasoning"):
        server.chat(
            lambda one, name=name: one.stream(think(name, "Well"), think(name, "."), event("Yes"), event(finish="stop"))
        )
        happened = rig.ask()
        assert text_of(happened) == "Yes"
        assert "".join(one.reasoning for one in happened if isinstance(one, Delta)) == "Well."
        [ended] = [one for one in happened if isinstance(one, ChoiceFinished)]
        assert ended.reasoning_tokens == 2


def test_a_server_that_gives_one_answer_at_a_time_is_asked_for_each(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(answer("A"), answer("B"), answer("C"))
    happened = rig.ask(GenerationRequest(4, HELLO.messages, SamplingParams(n=3, seed=7)))
    assert [text_of(happened, index) for index in range(3)] == ["A", "B", "C"]
    assert [one.seed for one in happened if isinstance(one, ChoiceFinished)] == [7, 8, 9]
    assert [one.fields["seed"] for one in server.asked()] == [7, 8, 9]


def test_a_server_that_refuses_several_answers_is_asked_for_each(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    server.chat(refuse(400, "'n' must be 1"), answer("A"), answer("B"))
    happened = rig.ask(GenerationRequest(4, HELLO.messages, SamplingParams(n=2, seed=7)))
    assert [text_of(happened, index) for index in range(2)] == ["A", "B"]


def test_the_counts_of_the_server_are_the_usage(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    usage = {"prompt_tokens": 12, "completion_tokens": 40, "prompt_tokens_details": {"cached_tokens": 3}}
    server.chat(lambda one: one.stream(event("A"), event(finish="length"), event(usage=usage), DONE))
    last = rig.ask()[-1]
    assert isinstance(last, GenerationFinished)
    assert (last.usage.prompt_tokens, last.usage.cached_tokens, last.usage.completion_tokens) == (12, 3, 40)
    assert not last.usage.repeatable


def test_events_may_be_cut_anywhere() -> None:
    whole = b": ping\n\nevent: x\ndata: one\r\ndata: two\r\n\r\ndata:three\n\n"
    for size in range(1, len(whole)):
        reader = events.EventReader()
        found = [one for at in range(0, len(whole), size) for one in reader.feed(whole[at : at + size])]
        assert found == [b"one\ntwo", b"three"]


# --- the ledger ------------------------------------------------------------------------------------------


def test_every_connection_stands_in_the_ledger_before_it_is_made(rig: Rig, server: FaultyServer) -> None:
    known: list[set[object]] = []
    watching = True

    def watch(name: str, args: tuple[object, ...]) -> None:
        if watching and name == "socket.connect":
            known.append({(one.get("to"), args[1]) for one in rig.ledger() if "to" in one})  # type: ignore[misc]

    sys.addaudithook(watch)
    try:
        server.chat(lambda one: one.stream(event("Once")))  # ends each connection
        rig.load(server.address)
        rig.fault()
        rig.fault()
    finally:
        watching = False
    assert len(known) == 2, "the list and the first answer share a connection"
    for entries in known:
        assert (server.address, ("127.0.0.1", server.port)) in entries
    opened = [one for one in rig.ledger() if "to" in one]
    assert [(one["purpose"], one["call"]) for one in opened] == [
        ("list models", "GET /v1/models"),
        ("answer", "POST /v1/chat/completions"),
        ("answer", "POST /v1/chat/completions"),
    ]
    ended = [one for one in rig.ledger() if "ended" in one]
    assert [one["ended"] for one in ended] == [one["request"] for one in opened]
    assert all(one["received"] for one in ended)
    assert "Hello" not in rig.file.read_text("utf-8")


def test_what_cannot_be_written_down_is_not_asked(rig: Rig, server: FaultyServer) -> None:
    rig.file.mkdir()
    with pytest.raises(NetworkError, match="The list of connections cannot be written"):
        rig.load(server.address)
    assert server.exchanges == []


def test_offline_means_no_connection(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    rig.offline = True
    assert "set to be offline" in rig.fault().cause
    assert len(server.exchanges) == 1
    with pytest.raises(NetworkError, match="set to be offline"):
        rig.load(server.address)
    assert len(server.exchanges) == 1


def test_a_ledger_that_grows_is_kept_in_two_files(tmp_path: Path) -> None:
    file = tmp_path / "connections.jsonl"
    file.write_bytes(b"x" * LIMIT + b"\n")
    ledger = Ledger(file)
    number = ledger.opened(Purpose.MODELS, "http://localhost", "GET /", "proxy:1")
    ledger.closed(number, "200", 1, 2)
    assert len(file.read_text("utf-8").splitlines()) == 2
    assert (tmp_path / "connections.old.jsonl").stat().st_size > LIMIT


def test_a_proxy_of_the_system_is_used_but_not_for_this_machine(
    rig: Rig, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.address)
    monkeypatch.delenv("no_proxy", raising=False)
    server.on("GET http://far.internal/v1/models", models("one"))
    assert rig.load("http://far.internal").info.place is Place.AWAY
    entry = rig.ledger()[0]
    assert (entry["to"], entry["via"]) == ("http://far.internal", f"127.0.0.1:{server.port}")
    rig.load(server.address)
    assert "via" not in rig.ledger()[2]


# --- loading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "address", "words"),
    [
        (models("one", "two"), "", "has 2 models. Name one"),
        (models(), "", "has no model. Load one"),
        (models("two"), "#one", "has no model called one. Choose"),
        (refuse(401), "", "wants a key. Give the key"),
        (lambda one: one.reply(200, b"hello"), "", "sent something that is no answer"),
        (lambda one: one.reply(200, {"data": [{"id": 3}]}), "", "sent something that is no answer"),
        (refuse(404), "", "has no such service"),
    ],
)
def test_a_load_is_refused_with_a_sentence(
    rig: Rig, server: FaultyServer, behaviour: Behaviour, address: str, words: str
) -> None:
    server.on("GET /v1/models", behaviour)
    with pytest.raises((NetworkError, ServerModelError)) as caught:
        rig.load(f"{server.address}{'/v1' if address else ''}{address}")
    assert words in str(caught.value)


def test_a_server_without_a_list_has_the_model_that_is_named(rig: Rig, server: FaultyServer) -> None:
    server.on("GET /v1/models", refuse(404))
    assert rig.load(f"{server.address}/v1#one").info.file.name == "one"


def test_a_draft_is_counted_here_unless_llama_cpp_runs_on_this_machine(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    before = len(server.exchanges)
    assert rig.engine.count_tokens([ChatMessage(Role.USER, "a secret draft " * 100)]) > 100
    assert len(server.exchanges) == before
    server.on("GET /v1/models", models("one", owned_by="llamacpp"))
    server.on(
        "POST /apply-template", lambda one: one.reply(200, {"prompt": "<s>" + one.fields["messages"][0]["content"]})
    )
    server.on("POST /tokenize", lambda one: one.reply(200, {"tokens": list(range(len(one.fields["content"])))}))
    rig.load(server.address)
    assert rig.engine.count_tokens([ChatMessage(Role.USER, "four")]) == 7
    server.on("POST /v1/chat/completions/input_tokens", lambda one: one.reply(200, {"input_tokens": 9}))
    assert rig.engine.count_tokens([ChatMessage(Role.USER, "four")]) == 9
    server.on("POST /v1/chat/completions/input_tokens", lambda one: one.reply(200, {"input_tokens": "nine"}))
    server.on("POST /tokenize", lambda one: one.reply(500))
    assert 0 < rig.engine.count_tokens([ChatMessage(Role.USER, "four")]) < 9


def test_an_estimate_learns(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    turns = (ChatMessage(Role.USER, "word " * 200),)
    server.chat(lambda one: one.stream(event("A"), event(finish="stop", usage={"prompt_tokens": 420}), DONE))
    rig.ask(GenerationRequest(5, turns, SamplingParams()))
    assert rig.engine.count_tokens(turns) == pytest.approx(420, abs=1)
