"""Cards for backups and the passphrase, and the banner that stays."""

from pathlib import Path

import pytest
from fake_chats import FakeCare, FakeChat
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QListWidget, QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.care import CopyKind, StoreCopy
from desktopchat.core.notice import Notice
from desktopchat.core.passphrase import Passphrase
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.start_window import StartWindow
from desktopchat.ui.theme import Theme


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.care = FakeCare()
        chat = FakeChat()
        self.window = open_window(qtbot, chat, care=self.care)
        self._qtbot = qtbot

    def do(self, command_id: str) -> None:
        self.window.actions_by_id[command_id].trigger()

    def card(self) -> QWidget:
        return next(card for card in self.window.findChildren(Overlay) if card.isVisible())

    def cards(self) -> int:
        return sum(card.isVisible() for card in self.window.findChildren(Overlay))

    def type(self, text: str) -> None:
        field = self.window.focusWidget()
        assert isinstance(field, QLineEdit)
        self._qtbot.keyClicks(field, text)
        self._qtbot.keyClick(field, Qt.Key.Key_Return)

    def says(self, words: str) -> bool:
        return any(words in label.text() for label in self.card().findChildren(QLabel))


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_backup_is_chosen_by_key(desk: Desk) -> None:
    copies = [
        StoreCopy(Path("b"), CopyKind.DAILY, 1.7e9, 2_500_000, conversations=12, messages=3456),
        StoreCopy(Path("a"), CopyKind.ASKED, 1.6e9, 900_000, encrypted=True),
    ]
    desk.care.copies = copies
    desk.do("store.restore")
    rows = desk.card().findChild(QListWidget)
    assert [rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole).split(", ", 1)[1] for row in range(2)] == [
        "daily · 2.5 MB · 12 conversations · 3,456 messages",
        "by hand · 0.9 MB · under another passphrase",
    ]
    desk.type("2023")
    assert desk.care.calls == [("restore", copies[0])]


def test_no_backup_is_told(desk: Desk) -> None:
    desk.do("store.restore")
    assert desk.cards() == 0
    assert "There is no backup yet" in desk.window.toast.text()


def test_lock_wants_the_same_twice(desk: Desk) -> None:
    desk.do("vault.lock")
    assert desk.says("if you forget it, they are lost")
    desk.type("correct horse")
    desk.type("other")
    assert desk.says("not the same")
    assert desk.care.calls == []
    desk.card().findChild(QCheckBox).setChecked(True)
    desk.type("correct horse")
    desk.type("correct horse")
    assert desk.care.calls == [("lock", "correct horse", True)]
    desk.care.passphrase_refused.emit("It is too short.")
    assert desk.says("too short")
    desk.type("correct horse battery")
    desk.type("correct horse battery")
    desk.care.passphrase_accepted.emit()
    assert desk.cards() == 0


def test_change_and_remove(desk: Desk) -> None:
    desk.care.locked = True
    desk.care.locked_changed.emit(True)
    assert not desk.window.actions_by_id["vault.lock"].isEnabled()
    desk.do("vault.change")
    for text in ("old one", "new one", "new one"):
        desk.type(text)
    assert desk.care.calls == [("change_passphrase", Passphrase("old one"), Passphrase("new one"))]
    desk.care.passphrase_accepted.emit()
    desk.do("vault.unlock")
    desk.type("new one")
    assert desk.care.calls[1:] == [("unlock", Passphrase("new one"))]


def test_empty_field_is_gone_to_first(desk: Desk, qtbot: QtBot) -> None:
    desk.do("vault.lock")
    first = desk.window.focusWidget()
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert desk.window.focusWidget() is first
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert desk.window.focusWidget() is not first
    qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Escape)
    assert desk.cards() == 0
    assert desk.care.calls == []


def test_caps_lock_is_noticed(desk: Desk, qtbot: QtBot) -> None:
    desk.do("vault.lock")
    field = desk.window.focusWidget()
    qtbot.keyClick(field, "A", Qt.KeyboardModifier.ShiftModifier)
    assert not desk.says("Caps Lock")
    qtbot.keyClick(field, "a", Qt.KeyboardModifier.ShiftModifier)
    assert desk.says("Caps Lock is on")
    qtbot.keyClick(field, "a")
    assert not desk.says("Caps Lock")


def test_readable_backups_are_asked_about(desk: Desk) -> None:
    desk.window.commands.make("store")  # as what locks does
    desk.care.copies_readable.emit(3)
    assert desk.says("3 backups can still be read")
    desk.type("remove")
    assert desk.care.calls == [("see_to_copies", "remove")]


def test_banner_about_the_store_outlasts_others(desk: Desk) -> None:
    banner = desk.window.page.banner
    about_store = Notice("warning", "It was damaged.", command="store.restore")
    desk.window.show_notice(about_store)
    desk.window.chat.sent.emit()
    assert banner.text() == "It was damaged."
    desk.window.show_notice(Notice("error", "The model cannot be loaded."))
    assert banner.text() == "The model cannot be loaded."
    desk.window.chat.sent.emit()
    assert banner.isVisible()
    assert banner.text() == "It was damaged."
    banner.close_banner()
    assert not banner.isVisible()


def test_start_window_asks_until_it_is_right(qtbot: QtBot) -> None:
    window = StartWindow(Theme("light"), "Forgotten? Start afresh.")
    qtbot.addWidget(window)
    entered: list[tuple[Passphrase, bool]] = []
    window.entered.connect(lambda passphrase, remember: entered.append((passphrase, remember)))
    window.ask("")
    field = window.findChild(QLineEdit)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(field, "wrong")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert entered == [(Passphrase("wrong"), False)]
    window.ask("That is wrong.")
    assert field.text() == ""
    assert "That is wrong." in [label.text() for label in window.findChildren(QLabel)]
    with qtbot.waitSignal(window.left):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
