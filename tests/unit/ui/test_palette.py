"""Anything is found by a part of its name, and runs by key."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_chats import FakeChat, FakeConversations, FakeStore
from fake_models import FakeModels
from fake_running import NOWHERE, keys_in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView
from pytestqt.qtbot import QtBot
from ui_fakes import finder_of, open_window

from desktopchat.controllers.palette import ENTRY_ROLE
from desktopchat.controllers.palette_entries import Entry, EntryKind
from desktopchat.core.chat import Role
from desktopchat.core.excerpt import Excerpt
from desktopchat.core.hit import Hit, HitKind
from desktopchat.settings.file import Settings
from desktopchat.storage.state import PALETTE_USES
from desktopchat.ui.palette import Palette

Key = Qt.Key
TITLES = ((4, "Holidays by the sea"), (3, "Docker in the cellar"), (2, "明天天气"), (1, "Theme of the novel"))
HIT = Hit(
    HitKind.MESSAGE,
    3,
    Excerpt("Docker in the cellar"),
    Excerpt("the whale sleeps"),
    0.0,
    9,
    message_id=7,
    role=Role.USER,
)


class Desk:
    """A window with an open palette."""

    def __init__(self, qtbot: QtBot, folder: Path = NOWHERE, rows: tuple[tuple[int, str, str], ...] = ()) -> None:
        self.chat, self.models = FakeChat(), FakeModels()
        self.store = FakeStore(*TITLES)
        self.now = 0.0
        self.window = open_window(
            qtbot,
            self.chat,
            models=self.models,
            conversations=FakeConversations(*rows),
            keys=keys_in(folder),
            finder=finder_of(self.chat, self.store, HIT, folder=folder, clock=lambda: self.now),
        )
        self._qtbot = qtbot
        self.open()

    def open(self) -> None:
        self.press(Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        self.card = next(card for card in self.window.findChildren(Palette) if card.isVisible())
        self.list = self.card.findChild(QListView)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def type(self, text: str) -> None:
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        field.clear()
        self._qtbot.keyClicks(field, text) if text.isascii() else field.setText(text)

    def entries(self) -> list[Entry]:
        model = self.list.model()
        return [model.index(row, 0).data(ENTRY_ROLE) for row in range(model.rowCount())]

    def names(self, kind: EntryKind | None = None) -> list[str]:
        return [entry.name for entry in self.entries() if kind in (None, entry.kind)]

    def run(self, text: str) -> None:
        self.type(text)
        self.press(Key.Key_Return)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_empty_palette_shows_latest_conversations_and_commands(desk: Desk) -> None:
    assert desk.names()[:4] == [title for _, title in TITLES]
    assert "New conversation" in desk.names(EntryKind.COMMAND)


def test_command_is_found_and_run(desk: Desk) -> None:
    desk.type("newcon")
    entry = desk.entries()[0]
    assert (entry.name, entry.key) == ("New conversation", "Ctrl+N")
    assert entry.marks == (0, 1, 2, 4, 5, 6)
    desk.press(Key.Key_Return)
    assert not desk.card.isVisible()
    assert desk.chat.calls[-1] == ("new",)


def test_command_is_found_by_its_help(desk: Desk) -> None:
    desk.type("high contrast next")
    assert "Next theme" in desk.names(EntryKind.COMMAND)


def test_command_that_cannot_be_used_says_why(desk: Desk) -> None:
    desk.run("unload")
    entry = desk.entries()[0]
    assert entry.refused == "No model is in memory."
    assert desk.card.isVisible()
    assert any(label.text() == entry.refused for label in desk.card.findChildren(QLabel))
    assert desk.models.calls == []


@pytest.mark.parametrize(("text", "number"), [("holi", 4), ("dkr cel", 3), ("天气", 2)])
def test_conversation_is_found_and_opened(desk: Desk, text: str, number: int) -> None:
    desk.run(text)
    assert desk.chat.calls[-1] == ("open", number)


def test_prompt_goes_into_the_message_with_its_fields(desk: Desk, qtbot: QtBot) -> None:
    desk.window.page.transcript.setFocus()
    desk.card.close_overlay()
    desk.open()
    desk.type("translate")
    [entry] = [entry for entry in desk.entries() if entry.kind is EntryKind.PROMPT]
    assert (entry.name, entry.about) == ("translate", "To {language=French}: {text}")
    while desk.list.currentIndex().data(ENTRY_ROLE) != entry:
        desk.press(Key.Key_Down)
    desk.press(Key.Key_Return)
    field = desk.window.page.composer.field
    assert QApplication.focusWidget() is field
    assert field.text() == "To French: {text}"
    qtbot.keyClicks(field, "Thai")
    desk.press(Key.Key_Tab)
    qtbot.keyClicks(field, "sea")
    assert field.text() == "To Thai: sea"


def test_message_is_found_below_and_opened(desk: Desk) -> None:
    desk.type("whale")
    assert desk.entries()[-1].kind is EntryKind.MESSAGE
    desk.press(Key.Key_Up)
    while desk.list.currentIndex().data(ENTRY_ROLE).kind is not EntryKind.MESSAGE:
        desk.press(Key.Key_Down)
    desk.press(Key.Key_Return)
    assert desk.chat.calls[-1] == ("open_message", 3, 7)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("temperature 0.2", "temperature", 0.2),
        ("temp 0,2", "temperature", 0.2),
        ("max tokens 512", "max_tokens", 512),
        ("max 64", "max_tokens", 64),
        ("top-p 0.9", "top_p", 0.9),
        ("top k = 40", "top_k", 40),
        ("seed 7", "seed", 7),
    ],
)
def test_parameter_is_set_by_name_and_value(desk: Desk, text: str, name: str, value: float) -> None:
    desk.run(text)
    assert desk.chat.calls[-1][0] == "sampling"
    assert getattr(desk.chat.calls[-1][1], name) == value


def test_parameter_without_a_value_asks_for_it(desk: Desk) -> None:
    desk.run("temperature")
    while "now 0.7" not in desk.list.currentIndex().data(ENTRY_ROLE).about:
        desk.press(Key.Key_Down)
    desk.press(Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "Temperature "


def test_value_out_of_range_is_refused(desk: Desk) -> None:
    desk.run("temperature 9")
    assert desk.entries()[0].refused == "It goes from 0 to 5."
    assert desk.card.isVisible()
    assert not [call for call in desk.chat.calls if call[0] == "sampling"]


def test_setting_is_switched_and_kept(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.run("theme dark")
    assert Settings.load(tmp_path / "settings.toml")["look.theme"] == "dark"
    assert desk.window.toast.text() == "Theme: dark."


def test_model_of_the_folder_is_opened(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    path = tmp_path / "models" / "Qwen3-4B-Q4_K_M.gguf"
    path.write_bytes(b"")
    desk = Desk(qtbot, tmp_path)
    desk.run("qwn4")
    assert desk.models.calls == [("open", str(path))]


def test_what_is_used_comes_first_and_is_remembered(desk: Desk) -> None:
    desk.run("cellar")
    desk.now = 60.0
    desk.open()
    desk.run("next theme")
    desk.open()
    assert desk.names()[0] == "Next theme"
    assert set(desk.store.states[PALETTE_USES]) == {"conversation:3", "command:view.theme"}
    assert desk.names()[1] == "Docker in the cellar"
    for _ in range(3):
        desk.run("next theme")
        desk.open()
    desk.type("the")
    assert desk.names()[0] == "Next theme"


def test_uses_fade(desk: Desk) -> None:
    for text, day in (("zoom reset", 0), ("normal size", 0), ("normal size", 0), ("next theme", 100)):
        desk.now = day * 86_400.0
        desk.run(text)
        desk.open()
    assert desk.names()[:2] == ["Next theme", "Normal size"]


def test_keys_move_and_escape_goes_back(desk: Desk) -> None:
    rows = [desk.list.currentIndex().row()]
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_PageDown, Key.Key_PageUp):
        desk.press(key)
        rows.append(desk.list.currentIndex().row())
    assert rows[:4] == [0, 1, 2, 1]
    assert rows[4] > 5
    assert rows[5] < rows[4]
    desk.press(Key.Key_Escape)
    assert not desk.card.isVisible()
    assert QApplication.focusWidget() is desk.window.page.composer.field


def test_focus_goes_back_to_the_list(desk: Desk) -> None:
    desk.press(Key.Key_Escape)
    desk.window.sidebar.view.setFocus()
    desk.open()
    desk.press(Key.Key_Escape)
    assert QApplication.focusWidget() is desk.window.sidebar.view


def test_focus_goes_back_past_another_card(desk: Desk) -> None:
    desk.press(Key.Key_Escape)
    desk.press(Key.Key_F1)
    desk.open()
    desk.press(Key.Key_Escape)
    assert QApplication.focusWidget() is desk.window.page.composer.field


def test_focus_goes_to_the_composer_when_what_had_it_is_gone(qtbot: QtBot) -> None:
    desk = Desk(qtbot, rows=((1, "A chat", "Today"),))
    desk.press(Key.Key_Escape)
    desk.window.sidebar.view.setFocus()
    desk.press(Key.Key_Down)
    desk.press(Key.Key_F2)
    desk.open()
    qtbot.waitUntil(lambda: len(desk.window.sidebar.view.findChildren(QLineEdit)) == 0)
    desk.press(Key.Key_Escape)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.isVisible()


def test_key_of_the_palette_closes_it_too(desk: Desk) -> None:
    desk.press(Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert not desk.card.isVisible()


def test_nothing_found_is_told(desk: Desk) -> None:
    desk.run("zzzzqqqq")
    assert desk.entries() == []
    assert any(label.text().startswith("Nothing found") for label in desk.card.findChildren(QLabel))


def test_chosen_row_stays_while_more_is_found(desk: Desk) -> None:
    desk.type("the")
    desk.press(Key.Key_Down)
    desk.press(Key.Key_Down)
    chosen = desk.list.currentIndex().data(ENTRY_ROLE)
    desk.window.controllers.finder.modelReset.emit()
    assert desk.list.currentIndex().data(ENTRY_ROLE) == chosen


def test_rows_are_read_out(desk: Desk) -> None:
    desk.type("new conversation")
    spoken = desk.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "New conversation, Ctrl+N, Start a new conversation."


def test_palette_can_be_painted(desk: Desk) -> None:
    paint: Callable[[], object] = desk.window.grab
    for text in ("", "the", "temperature 0.5", "unload", "whale"):
        desk.type(text)
        paint()
