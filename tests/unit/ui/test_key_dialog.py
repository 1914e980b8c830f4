"""Keys are changed by key, and show everywhere at once."""

from pathlib import Path

import pytest
from fake_chats import FakeChat, FakeConversations
from fake_running import keys_in
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.keys import KeyController
from desktopchat.ui.key_dialog import KeyDialog, pressed_key
from desktopchat.ui.row_delegate import ROW_ROLE

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CTRL, ALT, SHIFT, NONE = (
    Modifier.ControlModifier,
    Modifier.AltModifier,
    Modifier.ShiftModifier,
    Modifier.NoModifier,
)


class Asked:
    """A window with the open dialog."""

    def __init__(self, qtbot: QtBot, keys: KeyController) -> None:
        self.keys = keys
        self.chat = FakeChat()
        self.window = open_window(qtbot, self.chat, conversations=FakeConversations((1, "A chat", "Today")), keys=keys)
        self._qtbot = qtbot
        self.window.actions_by_id["keys.change"].trigger()
        self.dialog = self.window.findChild(KeyDialog)
        self.list = self.dialog.findChild(QListWidget)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        widget = QApplication.focusWidget()
        assert widget is not None
        self._qtbot.keyClick(widget, key, modifiers)

    def find(self, text: str) -> None:
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        field.clear()
        self._qtbot.keyClicks(field, text)

    def rows(self) -> list[str]:
        return [self.list.item(row).data(ROW_ROLE).text for row in range(self.list.count())]

    def shown(self) -> str:
        return " ".join(label.text() for label in self.window.status.findChildren(QLabel))


@pytest.fixture
def asked(qtbot: QtBot, tmp_path: Path) -> Asked:
    return Asked(qtbot, keys_in(tmp_path))


def test_commands_are_found_by_name_and_by_key(asked: Asked) -> None:
    asked.find("pin")
    assert asked.rows()[0] == "Pin"
    asked.find("ctrl+shift+t")
    assert asked.rows() == ["Previous", "Trash"]


def test_new_key_holds_at_once_and_after_the_next_start(asked: Asked, tmp_path: Path) -> None:
    asked.find("show every key")
    asked.press(Key.Key_Return)
    asked.press(Key.Key_Y, CTRL | ALT)
    assert asked.keys.keymap["help.keys"].keys == ("F1", "Ctrl+Alt+Y")
    assert keys_in(tmp_path).keymap["help.keys"].keys == ("F1", "Ctrl+Alt+Y")
    asked.press(Key.Key_Delete)
    assert "F1" not in asked.shown()
    asked.press(Key.Key_Return)
    asked.press(Key.Key_F12)
    assert "F12" in asked.shown()
    asked.press(Key.Key_Escape)
    asked.press(Key.Key_F12)
    assert "Keys" in [card.accessibleName() for card in asked.window.findChildren(type(asked.dialog).__base__)]


def test_key_that_is_recorded_does_nothing_else(asked: Asked) -> None:
    asked.find("next theme")
    asked.press(Key.Key_Return)
    asked.press(Key.Key_N, CTRL)
    assert asked.chat.calls == []
    assert "“New conversation”" in asked.dialog.words()
    assert "Ctrl+N" in asked.dialog.words()


def test_conflict_is_named_and_taken_over_by_choice(asked: Asked) -> None:
    asked.find("next theme")
    asked.press(Key.Key_Return)
    asked.press(Key.Key_N, CTRL)
    assert asked.keys.keymap["conversation.new"].keys == ("Ctrl+N",)
    asked.press(Key.Key_Return)
    assert asked.keys.keymap["conversation.new"].keys == ()
    assert asked.keys.keymap["view.theme"].keys == ("Ctrl+Shift+L", "Ctrl+N")
    buttons = [button.text() for button in asked.window.sidebar.findChildren(QPushButton)]
    assert "New conversation" in buttons


def test_another_key_can_be_tried_in_place_of_a_conflict(asked: Asked) -> None:
    asked.find("next theme")
    asked.press(Key.Key_Return)
    asked.press(Key.Key_N, CTRL)
    asked.press(Key.Key_F10)
    assert asked.keys.keymap["view.theme"].keys == ("Ctrl+Shift+L", "F10")
    assert asked.keys.keymap["conversation.new"].keys == ("Ctrl+N",)


