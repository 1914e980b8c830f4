"""What is sent to a server, what is made of its answers, and what is written down of both."""

import json
import logging
import sys
from pathlib import Path

import pytest
from faulty_server import DONE, Behaviour, FaultyServer, answer, event, models
from remote_rig import HELLO, KEY, Rig, refuse, text_of

from desktopchat import log
from desktopchat.core.adapter import Adapter
from desktopchat.core.address import Place
from desktopchat.core.chat import ChatMessage, Role, ToolCall
from desktopchat.core.errors import (
    AdapterError,
    HiddenPromptError,
    NetworkError,
    NoModelError,
    ServerKeyError,
    ServerModelError,
    UserError,
)
from desktopchat.core.params import SamplingParams
from desktopchat.core.secret import Secret
from desktopchat.engine.api import (
    Adapted,
    ChoiceFinished,
    Delta,
    GenerationFinished,
    GenerationRequest,
)
from desktopchat.engine.remote import events
from desktopchat.network.ledger import LIMIT, Ledger, Purpose

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


def test_adapters_are_refused_and_nothing_is_sent(rig: Rig, server: FaultyServer) -> None:
    with pytest.raises(NoModelError):
        rig.engine.adapt([])
    rig.load(server.address)
    with pytest.raises(AdapterError, match="to the model of a server"):
        rig.engine.adapt([Adapter("/lora.gguf", "lora")])
    assert rig.engine.adapt([]) == Adapted()
    assert not server.asked()


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


def test_calls_of_tools_and_their_results_are_told(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    call = ToolCall("c1", "look", '{"at": "here"}')
    turns = (
        *HELLO.messages,
        ChatMessage(Role.ASSISTANT, "I look.", calls=(call,)),
        ChatMessage(Role.TOOL, "rain", answers=call),
    )
    server.chat(answer("It rains."))
    assert text_of(rig.ask(GenerationRequest(4, turns))) == "It rains."
    (asked,) = server.asked()
    assert asked.fields["messages"][1:] == [
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": "here"}'}}
            ],
        },
        {"role": "tool", "content": "rain", "tool_call_id": "c1"},
    ]


def test_calls_of_tools_arrive_in_pieces(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)

    def piece(index: int, **function: str) -> bytes:
        call = {"index": index, "function": function} | ({"id": f"c{index}"} if "name" in function else {})
        return b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}).encode() + b"\n\n"

    pieces = (
        event("I look."),
        piece(0, name="look", arguments=""),
        piece(0, arguments='{"at": '),
        piece(1, name="wait", arguments="{}"),
        piece(0, arguments='"here"}'),
    )
    for finish, calls in {
        "tool_calls": [ToolCall("c0", "look", '{"at": "here"}'), ToolCall("c1", "wait", "{}")],
        "length": [],  # who knows what would have come
    }.items():
        server.chat(lambda one, finish=finish: one.stream(*pieces, event(finish=finish), DONE))
        happened = rig.ask(GenerationRequest(4, HELLO.messages, tools="[]"))
        assert text_of(happened) == "I look."
        assert [call for one in happened if isinstance(one, Delta) for call in one.calls] == calls


def test_tools_and_thinking_are_asked_for_as_each_kind_of_server_knows_them(rig: Rig, server: FaultyServer) -> None:
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
    thinking = SamplingParams(enable_thinking=False, reasoning_effort="low")
    wanted = GenerationRequest(3, HELLO.messages, thinking, tools=json.dumps(tools))
    server.chat(answer("Hi"))
    assert rig.load(server.address).info.asks == ("reasoning_effort", "tools")
    rig.ask(wanted)
    server.on("GET /v1/models", models("one", owned_by="llamacpp"))
    template = {"chat_template": "{{ enable_thinking }}{{ tools }}"}
    server.on("GET /props", lambda one: one.reply(200, template))
    assert rig.load(server.address).info.asks == ("enable_thinking", "tools")
    rig.ask(wanted)
    rig.ask(GenerationRequest(4, HELLO.messages))
    plain, llama, unasked = (one.fields for one in server.asked())
    assert plain["tools"] == llama["tools"] == tools
    assert plain["reasoning_effort"] == llama["chat_template_kwargs"]["reasoning_effort"] == "low"
    assert plain["chat_template_kwargs"]["enable_thinking"] is False
    assert llama["chat_template_kwargs"]["enable_thinking"] is False
    assert not {"tools", "reasoning_effort", "chat_template_kwargs"} & set(unasked)


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


def test_a_prompt_that_a_server_makes_cannot_be_told(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    before = len(server.exchanges)
    with pytest.raises(HiddenPromptError, match=r"makes the prompt itself.* Load a model of this machine\."):
        rig.engine.rendered([ChatMessage(Role.USER, "a secret draft")])
    with pytest.raises(HiddenPromptError, match=r"has the vocabulary.* Load a model of this machine\."):
        rig.engine.tokens("a secret draft")
    assert len(server.exchanges) == before


def test_an_estimate_learns(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    turns = (ChatMessage(Role.USER, "word " * 200),)
    server.chat(lambda one: one.stream(event("A"), event(finish="stop", usage={"prompt_tokens": 420}), DONE))
    rig.ask(GenerationRequest(5, turns, SamplingParams()))
    assert rig.engine.count_tokens(turns) == pytest.approx(420, abs=1)
