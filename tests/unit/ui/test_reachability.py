"""Every control of the window is reached by keys alone, and the focus is never lost or out of sight."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_chats import FakeCare, FakeChat, FakeConversations, FakeSearch, FakeShelving, FakeStore, FakeTransfer
from fake_models import FakeModels
from fake_running import keys_in
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot
from test_main_window import HITS, MODEL, ROWS, answer, own
from ui_fakes import finder_of, open_window

from desktopchat.commands.command import Condition
from desktopchat.commands.registry import COMMANDS
from desktopchat.controllers.conversation_list import Place
from desktopchat.controllers.shelf import Details
from desktopchat.core.care import CopyKind, StoreCopy
from desktopchat.core.chat import Conversation, Folder
from desktopchat.core.notice import Notice
from desktopchat.exchange.writing import FORMATS
from desktopchat.ui.overlay import Overlay

Key, Modifier = Qt.Key, Qt.KeyboardModifier
MOST = 200  # steps; no view has so many controls
DETAILS = Details(Conversation(1, "A chat", 0.0, 0.0), (Folder(1, "Cooking", 3),), ("work",))
COPY = StoreCopy(Path("b"), CopyKind.DAILY, 1.7e9, 2_500_000, conversations=12, messages=3456)
# What the system's or Qt's own dialogs ask for, and what closes the window.
ELSEWHERE = {"app.quit"}


class Shelving(FakeShelving):
    def read_details(self, _conversation_id: int, show: Callable[[Details], None]) -> None:
        show(DETAILS)


class Transfer(FakeTransfer):
    formats = tuple(FORMATS.values())

    def import_files(self, _paths: list[str]) -> None:
        raise AssertionError


class Walk:
    """A window in which one goes about by key."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.chat, self.models, self.care = FakeChat(), FakeModels(), FakeCare()
        self.care.copies = [COPY]
        self.window = open_window(
            qtbot,
            self.chat,
            models=self.models,
            shelving=Shelving(),
            conversations=FakeConversations(*ROWS),
            search=FakeSearch(*HITS),
            care=self.care,
            transfer=Transfer(),
            keys=keys_in(folder),
            finder=finder_of(self.chat, FakeStore((1, "A chat")), folder=folder),
        )
        self.field = self.window.page.composer.field
        self.field.setFocus()
        self._qtbot = qtbot

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
        self._qtbot.keyClick(self.focus(), key, modifiers)

    def focus(self) -> QWidget:
        """Return what has the focus, which must be there and be seen."""
        widget = QApplication.focusWidget()
        assert widget is not None, "the focus is lost"
        assert widget.isVisible(), f"the focus is on {named(widget)}, which is not shown"
        assert widget.isEnabled()
        card = self.card()
        assert card is None or card is widget or card.isAncestorOf(widget), f"the focus is below {named(card)}"
        corner = widget.mapTo(self.window, QPoint(0, 0)) if self.window.isAncestorOf(widget) else None
        if corner is not None:
            seen = self.window.rect().adjusted(-1, -1, 1, 1)
            assert seen.contains(corner), f"the focus is on {named(widget)}, which is out of sight"
        return widget

    def round(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Modifier.NoModifier) -> set[QWidget]:
        """Press a key until it has led back to where it began, and return what had the focus."""
        first, seen = self.focus(), set()
        for _ in range(MOST):
            seen.add(self.focus())
            self.press(key, modifiers)
            if self.focus() is first:
                return seen
        pytest.fail(f"no way back to {named(first)} from {named(self.focus())}")

    def card(self) -> Overlay | None:
        return next((card for card in self.window.findChildren(Overlay) if card.isVisible()), None)

    def trigger(self, command_id: str) -> None:
        self.window.actions_by_id.set_conditions(set(Condition))
        self.window.actions_by_id[command_id].trigger()


