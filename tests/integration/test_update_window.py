"""The real window looks for updates when it is told to, and shows what came of it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from running_app import RunningApp, running_app
from update_server import UpdateServer, told

from desktopchat.ui.update_card import UpdateCard


@pytest.fixture
def server() -> Iterator[UpdateServer]:
    with UpdateServer() as made:
        yield made


@pytest.fixture
def app(qtbot: QtBot, server: UpdateServer, tmp_path: Path) -> Iterator[RunningApp]:
    with running_app(qtbot, tmp_path) as made:
        made.preferences.set("updates.address", server.address)
        made.makers.append(server.maker)
        made.window.activateWindow()
        qtbot.waitUntil(made.window.isActiveWindow)
        yield made


def open_card(app: RunningApp) -> UpdateCard:
    app.commands["app.update"]()
    card = app.window.commands.overlay
    assert isinstance(card, UpdateCard)
    return card


def test_a_newer_version_is_shown_and_its_address_copied(qtbot: QtBot, app: RunningApp, server: UpdateServer) -> None:
    assert server.asked == []
    card = open_card(app)
    app.wait(lambda: "1.1.0" in card.page.toPlainText())
    text = card.page.toPlainText()
    for words in ("is there; this is 1.0.0", "• It looks for updates.", "56,123,456 bytes", "SHA-256 0123456789abcdef"):
        assert words in text
    assert "Nothing was fetched" in text
    (button,) = card.findChildren(QPushButton)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert button.hasFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "https://example.com/desktopchat_1.1.0_amd64.deb"
    assert app.window.commands.overlay is None
    assert server.asked == ["/desktopchat.update"]


def test_the_newest_version_says_so(app: RunningApp, server: UpdateServer) -> None:
    server.body = server.signed(told("1.0.0"))
    card = open_card(app)
    app.wait(lambda: "the newest version" in card.page.toPlainText())
    assert card.findChildren(QPushButton) == []


def test_a_forged_list_is_told_with_what_to_do(app: RunningApp, server: UpdateServer) -> None:
    server.body = server.body.replace(b"1.1.0", b"6.6.6")
    card = open_card(app)
    app.wait(lambda: "Install nothing that it names" in card.page.toPlainText())
    assert "6.6.6" not in card.page.toPlainText()


def test_offline_and_no_address_are_told(app: RunningApp, server: UpdateServer) -> None:
    app.preferences.set("updates.address", "")
    card = open_card(app)
    app.wait(lambda: "does not know where new versions are announced" in card.page.toPlainText())
    assert server.asked == []


def test_who_closes_the_card_waits_for_nothing(qtbot: QtBot, app: RunningApp, server: UpdateServer) -> None:
    server.held = threading.Event()
    card = open_card(app)
    app.wait(lambda: "Asking 127.0.0.1" in card.page.toPlainText())
    app.wait(server.reached.is_set)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert app.window.commands.overlay is None
    server.held.set()
    server.held = None
    again = open_card(app)
    app.wait(lambda: "1.1.0" in again.page.toPlainText())
