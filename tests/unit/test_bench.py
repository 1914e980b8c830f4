"""The figures of `desktopchat bench`, measured on a tiny model in a real child process."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopchat.bench import Bench, measure, run, table
from desktopchat.core.errors import UserError
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import Delta, PromptProgress
from desktopchat.library.folder import inspect
from desktopchat.paths import Paths
from desktopchat.session import Session
from tests.tiny_models import write_tiny

SECONDS = (
    "load_seconds",
    "stop_in_prompt_seconds",
    "stop_in_generation_seconds",
    "first_token_cold_seconds",
    "first_token_follow_up_seconds",
    "first_token_switch_back_seconds",
    "first_token_reopened_seconds",
    "pipe_seconds_per_token",
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    model = inspect(write_tiny(tmp_path / "tiny.gguf"))
    with Bench(model, LoadParams(n_ctx=512), tmp_path) as loaded:
        yield loaded


def test_answer_has_exactly_the_tokens_that_are_timed(bench: Bench) -> None:
    usages = [bench.complete("The", count).finished.usage for count in (1, 2, 129)]
    assert [usage.completion_tokens for usage in usages] == [1, 2, 129]


def test_completion_starts_from_an_empty_cache(bench: Bench) -> None:
    runs = [bench.complete("river mountain engine", 2) for _ in range(2)]
    assert [sample.finished.usage.cached_tokens for sample in runs] == [0, 0]
    assert runs[0].text == runs[1].text


def test_texts_are_as_long_as_wanted(bench: Bench) -> None:
    longest_word = 10  # tokens, with the space: this model has a token for each byte
    text = bench.text_of(200)
    usage = bench.complete(text, 1).finished.usage
    assert 200 - longest_word < usage.prompt_tokens <= 200
    cold = bench.ask(bench.talk_of(200), conversation="1").finished.usage
    assert 200 - longest_word < cold.prompt_tokens <= 200


def test_follow_up_finds_the_conversation_in_the_cache(bench: Bench) -> None:
    text = bench.talk_of(200)
    cold = bench.ask(text, conversation="1")
    again = bench.ask(text, cold.text, "Tell 1.", conversation="1").finished.usage
    assert cold.finished.usage.cached_tokens == 0
    assert again.cached_tokens >= cold.finished.usage.prompt_tokens


@pytest.mark.parametrize(("prompt_tokens", "after"), [(400, PromptProgress), (3, Delta)])
def test_stop_is_timed(bench: Bench, prompt_tokens: int, after: type[PromptProgress | Delta]) -> None:
    assert 0 <= bench.stop_latency(bench.text_of(prompt_tokens), after, 0.001) < 3


def test_every_figure_is_there(tmp_path: Path) -> None:
    model = inspect(write_tiny(tmp_path / "tiny.gguf"))
    result = measure(model, LoadParams(n_ctx=512), tmp_path / "folder", 1)
    assert json.loads(json.dumps(result)) == result
    assert all(0 <= result[name] < 60 for name in SECONDS)
    assert result["prompt_tokens_per_second"] > 1
    assert result["generation_tokens_per_second"] > 1
    assert 10e6 < result["child_memory_bytes"] < 2e9
    acceptance = result["speculation_acceptance"]
    assert acceptance is None or 0 <= acceptance <= 1
    assert result["conversation_tokens"] <= 256
    assert result["notes"] == [
        "The context window is small, so the conversation has 256 tokens, not 4,000.",
        f"The prompt has {result['prompt_tokens']} tokens, not 512.",
    ]


def test_table_has_units() -> None:
    result: dict[str, Any] = {
        "model": "tiny",
        "n_ctx": 8192,
        "load_seconds": 0.25,
        "generation_tokens_per_second": 101.26,
        "child_memory_bytes": 250e6,
        "speculation_acceptance": None,
        "pipe_seconds_per_token": 0.00002,
        "notes": ["A note."],
    }
    lines = [line.split(maxsplit=3) for line in table(result).splitlines()]
    assert [" ".join(line) for line in lines] == [
        "model tiny",
        "n ctx 8,192",
        "load 0.250 s",
        "generation 101.3 tokens/s",
        "child memory 250 MB",
        "speculation acceptance nothing was drafted",
        "pipe 0.020 ms/token",
        "",
        "A note.",
    ]


@pytest.mark.parametrize("engine", ["inprocess", "scripted:50"])
def test_other_engines_are_refused(tmp_path: Path, engine: str) -> None:
    session = Session(Paths.resolve(tmp_path), engine, debug=False)
    with pytest.raises(UserError, match="child process"):
        run(session, None, 1, as_json=False)
