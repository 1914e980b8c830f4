"""The small window on the real store, by keys: what is asked there is a conversation like all others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktopchat.commands.registry import command
from desktopchat.controllers.quick_ask import QuickAsk
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import SamplingParams
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.state import ASK_DRAFT
from desktopchat.ui.ask_window import AskWindow
from desktopchat.ui.link_question import LinkQuestion
from desktopchat.ui.theme import MODES
from tests.running_app import RunningApp, running_app

MODEL = ModelFile("/models/scripted.gguf", "scripted", 0, "none")
Key, NONE = Qt.Key, Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)", extend=True)


class Person:
    """Somebody who asks in passing."""

    def __init__(self, qtbot: QtBot, app: RunningApp) -> None:
        self.app = app
        self.qtbot = qtbot
        self.quick = QuickAsk(app.chat, app.storage, app.store)
        self.window = AskWindow(self.quick, app.models, app.keys, app.window.theme)
        self.opened: list[int | None] = []
        self.window.open_requested.connect(self.opened.append)
        self.field = self.window.field

    def load(self) -> None:
        with self.qtbot.waitSignal(self.app.models.model_loaded):
            self.app.models.load(MODEL)

    def call(self) -> None:
        """Be at the large window and call the small one."""
        self.app.window.activateWindow()
        self.qtbot.waitUntil(self.app.window.isActiveWindow)
        self.window.call()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.qtbot.waitUntil(self.field.hasFocus)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def ask(self, text: str) -> None:
        """Ask and wait until the question has left the field."""
        self.qtbot.keyClicks(self.field, text)
        self.press(Key.Key_Return)
        self.app.wait(lambda: not self.field.text())

    def shown(self) -> list[str]:
        return [message.content for message in self.window.transcript.messages()]

    def answered(self, count: int = 1) -> list[str]:
        """Wait for the end of so many answers here, and return what is shown."""
        self.app.wait(lambda: len(self.shown()) == 2 * count and not self.quick.is_open)
        self.app.wait_idle()
        return self.shown()

    def stored(self, conversation_id: int | None) -> list[str]:
        assert conversation_id is not None
        return [message.content for message in self.app.storage.call(lambda: self.app.store.path(conversation_id))]

    def draft(self) -> str:
        self.app.wait_idle()
        return str(self.app.storage.call(lambda: self.app.store.get_state(ASK_DRAFT, "")))


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    with running_app(qtbot, tmp_path, engine=ScriptedEngine(rate=0)) as app:
        person = Person(qtbot, app)
        person.load()
        person.call()
        yield person
        if isValid(person.window):
            person.window.close_for_good()


@pytest.fixture
def busy(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """The large window has an answer that goes on until it is stopped."""
    with running_app(qtbot, tmp_path, engine=ScriptedEngine(rate=100)) as app:
        person = Person(qtbot, app)
        person.load()
        app.chat.set_sampling(SamplingParams(max_tokens=0))
        app.chat.send("for the large window")
        app.wait(lambda: len(app.shown) == 2 and app.chat.answering)
        person.call()
        yield person
        if isValid(person.window):
            person.window.close_for_good()


def test_answer_stands_below_and_in_the_store_but_not_in_the_large_window(person: Person) -> None:
    assert not person.window.transcript.isVisible()
    height = person.window.height()
    person.ask("say: a cat")
    assert person.answered() == ["say: a cat", "a cat"]
    assert person.window.transcript.isVisible()
    assert person.window.height() > height + 200
    assert person.stored(person.quick.conversation_id) == ["say: a cat", "a cat"]
    assert person.app.shown == []
    assert person.app.chat.conversation_id is None
    assert person.app.window.page.composer.text() == ""


def test_next_question_goes_on_and_another_begins_anew(person: Person) -> None:
    person.ask("say: one")
    person.answered()
    first = person.quick.conversation_id
    person.ask("say: two")
    assert person.answered(2) == ["say: one", "one", "say: two", "two"]
    assert person.quick.conversation_id == first
    person.press(Key.Key_N, CTRL)
    assert person.shown() == []
    assert not person.window.transcript.isVisible()
    assert person.window.height() < 200
    person.ask("say: three")
    person.answered()
    assert person.quick.conversation_id != first
    assert person.stored(first) == ["say: one", "one", "say: two", "two"]


def test_defaults_and_no_role_of_the_open_conversation_hold(person: Person) -> None:
    person.app.chat.set_system_prompt("You are a pirate.")
    person.ask("say: hello")
    person.answered()
    number = person.quick.conversation_id
    assert number is not None
    assert person.app.storage.call(lambda: person.app.store.get(number)).system_prompt == ""


def test_escape_hides_and_what_was_seen_is_put_away(person: Person) -> None:
    height = person.window.height()
    person.ask("say: one")
    person.answered()
    person.press(Key.Key_Escape)
    assert not person.window.isVisible()
    person.call()
    assert person.shown() == []
    assert person.quick.conversation_id is None
    assert person.window.height() == height, "as small as at first"


def test_answer_that_came_while_hidden_is_still_there(busy: Person) -> None:
    busy.qtbot.keyClicks(busy.field, "say: later")
    busy.press(Key.Key_Return)
    busy.app.wait(lambda: busy.quick.waits)
    busy.press(Key.Key_Escape)
    assert not busy.window.isVisible()
    busy.app.chat.stop()
    busy.app.wait(lambda: not busy.quick.is_open)
    busy.call()
    assert busy.shown() == ["say: later", "later"]


def test_question_waits_for_its_turn_and_is_taken_back(busy: Person) -> None:
    busy.qtbot.keyClicks(busy.field, "say: two")
    busy.press(Key.Key_Return)
    busy.app.wait(lambda: busy.quick.waits)
    assert "yours is next" in busy.window.hint.text()
    busy.qtbot.keyClicks(busy.field, "x")
    assert busy.field.text() == "say: two", "what waits is sent as it was asked"
    busy.press(Key.Key_Return)
    assert not busy.quick.waits
    busy.qtbot.keyClicks(busy.field, " words")
    busy.press(Key.Key_Return)
    assert busy.quick.waits
    busy.app.chat.stop()
    assert busy.answered() == ["say: two words", "two words"]
    assert busy.app.shown[0].content == "for the large window"
    assert len(busy.app.shown) == 2


def test_it_goes_before_the_queue_of_the_large_window(busy: Person) -> None:
    composer = busy.app.window.page.composer
    composer.insert_typed("say: queued")
    composer.send()
    busy.app.wait(lambda: not composer.text())
    busy.qtbot.keyClicks(busy.field, "say: asked")
    busy.press(Key.Key_Return)
    busy.app.wait(lambda: busy.quick.waits)
    busy.app.chat.set_sampling(SamplingParams(max_tokens=1))
    busy.app.wait(lambda: len(busy.app.shown) == 4 and not busy.app.chat.busy)
    busy.app.wait_idle()
    assert busy.shown() == ["say: asked", "asked"]
    rows = busy.app.storage.call(
        lambda: busy.app.database.execute("SELECT content FROM message WHERE role = 'user' ORDER BY id")
    )
    assert [text for (text,) in rows] == ["for the large window", "say: asked", "say: queued"]


def test_own_answer_is_stopped_by_key(busy: Person) -> None:
    busy.app.chat.stop()
    busy.app.wait_idle()
    busy.app.chat.default_sampling = SamplingParams(max_tokens=0)
    busy.ask("go on")
    busy.app.wait(lambda: len(busy.shown()) == 2 and busy.quick.answering)
    assert busy.window.stop_button.isVisible()
    busy.press(Key.Key_Period, CTRL)
    busy.app.wait(lambda: not busy.quick.answering)
    assert not busy.window.stop_button.isVisible()


def test_large_window_takes_over_by_key(person: Person) -> None:
    person.ask("say: one")
    person.answered()
    number = person.quick.conversation_id
    person.press(Key.Key_Return, CTRL)
    assert person.opened == [number]
    assert not person.window.isVisible()
    person.app.window.commands.open_conversation(number)
    person.app.wait(lambda: len(person.app.shown) == 2)
    person.call()
    assert person.shown() == []


def test_question_to_the_conversation_that_is_open_in_both(person: Person) -> None:
    person.ask("say: one")
    person.answered()
    person.app.window.commands.open_conversation(person.quick.conversation_id)
    person.app.wait(lambda: len(person.app.shown) == 2)
    composer = person.app.window.page.composer
    composer.insert_typed("a draft")
    person.window.activateWindow()
    person.field.setFocus()
    person.ask("say: two")
    assert person.answered(2)[2:] == ["say: two", "two"]
    assert [message.content for message in person.app.shown] == person.shown()
    assert composer.text() == "a draft", "only what was asked here leaves its field"


def test_what_is_written_is_kept_and_comes_back(person: Person, qtbot: QtBot) -> None:
    qtbot.keyClicks(person.field, "half a quest")
    person.press(Key.Key_Escape)
    assert person.draft() == "half a quest"
    other = AskWindow(
        QuickAsk(person.app.chat, person.app.storage, person.app.store),
        person.app.models,
        person.app.keys,
        person.app.window.theme,
    )
    person.app.wait(lambda: other.field.text() == "half a quest")
    other.close_for_good()
    person.call()
    person.ask("ion")
    person.answered()
    assert person.draft() == ""


def test_program_that_ends_keeps_what_waits(busy: Person) -> None:
    busy.qtbot.keyClicks(busy.field, "say: two")
    busy.press(Key.Key_Return)
    busy.app.wait(lambda: busy.quick.waits)
    busy.window.close_for_good()
    busy.app.chat.stop()
    assert busy.draft() == "say: two"
    assert len(busy.app.storage.call(lambda: busy.app.database.execute("SELECT id FROM conversation"))) == 1


def test_without_a_model_one_sentence_says_what_helps(qtbot: QtBot, tmp_path: Path) -> None:
    with running_app(qtbot, tmp_path, engine=ScriptedEngine(rate=0)) as app:
        person = Person(qtbot, app)
        person.call()
        wanted: list[str] = []
        person.window.command_requested.connect(wanted.append)
        qtbot.keyClicks(person.field, "hello")
        person.press(Key.Key_Return)
        qtbot.waitUntil(person.window.banner.isVisible)
        assert "no model" in person.window.banner.text()
        assert person.field.text() == "hello"
        person.press(Key.Key_Tab)
        person.press(Key.Key_Space)
        assert wanted == ["model.open"]
        assert not person.window.banner.isVisible()
        person.press(Key.Key_O, CTRL)
        assert wanted == ["model.open"] * 2
        person.window.close_for_good()


def test_conversation_that_was_deleted_is_told_and_another_begins(person: Person) -> None:
    person.ask("say: one")
    person.answered()
    person.app.shelving.delete_conversation(person.quick.conversation_id)
    person.app.wait_idle()
    person.qtbot.keyClicks(person.field, "say: two")
    person.press(Key.Key_Return)
    person.qtbot.waitUntil(person.window.banner.isVisible)
    assert person.field.text() == "say: two"
    person.press(Key.Key_N, CTRL)
    person.press(Key.Key_Return)
    assert person.answered() == ["say: two", "two"]


def test_keys_reach_every_control_and_all_have_names(busy: Person) -> None:
    busy.app.chat.stop()
    busy.app.wait_idle()
    busy.app.chat.default_sampling = SamplingParams(max_tokens=0)
    busy.ask("go on")
    busy.app.wait(lambda: busy.quick.answering and len(busy.shown()) == 2)
    stops: list[QWidget] = []
    while (focus := QApplication.focusWidget()) not in stops:
        assert focus is not None
        stops.append(focus)
        assert QAccessible.queryAccessibleInterface(focus).text(QAccessible.Text.Name).strip()
        busy.press(Key.Key_Tab)
    window = busy.window
    assert set(stops) == {
        window.field,
        window.transcript,
        window.open_button,
        window.new_button,
        window.stop_button,
    }
    window.transcript.setFocus()
    busy.press(Key.Key_X)
    assert (window.field.text(), window.field.hasFocus()) == ("x", True)


def test_much_text_is_not_swallowed(person: Person) -> None:
    data = QMimeData()
    data.setText("x" * 30_000)
    QGuiApplication.clipboard().setMimeData(data)
    person.press(Key.Key_V, CTRL)
    assert person.window.banner.isVisible()
    assert "Ctrl+Enter" in person.window.banner.text()
    person.press(Key.Key_Escape)
    assert not person.window.banner.isVisible()
    assert person.window.isVisible()


def test_link_is_asked_about_and_escape_goes_back(person: Person) -> None:
    person.ask("say: one")
    person.answered()
    person.window.transcript.link_chosen.emit("https://example.com/a")
    card = person.window.findChild(LinkQuestion)
    assert card is not None
    assert card.isVisible()
    person.press(Key.Key_Escape)
    assert not card.isVisible()
    assert person.window.isVisible()


def test_it_follows_the_theme_and_the_keys(person: Person) -> None:
    for mode in MODES:
        person.app.window.theme.set_mode(mode)
        assert person.app.window.theme.tokens.accent in person.window.styleSheet()
    keymap = person.app.keys.keymap.without_keys("conversation.new").with_key("conversation.new", "Ctrl+Shift+N")
    person.app.keys.changed.emit(keymap)
    assert person.window.new_button.text().endswith("Ctrl+Shift+N")


def test_command_of_the_large_window_asks_for_it(person: Person) -> None:
    with person.qtbot.waitSignal(person.app.window.ask_requested):
        person.app.window.actions_by_id["ask.open"].trigger()
    assert command("ask.open").keys


def test_large_window_reads_only_its_own_answers_aloud(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    here: list[str] = []
    there: list[str] = []
    monkeypatch.setattr(person.window._announcer, "_say", here.append)
    monkeypatch.setattr(person.app.window._announcer, "_say", there.append)
    person.ask("say: one")
    person.answered()
    assert (here, there) == (["one"], [])
