"""Typing ahead, files and prompts in the real window on the real store, by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import Role
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import SamplingParams
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.state import NEW_DRAFT
from tests.running_app import RunningApp, running_app

MODEL = ModelFile("/models/scripted.gguf", "scripted", 0, "none")
Key, NONE = Qt.Key, Qt.KeyboardModifier.NoModifier

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


class Person:
    """Somebody at the keys."""

    def __init__(self, qtbot: QtBot, app: RunningApp) -> None:
        self.app = app
        self.composer = app.window.page.composer
        self.field = self.composer.field
        self._qtbot = qtbot
        with qtbot.waitSignal(app.models.model_loaded):
            app.models.load(MODEL)
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        self.field.setFocus()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self._qtbot.keyClick(self.app.window.focusWidget(), key, modifier)

    def write(self, text: str) -> None:
        self._qtbot.keyClicks(self.field, text)

    def say(self, text: str) -> None:
        """Write and send, and wait until it has left the field."""
        self.write(text)
        self.press(Key.Key_Return)
        self.app.wait(lambda: not self.composer.text())

    def queued(self) -> list[str]:
        rows = self.composer.queue.list
        return [rows.item(row).text() for row in range(rows.count())]

    def said(self) -> list[str]:
        return [message.content for message in self.app.shown if message.role is Role.USER]


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    with running_app(qtbot, tmp_path, engine=ScriptedEngine(rate=100)) as app:
        app.chat.set_sampling(SamplingParams(max_tokens=0))
        yield Person(qtbot, app)


def test_typing_ahead(person: Person) -> None:
    person.say("first")
    person.app.wait(lambda: len(person.app.shown) == 2)
    person.say("second")
    person.say("thirt")
    assert person.queued() == ["1  second", "2  thirt"]
    person.press(Key.Key_Up)
    person.app.wait(lambda: person.composer.text() == "thirt")
    assert person.queued() == ["1  second"]
    person.press(Key.Key_Backspace)
    person.say("d")
    assert person.queued() == ["1  second", "2  third"]
    person.press(Key.Key_Escape)
    person.app.wait_idle()
    assert person.composer.queue.waits
    assert person.said() == ["first"]
    person.app.chat.set_sampling(SamplingParams(max_tokens=1))
    person.press(Key.Key_Return)
    person.app.wait(lambda: len(person.app.shown) == 6 and not person.app.chat.busy)
    person.app.wait_idle()
    assert person.said() == ["first", "second", "third"]
    assert [message.content for message in person.app.stored()] == [message.content for message in person.app.shown]
    assert not person.composer.queue.isVisible()


def test_removed_message_comes_back_by_key(person: Person) -> None:
    person.say("first")
    person.app.wait(lambda: len(person.app.shown) == 2)
    person.say("second")
    person.press(Key.Key_F9)
    person.press(Key.Key_Delete)
    person.app.wait(lambda: not person.queued())
    assert person.field.hasFocus()
    person.app.wait(lambda: person.app.window.toast.isVisible())
    person.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    person.app.wait(lambda: person.queued() == ["1  second"])


def test_queue_and_files_are_there_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("A boat.", "utf-16")
    with running_app(qtbot, tmp_path, engine=ScriptedEngine(rate=100)) as app:
        app.chat.set_sampling(SamplingParams(max_tokens=0))
        person = Person(qtbot, app)
        person.say("first")
        app.wait(lambda: len(app.shown) == 2)
        app.writing.attaching.read([str(tmp_path / "notes.txt")])
        person.say("second")
        person.write("draft")
        app.writing.attaching.read([str(tmp_path / "notes.txt")])
        app.wait(lambda: person.composer.chips.count() == 1)
    with running_app(qtbot, tmp_path, engine=ScriptedEngine(rate=100)) as app:
        app.chat.set_sampling(SamplingParams(max_tokens=1))
        person = Person(qtbot, app)
        app.chat.open_conversation(1)
        app.wait(lambda: person.composer.text() == "draft")
        assert [file.text for file in person.composer.chips.files()] == ["A boat."]
        assert person.queued() == ["1  second · notes.txt"]
        app.chat.set_sampling(SamplingParams(max_tokens=1))
        person.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        app.wait(lambda: len(app.shown) == 4 and not app.chat.busy)
        assert [file.text for file in app.shown[2].files] == ["A boat."]
        assert "notes.txt, 7 B" in app.window.page.transcript.toPlainText()
        assert person.composer.text() == "draft"


def test_own_prompt_is_kept_and_used(person: Person) -> None:
    person.write("Say {word} twice")
    person.app.writing.prompts.save("say", person.composer.text())
    person.app.wait(lambda: person.app.window.toast.isVisible())
    person.field.clear()
    person.write("/s")
    person.app.wait(lambda: person.composer.completion.popup)
    person.press(Key.Key_Return)
    person.write("boat")
    assert person.composer.text() == "Say boat twice"


def test_draft_that_the_message_does_not_begin_with_goes_with_it_too(person: Person) -> None:
    app = person.app
    app.chat.set_sampling(SamplingParams(max_tokens=1))
    person.say("first")
    app.wait_idle()
    number = app.chat.conversation_id
    assert number is not None

    def draft() -> str:
        return app.storage.call(lambda: app.store.get(number).draft)

    person.write("the sea")
    app.wait(lambda: draft() == "the sea")
    person.press(Key.Key_Home)
    person.say("About ")
    app.wait_idle()
    assert person.said() == ["first", "About the sea"]
    assert draft() == ""


def test_draft_goes_along_when_the_queue_begins_the_conversation(person: Person) -> None:
    app = person.app
    app.chat.set_sampling(SamplingParams(max_tokens=150))
    person.say("first")
    app.wait(lambda: len(app.shown) == 2)
    person.press(Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    app.wait(lambda: app.chat.conversation_id is None)
    person.say("second")
    assert person.queued() == ["1  second"]
    person.write("not sent")
    app.wait(lambda: app.storage.call(lambda: app.store.get_state(NEW_DRAFT)) == "not sent")
    app.wait(lambda: person.said() == ["second"])
    number = app.chat.conversation_id
    assert number is not None
    app.wait(lambda: app.storage.call(lambda: app.store.get(number).draft) == "not sent")
    assert app.storage.call(lambda: app.store.get_state(NEW_DRAFT)) == ""
    assert person.composer.text() == "not sent"


def test_history_walks_and_comes_back_to_the_draft(person: Person) -> None:
    person.app.chat.set_sampling(SamplingParams(max_tokens=1))
    for text in ("one", "two"):
        person.say(text)
        person.app.wait_idle()
    person.write("draft")
    alt = Qt.KeyboardModifier.AltModifier
    for expected in ("two", "one"):
        person.press(Key.Key_PageUp, alt)
        person.app.wait(lambda expected=expected: person.composer.text() == expected)
    person.press(Key.Key_PageDown, alt)
    person.press(Key.Key_PageDown, alt)
    assert person.composer.text() == "draft"
