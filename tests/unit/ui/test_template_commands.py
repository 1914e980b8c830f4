"""What the chat template of the loaded model lets one choose."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot
from test_main_window import MODEL, Desk

from desktopchat.commands.command import Condition
from desktopchat.core.params import SamplingParams
from desktopchat.ui.chooser import Chooser
from desktopchat.ui.overlay import TextCard

THINKER = replace(MODEL, asks=("enable_thinking", "reasoning_effort"), sample="<|user|>Hello\n<|assistant|>")


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def choose(desk: Desk, words: str, qtbot: QtBot) -> None:
    chooser = desk.window.findChild(Chooser)
    assert chooser is not None
    qtbot.keyClicks(QApplication.focusWidget(), words)
    desk.key(Qt.Key.Key_Return)


def test_only_what_the_template_asks_for_is_offered(desk: Desk) -> None:
    choices = desk.window.panel.choices
    desk.models.model_loaded.emit(MODEL)
    assert choices.isHidden()
    assert not desk.window.commands.template.conditions()
    desk.models.model_loaded.emit(replace(THINKER, asks=("enable_thinking",)))
    assert not choices.isHidden()
    shown = {field.objectName(): not field.isHidden() for field in choices.findChildren(QComboBox)}
    assert shown == {"enable_thinking": True, "reasoning_effort": False}
    assert desk.window.commands.template.conditions() == {Condition.THINKS}


def test_thinking_and_effort_are_chosen_by_key(desk: Desk, qtbot: QtBot) -> None:
    desk.models.model_loaded.emit(THINKER)
    desk.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    choose(desk, "off", qtbot)
    assert desk.asked()[-1] == ("sampling", SamplingParams(enable_thinking=False))
    desk.window.commands.template.choose_effort()
    choose(desk, "high", qtbot)
    assert desk.asked()[-1] == ("sampling", SamplingParams(reasoning_effort="high"))


def test_the_panel_shows_and_sets_them(desk: Desk, qtbot: QtBot) -> None:
    desk.models.model_loaded.emit(THINKER)
    thinking, effort = desk.window.panel.choices.findChildren(QComboBox)
    desk.chat.sampling_changed.emit(SamplingParams(enable_thinking=False, reasoning_effort="medium"))
    assert (thinking.currentText(), effort.currentText()) == ("Off", "Medium")
    thinking.setFocus()
    qtbot.keyClick(thinking, Qt.Key.Key_Up)
    assert desk.asked()[-1] == ("sampling", SamplingParams(enable_thinking=True, reasoning_effort="medium"))


def test_another_template_is_chosen_and_shown(desk: Desk, qtbot: QtBot) -> None:
    desk.models.model_loaded.emit(THINKER)
    desk.window.commands.template.choose_template()
    choose(desk, "llama3", qtbot)
    assert desk.models.calls[-1] == ("template", "llama3")
    desk.models.template_changed.emit(THINKER)
    assert desk.window.findChild(TextCard) is not None
