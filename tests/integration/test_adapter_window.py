"""Adapters in the real window on a real model, by keys: applied, kept over a crash, and refused in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import PLAIN_PROMPT
from desktopchat.ui.adapter_card import AdapterCard
from tests.adapter_maker import directions, pairs, write_control_vector, write_lora
from tests.running_app import RunningApp, engines, running_app
from tests.tiny_models import write_tiny

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


class Person:
    """Somebody with a tiny model and two adapters for it."""

    def __init__(self, qtbot: QtBot, app: RunningApp, folder: Path) -> None:
        self.app, self._qtbot = app, qtbot
        self.models = folder / "models"
        self.models.mkdir()
        write_lora(self.models / "pirate.gguf", pairs())
        write_control_vector(self.models / "calm.gguf", directions())
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        assert app.open_model(write_tiny(self.models / "base.gguf")) is None
        app.chat.set_sampling(SamplingParams(temperature=0, max_tokens=8))

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self._qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    def open_card(self) -> AdapterCard:
        self.press(Key.Key_D, modifier=CTRL)
        self.app.wait(lambda: self.app.window.findChild(AdapterCard))
        card = self.app.window.findChild(AdapterCard)
        assert card is not None
        return card

    def waits_for(self, status: str) -> None:
        self.app.wait(lambda: self.app.window.status.text().startswith(status))

    def ask(self) -> tuple[str, str]:
        """Ask in a new conversation, and return who answered what."""
        self.app.new_conversation()
        self.app.chat.set_sampling(SamplingParams(temperature=0, max_tokens=8))
        with self._qtbot.waitSignal(
            self.app.chat.answering_changed, check_params_cb=lambda answering: not answering, timeout=20_000
        ):
            self.app.chat.send("Hello")
        self.app.wait_stored()
        answer = self.app.stored()[-1]
        return answer.model, answer.content


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    params = LoadParams(n_ctx=256, n_gpu_layers=0)
    with running_app(qtbot, tmp_path, params) as app:
        yield Person(qtbot, app, tmp_path)


def test_an_adapter_is_put_on_by_keys_and_stays_over_a_crash(person: Person) -> None:
    plain = person.ask()
    assert plain[0] == "base"
    person.open_card()
    person.press(Key.Key_Down, Key.Key_Space)
    person.waits_for("base + pirate · CPU")
    person.press(Key.Key_0, Key.Key_Period, Key.Key_5, Key.Key_Return)
    person.waits_for("base + pirate×0.5 · CPU")
    person.press(Key.Key_Up, Key.Key_Return)
    person.waits_for("base + calm + pirate×0.5 · CPU")
    person.press(Key.Key_Escape)
    adapted = person.ask()
    assert adapted[0] == "base + calm + pirate×0.5"
    assert adapted[1] != plain[1]
    (engine,) = engines()
    engine.kill()
    engine.wait()
    person.app.worker.count((), "Hello", PLAIN_PROMPT)  # finds the engine dead
    person.app.wait(lambda: person.app.models.loaded is None)
    assert person.ask() == adapted
    person.open_card()
    person.press(Key.Key_Space, Key.Key_Down, Key.Key_Space)
    person.waits_for("base · CPU")
    person.press(Key.Key_Escape)
    assert person.ask() == plain


def test_what_is_gone_is_refused_on_the_card(person: Person) -> None:
    card = person.open_card()
    (person.models / "calm.gguf").unlink()
    person.press(Key.Key_Space)
    person.app.wait(lambda: "calm.gguf does not exist." in "".join(one.text() for one in card.findChildren(QLabel)))
    person.press(Key.Key_Down, Key.Key_Space)
    person.waits_for("base + pirate · CPU")
