"""What is to answer is set up by key."""

from dataclasses import replace

import pytest
from fake_chats import FakeChat
from fake_insight import FakeBranching
from fake_models import FakeModels
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.comparison import Comparison
from desktopchat.controllers.models import LoadedModel
from desktopchat.core.chat import FinishReason, Message, MessageState, Role
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.ui.compare_card import CompareCard

Key, NO, SHIFT = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
QUESTION = Message(1, 1, -1, Role.USER, "Why is\nthe sky blue?", MessageState.COMPLETE, 0.0)
LOADED = LoadedModel("tiny", 4096, Sentence("CPU"), "own", (), is_starter=False)


class Models(FakeModels):
    """Opens what it is told to when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = ModelIdentity("tiny", "/models/tiny.gguf")

    def loads(self, path: str) -> None:
        self.identity = ModelIdentity(path.rsplit("/", 1)[-1], path)
        self.model_loaded.emit(LOADED)


class Rig:
    """A window with the card open on one question."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.chat, self.models = FakeChat(), Models()
        branching = FakeBranching(self.chat, models=self.models)
        self.comparison: Comparison = branching.comparison
        self.window = open_window(qtbot, self.chat, models=self.models, branching=branching)
        self.chat.show(QUESTION)
        self.press(Key.Key_F7, SHIFT)

    def press(self, *keys: Qt.Key | Qt.KeyboardModifier) -> None:
        modifier = next((one for one in keys if isinstance(one, Qt.KeyboardModifier)), NO)
        for key in keys:
            if isinstance(key, Qt.Key):
                self._qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    @property
    def card(self) -> CompareCard:
        card = self.window.commands.overlay
        assert isinstance(card, CompareCard)
        return card

    def titles(self) -> list[str]:
        return [column.page.accessibleName() for column in self.card.columns]

    def said(self) -> str:
        return "\n".join(label.text() for label in self.card.findChildren(QLabel) if not label.isHidden())

    def samplings(self) -> list[SamplingParams]:
        return [call[1] for call in self.chat.calls if call[0] == "regenerate"]

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(QApplication.focusWidget(), text)

    def answer(self, number: int, text: str, reason: FinishReason = FinishReason.STOP) -> Message:
        """Let the chat write an answer."""
        message = Message(number, 1, 1, Role.ASSISTANT, "", MessageState.STREAMING, 0.0)
        self.chat.path_changed.emit((QUESTION, message))
        self.chat.text_received.emit(number, text[:2])
        return Message(number, 1, 1, Role.ASSISTANT, text, MessageState.COMPLETE, 0.0, finish_reason=reason)

    def end(self, message: Message) -> None:
        self.chat.message_changed.emit(message)
        self.chat.ended.emit(1, message.finish_reason is FinishReason.STOP)


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    return Rig(qtbot)


def test_panes_are_set_up_by_key(rig: Rig) -> None:
    assert rig.titles() == ["tiny, present parameters · temperature 0.7", "tiny, Precise · temperature 0.2"]
    assert "Why is the sky blue?" in rig.said()
    assert "one after the other" in rig.said()
    rig.press(Key.Key_P, SHIFT)  # the last of the presets
    assert rig.titles()[0] == "tiny, Letters · temperature 1.4"
    rig.press(Key.Key_Minus, Key.Key_Minus)
    assert rig.titles()[0] == "tiny, Letters · temperature 1.2"
    rig.press(Key.Key_Right, Key.Key_M)
    assert rig.titles()[1] == "qwen, Precise · temperature 0.2"
    assert "400 MB are read to load qwen, and tiny comes back" in rig.said().replace("400.0", "400")
    rig.press(Key.Key_Minus, Key.Key_Minus, Key.Key_Minus)
    assert rig.titles()[1].endswith("temperature 0")
    rig.press(Key.Key_A, Key.Key_A, Key.Key_A)
    assert len(rig.titles()) == 4
    rig.press(Key.Key_Delete, Key.Key_Delete, Key.Key_Delete)
    assert len(rig.titles()) == 2


