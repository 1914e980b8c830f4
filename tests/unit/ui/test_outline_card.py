"""The tree of the conversation is walked, named, compared and copied by key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_chats import FakeChat
from fake_insight import FakeBranching
from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QColor, QGuiApplication, QTextCharFormat, QTextTable
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.branches import OUTLINE_ROLE
from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.outline import Node
from desktopchat.ui.diff_card import DiffCard
from desktopchat.ui.outline_card import OutlineCard
from desktopchat.ui.text_entry import TextEntry
from desktopchat.ui.theme import Theme
from desktopchat.ui.versions_card import VersionsCard
from tests.branch_maker import Garden, make_garden

Key, NO, SHIFT, CONTROL = (
    Qt.Key,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class TreeChat(FakeChat):
    """Shows the branch of a real store, as the real one does."""

    def __init__(self, garden: Garden) -> None:
        super().__init__()
        self.garden = garden
        self.conversation_id = garden.conversation

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.garden.stores.conversations.path(self.garden.conversation)

    def reload(self) -> None:
        self.path_changed.emit(self.messages)


class Rig:
    """A window with the outline open on the garden."""

    def __init__(self, qtbot: QtBot, garden: Garden, theme: Theme | None = None) -> None:
        self.garden, self.chat = garden, TreeChat(garden)
        self.branching = FakeBranching(self.chat, garden.stores.branches)
        self.window = open_window(qtbot, self.chat, branching=self.branching, theme=theme)
        self._qtbot = qtbot
        self.chat.show(*self.chat.messages)
        self.press(Key.Key_F6, SHIFT)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO, times: int = 1) -> None:
        for _ in range(times):
            self._qtbot.keyClick(QApplication.focusWidget(), key, modifiers)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(QApplication.focusWidget(), text)

    @property
    def card(self) -> OutlineCard:
        card = self.window.commands.overlay
        assert isinstance(card, OutlineCard)
        return card

    def rows(self) -> list[tuple[int, int]]:
        model = self.card.list.model()
        found = [model.index(row, 0).data(OUTLINE_ROLE) for row in range(model.rowCount())]
        return [(row.node.id, row.level) for row in found]

    def chosen(self) -> int:
        row = self.card.current()
        assert row is not None
        return row.node.id

    def spoken(self) -> str:
        return str(self.card.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole))

    def said(self) -> str:
        card = self.window.commands.overlay
        assert card is not None
        return "\n".join(label.text() for label in card.findChildren(QLabel) if not label.isHidden())


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[Garden]:
    garden = make_garden(tmp_path)
    yield garden
    garden.database.close()


@pytest.fixture
def rig(qtbot: QtBot, garden: Garden) -> Rig:
    return Rig(qtbot, garden)


def test_what_comes_too_late_for_a_card_is_not_shown(rig: Rig) -> None:
    shown: list[int] = []
    show = rig.card.while_open(shown.append)
    show(1)
    rig.press(Key.Key_Escape)
    show(2)
    assert shown == [1]


def test_outline_shows_the_shown_branch_as_its_trunk(rig: Rig) -> None:
    g = rig.garden
    assert rig.rows() == [(g.cat, 0), (g.furry, 1), (g.small, 0), (g.dog, 1), (g.bird, 0), (g.flies, 0)]
    assert rig.chosen() == g.flies
    assert "9 messages · 3 branches" in rig.said()
    assert rig.spoken().startswith("tiny: It flies., on the branch that is shown")
    rig.press(Key.Key_Home)
    assert rig.spoken().startswith("You: What is a cat?, on the branch that is shown, 2 answers")


def test_arrows_fold_and_go_to_parent_and_child(rig: Rig) -> None:
    g = rig.garden
    rig.press(Key.Key_Left)
    assert rig.chosen() == g.bird
    rig.press(Key.Key_Up, times=3)
    assert rig.chosen() == g.furry
    assert "2 folded" in rig.spoken()
    rig.press(Key.Key_Right)
    assert rig.rows()[2:4] == [(g.why, 1), (g.warm, 1)]
    rig.press(Key.Key_Right, times=2)
    assert rig.chosen() == g.warm
    rig.press(Key.Key_Left, times=2)
    assert rig.chosen() == g.furry
    rig.press(Key.Key_Left)
    assert len(rig.rows()) == 6
    rig.press(Key.Key_Left)
    assert rig.chosen() == g.cat
    rig.press(Key.Key_A)
    assert len(rig.rows()) == 9
    rig.press(Key.Key_A)
    assert len(rig.rows()) == 6


def test_next_and_previous_fork(rig: Rig) -> None:
    g = rig.garden
    rig.press(Key.Key_P)
    assert rig.chosen() == g.small
    rig.press(Key.Key_P)
    assert rig.chosen() == g.cat
    rig.press(Key.Key_P)
    assert "no other fork" in rig.said()
    rig.press(Key.Key_N)
    assert rig.chosen() == g.small


def test_enter_opens_the_branch_at_the_message(rig: Rig) -> None:
    rig.press(Key.Key_Home)
    rig.press(Key.Key_Down)
    rig.press(Key.Key_Return)
    assert rig.window.commands.overlay is None
    assert rig.chat.calls[-1] == ("open_message", 1, rig.garden.furry)


def test_branch_is_named(rig: Rig) -> None:
    g = rig.garden
    rig.press(Key.Key_Home)
    rig.press(Key.Key_Down)
    rig.press(Key.Key_F2)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    rig.type("dm")  # letters that are keys of the list
    rig.press(Key.Key_Return)
    assert rig.card.list.hasFocus()
    assert rig.chosen() == g.furry
    assert g.stores.branches.name(g.furry) == "dm"
    assert rig.spoken().startswith("dm, tiny: A furry animal.")
    rig.press(Key.Key_F2)
    rig.type("no")
    rig.press(Key.Key_Escape)
    assert g.stores.branches.name(g.furry) == "dm"
    assert isinstance(rig.window.commands.overlay, OutlineCard)


def cell_formats(card: DiffCard) -> list[QTextCharFormat]:
    (table,) = card.page.document().rootFrame().childFrames()
    assert isinstance(table, QTextTable)
    return [table.cellAt(row, column).format() for row in range(table.rows()) for column in (0, 1)]


def test_marked_and_chosen_branch_are_compared(rig: Rig) -> None:
    rig.press(Key.Key_D)
    assert "Mark the other branch first" in rig.said()
    rig.press(Key.Key_M)
    assert "marked" in rig.spoken()
    rig.press(Key.Key_D)
    assert "This is the marked one" in rig.said()
    rig.press(Key.Key_Home)
    rig.press(Key.Key_Down)
    rig.press(Key.Key_D)
    card = rig.window.commands.overlay
    assert isinstance(card, DiffCard)
    assert "4 changes" not in card.change()
    text = card.page.toPlainText()
    assert "− A small animal." in text
    assert "+ A furry animal." in text
    rig.press(Key.Key_N)
    assert card.change() == "Change 1 of 3  − “small”  + “furry”"
    selection = QColor(rig.window.theme.tokens.selection)
    grounds = [shape.background().color().name() for shape in cell_formats(card)]
    assert [place for place, ground in enumerate(grounds) if ground == selection.name()] == [2, 3]
    rig.press(Key.Key_N, times=5)
    assert card.change().startswith("Change 3 of 3")
    rig.press(Key.Key_P, times=5)
    rig.press(Key.Key_U)
    assert "3 changes" in card.change()
    lines = card.page.toPlainText().splitlines()
    assert lines[1:4] == ["− A small animal.", "+ A furry animal.", "It sleeps."]
    rig.press(Key.Key_N)
    assert len(card.page.extraSelections()) == 2
    rig.press(Key.Key_Escape)
    assert rig.chosen() == rig.garden.furry
    assert rig.card.marked == rig.garden.flies


def test_two_messages_of_one_branch_are_compared_themselves(rig: Rig) -> None:
    rig.press(Key.Key_Space)
    rig.press(Key.Key_Up)
    rig.press(Key.Key_D)
    card = rig.window.commands.overlay
    assert isinstance(card, DiffCard)
    assert "1 change" in card.change()
    assert "− It flies." in card.page.toPlainText()


def test_message_is_taken_over(rig: Rig) -> None:
    g = rig.garden
    rig.press(Key.Key_T)
    assert "stands at the end of the branch" in rig.said()
    rig.press(Key.Key_A)
    while rig.chosen() != g.warm:
        rig.press(Key.Key_Up)
    rig.press(Key.Key_T)
    assert "A copy of the message" in rig.said()
    copy = rig.chosen()
    assert g.stores.conversations.message(copy).content == "To be warm."
    assert [message.id for message in rig.chat.messages] == [g.cat, g.small, g.bird, copy]
    rig.chat.set_answering(True)
    rig.press(Key.Key_T)
    assert "An answer is being written" in rig.said()


def test_going_on_from_a_message(rig: Rig) -> None:
    g = rig.garden
    rig.press(Key.Key_P)
    rig.press(Key.Key_G)
    assert rig.window.commands.overlay is None
    assert rig.window.page.composer.field.hasFocus()
    assert [message.id for message in rig.chat.messages] == [g.cat, g.small]
    assert "new branch here" in rig.window.toast.text()
    rig.press(Key.Key_F7, CONTROL)
    assert [message.id for message in rig.chat.messages] == [g.cat, g.small]


def test_versions_are_seen_side_by_side(rig: Rig) -> None:
    g = rig.garden
    rig.press(Key.Key_S)
    assert "no other version" in rig.said()
    rig.press(Key.Key_Home)
    rig.press(Key.Key_S)  # of a question its answers
    card = rig.window.commands.overlay
    assert isinstance(card, VersionsCard)
    assert card.chosen == g.small
    assert ["small" in one.page.toPlainText() for one in card.columns] == [True, False]
    assert "ended by itself" in card.columns[0].footer()
    rig.press(Key.Key_Right, times=3)
    assert card.chosen == g.furry
    assert card.columns[1].page.hasFocus()
    assert "Version 2 of 2" in rig.said()
    rig.press(Key.Key_Escape)
    assert rig.chosen() == g.cat
    rig.press(Key.Key_S)
    rig.press(Key.Key_Right)
    rig.press(Key.Key_Return)
    assert rig.chat.calls[-1] == ("open_message", 1, g.furry)
    assert rig.window.commands.overlay is None


def test_answer_is_edited_beside_the_old_one(rig: Rig) -> None:
    rig.press(Key.Key_Escape)
    rig.press(Key.Key_Up, CONTROL | SHIFT)
    card = rig.window.commands.overlay
    assert isinstance(card, TextEntry)
    rig.type(" High.")
    rig.press(Key.Key_Return)
    assert [message.content for message in rig.chat.messages][-1] == "It flies. High."
    assert rig.garden.stores.conversations.message(rig.garden.flies).content == "It flies."


def test_outline_follows_what_happens_meanwhile(rig: Rig) -> None:
    rig.garden.stores.trash.delete_message(rig.garden.bird)
    rig.chat.reload()
    assert rig.rows()[-1] == (rig.garden.larger, 0)
    assert rig.chosen() in {number for number, _ in rig.rows()}


@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
def test_everything_is_painted(qtbot: QtBot, garden: Garden, mode: str) -> None:
    garden.stores.branches.set_name(garden.furry, "fur")
    rig = Rig(qtbot, garden, Theme(mode))
    rig.press(Key.Key_M)
    picture = rig.card.list.grab().toImage()
    colours = {picture.pixelColor(x, y).rgb() for x in range(0, 400, 3) for y in range(0, 200, 3)}
    assert len(colours) > 8


class LongStore:
    """10,000 messages with 1,000 versions of the last one."""

    def nodes(self, _conversation_id: int) -> tuple[Node, ...]:
        kinds = [(number, number - 1 or -1) for number in range(1, 9_001)]
        kinds += [(number, 9_000) for number in range(9_001, 10_001)]
        roles = (Role.ASSISTANT, Role.USER)
        done = MessageState.COMPLETE
        return tuple(Node(one, above, roles[one % 2], f"text {one}", done, 0.0) for one, above in kinds)

    def tip(self, _conversation_id: int) -> int:
        return 10_000

    def messages(self, _ids: object) -> tuple[Message, ...]:
        return ()


def test_long_and_broad_conversation_is_quick(qtbot: QtBot) -> None:
    chat = FakeChat()
    window = open_window(qtbot, chat, branching=FakeBranching(chat, LongStore()))
    chat.show(Message(10_000, 1, 9_000, Role.USER, "x", MessageState.COMPLETE, 0.0))
    timer = QElapsedTimer()
    timer.start()
    window.actions_by_id["branch.outline"].trigger()
    QGuiApplication.processEvents()
    opened = timer.restart()
    card = window.commands.overlay
    assert isinstance(card, OutlineCard)
    assert card.list.model().rowCount() == 10_000
    assert card.current().node.id == 10_000
    qtbot.keyClick(card.list, Key.Key_Left)  # to the message that all of them follow
    qtbot.keyClick(card.list, Key.Key_Left)
    QGuiApplication.processEvents()
    assert card.list.model().rowCount() == 9_000
    assert (opened, timer.elapsed()) < (1_500, 1_500)