@pytest.mark.parametrize(("key", "modifiers"), [(Key.Key_S, ALT), (Key.Key_V, CTRL), (Key.Key_Tab, NONE)])
def test_key_that_cannot_be_had_is_told(asked: Asked, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    asked.find("next theme")
    asked.press(Key.Key_Return)
    asked.press(key, modifiers)
    assert "Press another one" in asked.dialog.words()
    assert asked.dialog.recording()
    asked.press(Key.Key_Escape)
    assert not asked.dialog.recording()
    assert asked.dialog.isVisible()
    assert asked.keys.keymap.chosen == {}


@pytest.mark.parametrize(
    ("key", "modifiers", "spelled"),
    [
        (Key.Key_K, CTRL | SHIFT, "Ctrl+Shift+K"),
        (Key.Key_Backtab, CTRL | SHIFT, "Ctrl+Shift+Tab"),
        (Key.Key_Question, CTRL | SHIFT, "Ctrl+?"),
        (Key.Key_PageUp, ALT, "Alt+PgUp"),
        (0x416, CTRL, "Ctrl+Ж"),
        (Key.Key_unknown, NONE, ""),
    ],
)
def test_pressed_keys_are_spelled_as_ours(key: int, modifiers: Qt.KeyboardModifier, spelled: str) -> None:
    assert pressed_key(QKeyEvent(QEvent.Type.KeyPress, int(key), modifiers)) == spelled


def test_keys_go_and_come_back(asked: Asked) -> None:
    asked.find("next theme")
    asked.press(Key.Key_Delete)
    assert asked.keys.keymap["view.theme"].keys == ()
    asked.press(Key.Key_Delete, CTRL)
    assert asked.keys.keymap["view.theme"].keys == ("Ctrl+Shift+L",)
    assert asked.keys.keymap.chosen == {}


def test_preset_is_chosen_by_key(asked: Asked, tmp_path: Path) -> None:
    asked.press(Key.Key_Tab)
    asked.press(Key.Key_Right)
    assert asked.keys.keymap.preset == "vim"
    assert keys_in(tmp_path).keymap.preset == "vim"
    asked.press(Key.Key_Right)
    asked.press(Key.Key_Tab)
    asked.press(Key.Key_Escape)
    assert not asked.dialog.isVisible()
    assert "Alt+X" in asked.shown()
    assert QApplication.focusWidget() is asked.window.page.composer.field
    asked.press(Key.Key_N, CTRL | SHIFT)
    assert ("new",) in asked.chat.calls


def test_letters_of_vim_are_written_in_the_composer(asked: Asked, qtbot: QtBot) -> None:
    asked.keys.use(asked.keys.keymap.with_preset("vim"))
    asked.press(Key.Key_Escape)
    field = asked.window.page.composer.field
    qtbot.keyClicks(field, "jump")
    assert field.text() == "jump"
    asked.window.sidebar.view.setFocus()
    asked.press(Key.Key_I)
    assert QApplication.focusWidget() is field
    assert field.text() == "jump"


def test_send_key_is_a_setting(asked: Asked) -> None:
    asked.find("send what you wrote")
    asked.press(Key.Key_Return)
    assert "Send with" in asked.dialog.words()
    assert not asked.dialog.recording()


def test_escape_gives_the_focus_back(asked: Asked) -> None:
    asked.press(Key.Key_Escape)
    assert not asked.dialog.isVisible()
    assert QApplication.focusWidget() is asked.window.page.composer.field


def test_bad_file_is_told_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('[conversation]\npin = "Ctrl+Fish"\nnote = "Ctrl+N"\nmove = nothing\n')
    notice = keys_in(tmp_path).warning()
    assert notice is not None
    assert notice.cause == (
        "Line 4 of keys.toml is not valid: move = nothing. 2 more of the chosen keys cannot be used."
    )
    assert notice.command == "keys.change"
    assert notice.details.splitlines()[1:] == [
        "“Pin” cannot have the key Ctrl+Fish: it is not a key. Choose another one.",
        "Ctrl+N means “Note” now, and no longer “New conversation”. Give one of them another key.",
    ]


def test_nothing_wrong_is_not_told(tmp_path: Path) -> None:
    assert keys_in(tmp_path).warning() is None
