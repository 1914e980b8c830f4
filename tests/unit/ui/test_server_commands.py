"""The list of connections, by keys."""

from fake_chats import FakeChat
from fake_models import FakeServers
from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.request import MadeRequest
from desktopchat.ui.chooser import DETAIL, Chooser
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.overlay import TextCard

AT = "2026-11-27T00:12:13.500+00:00"
ASKED = MadeRequest(AT, "answer", "https://api.example.com", "POST /v1/chat/completions", "", "200", 1234, 5_600_000)
CUT = MadeRequest("soon", "send <b>post</b>", "http://localhost:8080", "GET /", "proxy:3128")


def opened(qtbot: QtBot, *made: MadeRequest) -> MainWindow:
    window = open_window(qtbot, FakeChat(), servers=FakeServers(made=made))
    window.actions_by_id["model.connections"].trigger()
    return window


def test_each_connection_has_a_row_with_how_it_ended(qtbot: QtBot) -> None:
    chooser = opened(qtbot, ASKED, CUT).commands.overlay
    assert isinstance(chooser, Chooser)
    rows = [chooser._list.item(row) for row in range(chooser._list.count())]
    local = QDateTime.fromString(AT, Qt.DateFormat.ISODateWithMs).toLocalTime()
    when = QLocale().toString(local, QLocale.FormatType.ShortFormat)
    assert [(row.text(), row.data(DETAIL)) for row in rows] == [
        (f"{when}  https://api.example.com · Answer", "200 · 1.2 kB out, 6 MB in"),
        ("soon  http://localhost:8080 · send <b>post</b>", "cut off · 0 B out, 0 B in"),
    ]


def test_one_is_told_whole(qtbot: QtBot) -> None:
    window = opened(qtbot, ASKED, CUT)
    qtbot.keyClicks(QApplication.focusWidget(), "localhost")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    card = window.commands.overlay
    assert isinstance(card, TextCard)
    lines = "\n".join(label.text() for label in card.card.findChildren(QLabel)).split("\n")
    assert lines == [
        "send <b>post</b>",
        "When: soon",
        "To: http://localhost:8080",
        "Asked: GET /",
        "Through the proxy: proxy:3128",
        "Ended: cut off · 0 B out, 0 B in",
    ]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert window.commands.overlay is None


def test_before_the_first_one_that_is_said(qtbot: QtBot) -> None:
    window = opened(qtbot)
    assert window.commands.overlay is None
    assert "No connection was made yet." in window.toast.text()