def named(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{widget.accessibleName() or widget.objectName()}”"


def stops(root: QWidget) -> set[QWidget]:
    """Return all that can have the focus now, by the rules of Qt alone."""
    found = set()
    for widget in [root, *root.findChildren(QWidget)]:
        takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        # Of buttons of which one is chosen, Tab knows that one; the arrow keys go to the others.
        other = isinstance(widget, QAbstractButton) and widget.autoExclusive() and not widget.isChecked()
        if takes and not other and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
            found.add(widget)
    return found


@pytest.fixture
def walk(qtbot: QtBot, tmp_path: Path) -> Walk:
    return Walk(qtbot, tmp_path)


def plain(_walk: Walk) -> None:
    """Nothing is open."""


def ready(walk: Walk) -> None:
    walk.models.model_loaded.emit(replace(MODEL, is_starter=True))


def chatting(walk: Walk) -> None:
    ready(walk)
    walk.chat.show(own(), replace(answer(), sibling=2, siblings=3))


def editing(walk: Walk) -> None:
    chatting(walk)
    walk.press(Key.Key_Up)


def in_trouble(walk: Walk) -> None:
    walk.window.show_notice(Notice("error", "It broke.", "Mend it.", "model.open", "why"))


def in_details(walk: Walk) -> None:
    in_trouble(walk)
    banner = walk.window.page.banner
    banner._more.setChecked(True)


def unfolded(walk: Walk) -> None:
    walk.window.panel.set_unfolded(True)


def searching(walk: Walk) -> None:
    walk.trigger("conversation.search")
    walk._qtbot.keyClicks(walk.focus(), "another")


def in_archive(walk: Walk) -> None:
    walk.trigger("view.archive")


def in_trash(walk: Walk) -> None:
    walk.trigger("view.trash")


def narrow(walk: Walk) -> None:
    walk.window.resize(800, 700)
    walk.trigger("view.parameters")


def narrowest(walk: Walk) -> None:
    walk.window.resize(600, 700)
    walk.trigger("view.sidebar")


VIEWS = [plain, ready, chatting, editing, in_trouble, in_details, unfolded, searching, in_archive, in_trash]
VIEWS += [narrow, narrowest]


@pytest.mark.parametrize("view", VIEWS)
def test_tab_reaches_every_control_of_a_view(walk: Walk, view: Callable[[Walk], None]) -> None:
    view(walk)
    expected = stops(walk.window)
    assert {named(one) for one in expected - walk.round(Key.Key_Tab)} == set()
    assert {named(one) for one in expected - walk.round(Key.Key_Backtab, Modifier.ShiftModifier)} == set()


@pytest.mark.parametrize("view", VIEWS)
def test_focus_is_seen_in_what_scrolls(walk: Walk, view: Callable[[Walk], None]) -> None:
    view(walk)
    for _ in range(len(stops(walk.window))):
        walk.press(Key.Key_Tab)
        widget = walk.focus()
        area = next((one for one in walk.window.findChildren(QScrollArea) if one.isAncestorOf(widget)), None)
        if area is not None and area.widget().isAncestorOf(widget):
            top = widget.mapTo(area.viewport(), QPoint(0, widget.height() // 2)).y()
            assert 0 <= top <= area.viewport().height(), f"{named(widget)} is scrolled away"


@pytest.mark.parametrize("view", VIEWS)
def test_escape_leads_to_the_composer_from_everywhere(walk: Walk, view: Callable[[Walk], None]) -> None:
    view(walk)
    for number in range(len(stops(walk.window))):
        walk.field.setFocus()
        for _ in range(number):
            walk.press(Key.Key_Tab)
        for _ in range(3):
            walk.press(Key.Key_Escape)
        assert walk.focus() is walk.field


@pytest.mark.parametrize("view", VIEWS)
def test_letter_goes_to_the_composer_from_everywhere(walk: Walk, view: Callable[[Walk], None]) -> None:
    view(walk)
    tried = 0
    for number in range(len(stops(walk.window))):
        walk.field.setFocus()
        for _ in range(number):
            walk.press(Key.Key_Tab)
        widget = walk.focus()
        if isinstance(widget, QLineEdit | QPlainTextEdit | QAbstractSpinBox) and not widget.isReadOnly():
            continue
        before = walk.field.text()
        walk.press(Key.Key_X)
        assert walk.focus() is walk.field, f"an x at {named(widget)} goes nowhere"
        assert walk.field.text() == f"{before}x"
        tried += 1
    assert tried or view in (narrow, narrowest)


@pytest.mark.parametrize("command_id", [one.id for one in COMMANDS if one.id not in ELSEWHERE])
def test_what_a_command_opens_is_walked_and_left_by_key(walk: Walk, command_id: str) -> None:
    chatting(walk)
    walk.trigger(command_id)
    walk.focus()
    card = walk.card()
    if card is None:
        return
    expected = stops(card.card)
    if expected:
        assert {named(one) for one in expected - walk.round(Key.Key_Tab)} == set()
        assert {named(one) for one in expected - walk.round(Key.Key_Backtab, Modifier.ShiftModifier)} == set()
        # Whatever has the focus on the card, Esc closes it.
        for number in range(len(expected)):
            for _ in range(number):
                walk.press(Key.Key_Tab)
            walk.press(Key.Key_Escape)
            assert walk.card() is None
            assert walk.focus() is walk.field, "the focus has not come back"
            walk.trigger(command_id)
    walk.press(Key.Key_Escape)
    assert walk.card() is None
    assert walk.focus() is walk.field, "the focus has not come back"


def test_commands_open_what_they_should(walk: Walk) -> None:
    """The walk above finds nothing wrong where nothing opens: so many cards there are."""
    chatting(walk)
    opened = set()
    for one in COMMANDS:
        if one.id not in ELSEWHERE:
            walk.trigger(one.id)
            if (card := walk.card()) is not None:
                opened.add(one.id)
                card.close_overlay()
            for dialog in walk.window.findChildren(QDialog):
                dialog.reject()
    assert opened >= {
        "conversation.move",
        "conversation.tags",
        "conversation.note",
        "conversation.export",
        "store.restore",
        "vault.lock",
        "vault.change",
        "vault.unlock",
        "palette.open",
        "help.keys",
        "help.reference",
        "keys.change",
        "app.about",
    }


@pytest.mark.parametrize("command_id", ["model.open", "conversation.import"])
def test_file_dialog_is_left_by_key(walk: Walk, command_id: str, qtbot: QtBot) -> None:
    walk.trigger(command_id)
    dialog = walk.window.findChild(QDialog)
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or walk.window))
    walk.press(Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    walk.window.activateWindow()  # as a window manager does
    qtbot.waitUntil(walk.field.hasFocus)


def test_every_command_has_a_handler_and_none_is_left_over(walk: Walk) -> None:
    assert set(walk.window.commands.handlers()) == {one.id for one in COMMANDS}


def test_link_question_is_walked(walk: Walk) -> None:
    chatting(walk)
    walk.window.page.transcript.link_chosen.emit("https://example.com/a")
    card = walk.card()
    assert card is not None
    walk.press(Key.Key_Tab)
    assert stops(card.card) <= walk.round(Key.Key_Tab)
    walk.press(Key.Key_Escape)
    assert walk.focus() is walk.field


def test_list_is_walked_by_arrows(walk: Walk) -> None:
    walk.trigger("view.focus_list")
    view = walk.focus()
    assert isinstance(view, QAbstractScrollArea)
    for _ in ROWS:
        walk.press(Key.Key_Down)
    walk.press(Key.Key_Return)
    assert walk.chat.calls[-1] == ("open", ROWS[-1][0])
    assert walk.window.sidebar.place is Place.CONVERSATIONS
