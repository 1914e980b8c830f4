"""The real model's alternatives from llama.cpp's logits to the store, and other ways from its answers."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktopchat.controllers.explain import Explanation
from desktopchat.core.chat import Message
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.token import ALTERNATIVES, TokenLogprobs
from desktopchat.engine.llama import writing
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.engine.llama.logprobs import Logits, logprobs_of
from desktopchat.engine.llama.model import LoadedModel
from tests.running_app import RunningApp, running_app

KEPT = 1 / 2048 + 2e-4  # what a log-probability may lose when it is computed and kept
LOAD = LoadParams(n_ctx=2048)

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


def ask(app: RunningApp, text: str, sampling: SamplingParams) -> Message:
    app.chat.set_sampling(sampling)
    app.chat.send(text)
    app.wait(lambda: app.chat.answering)
    app.wait_idle()
    return app.stored()[-1]


def explain(app: RunningApp, message: Message) -> Explanation:
    with app.qtbot.waitSignal(app.window.insight.explain.explained) as told:
        app.window.insight.explain.explain(message)
    found: Explanation = told.args[0]
    return found


@pytest.fixture
def logits_of_steps(monkeypatch: pytest.MonkeyPatch) -> list[Logits]:
    """Keep what llama.cpp computed for each step."""
    seen: list[Logits] = []

    def keep(loaded: LoadedModel, logits: Logits, *rest: Any) -> TokenLogprobs:
        seen.append(logits.copy())
        return logprobs_of(loaded, logits, *rest)

    monkeypatch.setattr(writing, "logprobs_of", keep)
    return seen


@pytest.mark.parametrize("temperature", [0.0, 1.2])
def test_the_alternatives_are_those_of_the_logits(
    qtbot: QtBot, tmp_path: Path, starter_model: Path, logits_of_steps: list[Logits], temperature: float
) -> None:
    """Each one that is shown, against a softmax over the whole vocabulary of the same step, in double precision."""
    with running_app(qtbot, tmp_path, LOAD, LlamaEngine()) as app:
        app.open_model(starter_model)
        answer = ask(app, "什么是猫？ What is a cat?", SamplingParams(temperature=temperature, max_tokens=40, seed=3))
        log = explain(app, answer).log
        assert len(log) == answer.usage.completion_tokens
        for step, logits in zip(log, logits_of_steps, strict=True):
            exact = logits.astype(np.float64)
            exact -= exact.max() + math.log(np.exp(exact - exact.max()).sum())
            assert len(step.top) == ALTERNATIVES
            assert [one.token for one in step.top] == np.argsort(-logits, kind="stable")[:ALTERNATIVES].tolist()
            for one in (step.chosen, *step.top):
                assert one.logprob == pytest.approx(exact[one.token], abs=KEPT)
        assert log.texts().decode("utf-8", "replace").startswith(answer.content.rstrip("\N{REPLACEMENT CHARACTER}"))


def test_another_way_evaluates_no_prompt(qtbot: QtBot, tmp_path: Path, starter_model: Path) -> None:
    with running_app(qtbot, tmp_path, LOAD) as app:
        app.open_model(starter_model)
        sampling = SamplingParams(max_tokens=60, seed=3)
        question = "Tell me about the sea, the sky and the wind. " * 20
        answer = ask(app, question, sampling)
        explanation = explain(app, answer)
        for place in (40, 5):
            choice = next(one for one in explanation.log[place].top if one.kind == "text" and one.text.isascii())
            app.window.insight.explain.fork(explanation, place, choice)
            app.wait(lambda: app.chat.answering)
            app.wait_idle()
            forked = app.stored()[-1]
            assert forked.content.startswith(explanation.log.texts(place).decode() + choice.text)
            assert forked.usage.prompt_tokens > answer.usage.prompt_tokens
            # The choice itself, and the token before it where the tokenizer joins them.
            assert forked.usage.prompt_tokens - forked.usage.cached_tokens <= 2
            assert explain(app, forked).log.texts().decode().startswith(forked.content)
        assert [message.id for message in app.stored()][:-1] == [answer.parent_id]
        assert app.store.message(answer.id).content == answer.content


def test_the_prompt_as_sent_is_the_one_that_was_evaluated(qtbot: QtBot, tmp_path: Path, starter_model: Path) -> None:
    with running_app(qtbot, tmp_path, LOAD) as app:
        app.open_model(starter_model)
        answer = ask(app, "什么是猫？ <|im_end|>", SamplingParams(max_tokens=4))
        with app.qtbot.waitSignal(app.window.insight.explain.prompt_told) as told:
            app.window.insight.explain.tell_prompt(answer)
        prompt = told.args[0]
        assert prompt.is_same
        assert b"".join(token.piece for token in prompt.rendered.tokens).decode() == prompt.rendered.text
        assert "什么是猫？ <|im_end|><|im_end|>" in prompt.rendered.text
        pieces = [token.piece for token in prompt.rendered.tokens]
        assert pieces.count(b"<|im_end|>") == prompt.rendered.text.count("<|im_end|>") - 1  # what was typed is text
