"""Searching by key: the field keeps the focus while one chooses, and what is chosen opens where it was found."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from test_main_window import CTRL, SHIFT, Desk, answer, own

from desktopchat.core.chat import Role
from desktopchat.core.excerpt import Excerpt
from desktopchat.core.hit import Hit, HitKind
from desktopchat.ui.text_entry import TextEntry

TITLE = Hit(HitKind.TITLE, 2, Excerpt("Weather in May", ((0, 7),)), Excerpt(""), 1e9, 9)
MESSAGE = Hit(
    HitKind.MESSAGE, 3, Excerpt("An old one"), Excerpt("🌦️ the weather 天气 " * 9, ((7, 14), (15, 17))), 1e9, 8, 41,
    Role.ASSISTANT, (2, 3), archived=True,
)  # fmt: skip
NOTE = Hit(HitKind.NOTE, 4, Excerpt(""), Excerpt("weather station", ((0, 7),)), 1e9, 7)
GONE = replace(MESSAGE, message_id=43, deleted=True, kind=HitKind.ATTACHMENT)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    made = Desk(qtbot)
    made.search._hits = (TITLE, NOTE, MESSAGE, GONE)
    return made


def search(desk: Desk, qtbot: QtBot, text: str) -> None:
    desk.key(Qt.Key.Key_F, CTRL | SHIFT)
    qtbot.keyClicks(desk.window.sidebar.filter, text)


def test_hits_stand_in_place_of_the_list_until_escape(desk: Desk, qtbot: QtBot) -> None:
    sidebar = desk.window.sidebar
    assert sidebar.view.isVisible()
    search(desk, qtbot, "weather")
    assert not sidebar.view.isVisible()
    assert sidebar.results.view.isVisible()
    assert sidebar.results.current() == TITLE
    assert not sidebar.results.grab().isNull()
    desk.key(Qt.Key.Key_Escape)
    assert sidebar.view.isVisible()
    assert sidebar.filter.text() == ""
    assert QApplication.focusWidget() is desk.field


def test_up_and_down_choose_without_leaving_the_field(desk: Desk, qtbot: QtBot) -> None:
    results = desk.window.sidebar.results
    search(desk, qtbot, "weather")
    for key, chosen in (
        (Qt.Key.Key_Down, NOTE), (Qt.Key.Key_Down, MESSAGE), (Qt.Key.Key_Down, GONE), (Qt.Key.Key_Down, GONE),
        (Qt.Key.Key_Up, MESSAGE),
    ):  # fmt: skip
        desk.key(key)
        assert results.current() == chosen
        assert desk.window.sidebar.filter.hasFocus()
    desk.key(Qt.Key.Key_Return)
    assert desk.asked() == [("open_message", 3, 41)]
    assert desk.window.sidebar.filter.text() == "weather"


def test_title_opens_its_conversation_and_hits_stay(desk: Desk, qtbot: QtBot) -> None:
    search(desk, qtbot, "weather")
    desk.key(Qt.Key.Key_Return)
    assert desk.asked() == [("open", 2)]
    assert QApplication.focusWidget() is desk.field
    assert desk.window.sidebar.results.isVisible()
    desk.key(Qt.Key.Key_F3)
    desk.key(Qt.Key.Key_F3)
    desk.key(Qt.Key.Key_F3, SHIFT)
    assert desk.asked() == [("open", 2), ("open", 4), ("open_message", 3, 41), ("open", 4)]


def test_what_is_in_the_trash_says_so(desk: Desk, qtbot: QtBot) -> None:
    search(desk, qtbot, "weather")
    for _ in range(3):
        desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    assert desk.asked() == []
    assert "trash" in desk.window.toast.text()


def test_nothing_found_says_what_to_try(desk: Desk, qtbot: QtBot) -> None:
    search(desk, qtbot, "xyz")
    assert "Nothing found" in desk.window.sidebar.results.words()
    desk.key(Qt.Key.Key_Return)
    desk.key(Qt.Key.Key_F3)
    assert desk.asked() == []


def test_search_is_kept_and_removed_by_key(desk: Desk, qtbot: QtBot) -> None:
    sidebar = desk.window.sidebar
    search(desk, qtbot, "weather")
    desk.key(Qt.Key.Key_S, CTRL)
    entry = desk.window.findChild(TextEntry)
    qtbot.keyClicks(QApplication.focusWidget(), "Rain")
    desk.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not entry.isVisible())
    assert desk.search.calls == [("save", "Rain", "weather")]
    assert sidebar.filter.hasFocus()
    desk.key(Qt.Key.Key_Delete)  # removes nothing while there is text
    sidebar.filter.clear()
    assert sidebar.results.current() == desk.search.saved[0]
    desk.key(Qt.Key.Key_Delete)
    assert desk.search.calls[1:] == [("forget", "Weather")]
    desk.key(Qt.Key.Key_Return)
    assert sidebar.filter.text() == "weather role:me"


def test_list_is_at_hand_while_there_are_hits(desk: Desk, qtbot: QtBot) -> None:
    search(desk, qtbot, "weather")
    desk.window.actions_by_id["view.focus_list"].trigger()
    assert desk.window.sidebar.view.hasFocus()
    desk.key(Qt.Key.Key_F, CTRL | SHIFT)
    assert desk.window.sidebar.results.isVisible()


def test_found_message_is_shown_and_marked(desk: Desk, qtbot: QtBot) -> None:
    messages = [
        replace(one, id=number, content=f"{number} " * 30)
        for number in range(1, 621, 2)
        for one in (replace(own(), parent_id=number - 1), replace(answer(), parent_id=number))
    ]
    messages = [replace(one, id=number) for number, one in enumerate(messages, 1)]
    desk.chat.show(*messages, found_id=20)
    transcript = desk.window.page.transcript
    qtbot.waitUntil(lambda: transcript.message_at_caret() is not None and transcript.message_at_caret().id == 20)
    plain = transcript.grab().toImage()
    qtbot.waitUntil(lambda: transcript.grab().toImage() != plain)  # the mark goes
    assert transcript.message_at_caret().id == 20


def test_enter_waits_for_the_hits_of_what_was_typed(desk: Desk, qtbot: QtBot) -> None:
    search(desk, qtbot, "weather")
    desk.search.is_current = False  # the rows are still those of an earlier text
    desk.key(Qt.Key.Key_Return)
    assert desk.asked() == []
    desk.search.is_current = True
    desk.search.searched.emit()
    assert len(desk.asked()) == 1
    desk.search.searched.emit()  # of later searches none opens by itself
    assert len(desk.asked()) == 1
