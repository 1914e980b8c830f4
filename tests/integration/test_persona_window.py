"""A persona that is chosen by key reaches the engine, the store and the next start."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import Role
from desktopchat.core.modelfile import ModelFile
from desktopchat.engine.api import GenerationEvent, GenerationRequest
from desktopchat.engine.scripted import ScriptedEngine
from tests.running_app import RunningApp, running_app

MODEL = ModelFile("/models/scripted.gguf", "scripted", 0, "none")
Key = Qt.Key

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


class ListeningEngine(ScriptedEngine):
    """Keeps what it is asked."""

    def __init__(self) -> None:
        super().__init__(rate=0)
        self.requests: list[GenerationRequest] = []

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        self.requests.append(request)
        return super().generate(request)


class Person:
    """Somebody at the keys."""

    def __init__(self, qtbot: QtBot, app: RunningApp, engine: ListeningEngine) -> None:
        self.app, self.engine, self._qtbot = app, engine, qtbot
        with qtbot.waitSignal(app.models.model_loaded):
            app.models.load(MODEL)
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        app.window.page.composer.field.setFocus()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(QGuiApplication.focusObject(), key, modifier)

    def write(self, text: str) -> None:
        self._qtbot.keyClicks(QGuiApplication.focusObject(), text)

    def open_personas(self) -> None:
        self.press(Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
        self.app.wait(lambda: self.app.window.commands.overlay is not None)

    def say(self, text: str) -> None:
        self.write(text)
        asked = len(self.engine.requests)
        self.press(Key.Key_Return)
        self.app.wait(lambda: len(self.engine.requests) > asked and not self.app.chat.busy)


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    folder = tmp_path / "personas"
    folder.mkdir()
    (folder / "tutor.md").write_text("---\ntemperature: 0.4\n---\nTeach {subject=maths}.", "utf-8")
    (folder / "broken.md").write_text("---\ntemperature: 9\n---\nText", "utf-8")
    engine = ListeningEngine()
    with running_app(qtbot, tmp_path, engine=engine) as app:
        yield Person(qtbot, app, engine)


def test_persona_reaches_the_engine_and_goes_along(person: Person) -> None:
    app = person.app
    person.open_personas()
    assert "broken.md cannot be used" in app.window.page.banner.text()
    person.press(Key.Key_Return)
    person.write("logic")  # in place of what stood there at first
    person.press(Key.Key_Return)
    person.say("Hello")
    request = person.engine.requests[-1]
    assert (request.messages[0].role, request.messages[0].content) == (Role.SYSTEM, "Teach logic.")
    assert request.sampling.temperature == 0.4

    first = app.chat.conversation_id
    assert first is not None
    kept = app.storage.call(lambda: app.store.get(first))
    assert (kept.system_prompt, kept.sampling.persona) == ("Teach logic.", "tutor")

    with person._qtbot.waitSignal(app.chat.conversation_opened):
        app.window.commands.new_conversation()
    assert (app.chat.sampling.persona, app.chat.sampling.temperature) == ("tutor", 0.4)


def test_persona_is_taken_back_by_key(person: Person) -> None:
    app = person.app
    app.window.panel.write_system_prompt("Mine.")
    person.open_personas()
    person.press(Key.Key_Return)
    person.press(Key.Key_Return)
    assert app.window.panel.system_prompt == "Teach maths."
    person.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    person.say("Hello")
    assert person.engine.requests[-1].messages[0].content == "Mine."
    assert person.engine.requests[-1].sampling.persona == ""


def test_card_becomes_a_persona_that_can_be_chosen(person: Person, tmp_path: Path) -> None:
    card = tmp_path / "mira.json"
    book = [{"keys": ["lamp"], "content": "It is green."}, {"keys": [], "content": "Lost."}]
    mira = {"name": "Mira", "description": "{{char}} likes {{user}}.", "character_book": {"entries": book}}
    card.write_text(json.dumps(mira), "utf-8")
    library = person.app.writing.personas
    with person._qtbot.waitSignal(library.noticed) as told:
        library.take_card(str(card))
    assert told.args[0].cause == (
        "Mira is among the personas now. One entry of its lore book came along."
        " One entry was left out: no plain word calls it, or there was no room."
    )
    person.open_personas()
    person.write("mira")
    person.press(Key.Key_Return)
    person.write("Ann")
    person.press(Key.Key_Return)
    person.say("Hello")
    assert person.engine.requests[-1].messages[0].content.endswith("Mira likes Ann.")
    assert "green" not in person.engine.requests[-1].messages[0].content
    person.say("Light the lamp")
    assert "It is green.\n\nMira likes Ann." in person.engine.requests[-1].messages[0].content
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with person._qtbot.waitSignal(library.noticed) as told:
        library.take_card(str(tmp_path / "bad.png"))
    assert told.args[0].cause == "The picture holds no character."
