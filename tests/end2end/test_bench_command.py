"""`desktopchat bench` as people and scripts run it, with the real model and a small context."""

import json
import sys
from pathlib import Path

import pytest
from program import run


@pytest.fixture
def small_context(data_dir_with_model: Path) -> Path:
    (data_dir_with_model / "settings.toml").write_text("[model]\nn_ctx = 1024\n", "utf-8")
    return data_dir_with_model


@pytest.mark.skipif(sys.platform == "win32", reason="runs the program as the other end-to-end tests do")
def test_bench_measures_the_starter_model(small_context: Path) -> None:
    result = run(small_context, "bench", "--json", "--repetitions", "1")
    assert (result.returncode, result.stderr) == (0, "")
    figures = json.loads(result.stdout)
    assert figures["model"] == "SmolLM2-135M-Instruct.Q4_1"
    assert figures["prompt_tokens"] == 512
    assert figures["n_ctx"] == 1024
    assert figures["speculation_acceptance"] > 0.5
    assert figures["first_token_reopened_seconds"] < figures["first_token_cold_seconds"]
    assert figures["first_token_follow_up_seconds"] < figures["first_token_cold_seconds"]
    assert not list(small_context.rglob("*.kv")), "its KV states lie among the person's own"


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_bench_refuses_a_wrong_number(data_dir: Path, count: str) -> None:
    result = run(data_dir, "bench", "--repetitions", count)
    assert (result.returncode, result.stdout) == (2, "")
    assert "is not a number from 1 to 1000" in result.stderr
