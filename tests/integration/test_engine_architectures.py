"""Models whose KV cache cannot be cut at will: they are recognised, and their answers are right all the same."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.chat import ChatMessage, Role, Usage
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationFinished, GenerationRequest, ModelInfo, ModelLoaded
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.library.folder import inspect
from tests.tiny_models import write_tiny

IDS = itertools.count(1)
# 200 bytes are 200 tokens of the tiny vocabulary: several times the sliding window.
LONG = "The river runs past the old mill, and the miller counts his sacks. " * 3
ARCHITECTURES = {"llama": "full", "gemma3": "window", "mamba": "append"}


def load(path: Path) -> tuple[LlamaEngine, ModelInfo]:
    engine = LlamaEngine()
    *_, last = engine.load(inspect(path), LoadParams())
    assert isinstance(last, ModelLoaded)
    return engine, last.info


def ask(engine: LlamaEngine, *texts: str, conversation: str = "", max_tokens: int = 12) -> tuple[str, Usage]:
    roles = itertools.cycle([Role.USER, Role.ASSISTANT])
    messages = tuple(ChatMessage(role, text) for role, text in zip(roles, texts, strict=False))
    sampling = SamplingParams(temperature=0, max_tokens=max_tokens)
    events = list(engine.generate(GenerationRequest(next(IDS), messages, sampling, None, conversation)))
    last = events[-1]
    assert isinstance(last, GenerationFinished)
    return "".join(event.text for event in events if isinstance(event, Delta)), last.usage


@pytest.fixture(params=ARCHITECTURES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_tiny(tmp_path / f"{request.param}.gguf", request.param)


@pytest.fixture
def engine(path: Path) -> Iterator[LlamaEngine]:
    engine, _ = load(path)
    yield engine
    engine.close()


def test_what_the_cache_allows_is_recognised_and_said(path: Path) -> None:
    engine, info = load(path)
    engine.close()
    assert info.reuse == ARCHITECTURES[path.stem]
    assert any("start" in warning for warning in info.warnings) == (info.reuse != "full")


def fresh(path: Path, *texts: str) -> str:
    engine, _ = load(path)
    text, _ = ask(engine, *texts)
    engine.close()
    return text


def test_follow_ups_edits_and_switches_answer_as_a_fresh_model_does(path: Path, engine: LlamaEngine) -> None:
    first, _ = ask(engine, LONG)
    assert first == fresh(path, LONG)
    steps = [
        (LONG, first, "And then?"),
        (LONG, first, "And now?"),
        ("Something else.",),
        (LONG, first, "And then?"),
        (LONG[:100],),
    ]
    for step in steps:
        assert ask(engine, *step)[0] == fresh(path, *step)


def test_going_on_is_cheap_for_every_model(engine: LlamaEngine) -> None:
    first, _ = ask(engine, LONG)
    _, usage = ask(engine, LONG, first, "And then?")
    assert usage.prompt_tokens - usage.cached_tokens < 100  # the nonsense that was answered may not be valid text


def test_the_same_question_again_is_cheap_for_every_model(engine: LlamaEngine) -> None:
    first, _ = ask(engine, LONG)
    again, usage = ask(engine, LONG)
    assert again == first
    assert usage.prompt_tokens - usage.cached_tokens == 0


def test_sign_for_the_unknown_is_no_text(engine: LlamaEngine) -> None:
    sampling = SamplingParams(temperature=0, max_tokens=3, logit_bias=((0, 1000.0),))
    request = GenerationRequest(next(IDS), (ChatMessage(Role.USER, LONG),), sampling, top_logprobs=1)
    deltas = [event for event in engine.generate(request) if isinstance(event, Delta)]
    assert "".join(delta.text for delta in deltas) == ""
    assert [one.chosen.kind for delta in deltas for one in delta.logprobs] == ["sign"] * 3


def test_a_switch_back_is_cheap_for_every_model(engine: LlamaEngine) -> None:
    ask(engine, LONG, conversation="1")
    ask(engine, "Quite another text. " * 8, conversation="2")
    _, usage = ask(engine, LONG, conversation="1")
    assert usage.prompt_tokens - usage.cached_tokens <= 1