def test_without_anything_to_ask_there_is_a_sentence(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press(Key.Key_Escape)
    rig.chat.show()
    rig.press(Key.Key_F7, SHIFT)
    assert rig.window.commands.overlay is None
    assert "no question yet" in rig.window.toast.text()


def test_each_is_asked_in_turn_and_shown_in_its_pane(rig: Rig) -> None:
    rig.press(Key.Key_Return)
    assert [one.temperature for one in rig.samplings()] == [0.7]
    assert rig.card.columns[1].footer() == "waits for its turn"
    first = rig.answer(2, "It scatters.")
    assert rig.card.columns[0].page.toPlainText() == "It"
    assert rig.card.columns[0].footer() == "is being written"
    rig.end(first)
    assert rig.card.columns[0].page.toPlainText() == "It scatters."
    assert "ended by itself" in rig.card.columns[0].footer()
    assert [(one.temperature, one.preset) for one in rig.samplings()] == [(0.7, ""), (0.2, "Precise")]
    rig.end(rig.answer(3, "Rayleigh."))
    assert not rig.comparison.running
    assert "Every answer is kept" in rig.said()
    rig.press(Key.Key_Right, Key.Key_Return)
    assert rig.chat.calls[-1] == ("open_message", 1, 3)


def test_other_models_are_loaded_in_turn(rig: Rig) -> None:
    rig.press(Key.Key_M, Key.Key_Return)
    assert rig.models.calls == []  # the one in use answers first
    rig.end(rig.answer(2, "Rayleigh."))
    assert rig.card.columns[1].page.toPlainText() == "Rayleigh."
    assert rig.models.calls == [("open", "/models/qwen.gguf")]
    assert "being loaded" in rig.card.columns[0].footer()
    rig.models.loads("/models/qwen.gguf")
    rig.end(rig.answer(3, "It scatters."))
    assert rig.card.columns[0].page.toPlainText() == "It scatters."
    assert rig.models.calls[-1] == ("open", "/models/tiny.gguf")
    assert "tiny is being loaded again" in rig.said()
    rig.models.loads("/models/tiny.gguf")
    assert not rig.comparison.running


def test_escape_stops_first_and_closes_then(rig: Rig) -> None:
    rig.press(Key.Key_Return)
    message = rig.answer(2, "It", FinishReason.CANCELLED)
    rig.press(Key.Key_Escape)
    assert rig.chat.calls[-1] == ("stop",)
    rig.end(message)
    assert rig.card.columns[1].footer() == "was not asked"
    rig.press(Key.Key_Escape)
    assert rig.window.commands.overlay is None


def test_answer_that_is_about_to_begin_is_stopped(rig: Rig) -> None:
    rig.press(Key.Key_Return, Key.Key_Escape)
    assert ("stop",) not in rig.chat.calls
    message = rig.answer(2, "", FinishReason.CANCELLED)
    assert rig.chat.calls[-1] == ("stop",)
    rig.end(message)
    assert not rig.comparison.running
    assert len(rig.samplings()) == 1


def test_abandoned_load_ends_it(rig: Rig) -> None:
    rig.press(Key.Key_M, Key.Key_Right, Key.Key_M, Key.Key_Return)
    rig.press(Key.Key_Escape)
    assert rig.models.calls[-1] == ("cancel",)
    rig.models.identity = ModelIdentity("")
    rig.models.load_failed.emit(Notice("info", "Loading was stopped."))
    assert rig.card.columns[0].footer() == "Loading was stopped."
    assert rig.models.calls[-1] == ("open", "/models/tiny.gguf")
    rig.models.load_failed.emit(Notice("error", "This model is broken."))
    assert not rig.comparison.running
    assert rig.samplings() == []


def test_what_is_written_is_sent_first(rig: Rig) -> None:
    rig.press(Key.Key_Escape)
    rig.type("And the sea?")
    rig.press(Key.Key_F7, SHIFT)
    assert "And the sea?" in rig.said()
    assert "What you have written is sent first." in rig.said()
    rig.press(Key.Key_Plus, Key.Key_Return)
    changed = [call for call in rig.chat.calls if call[0] in ("sampling", "send")]
    assert changed == [("sampling", SamplingParams(temperature=0.8)), ("send", "And the sea?")]
    rig.chat.sent.emit()
    assert rig.window.page.composer.text() == ""
    assert rig.chat.calls[-1] == ("sampling", SamplingParams())
    question = Message(5, 1, -1, Role.USER, "And the sea?", MessageState.COMPLETE, 0.0)
    answer = Message(6, 1, 5, Role.ASSISTANT, "", MessageState.STREAMING, 0.0)
    rig.chat.message_added.emit(question)
    rig.chat.message_added.emit(answer)
    rig.chat.text_received.emit(6, "It reflects.")
    assert rig.card.columns[0].page.toPlainText() == "It reflects."
    rig.end(replace(answer, state=MessageState.COMPLETE, finish_reason=FinishReason.STOP))
    assert [one.temperature for one in rig.samplings()] == [0.2]


def test_question_that_is_refused_stays_in_the_field(rig: Rig) -> None:
    rig.press(Key.Key_Escape)
    rig.type("And the sea?")
    rig.press(Key.Key_F7, SHIFT)
    rig.press(Key.Key_Return)
    rig.chat.send_refused.emit(Notice("info", "The disk is full."))
    assert [column.footer() for column in rig.card.columns] == ["The disk is full.", "was not asked"]
    assert not rig.comparison.running
    assert rig.window.page.composer.text() == "And the sea?"
    assert len([call for call in rig.chat.calls if call[0] == "send"]) == 1


def test_refusal_is_told_in_the_pane(rig: Rig) -> None:
    rig.press(Key.Key_Return)
    rig.chat.send_refused.emit(Notice("info", "The disk is full."))
    assert rig.card.columns[0].footer() == "The disk is full."
    assert len(rig.samplings()) == 2


def test_without_a_model_there_is_nothing_to_compare(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press(Key.Key_Escape)
    for change in ("busy", "model", "server"):
        rig.chat.answering = change == "busy"
        rig.models.identity = ModelIdentity("" if change == "model" else "tiny", "/models/tiny.gguf")
        rig.models.is_elsewhere = change == "server"
        rig.window.actions_by_id["branch.compare"].trigger()
        if change != "server":
            assert rig.window.commands.overlay is None
    rig.press(Key.Key_M)  # a model of a server would not come back by itself
    assert rig.titles()[0].startswith("tiny, ")
    assert "changes its model" not in rig.said()
    assert rig.comparison.may_change_models is False
