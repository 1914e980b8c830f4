"""A persona is chosen, filled in and taken back by key."""

from pathlib import Path
from typing import Any

import pytest
from fake_chats import FakeChat
from fake_writing import FakeWriting
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QListWidget, QPlainTextEdit
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.ui.persona_card import PersonaCard

Key, NO, SHIFT = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


class HoldingChat(FakeChat):
    """Has the parameters that it was given."""

    def set_sampling(self, sampling: SamplingParams) -> None:
        super().set_sampling(sampling)
        self.sampling = sampling
        self.sampling_changed.emit(sampling)


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.chat, self.writing = HoldingChat(), FakeWriting()
        self.window = open_window(qtbot, self.chat, writing=self.writing)
        self.press = lambda key, modifier=NO: qtbot.keyClick(QGuiApplication.focusObject(), key, modifier)
        self.type = lambda text: qtbot.keyClicks(QGuiApplication.focusObject(), text)

    @property
    def card(self) -> Any:
        return self.window.commands.overlay

    def prompts(self) -> list[str]:
        return [call[1] for call in self.chat.calls if call[0] == "system"]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_persona_without_fields_is_given_at_once_and_can_be_taken_back(desk: Desk) -> None:
    desk.window.panel.write_system_prompt("Mine.")
    desk.press(Key.Key_F4, SHIFT)
    desk.type("pir")
    desk.press(Key.Key_Return)
    assert desk.card is None
    assert desk.prompts() == ["Mine.", "Arr."]
    assert (desk.chat.sampling.temperature, desk.chat.sampling.persona) == (1.2, "Pirate")
    assert desk.window.panel.findChild(QPlainTextEdit).accessibleDescription() == "persona Pirate"
    assert desk.window.toast.text() == "The persona is Pirate. Ctrl+Z undoes it."
    desk.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.prompts()[-1] == "Mine."
    assert desk.chat.sampling == SamplingParams()
    assert desk.window.panel.findChild(QPlainTextEdit).accessibleDescription() == ""


def test_fields_are_filled_in_by_key(desk: Desk) -> None:
    desk.press(Key.Key_F4, SHIFT)
    desk.type("tutor")
    desk.press(Key.Key_Return)
    assert isinstance(desk.card, PersonaCard)
    desk.press(Key.Key_Return)  # who is taught is still missing, and gets the focus
    assert isinstance(desk.card, PersonaCard)
    assert QGuiApplication.focusObject().accessibleName() == "Who"
    desk.type("Ann")
    desk.press(Key.Key_Tab)
    assert QGuiApplication.focusObject().accessibleName() == "Notes"
    desk.type("one")
    desk.press(Key.Key_Return, SHIFT)
    desk.type("two")
    desk.press(Key.Key_Return)
    assert desk.card is None
    assert desk.prompts() == ["Teach maths to Ann.\n\nNotes:\none\ntwo"]
    assert desk.chat.sampling == SamplingParams(temperature=0.4, persona="Tutor")


def test_escape_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.press(Key.Key_F4, SHIFT)
    desk.type("tutor")
    desk.press(Key.Key_Return)
    desk.press(Key.Key_Escape)
    assert desk.card is None
    assert desk.chat.calls == []


def test_what_is_in_use_is_said(desk: Desk) -> None:
    desk.chat.set_sampling(SamplingParams(persona="Pirate"))
    desk.press(Key.Key_F4, SHIFT)
    shown = desk.card.findChild(QListWidget).item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert shown == "Pirate, Speaks like one · in use"


def test_a_system_prompt_that_is_emptied_is_no_persona_any_more(desk: Desk) -> None:
    desk.press(Key.Key_F4, SHIFT)
    desk.press(Key.Key_Return)
    assert desk.chat.sampling.persona == "Pirate"
    desk.window.panel.write_system_prompt("")
    assert desk.chat.sampling.persona == ""


def test_card_is_imported_and_faults_are_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "mira.png").touch()
    desk.window.actions_by_id["persona.import"].trigger()
    dialog = desk.window.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "mira.png"))
    dialog.reject()
    assert desk.writing.personas.cards == [str(tmp_path / "mira.png")]
    desk.writing.personas.noticed.emit(Notice("warning", "The persona x.md cannot be used."))
    assert "x.md cannot be used" in desk.window.page.banner.text()
