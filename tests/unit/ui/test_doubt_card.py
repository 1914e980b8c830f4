"""The doubt lens by key."""

from dataclasses import replace
from pathlib import Path

from fake_chats import FakeChat
from fake_insight import FakeInsight
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot
from test_main_window import answer, own
from ui_fakes import open_window

from desktopchat.controllers.doubt import Doubt, Sample
from desktopchat.core.agreement import agreement
from desktopchat.core.chat import FinishReason, Timings, Usage
from desktopchat.core.sentence import Sentence
from desktopchat.ui.doubt.card import DoubtCard
from desktopchat.ui.doubt.sentence_list import SentenceList

Key = Qt.Key
TEXT = "The tower stands in Paris. It was built in 1889. Cats like it very much."
OTHERS = ("The tower stands in Paris.", "In Paris stands the tower. It was built in 1899.", "Dogs bark.", TEXT)
ANSWER = replace(answer(2, TEXT), model="tiny", usage=Usage(9, 0, 50))


def doubt(*others: str) -> Doubt:
    samples = tuple(Sample(one, "", 10, 5, FinishReason.STOP) for one in others)
    timings = Timings(0.1, 0.5, 2.5, joules=180.0, watts=60.0)
    return Doubt(ANSWER, samples, 0.7, Usage(9, 9, 40), timings, agreement(TEXT, others))


class Rig:
    """A window with the card open."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.fake = FakeInsight(folder=folder)
        self.chat = FakeChat()
        self.window = open_window(qtbot, self.chat, insight=self.fake)
        self.chat.show(own(1, "Where?"), ANSWER)
        self.window.actions_by_id["doubt.show"].trigger()

    @property
    def card(self) -> DoubtCard:
        (card,) = self.window.findChildren(DoubtCard)
        return card

    @property
    def rows(self) -> SentenceList:
        return self.card.findChild(SentenceList)

    def press(self, *keys: Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.window.focusWidget(), key)

    def labels(self) -> str:
        return "\n".join(one.text() for one in self.card.findChildren(QLabel) if one.isVisible())

    def shown(self) -> str:
        return self.card.findChild(QPlainTextEdit).toPlainText()

    def spoken(self) -> list[str]:
        return [self.rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(self.rows.count())]


def test_samples_are_drawn_at_once_and_progress_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    assert rig.fake.doubt.calls == [("begin", ANSWER, 4)]
    rig.fake.doubt.progressed.emit(100, 1)
    assert "Drawing 4 more answers to the same question: 100 tokens, 1 are whole" in rig.labels()
    rig.press(Key.Key_Plus, Key.Key_Minus, Key.Key_Minus, Key.Key_Minus, Key.Key_Minus, Key.Key_R)
    assert [call[2] for call in rig.fake.doubt.calls[1:]] == [5, 4, 3, 2, 2, 2]
    rig.press(Key.Key_Escape)
    assert rig.fake.doubt.calls[-1] == ("stop",)


def test_each_sentence_says_how_many_agree(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    rig.fake.doubt.ended.emit(doubt(*OTHERS))
    assert rig.spoken() == [
        "3 of 4 agree: The tower stands in Paris.",
        "1 of 4 agree: It was built in 1889.",
        "1 of 4 agree: Cats like it very much.",
    ]
    assert "All 4 samples agree with 0 of 3 sentences." in rig.labels()
    assert "temperature 0.7: 40 tokens · 3 s · 50 mWh estimated (60 W)" in rig.labels()
    assert "This is agreement and not truth" in rig.labels()
    assert rig.shown().splitlines()[2] == "3   0 % · differs   Dogs bark."
    rig.press(Key.Key_Down)
    assert rig.shown().splitlines()[1] == "2   100 % · other numbers   It was built in 1899."
    assert rig.shown().splitlines()[3] == "4   100 % · agrees   It was built in 1889."


def test_sample_is_read_and_kept_by_key(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    found = doubt(*OTHERS)
    rig.fake.doubt.ended.emit(found)
    rig.press(Key.Key_K)
    assert "Show a sample first" in rig.labels()
    rig.press(Key.Key_2)
    assert rig.shown() == OTHERS[1]
    rig.press(Key.Key_K)
    assert rig.fake.doubt.calls[-1] == ("keep", found, 1)
    rig.fake.doubt.kept.emit(1)
    assert "Sample 2 is another version of the answer now." in rig.labels()
    rig.press(Key.Key_K)
    assert [call[0] for call in rig.fake.doubt.calls].count("keep") == 1
    rig.press(Key.Key_2)
    assert rig.shown().startswith("1   100 %")
    rig.press(Key.Key_7)  # there is none
    assert rig.shown().startswith("1   100 %")


def test_another_model_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    rig.fake.doubt.ended.emit(replace(doubt(*OTHERS), answer=replace(ANSWER, model="large")))
    assert "The answer is by large, the samples by tiny." in rig.labels()


def test_late_samples_of_another_answer_are_not_shown(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    rig.fake.doubt.ended.emit(replace(doubt(*OTHERS), answer=replace(ANSWER, id=9)))
    assert rig.rows.count() == 0


def test_what_is_in_the_way_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    rig.fake.doubt.failed.emit(Sentence("No model is loaded. Open a model first."))
    assert "No model is loaded. Open a model first." in rig.labels()
    assert "Drawing" not in rig.labels()
    rig.press(Key.Key_R)
    assert "Drawing 4 more answers" in rig.labels()
    assert "No model" not in rig.labels()


def test_hidden_characters_are_marked(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    rig.fake.doubt.ended.emit(doubt("A \u202e sample."))
    rig.press(Key.Key_1)
    assert rig.shown() == "A [U+202E] sample."
