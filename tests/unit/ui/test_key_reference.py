"""The page of all commands: made from them, with the keys of now, read and left by key."""

from fake_chats import FakeChat
from fake_running import NOWHERE, keys_in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.commands.keymap import Keymap
from desktopchat.commands.registry import COMMANDS
from desktopchat.ui.actions import native_key
from desktopchat.ui.key_reference import KeyReference
from desktopchat.ui.theme import Theme


def test_every_command_stands_there_with_its_keys_and_help(qtbot: QtBot) -> None:
    window = open_window(qtbot, FakeChat())
    text = KeyReference(Keymap(), Theme("light"), window).page.toPlainText()
    numbered = {f"conversation.{number}" for number in range(1, 10)}
    for one in COMMANDS:
        if one.keys or one.listed:
            assert one.title in text
            assert one.help in text
        if one.id not in numbered:
            assert [key for key in one.keys if native_key(key) not in text] == []
    assert "Ctrl+1 … Ctrl+9" in text


def test_it_has_the_keys_of_now(qtbot: QtBot) -> None:
    window = open_window(qtbot, FakeChat())
    keymap = Keymap().with_key("app.about", "Ctrl+Shift+F12")
    page = KeyReference(keymap, Theme("light"), window).page
    assert "Ctrl+Shift+F12" in page.toPlainText()


def test_it_is_opened_scrolled_and_left_by_key(qtbot: QtBot) -> None:
    window = open_window(qtbot, FakeChat(), keys=keys_in(NOWHERE))
    field = window.page.composer.field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    card = window.findChild(KeyReference)
    assert card is not None
    assert QApplication.focusWidget() is card.page
    bar = card.page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(card.page, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    qtbot.keyClick(card.page, Qt.Key.Key_Escape)
    assert not card.isVisible()
    assert QApplication.focusWidget() is field
