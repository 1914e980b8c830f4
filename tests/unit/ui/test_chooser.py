from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from desktopchat.ui.chooser import Chooser, ChooserItem

ITEMS = (
    ChooserItem(None, "No folder", "back to the list"),
    ChooserItem(7, "Cooking", "3 conversations"),
    ChooserItem(8, "Cooking for friends", "1 conversation"),
    ChooserItem(9, "天气", ""),
)


class Asked:
    """An open chooser and what it told."""

    def __init__(self, qtbot: QtBot, *, allow_new: bool = False) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(900, 700)
        before = QLineEdit(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        before.setFocus()
        self.before = before
        self.told: list[tuple[str, object]] = []
        self.chooser = Chooser("Where to?", ITEMS, self.window, allow_new=allow_new)
        self.chooser.chosen.connect(lambda value: self.told.append(("chosen", value)))
        self.chooser.created.connect(lambda value: self.told.append(("created", value)))
        self.chooser.closed.connect(lambda: self.told.append(("closed", None)))
        self.chooser.open()
        self.field = self.chooser.findChild(QLineEdit)
        self.list = self.chooser.findChild(QListWidget)
        assert self.field.hasFocus()
        self._qtbot = qtbot

    def rows(self) -> list[str]:
        return [self.list.item(row).text() for row in range(self.list.count())]

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.field, text)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self._qtbot.keyClick(self.field, key)


@pytest.fixture
def ask(qtbot: QtBot) -> Callable[..., Asked]:
    return lambda **options: Asked(qtbot, **options)


def test_all_items_are_shown_and_the_first_is_chosen(ask: Callable[..., Asked]) -> None:
    asked = ask()
    assert asked.rows() == ["No folder", "Cooking", "Cooking for friends", "天气"]
    asked.press(Qt.Key.Key_Return)
    assert asked.told == [("closed", None), ("chosen", None)]
    assert asked.before.hasFocus()


def test_keys_move_without_leaving_the_field(ask: Callable[..., Asked]) -> None:
    asked = ask()
    asked.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert asked.field.hasFocus()
    asked.press(Qt.Key.Key_Enter)
    assert asked.told[-1] == ("chosen", 7)


def test_words_narrow_the_list(ask: Callable[..., Asked]) -> None:
    asked = ask()
    asked.type("FRIENDS coo")
    assert asked.rows() == ["Cooking for friends"]
    asked.press(Qt.Key.Key_Return)
    assert asked.told[-1] == ("chosen", 8)


def test_nothing_found_chooses_nothing(ask: Callable[..., Asked]) -> None:
    asked = ask()
    asked.type("boats")
    assert asked.rows() == []
    asked.press(Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert asked.told == []
    asked.press(Qt.Key.Key_Escape)
    assert asked.told == [("closed", None)]


def test_new_name_can_be_made(ask: Callable[..., Asked]) -> None:
    asked = ask(allow_new=True)
    asked.type("  Cook")
    assert asked.rows() == ["Cooking", "Cooking for friends", "New: Cook"]
    asked.press(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert asked.told[-1] == ("created", "Cook")


def test_name_that_is_there_is_not_made_again(ask: Callable[..., Asked]) -> None:
    asked = ask(allow_new=True)
    asked.type("cooking")
    assert asked.rows() == ["Cooking", "Cooking for friends"]
    asked.press(Qt.Key.Key_Return)
    assert asked.told[-1] == ("chosen", 7)


def test_click_chooses(ask: Callable[..., Asked], qtbot: QtBot) -> None:
    asked = ask()
    place = asked.list.visualItemRect(asked.list.item(2)).center()
    qtbot.mouseClick(asked.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.told[-1] == ("chosen", 8)
