"""What each route answers, over a real connection."""

import base64
import json
import struct
from collections.abc import Callable

import pytest
from endpoint_rig import Rig, WatchedEngine

from desktopchat.core.chat import Role
from desktopchat.server.desk import EndpointOptions

HI = {"messages": [{"role": "user", "content": "say: one two three"}]}


def text_of(chunks: list[dict]) -> str:  # type: ignore[type-arg]
    return "".join(one["choices"][0]["delta"].get("content", "") for one in chunks if one["choices"])


def test_a_chat(rig: Rig) -> None:
    answer = rig.answer("/v1/chat/completions", {**HI, "model": "gpt-4o"})
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "scripted"
    (choice,) = answer["choices"]
    assert choice["message"] == {"role": "assistant", "content": "one two three", "refusal": None}
    assert (choice["finish_reason"], choice["logprobs"]) == ("stop", None)
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] == 7


def test_a_streamed_chat(rig: Rig) -> None:
    chunks = rig.stream("/v1/chat/completions", {**HI, "stream_options": {"include_usage": True}})
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert text_of(chunks) == "one two three"
    assert [one["choices"][0]["finish_reason"] for one in chunks[:-1]][-1] == "stop"
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] == 3
    assert all(one["usage"] is None for one in chunks[:-1])
    assert len({one["id"] for one in chunks}) == 1


def test_what_it_thinks_stands_apart(rig: Rig) -> None:
    asked = {"messages": [{"role": "user", "content": "say: <think>well now</think>a boat"}]}
    message = rig.answer("/v1/chat/completions", asked)["choices"][0]["message"]
    assert message["content"].strip() == "a boat"
    assert "well now" in message["reasoning_content"]
    deltas = [one["choices"][0]["delta"] for one in rig.stream("/v1/chat/completions", asked)]
    assert "well now" in "".join(one.get("reasoning_content", "") for one in deltas)


def test_several_answers_have_their_numbers(rig: Rig) -> None:
    answer = rig.answer("/v1/chat/completions", {**HI, "n": 3})
    assert [one["index"] for one in answer["choices"]] == [0, 1, 2]


def test_parameters_reach_the_engine(rig: Rig, engine: WatchedEngine) -> None:
    body = {
        **HI,
        "max_completion_tokens": 9,
        "temperature": 0.3,
        "top_p": 0.8,
        "top_k": 7,
        "min_p": 0.1,
        "seed": -(2**62),
        "stop": ["x", "yy"],
        "frequency_penalty": 0.5,
        "presence_penalty": -0.5,
        "logit_bias": {"17": -100, "4": 2.5},
        "logprobs": True,
        "top_logprobs": 4,
        "ignore_eos": True,
        "user": "somebody",
        "parallel_tool_calls": None,
    }
    rig.answer("/v1/chat/completions", body)
    (request,) = engine.asked
    sampling = request.sampling
    assert (sampling.max_tokens, sampling.temperature, sampling.top_p, sampling.top_k) == (9, 0.3, 0.8, 7)
    assert (sampling.min_p, sampling.stop, sampling.logit_bias) == (0.1, ("x", "yy"), ((17, -100.0), (4, 2.5)))
    assert (sampling.frequency_penalty, sampling.presence_penalty) == (0.5, -0.5)
    assert sampling.seed == -(2**62) % 0xFFFFFFFF
    assert (request.top_logprobs, request.ignore_eos) == (4, True)


def test_nulls_are_what_is_not_said(rig: Rig, engine: WatchedEngine) -> None:
    names = ("stop", "n", "max_tokens", "temperature", "seed", "logprobs", "tools", "stream", "logit_bias")
    rig.answer("/v1/chat/completions", {**HI, **dict.fromkeys(names)})
    assert engine.asked[0].sampling.stop == ()


