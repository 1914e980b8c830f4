"""The card of the programs that ask, by key."""

from dataclasses import replace

import pytest
from fake_chats import FakeChat
from fake_models import FakeEndpoint
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QListWidget
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.endpoint import EndpointState
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.core.notice import Notice
from desktopchat.core.secret import Secret
from desktopchat.ui.endpoint_card import EndpointCard
from desktopchat.ui.main_window import MainWindow

Key = Qt.Key
ON = EndpointState("http://127.0.0.1:11535/v1", Secret("sk-1"))
ASKED = EndpointCall(1, 1e9, "POST", "/v1/chat/completions", turns=(ChatMessage(Role.USER, "Why?"),))
ANSWERED = replace(ASKED, status=200, seconds=1.5, answer="Because.", tokens=2)
REFUSED = EndpointCall(2, 1e9, "GET", "/v1/models", 401, 0.1)


class Rig:
    """A window with the card open."""

    def __init__(self, qtbot: QtBot, state: EndpointState = ON, *calls: EndpointCall) -> None:
        self.qtbot = qtbot
        self.fake = FakeEndpoint(*calls)
        self.fake.state = state
        self.window: MainWindow = open_window(qtbot, FakeChat(), endpoint=self.fake)
        self.window.actions_by_id["endpoint.show"].trigger()

    @property
    def card(self) -> EndpointCard:
        (card,) = self.window.findChildren(EndpointCard)
        return card

    @property
    def rows(self) -> QListWidget:
        return self.card.findChild(QListWidget)

    def press(self, *keys: Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.window.focusWidget(), key)

    def labels(self) -> str:
        return "\n".join(one.text() for one in self.card.findChildren(QLabel) if one.isVisible())

    def spoken(self) -> list[str]:
        return [self.rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(self.rows.count())]


def test_a_call_that_pauses_for_the_window_says_so(qtbot: QtBot) -> None:
    rig = Rig(qtbot, ON, replace(ASKED, tokens=3, pauses=True))
    assert "pauses while the window is answered" in rig.spoken()[0]
    rig.fake.called.emit(replace(ASKED, tokens=3))
    assert "is being answered" in rig.spoken()[0]


def test_it_is_switched_on_by_key(qtbot: QtBot) -> None:
    rig = Rig(qtbot, EndpointState())
    assert "Off" in rig.labels()
    assert "copies" not in rig.labels()
    rig.press(Key.Key_A, Key.Key_K, Key.Key_N, Key.Key_L, Key.Key_Return, Key.Key_Delete)
    assert not rig.fake.asked
    rig.press(Key.Key_Space)
    assert rig.fake.asked == [("toggle",)]
    rig.fake.tell(EndpointState(changes=True))
    assert "One moment" in rig.labels()
    rig.fake.tell(ON)
    assert ON.address in rig.labels()
    assert "sk-1" not in rig.labels()
    assert "programs may ask" in rig.window.status.text()


def test_address_and_key_are_copied(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    clipboard = QGuiApplication.clipboard()
    rig.press(Key.Key_A)
    assert clipboard.text() == ON.address
    rig.press(Key.Key_K)
    assert clipboard.text() == "sk-1"
    assert "clipboard" in rig.labels()
    rig.press(Key.Key_Escape)
    rig.fake.tell(EndpointState())
    rig.window.actions_by_id["endpoint.copy_key"].trigger()
    assert clipboard.text() == "sk-1"
    assert "nothing to copy" in rig.window.page.banner.text()


@pytest.mark.parametrize(
    ("key", "wanted"), [(Key.Key_N, ("renew_key",)), (Key.Key_L, ("set_open", True))], ids=["new key", "other machines"]
)
def test_what_others_would_notice_wants_its_key_twice(qtbot: QtBot, key: Key, wanted: tuple[object, ...]) -> None:
    rig = Rig(qtbot)
    rig.press(key, Key.Key_A, key)
    assert not rig.fake.asked
    assert "once more" in rig.labels()
    rig.press(key)
    assert rig.fake.asked == [wanted]


def test_other_machines_are_shut_out_at_once(qtbot: QtBot) -> None:
    rig = Rig(qtbot, replace(ON, is_open=True))
    assert "whole network" in rig.labels()
    rig.press(Key.Key_L)
    assert rig.fake.asked == [("set_open", False)]


def test_calls_are_shown_as_they_go(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    assert "No program has asked" in rig.labels()
    rig.fake.add(ASKED)
    assert rig.rows.isVisible()
    assert rig.rows.hasFocus()
    assert "waits for its turn" in rig.spoken()[0]
    assert "a program asks" in rig.window.status.text()
    rig.fake.add(replace(ASKED, tokens=1))
    assert "is being answered" in rig.spoken()[0]
    rig.press(Key.Key_Return)
    assert "not answered yet" in rig.labels()
    rig.fake.add(REFUSED)
    rig.fake.add(ANSWERED)
    assert [one.split(",")[0] for one in rig.spoken()] == ["GET /v1/models", "Why?"]
    assert "refused (401)" in rig.spoken()[0]
    assert "answered · /v1/chat/completions · 2 tokens · 1.5 s" in rig.spoken()[1]
    assert rig.rows.currentRow() == 1  # what was chosen stays so


def test_a_call_is_stopped_or_made_a_conversation(qtbot: QtBot) -> None:
    rig = Rig(qtbot, ON, REFUSED, ANSWERED)
    rig.press(Key.Key_Return)
    assert "Nothing was said" in rig.labels()
    rig.press(Key.Key_Down, Key.Key_Delete, Key.Key_Return)
    assert rig.fake.asked == [("stop", ANSWERED), ("keep", ANSWERED, "Why?")]
    assert not rig.window.findChildren(EndpointCard) or not rig.card.isVisible()


def test_a_refusal_is_told_on_the_card(qtbot: QtBot) -> None:
    rig = Rig(qtbot, EndpointState())
    rig.fake.noticed.emit(Notice("error", "Port 11535 is in use by another program."))
    assert "Port 11535" in rig.labels()
