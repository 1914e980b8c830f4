"""Branches and comparisons by key in the real window, with the real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import FinishReason, Message, MessageState
from desktopchat.core.errors import ModelFileError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import GenerationEvent, GenerationRequest, LoadEvent
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.ui.compare_card import CompareCard
from desktopchat.ui.outline_card import OutlineCard
from tests.gguf_maker import write_gguf
from tests.running_app import RunningApp, running_app

Key, NO, SHIFT = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


class TwoModels(ScriptedEngine):
    """Remembers what it was to load and to answer; one file is refused."""

    def __init__(self, rate: float = 0) -> None:
        super().__init__(rate=rate)
        self.loads: list[str] = []
        self.requests: list[GenerationRequest] = []
        self.refused = ""

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        self.loads.append(model.name)
        if model.name == self.refused:
            raise ModelFileError("This model is broken.", "Get it again.")
        yield from super().load(model, params)

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        self.requests.append(request)
        yield from super().generate(request)


class Person:
    """Somebody at the keys, with two models in the folder."""

    def __init__(self, qtbot: QtBot, app: RunningApp, engine: TwoModels, folder: Path) -> None:
        self.app, self.engine, self._qtbot = app, engine, qtbot
        self.files = [write_gguf(folder / "models" / f"{name}.gguf") for name in ("alpha", "beta")]
        assert app.open_model(self.files[0]) is None
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        app.window.page.composer.field.setFocus()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO, times: int = 1) -> None:
        for _ in range(times):
            self._qtbot.keyClick(QGuiApplication.focusObject(), key, modifier)

    def say(self, text: str) -> None:
        asked = len(self.engine.requests)
        self._qtbot.keyClicks(QGuiApplication.focusObject(), text)
        self.press(Key.Key_Return)
        self.app.wait(lambda: len(self.engine.requests) > asked)
        self.app.wait_idle()

    def versions(self) -> tuple[Message, ...]:
        """Return the answers to the last question."""
        branches = self.app.stores.branches
        last = self.app.shown[-1].id
        return self.app.storage.call(lambda: branches.messages(branches.siblings(last)))

    def open_comparison(self) -> CompareCard:
        self.press(Key.Key_F7, SHIFT)
        self.app.wait(lambda: isinstance(self.app.window.commands.overlay, CompareCard))
        card = self.app.window.commands.overlay
        assert isinstance(card, CompareCard)
        return card


@pytest.fixture
def engine() -> TwoModels:
    return TwoModels()


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path, engine: TwoModels) -> Iterator[Person]:
    with running_app(qtbot, tmp_path, engine=engine) as app:
        yield Person(qtbot, app, engine, tmp_path)


def test_models_and_parameters_answer_beside_each_other(person: Person) -> None:
    app, engine = person.app, person.engine
    person.say("say: One two three")
    first = person.versions()
    card = person.open_comparison()
    assert [column.title() for column in card.columns] == ["alpha", "alpha"]
    person.press(Key.Key_M)  # the first pane: the other model
    person.press(Key.Key_Right)
    person.press(Key.Key_A)
    person.press(Key.Key_Plus, SHIFT)
    assert [column.title() for column in card.columns] == ["beta", "alpha", "alpha"]
    person.press(Key.Key_Return)
    app.wait(lambda: engine.loads == ["alpha", "beta", "alpha"] and not app.branching.comparison.running)
    app.wait_idle()
    # Those with the model in use answer first, then the other one, and the one of before comes back.
    assert [request.sampling.temperature for request in engine.requests[1:]] == [0.2, 0.3, 0.7]
    assert app.models.name == "alpha"
    kept = person.versions()
    assert kept[: len(first)] == tuple(replace(one, siblings=4) for one in first)
    assert [(one.model, one.sampling.temperature) for one in kept[1:] if one.sampling] == [
        ("alpha", 0.2),
        ("alpha", 0.3),
        ("beta", 0.7),
    ]
    shown = [column.message.id for column in card.columns if column.message]
    assert shown == [kept[3].id, kept[1].id, kept[2].id]
    for column in card.columns:
        assert column.message is not None
        assert column.page.toPlainText().strip()
        assert "ended by itself" in column.footer()
    assert app.chat.sampling.temperature == 0.7
    # Enter goes on with the chosen one.
    person.press(Key.Key_Left)
    person.press(Key.Key_Return)
    app.wait(lambda: app.window.commands.overlay is None and app.shown[-1].id == shown[1])


def test_what_is_written_in_a_new_conversation_is_compared(person: Person) -> None:
    app = person.app
    person._qtbot.keyClicks(QGuiApplication.focusObject(), "say: Hi you")
    card = person.open_comparison()
    person.press(Key.Key_Plus, SHIFT)
    person.press(Key.Key_Return)
    app.wait(lambda: not app.branching.comparison.running and all(column.message for column in card.columns))
    app.wait_idle()
    assert [column.page.toPlainText() for column in card.columns] == ["Hi you", "Hi you"]
    assert [one.sampling.temperature for one in person.versions() if one.sampling] == [0.8, 0.2]
    assert app.window.page.composer.text() == ""
    conversation = app.chat.conversation_id
    assert conversation is not None
    kept = app.storage.call(lambda: app.store.get(conversation))
    assert (kept.sampling.temperature, app.chat.sampling.temperature, kept.draft) == (0.7, 0.7, "")


def test_escape_stops_and_keeps_what_came(qtbot: QtBot, tmp_path: Path) -> None:
    engine = TwoModels(rate=60)
    with running_app(qtbot, tmp_path, engine=engine) as app:
        person = Person(qtbot, app, engine, tmp_path)
        person.say("say: " + "word " * 60)
        card = person.open_comparison()
        person.press(Key.Key_Return)
        app.wait(lambda: len(card.columns[0].page.toPlainText()) > 10)
        person.press(Key.Key_Escape)
        app.wait(lambda: not app.branching.comparison.running)
        app.wait_idle()
        assert app.window.commands.overlay is card
        kept = person.versions()
        assert (len(kept), kept[1].finish_reason) == (2, FinishReason.CANCELLED)
        assert kept[1].content == card.columns[0].message.content
        assert card.columns[1].footer() == "was not asked"
        person.press(Key.Key_Escape)
        assert app.window.commands.overlay is None


def test_model_that_does_not_load_is_told_in_its_pane(person: Person) -> None:
    app, engine = person.app, person.engine
    person.say("say: One two three")
    engine.refused = "beta"
    card = person.open_comparison()
    person.press(Key.Key_M)
    person.press(Key.Key_Return)
    app.wait(lambda: not app.branching.comparison.running)
    app.wait_idle()
    assert "This model is broken." in card.columns[0].footer()
    assert card.columns[1].message is not None
    assert app.models.name == "alpha"
    assert [one.state for one in person.versions()] == [MessageState.COMPLETE] * 2


def test_branch_is_named_opened_and_gone_on_from_by_key(person: Person) -> None:
    app = person.app
    person.say("say: First")
    person.say("say: Second")
    ids = [message.id for message in app.shown]
    person.press(Key.Key_F6, SHIFT)
    app.wait(lambda: isinstance(app.window.commands.overlay, OutlineCard) and app.window.commands.overlay.current())
    person.press(Key.Key_Home)
    person.press(Key.Key_Down)
    person.press(Key.Key_F2)
    person._qtbot.keyClicks(QGuiApplication.focusObject(), "start")
    person.press(Key.Key_Return)
    app.wait(lambda: app.storage.call(lambda: app.stores.branches.name(ids[1])) == "start")
    app.wait(lambda: "start" in app.window.page.transcript.toPlainText())  # above the message too
    person.press(Key.Key_G)
    app.wait(lambda: [message.id for message in app.shown] == ids[:2])
    person.say("say: Another way")
    assert next(message.content for message in app.shown if message.id not in ids) == "say: Another way"
    person.press(Key.Key_F6, SHIFT)
    app.wait(lambda: isinstance(app.window.commands.overlay, OutlineCard) and app.window.commands.overlay.current())
    card = app.window.commands.overlay
    assert isinstance(card, OutlineCard)
    card.choose(ids[3])
    person.press(Key.Key_Return)
    app.wait(lambda: [message.id for message in app.shown] == ids)
    app.wait(lambda: (found := app.window.page.transcript.message_at_caret()) and found.id == ids[3])
