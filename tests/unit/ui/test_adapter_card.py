"""Adapters are put on and off, and made stronger and weaker, by key."""

from dataclasses import replace

import pytest
from fake_chats import FakeChat
from fake_models import FakeAdapters, FakeModels
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot
from test_main_window import MODEL, Desk
from ui_fakes import open_window

from desktopchat.core.adapter import Adapter
from desktopchat.core.adapter_choices import AdapterChoice
from desktopchat.core.notice import Notice
from desktopchat.ui.adapter_card import AdapterCard
from desktopchat.ui.chooser import DETAIL

PIRATE = AdapterChoice(Adapter("/models/pirate.gguf", "lora"))
FORMAL = AdapterChoice(Adapter("/models/formal.gguf", "control_vector", 0.5, 3, 9), on=False)
CONTROL = Qt.KeyboardModifier.ControlModifier


class Rig:
    """A window with the card of two adapters open."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.adapters, self.models = FakeAdapters(FORMAL, PIRATE), FakeModels()
        self.window = open_window(qtbot, FakeChat(), models=self.models, adapters=self.adapters)
        self.models.model_loaded.emit(MODEL)
        self.key(Qt.Key.Key_D, modifiers=CONTROL)
        card = self.window.findChild(AdapterCard)
        assert card is not None
        self.card = card
        self.list = self.card.findChild(QListWidget)

    def key(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self._qtbot.keyClick(QApplication.focusWidget(), key, modifiers)

    def type(self, text: str) -> None:
        for character in text:
            self._qtbot.keyClicks(QApplication.focusWidget(), character)

    def rows(self) -> list[tuple[str, str]]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [(item.text(), item.data(DETAIL)) for item in items]

    def said(self) -> str:
        return "\n".join(label.text() for label in self.card.findChildren(QLabel) if not label.isHidden())


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    return Rig(qtbot)


def test_the_adapters_are_listed_with_kind_scale_and_layers(rig: Rig) -> None:
    assert rig.rows() == [
        ("○  formal", "control vector · layers 3 to 9 · ×0.5"),
        ("●  pirate", "LoRA · ×1"),
        ("+  Add a file…", ""),
    ]
    spoken = rig.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "formal, off, control vector · layers 3 to 9 · ×0.5"


def test_space_and_enter_put_one_on_and_off(rig: Rig) -> None:
    rig.key(Qt.Key.Key_Space)
    assert rig.adapters.calls[-1] == ("set", replace(FORMAL, on=True), PIRATE)
    rig.key(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert rig.adapters.calls[-1] == ("set", replace(FORMAL, on=True), replace(PIRATE, on=False))
    assert [text for text, _ in rig.rows()] == ["●  formal", "○  pirate", "+  Add a file…"]
    assert rig.list.currentRow() == 1


def test_left_and_right_change_the_scale(rig: Rig) -> None:
    rig.key(Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert rig.rows()[1] == ("●  pirate", "LoRA · ×0.8")
    rig.key(Qt.Key.Key_Right, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert rig.adapters.calls[-1] == ("set", FORMAL, replace(PIRATE, adapter=replace(PIRATE.adapter, scale=0.81)))


def test_a_number_sets_the_scale_and_puts_it_on(rig: Rig) -> None:
    rig.type("-1.5")
    rig.key(Qt.Key.Key_Return)
    wanted = AdapterChoice(replace(FORMAL.adapter, scale=-1.5))
    assert rig.adapters.calls == [("set", wanted, PIRATE)]
    assert rig.list.hasFocus()
    rig.type("2:4-6")
    rig.key(Qt.Key.Key_Return)
    wanted = AdapterChoice(Adapter("/models/formal.gguf", "control_vector", 2, 4, 6))
    assert rig.adapters.calls[-1] == ("set", wanted, PIRATE)


def test_a_wrong_number_is_said_and_changes_nothing(rig: Rig) -> None:
    for text, says in (("1..2", "is no scale"), ("500", "from -100 to 100"), ("1:9-3", "from layer 9 to layer 3")):
        rig.type(text)
        rig.key(Qt.Key.Key_Return)
        assert says in rig.said()
        rig.key(Qt.Key.Key_Escape)
        assert rig.list.hasFocus()
        assert rig.card.isVisible()
    assert rig.adapters.calls == []


def test_what_is_refused_is_said_on_the_card_and_the_choice_taken_back(rig: Rig) -> None:
    rig.key(Qt.Key.Key_Space)
    rig.adapters.changed.emit((PIRATE,))
    rig.adapters.noticed.emit(Notice("error", "formal does not fit.", "Choose another."))
    assert "formal does not fit. Choose another." in rig.said()
    assert [text for text, _ in rig.rows()] == ["○  formal", "●  pirate", "+  Add a file…"]
    rig.key(Qt.Key.Key_Down, Qt.Key.Key_Space)
    assert "does not fit" not in rig.said()


def test_another_file_can_be_added(rig: Rig) -> None:
    rig.key(Qt.Key.Key_End, Qt.Key.Key_Return)
    dialog = rig.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/elsewhere/kind.gguf")
    dialog.reject()
    assert rig.adapters.calls == [("add", "/elsewhere/kind.gguf")]
    kind = AdapterChoice(Adapter("/elsewhere/kind.gguf", "control_vector"))
    rig.adapters.changed.emit((PIRATE, kind))
    assert [text for text, _ in rig.rows()] == ["○  formal", "●  pirate", "●  kind", "+  Add a file…"]


def test_esc_closes_it_and_the_field_has_the_focus_again(rig: Rig) -> None:
    rig.key(Qt.Key.Key_Escape)
    assert rig.window.page.composer.field.hasFocus()
    rig.adapters.noticed.emit(Notice("error", "It does not fit."))
    assert rig.window.page.banner.isVisible()


def test_asked_for_once_more_the_card_stays_and_is_brought_up_to_date(rig: Rig) -> None:
    rig.adapters.choices = (PIRATE,)
    rig.key(Qt.Key.Key_D, modifiers=CONTROL)
    assert rig.window.findChildren(AdapterCard) == [rig.card]
    assert [text for text, _ in rig.rows()] == ["●  pirate", "+  Add a file…"]
    rig.adapters.noticed.emit(Notice("error", "It does not fit."))
    assert "It does not fit." in rig.said()


def test_the_model_is_called_by_its_adapters(rig: Rig) -> None:
    model = replace(MODEL, adapters=(replace(PIRATE.adapter, scale=0.8),))
    rig.models.adapted.emit(model)
    assert rig.window.status.text().startswith("tiny-1b + pirate×0.8 · CPU")
    rig.models.adapted.emit(MODEL)
    assert rig.window.status.text().startswith("tiny-1b · CPU")


def test_hostile_names_are_inert(qtbot: QtBot) -> None:
    desk = Desk(qtbot)
    card = AdapterCard("<b>model", desk.window)
    card.show_choices((AdapterChoice(Adapter("/a\u202e\n<i>b.gguf", "lora")),))
    text = card.findChild(QListWidget).item(0).text()
    assert "\u202e" not in text
    assert "\n" not in text
    assert card.findChild(QLineEdit).isHidden()
