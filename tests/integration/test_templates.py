"""Chat templates: what llama.cpp's own tests expect, and what wants to do harm."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.engine.guard import Bounds
from desktopchat.engine.llama.templates import BuiltIn, built_in, fallback_for
from desktopchat.engine.sandbox import Sandbox
from desktopchat.engine.template import ChatTemplate
from tests import hostile_templates

ROOT = Path(__file__).resolve().parents[2]
CASES = json.loads((ROOT / "tests/data/chat-templates.json").read_text(encoding="utf-8"))["cases"]
CONVERSATION = (
    ("system", "You are a helpful assistant"),
    ("user", "Hello"),
    ("assistant", "Hi there"),
    ("user", "Who are you"),
    ("assistant", "   I am an assistant   "),
    ("user", "Another question"),
)
NAMES = [case["name"] for case in CASES]
LONGEST, MOST = 2.0, 200 << 20  # seconds, bytes


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_jinja_renders_what_llama_cpp_expects(case: dict[str, Any]) -> None:
    if not case.get("jinja", True):
        pytest.skip("llama.cpp expects nothing of this one in Jinja")
    tokens = {"bos_token": case["bos"], "eos_token": case["eos"]}
    sandbox = Sandbox(case["template"], Bounds(), tokens)
    turns = (*CONVERSATION, *map(tuple, case.get("more", ())))
    if case.get("more"):  # in roles that no conversation of ours has
        text = sandbox.render([{"role": role, "content": content} for role, content in turns], tokens)
    else:
        template = ChatTemplate(sandbox, case["bos"], case["eos"], [case["bos"], case["eos"]])
        prompt = template.render([ChatMessage(Role(role), content) for role, content in turns])
        text = "".join(segment.text for segment in prompt.segments)
    assert text == case["expected"]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_built_in_templates_render_what_llama_cpp_expects(case: dict[str, Any]) -> None:
    turns = (*CONVERSATION, *map(tuple, case.get("more", ())))
    messages = [{"role": role, "content": content} for role, content in turns]
    assert BuiltIn(case["template"]).render(messages, {}) == case.get("native", case["expected"])


def test_the_built_in_templates_have_names() -> None:
    assert {"chatml", "llama2", "llama3", "gemma", "mistral-v3", "phi3", "gpt-oss", "deepseek3"} <= set(built_in())
    assert {fallback_for([mark]) for mark in ("<|im_start|>", "<start_of_turn>", "x")} == {"chatml", "gemma", "none"}


def test_a_built_in_template_says_all_that_was_said() -> None:
    long = "天气 " * 10_000 + "\0end"
    assert "天气 \N{REPLACEMENT CHARACTER}end" in BuiltIn("chatml").render([{"role": "user", "content": long}], {})


def use(folder: Path, *places: int) -> tuple[list[dict[str, Any]], int]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOSTILE": hostile_templates.SECRET}
    command = [sys.executable, "-m", "tests.hostile_templates", *map(str, places)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux tells it")
def test_hostile_templates_do_no_harm_and_are_replaced(tmp_path: Path) -> None:
    count = len(hostile_templates.TEMPLATES) - len(hostile_templates.STUBBORN)
    assert count >= 57
    results, exit_code = use(tmp_path, *range(count))
    assert exit_code == 0
    assert len(results) == count
    for source, result in zip(hostile_templates.TEMPLATES, results, strict=False):
        told = f"{source[:100]}: {result}"
        assert (result["ran"], result["leaks"]) == (False, False), told
        assert result["seconds"] < LONGEST, told
        assert result["memory"] < MOST, told
        if result["name"] == "own":  # it did no harm with a first question; later it may only be refused
            assert result["cure"] in ("", "Choose another template for this model."), told
        else:
            assert result["name"] == "chatml", told
            assert "The built-in template chatml is used instead." in result["warnings"][0], told
    assert sum(result["name"] == "own" for result in results) < 3


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux tells it")
def test_stubborn_templates_end_with_the_process_in_time(tmp_path: Path) -> None:
    count = len(hostile_templates.TEMPLATES)
    for place in range(count - len(hostile_templates.STUBBORN), count):
        started = time.perf_counter()
        results, exit_code = use(tmp_path, place)
        assert (results, exit_code) == ([], 1)
        assert time.perf_counter() - started < 60  # the bound is on the template, not on the start of a process