def test_a_chat_of_many_parts(rig: Rig, engine: WatchedEngine) -> None:
    turns = [
        {"role": "developer", "content": "Be short."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": "there"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "nothing"},
    ]
    rig.answer("/v1/chat/completions", {"messages": turns, "max_tokens": 1})
    system, user, assistant, tool = engine.asked[0].messages
    assert (system.role, user.content) == (Role.SYSTEM, "Hi\nthere")
    assert assistant.calls[0].name == "look"
    assert tool.answers == assistant.calls[0]


@pytest.mark.parametrize("route", ["/v1/completions", "/v1/engines/text-davinci-003/completions", "/completions"])
def test_a_completion(rig: Rig, route: str) -> None:
    rig.options = EndpointOptions(("text-*",))
    answer = rig.answer(route, {"prompt": "Name a boat", "max_tokens": 3, "stop": None})
    assert answer["object"] == "text_completion"
    assert answer["choices"] == [{"text": "word1 word2 word3", "index": 0, "logprobs": None, "finish_reason": "length"}]


def test_sixteen_tokens_are_what_nobody_asked_for(rig: Rig) -> None:
    answer = rig.answer("/v1/completions", {"prompt": "x"})
    assert answer["usage"]["completion_tokens"] == 16


def test_several_prompts_with_echo(rig: Rig) -> None:
    body = {"prompt": ["a b", "c"], "n": 2, "max_tokens": 1, "echo": True}
    answer = rig.answer("/v1/completions", body)
    assert [one["text"] for one in answer["choices"]] == ["a bword1", "a bword1", "cword1", "cword1"]
    assert [one["index"] for one in answer["choices"]] == [0, 1, 2, 3]
    assert answer["usage"]["prompt_tokens"] == 3
    texts = ["", "", "", ""]
    for chunk in rig.stream("/v1/completions", body):
        texts[chunk["choices"][0]["index"]] += chunk["choices"][0]["text"]
    assert texts == ["a bword1", "a bword1", "cword1", "cword1"]


@pytest.mark.parametrize("streams", [False, True])
def test_a_prompt_is_scored_as_evaluations_want_it(rig_of: Callable[..., Rig], streams: bool) -> None:
    engine = WatchedEngine(template="gguf")
    rig = rig_of(engine)
    body = {"prompt": "one two three", "echo": True, "logprobs": 2, "max_tokens": 2}
    if streams:
        chunks = [chunk["choices"][0] for chunk in rig.stream("/v1/completions", body)]
        text = "".join(one["text"] for one in chunks)
        parts = [one["logprobs"] for one in chunks if one["logprobs"]]
        found = {name: [value for part in parts for value in part[name]] for name in parts[0]}
    else:
        (choice,) = rig.answer("/v1/completions", body)["choices"]
        text, found = choice["text"], choice["logprobs"]
    assert text == "one two threeword1 word2"
    assert found["tokens"] == ["one", " two", " three", "word1", " word2"]
    assert found["text_offset"] == [0, 3, 7, 13, 18]
    assert found["token_logprobs"][0] is None
    assert found["top_logprobs"][0] is None
    assert all(value < 0 for value in found["token_logprobs"][1:])
    assert [len(one) for one in found["top_logprobs"][1:]] == [2] * 4
    assert (engine.asked[0].prompt, engine.asked[0].messages) == ("one two three", ()), "it is no turn of a chat"


def test_a_prompt_is_scored_without_an_answer(rig: Rig) -> None:
    body = {"prompt": ["one two", "three"], "echo": True, "logprobs": 1, "max_tokens": 0}
    first, second = rig.answer("/v1/completions", body)["choices"]
    assert (first["text"], second["text"]) == ("one two", "three")
    assert len(first["logprobs"]["token_logprobs"]) == 2
    assert second["logprobs"]["token_logprobs"] == [None]


def test_prompts_may_be_tokens(rig: Rig, engine: WatchedEngine) -> None:
    assert len(rig.answer("/v1/completions", {"prompt": [5, 6, 7], "max_tokens": 1})["choices"]) == 1
    assert len(rig.answer("/v1/completions", {"prompt": [[5, 6], [7]], "max_tokens": 1})["choices"]) == 2
    assert [one.prompt_tokens for one in engine.asked] == [(5, 6, 7), (5, 6), (7,)]
    (choice,) = rig.answer("/v1/completions", {"prompt": [5, 6], "max_tokens": 1, "echo": True})["choices"]
    assert choice["text"] == " 5 6word1"
    assert choice["logprobs"] is None


def test_a_bare_prompt_is_a_turn_for_models_that_chat(rig_of: Callable[..., Rig]) -> None:
    engine = WatchedEngine(template="gguf")
    rig = rig_of(engine)
    rig.answer("/v1/completions", {"prompt": "Name a boat", "max_tokens": 1})
    rig.options = EndpointOptions(wraps_prompts=False)
    rig.answer("/v1/completions", {"prompt": "Name a boat", "max_tokens": 1})
    wrapped, plain = engine.asked
    assert (wrapped.prompt, wrapped.messages[0].content) == (None, "Name a boat")
    assert (plain.prompt, plain.messages) == ("Name a boat", ())


def test_cache_prompt_false_starts_from_scratch(rig: Rig, engine: WatchedEngine) -> None:
    rig.answer("/v1/chat/completions", HI)
    rig.answer("/v1/chat/completions", {**HI, "cache_prompt": False})
    assert engine.asked[-1].from_scratch


def test_embeddings(rig: Rig) -> None:
    answer = rig.answer("/v1/embeddings", {"input": ["a cat", "a dog"]})
    assert [one["index"] for one in answer["data"]] == [0, 1]
    assert len(answer["data"][0]["embedding"]) == 64
    packed = rig.answer("/v1/embeddings", {"input": "a cat", "encoding_format": "base64"})["data"][0]["embedding"]
    assert struct.unpack("<64f", base64.b64decode(packed)) == pytest.approx(answer["data"][0]["embedding"])


def test_many_texts_keep_their_order(rig: Rig) -> None:
    texts = [f"text {number}" for number in range(100)]
    found = rig.answer("/v1/embeddings", {"input": texts})
    assert [one["index"] for one in found["data"]] == list(range(100))
    assert found["usage"]["total_tokens"] == 200
    assert found["data"][70] == rig.answer("/v1/embeddings", {"input": texts[70]})["data"][0] | {"index": 70}


def test_a_response(rig: Rig) -> None:
    body = {"input": "say: one two", "instructions": "Be short."}
    answer = rig.answer("/v1/responses", body)
    assert (answer["object"], answer["status"], answer["error"]) == ("response", "completed", None)
    (item,) = answer["output"]
    assert item["content"][0]["text"] == "one two"
    assert answer["usage"]["input_tokens"] == 5
    cut = rig.answer("/v1/responses", {"input": "x", "max_output_tokens": 2})
    assert (cut["status"], cut["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})


def test_a_streamed_response(rig: Rig) -> None:
    with rig.opened("/v1/responses", {"input": "say: <think>so</think>one two", "stream": True}) as response:
        blocks = response.read().decode().strip().split("\n\n")
    events = []
    for block in blocks:
        name, data = block.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {events[-1]['type']}"
    assert [one["sequence_number"] for one in events] == list(range(len(events)))
    kinds = [one["type"].removeprefix("response.") for one in events]
    assert kinds[:2] == ["created", "in_progress"]
    assert kinds[-1] == "completed"
    texts = [one["delta"] for one in events if one["type"] == "response.output_text.delta"]
    assert "".join(texts).strip() == "one two"
    items = [one["item"]["type"] for one in events if one["type"] == "response.output_item.done"]
    assert items == ["reasoning", "message"]
    assert events[-1]["response"]["output"][1]["content"][0]["text"].strip() == "one two"


def test_a_response_goes_on_after_calls(rig: Rig, engine: WatchedEngine) -> None:
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": "Look"}]},
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "nothing"},
    ]
    rig.answer("/v1/responses", {"input": items, "max_output_tokens": 1})
    assert [one.role for one in engine.asked[0].messages] == [Role.USER, Role.ASSISTANT, Role.TOOL]


def test_models_and_health(rig: Rig) -> None:
    rig.options = EndpointOptions(("gpt-*", "text-davinci-003"))
    _, models, _ = rig.ask("/v1/models")
    assert [one["id"] for one in models["data"]] == ["scripted", "text-davinci-003"]
    assert rig.ask("/v1/models/gpt-4")[1]["id"] == "gpt-4"
    assert rig.ask("/v1/models/other/one")[0] == 404
    assert rig.ask("/health", Authorization="")[:2] == (200, {"status": "ok"})


TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


def test_tools_go_to_templates_that_know_them(rig_of: Callable[..., Rig]) -> None:
    engine = WatchedEngine(asks=("tools",))
    rig = rig_of(engine)
    rig.answer("/v1/chat/completions", {**HI, "tools": [TOOL]})
    rig.answer("/v1/chat/completions", {**HI, "tools": [TOOL], "tool_choice": "none"})
    with_tools, without = engine.asked
    assert json.loads(with_tools.tools)[0]["function"]["name"] == "look"
    assert without.tools == ""


def test_a_demanded_call_is_one(rig: Rig, engine: WatchedEngine) -> None:
    call = {"messages": [{"role": "user", "content": 'say: {"name": "look", "arguments": {"at": "me"}}'}]}
    body = {**call, "tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "look"}}}
    (choice,) = rig.answer("/v1/chat/completions", body)["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"]) == {"at": "me"}
    schema = json.loads(engine.asked[0].sampling.json_schema)
    assert schema["properties"]["name"] == {"const": "look"}
    chunks = rig.stream("/v1/chat/completions", {**body, "tool_choice": "required"})
    deltas = [one["choices"][0]["delta"] for one in chunks]
    (called,) = [one["tool_calls"][0] for one in deltas if "tool_calls" in one]
    assert (called["index"], called["function"]["name"]) == (0, "look")


BAD = [
    ({}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "cat", "content": "x"}]}, "messages[0].role"),
    ({"messages": [{"role": "user"}]}, "messages[0].content"),
    ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "c"}]}, "messages[0].tool_call_id"),
    ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "messages[0].content"),
    ({**HI, "n": 0}, "n"),
    ({**HI, "n": 17}, "n"),
    ({**HI, "temperature": 99}, "temperature"),
    ({**HI, "temperature": "hot"}, "temperature"),
    ({**HI, "max_tokens": -5}, "max_tokens"),
    ({**HI, "stop": ""}, "stop"),
    ({**HI, "logit_bias": {"cat": 1}}, "logit_bias"),
    ({**HI, "logit_bias": {"1": 101}}, "logit_bias"),
    ({**HI, "top_logprobs": 3}, "top_logprobs"),
    ({**HI, "logprobs": True, "top_logprobs": 21}, "top_logprobs"),
    ({**HI, "response_format": {"type": "xml"}}, "response_format.type"),
    ({**HI, "response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    ({**HI, "tools": [TOOL]}, "tools"),
    ({**HI, "tool_choice": "required"}, "tool_choice"),
    ({**HI, "tools": [TOOL], "tool_choice": {"function": {"name": "other"}}}, "tool_choice"),
    ({**HI, "modalities": ["audio"]}, "modalities"),
    ({**HI, "reasoning_effort": "huge"}, "reasoning_effort"),
]


@pytest.mark.parametrize(("body", "param"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_be_is_refused_by_name(rig: Rig, body: dict[str, object], param: str) -> None:
    status, _, found = rig.refusal("/v1/chat/completions", body)
    assert status == 400
    if body:  # msgspec names what is missing in the message alone
        assert found == param


@pytest.mark.parametrize(
    "body",
    [
        {"prompt": "x", "best_of": 1, "n": 2},
        {"prompt": "x", "best_of": 3, "stream": True},
        {"prompt": "x", "suffix": "y"},
        {"prompt": [1, "x"]},
        {"prompt": [[]]},
        {"prompt": [-1, 2]},
        {"prompt": []},
        {"prompt": "x", "max_tokens": 0},
        {"prompt": "x", "max_tokens": 0, "echo": True},
        {"prompt": ""},
    ],
)
def test_completions_that_cannot_be(rig: Rig, body: dict[str, object]) -> None:
    assert rig.refusal("/v1/completions", body)[0] == 400


def test_unknown_models_and_places(rig: Rig) -> None:
    assert rig.refusal("/v1/chat/completions", {**HI, "model": "other"}) == (404, "model_not_found", "model")
    assert rig.refusal("/v1/engines/other/completions", {"prompt": "x"}) == (404, "model_not_found", "model")
    assert rig.refusal("/v1/nowhere", {})[0] == 404
    status, _, headers = rig.ask("/v1/chat/completions", method="GET")
    assert (status, headers["allow"]) == (405, "POST")


def test_a_prompt_that_is_too_long(rig: Rig) -> None:
    body = {"messages": [{"role": "user", "content": "cat " * 5000}]}
    assert rig.refusal("/v1/chat/completions", body)[:2] == (400, "context_length_exceeded")
    assert rig.refusal("/v1/chat/completions", {**body, "stream": True})[:2] == (400, "context_length_exceeded")
