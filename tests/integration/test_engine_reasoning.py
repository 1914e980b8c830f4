"""What a real engine makes of reasoning, tool calls and templates. A grammar tells the model what to say."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationFinished,
    GenerationRequest,
    ModelInfo,
    ModelLoaded,
    PromptSettings,
)
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.library.folder import inspect
from tests.tiny_models import write_tiny

TEMPLATE = (
    "{% if tools %}{{ tools | tojson }}{% endif %}"
    "{% for m in messages %}{{ '<|' + m.role + '|>' + (m.reasoning_content or '') + m.content + '</s>' }}{% endfor %}"
    "<|assistant|>{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}"
    "{# </think> <tool_call> #}"
)
CALL = '<tool_call>{"name": "look", "arguments": {"at": 1}}</tool_call>'
TOOLS = '[{"type": "function", "function": {"name": "look"}}]'
IDS = itertools.count(1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LlamaEngine]:
    engine = LlamaEngine()
    load(engine, tmp_path, TEMPLATE)
    yield engine
    engine.close()


def load(engine: LlamaEngine, folder: Path, template: str, wanted: str = "") -> ModelInfo:
    file = inspect(write_tiny(folder / "tiny.gguf", **{"tokenizer.chat_template": template}))
    *_, loaded = engine.load(file, LoadParams(n_ctx=512, template=wanted))
    assert isinstance(loaded, ModelLoaded)
    return loaded.info


def request(said: str, *turns: ChatMessage, tools: str = "", n: int = 1, **sampling: object) -> GenerationRequest:
    grammar = f"root ::= {json.dumps(said)}"
    wanted = SamplingParams(grammar=grammar, max_tokens=0, n=n).changed(**sampling)
    turns = turns or (ChatMessage(Role.USER, "hi"),)
    return GenerationRequest(next(IDS), turns, wanted, tools=tools, top_logprobs=1)


def run(
    engine: LlamaEngine, asked: GenerationRequest
) -> tuple[str, str, list[str], ChoiceFinished, GenerationFinished]:
    events = list(engine.generate(asked))
    deltas = [event for event in events if isinstance(event, Delta)]
    finished = events[-1]
    assert isinstance(finished, GenerationFinished)
    assert sum(delta.tokens for delta in deltas) == finished.usage.completion_tokens
    assert all(len(delta.logprobs) == delta.tokens for delta in deltas)
    text, reasoning = ("".join(getattr(one, name) for one in deltas) for name in ("text", "reasoning"))
    calls = [call.name for one in deltas for call in one.calls]
    (choice,) = (event for event in events if isinstance(event, ChoiceFinished))
    return text, reasoning, calls, choice, finished


def test_reasoning_comes_apart_and_is_counted(engine: LlamaEngine) -> None:
    text, reasoning, _, choice, _ = run(engine, request("<think>hm\n</think>\n\nyes"))
    assert (text, reasoning) == ("yes", "hm")
    assert choice.reasoning_tokens == len("hm\n</think>")  # a token is a byte here
    assert choice.reasoning_seconds > 0


def test_a_stop_string_ends_what_is_said_and_not_what_is_thought(engine: LlamaEngine) -> None:
    text, reasoning, _, choice, _ = run(engine, request("<think>no way</think>so no more", stop=("no",)))
    assert (text, reasoning, choice.stop) == ("so ", "no way", "no")


def test_calls_come_only_when_tools_are_offered(engine: LlamaEngine) -> None:
    assert run(engine, request(f"I look.{CALL}", tools=TOOLS))[:3] == ("I look.", "", ["look"])
    assert run(engine, request(f"I look.{CALL}"))[:3] == (f"I look.{CALL}", "", [])


def test_reasoning_is_gone_on_with(engine: LlamaEngine) -> None:
    cut = ChatMessage(Role.ASSISTANT, "", "so f")
    text, reasoning, *_ = run(engine, request("ar</think>yes", ChatMessage(Role.USER, "hi"), cut))
    assert (text, reasoning) == ("yes", "ar")


def test_the_template_is_told_whether_to_think(engine: LlamaEngine) -> None:
    question = ChatMessage(Role.USER, "hi")
    plain, told = (run(engine, request("yes", question, enable_thinking=one))[-1].usage for one in (None, False))
    assert told.prompt_tokens == plain.prompt_tokens + len("<think></think>")
    assert engine.count_tokens([question]) == plain.prompt_tokens
    assert engine.count_tokens([question], PromptSettings(enable_thinking=False)) == told.prompt_tokens


def test_a_follow_up_evaluates_only_what_the_template_changes(engine: LlamaEngine) -> None:
    question = ChatMessage(Role.USER, "hi")
    *_, first = run(engine, request("<think>hm</think>yes", question))
    answer = ChatMessage(Role.ASSISTANT, "yes", "hm")
    *_, second = run(engine, request("yes", question, answer, question))
    # This template gives the reasoning back without its marks, so all up to the first mark is reused.
    assert second.usage.cached_tokens == first.usage.prompt_tokens


@pytest.mark.parametrize("wanted", ["chatml", "none", "{{ messages[0].content }}!"])
def test_another_template_takes_the_place_of_the_own_one(tmp_path: Path, wanted: str) -> None:
    engine = LlamaEngine()
    info = load(engine, tmp_path, TEMPLATE, wanted)
    samples = {"chatml": "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n", "none": "Hello"}
    assert info.sample == samples.get(wanted, "Hello!")
    assert info.template == (wanted if wanted in samples else "own")
    assert not info.warnings
    assert run(engine, request("yes"))[0] == "yes"
    engine.close()


def test_a_template_that_fails_is_replaced_by_a_named_one(tmp_path: Path) -> None:
    engine = LlamaEngine()
    info = load(engine, tmp_path, TEMPLATE, "{% for %}")
    assert info.template == "none"
    assert info.warnings == ("The chat template of this model cannot be used. tiny continues plain text instead.",)
    assert info.asks == ()
    assert load(engine, tmp_path, TEMPLATE).asks == ("enable_thinking", "tools")
    engine.close()
