"""The cards that look into an answer, by key."""

import math

import pytest
from fake_chats import FakeChat
from fake_insight import FakeInsight
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.explain import Explanation, SentPrompt
from desktopchat.core.certainty import Certainty, certainty
from desktopchat.core.chat import Message, MessageState, Role, Usage
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.token import PICTURE, Alternative, Kind, Rendered, Token, TokenLogprobs
from desktopchat.core.token_log import TokenLog
from desktopchat.ui.explain.alternatives import Alternatives
from desktopchat.ui.explain.card import ExplainCard
from desktopchat.ui.explain.prompt_card import PromptCard
from desktopchat.ui.explain.token_text import TokenText
from desktopchat.ui.explain.words import chance_text, tint, token_text
from desktopchat.ui.overlay import TextCard
from desktopchat.ui.theme import DARK, HIGH_CONTRAST, LIGHT, Theme, Tokens

Key = Qt.Key
ANSWER = Message(
    2, 1, 1, Role.ASSISTANT, "A cat.", MessageState.COMPLETE, 0.0, model="m", sampling=SamplingParams(temperature=0.7)
)


def one(text: str | bytes, chance: float, kind: Kind = "text") -> Alternative:
    piece = text if isinstance(text, bytes) else text.encode()
    return Alternative(sum(piece), piece, math.log(chance), kind)


def step(number: int, *tokens: tuple[str | bytes, float]) -> TokenLogprobs:
    found = tuple(one(*token) for token in tokens)
    return TokenLogprobs(found[number], found)


END = one("<end>", 0.95, "end")
STEPS = (
    step(0, ("A", 0.95), ("The", 0.03)),
    step(1, (" dog", 0.6), (" cat", 0.3), (" \n", 0.05)),
    step(2, ("!", 0.5), (",", 0.3), (".", 0.1)),
    TokenLogprobs(END, (END, one(" It", 0.04))),
)


class Rig:
    """A window with an answer, and the card on it."""

    def __init__(self, qtbot: QtBot, log: TokenLog | None = None, *, theme: Theme | None = None) -> None:
        self.qtbot = qtbot
        insight, self.chat = FakeInsight(), FakeChat()
        self.explain = insight.explain
        self.window = open_window(qtbot, self.chat, insight=insight, theme=theme)
        question = Message(1, 1, -1, Role.USER, "What?", MessageState.COMPLETE, 0.0)
        self.chat.show(question, ANSWER)
        self.explanation = Explanation(ANSWER, TokenLog(STEPS) if log is None else log)
        self.window.actions_by_id["answer.explain"].trigger()
        self.explain.explained.emit(self.explanation)

    @property
    def card(self) -> ExplainCard:
        card = self.window.commands.overlay
        assert isinstance(card, ExplainCard)
        return card

    def press(self, *keys: Key | str) -> None:
        for key in keys:
            focus = QGuiApplication.focusObject()
            if isinstance(key, str):
                self.qtbot.keyClicks(focus, key)
            else:
                self.qtbot.keyClick(focus, key)

    def label(self, name: str) -> str:
        (found,) = (one.text() for one in self.card.findChildren(QLabel) if one.accessibleName() == name)
        return found

    def labels(self) -> str:
        return "\n".join(one.text() for one in self.card.findChildren(QLabel) if one.isVisible())

    def spoken(self) -> list[str]:
        rows = self.card.findChild(Alternatives)
        return [rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(rows.count())]


def test_the_card_says_what_it_shows(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    assert rig.explain.asked == [("explain", ANSWER)]
    assert "m · 4 tokens · temperature 0.70" in rig.labels()
    assert [word in rig.labels() for word in ("sure 2", "likely 0", "unsure 1", "guess 1")] == [True] * 4
    assert rig.card.findChild(TokenText).toPlainText() == "A cat.∎"
    assert rig.label("Token") == "“A” · 95.0 % · sure · token 1 of 4"


def test_left_and_right_go_from_token_to_token(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press(Key.Key_Right)
    assert rig.label("Token") == "“␣cat” · 30.0 % · unsure · token 2 of 4"
    assert rig.spoken() == ["␣dog, 60.0 %, likely", "␣cat, 30.0 %, unsure, came", "␣⏎, 5.0 %, guess"]
    rig.press(Key.Key_End)
    assert rig.label("Token") == "“end of the answer” · 95.0 % · sure · token 4 of 4"
    rig.press(Key.Key_Right, Key.Key_Home, Key.Key_Left)
    assert rig.label("Token").endswith("token 1 of 4")
    rig.press(Key.Key_PageDown)
    assert rig.label("Token").endswith("token 4 of 4")


def test_unsure_tokens_are_jumped_to(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press("n")
    assert rig.label("Token").endswith("token 2 of 4")
    rig.press("n")
    assert rig.label("Token").endswith("token 3 of 4")
    rig.press("n")
    assert "There is no other unsure token" in rig.labels()
    rig.press("p")
    assert rig.label("Token").endswith("token 2 of 4")
    assert "There is no other unsure token" not in rig.labels()


def test_enter_goes_on_with_the_alternative_under_the_keys(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press(Key.Key_Right, Key.Key_Up, Key.Key_Up, Key.Key_Return)
    assert rig.explain.asked[-1] == ("fork", rig.explanation, 1, rig.explanation.log[1].top[0])
    rig.press(Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Enter)
    assert rig.explain.asked[-1] == ("fork", rig.explanation, 1, rig.explanation.log[1].top[2])
    rig.explain.noticed.emit(Notice("warning", "This token is only a part of a letter.", "Choose another."))
    assert "This token is only a part of a letter. Choose another." in rig.labels()
    rig.explain.forked.emit()
    assert rig.window.commands.overlay is None
    assert QGuiApplication.focusObject() is rig.window.page.composer.field


def test_a_token_from_outside_of_the_alternatives_is_among_them(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TokenLog([TokenLogprobs(one(" zebra", 0.0002), (one(" cat", 0.5),))]))
    assert rig.spoken() == ["␣cat, 50.0 %, likely", "␣zebra, 0.02 %, guess, came"]
    rig.press(Key.Key_Return)
    assert rig.explain.asked[-1][-1].text == " zebra"


def test_temperatures_are_tried_by_key(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press("+")
    assert rig.explain.asked[-1] == ("scrub", rig.explanation, 0.75)
    rig.press("-", "-", "[")
    assert rig.explain.asked[-1] == ("scrub", rig.explanation, 0.6)
    rig.explain.scrubbed.emit(rig.explanation, 0.65, {0: 1})  # too late
    assert "would differ" not in rig.labels()
    rig.explain.scrubbed.emit(rig.explanation, 0.6, {1: 0, 2: 1})
    assert "Temperature 0.60 with the same draws: 2 of 4 tokens would differ, the first at token 2" in rig.labels()
    assert "“␣dog” for “␣cat”" in rig.labels()
    rig.press(Key.Key_Right)
    assert rig.label("Token").endswith("at temperature 0.60 it would be “␣dog”")
    assert rig.spoken()[0] == "␣dog, 60.0 %, likely, would come"
    assert len(rig.card.findChild(TokenText).extraSelections()) == 3
    rig.press(*"]" * 40)
    assert rig.explain.asked[-1] == ("scrub", rig.explanation, 2.0)
    rig.press(*"-" * 50)
    assert rig.explain.asked[-1] == ("scrub", rig.explanation, 0.0)
    rig.explain.scrubbed.emit(rig.explanation, 0.0, {})
    assert "none of 4 tokens would differ" in rig.labels()
    rig.press("0")
    assert rig.explain.asked[-1] == ("scrub", rig.explanation, 0.7)
    rig.explain.scrubbed.emit(rig.explanation, 0.7, {})
    assert "as it was answered" in rig.labels()


def test_given_text_has_no_alternatives(qtbot: QtBot) -> None:
    log = TokenLog()
    log.give(b"Once ")
    log.add(STEPS[1:2])
    rig = Rig(qtbot, log)
    assert rig.label("Token").endswith("token 2 of 2")  # the first that the model chose
    rig.press(Key.Key_Left)
    assert rig.label("Token") == "“Once␣” · given to the model · token 1 of 2"
    assert rig.spoken() == []
    rig.press(Key.Key_Down, Key.Key_Return)
    assert rig.explain.asked[-1][0] != "fork"
    assert "The model was given this text" in rig.labels()


def test_an_answer_without_tokens_says_why(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TokenLog())
    (card,) = rig.window.findChildren(TextCard)
    assert any("No alternatives were kept with this answer" in one.text() for one in card.findChildren(QLabel))
    assert not rig.window.findChildren(ExplainCard)
    rig.press(Key.Key_Escape)
    assert rig.window.commands.overlay is None


def test_letters_of_several_tokens_are_shown_once_and_whole(qtbot: QtBot) -> None:
    data = "天".encode()
    log = TokenLog([step(0, (data[:2], 0.5)), step(0, (data[2:], 0.9)), step(0, ("气", 0.9))])
    rig = Rig(qtbot, log)
    text = rig.card.findChild(TokenText)
    assert text.toPlainText() == "天气"
    assert rig.label("Token") == "“part of a letter, e5 a4” · 50.0 % · likely · token 1 of 3"
    assert text.extraSelections()[-1].cursor.selectedText() == "天"
    rig.press(Key.Key_Right, Key.Key_Right)
    assert text.extraSelections()[-1].cursor.selectedText() == "气"


def test_hidden_letters_are_seen(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TokenLog([step(0, ("\u202eevil\x00", 0.5)), step(0, ("\n\n", 0.9))]))
    assert rig.card.findChild(TokenText).toPlainText() == "[U+202E]evil[U+0000]⏎\n⏎\n"


def test_a_click_goes_to_a_token(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    text = rig.card.findChild(TokenText)
    cursor = text.textCursor()
    cursor.setPosition(3)
    place: QPoint = text.cursorRect(cursor).center()
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert rig.label("Token").endswith("token 2 of 4")


@pytest.mark.parametrize("width", [500, 1200])
def test_the_card_stays_in_the_window(qtbot: QtBot, width: int) -> None:
    rig = Rig(qtbot, TokenLog(STEPS * 300))
    rig.press(Key.Key_Escape)
    rig.window.resize(width, 500)
    rig.window.actions_by_id["answer.explain"].trigger()
    rig.explain.explained.emit(rig.explanation)
    qtbot.waitUntil(lambda: rig.card.card.width() > 100)
    assert rig.window.rect().contains(rig.card.card.geometry())
    text = rig.card.findChild(TokenText)
    assert text.viewport().width() > 150
    rig.press(Key.Key_End)
    assert text.viewport().rect().contains(text.cursorRect().center())


def contrast(one: QColor, other: QColor) -> float:
    def light(colour: QColor) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05

    return max(light(one), light(other)) / min(light(one), light(other))


@pytest.mark.parametrize("tokens", [LIGHT, DARK, HIGH_CONTRAST])
def test_every_ground_can_be_read_on_and_told_from_the_others(tokens: Tokens) -> None:
    grounds = [tint(tokens, word) or QColor(tokens.raised) for word in Certainty]
    assert all(contrast(QColor(tokens.text), ground) >= 4.5 for ground in grounds)
    assert len({ground.name() for ground in grounds}) == len(grounds)


@pytest.mark.parametrize(
    ("chance", "word", "text"),
    [
        (1.0, Certainty.SURE, "100 %"),
        (0.9, Certainty.SURE, "90.0 %"),
        (0.5, Certainty.LIKELY, "50.0 %"),
        (0.2, Certainty.UNSURE, "20.0 %"),
        (0.005, Certainty.GUESS, "0.50 %"),
        (1e-9, Certainty.GUESS, "below 0.01 %"),
    ],
)
def test_chances_have_words(chance: float, word: Certainty, text: str) -> None:
    logprob = math.log(chance) + 1e-12
    assert certainty(logprob) is word
    assert chance_text(min(logprob, 0.0)) == text


def test_long_tokens_are_cut_and_spaces_seen() -> None:
    assert token_text(one("  a b ", 0.5)) == "␣␣a b␣"
    assert token_text(one("\t\n", 0.5)) == "⇥⏎"
    assert len(token_text(one("x" * 500, 0.5))) == 41


class TestPrompt:
    """The card with the prompt as sent."""

    def show(self, qtbot: QtBot, usage: Usage) -> tuple[Rig, PromptCard]:
        rig = Rig(qtbot)
        rig.press(Key.Key_Escape)
        rig.window.actions_by_id["answer.prompt"].trigger()
        assert rig.explain.asked[-1] == ("tell_prompt", ANSWER)
        tokens = (Token(1, b"<|a|>"), Token(PICTURE, b""), Token(24, b" caf\xc3\xa9\n"), Token(7, b"\xe5\xa4"))
        message = Message(2, 1, 1, Role.ASSISTANT, "A", MessageState.COMPLETE, 0.0, model="m", usage=usage)
        rig.explain.prompt_told.emit(SentPrompt(message, Rendered("<|a|>[picture] café\n天", tokens), "m"))
        (card,) = rig.window.findChildren(PromptCard)
        return rig, card

    def test_it_can_be_read_and_copied(self, qtbot: QtBot) -> None:
        rig, card = self.show(qtbot, Usage(prompt_tokens=4))
        text, tokens = card.findChildren(QPlainTextEdit)
        assert text.toPlainText() == "<|a|>[picture] café\n天"
        assert [line.split() for line in tokens.toPlainText().splitlines()] == [
            ["1", "1", "<|a|>"],
            ["2", "–", "[picture]"],
            ["3", "24", "␣café\\n"],
            ["4", "7", "E5", "A4"],
        ]
        assert text.isReadOnly()
        assert tokens.isReadOnly()
        assert [one.text() for one in card.findChildren(QLabel) if "4 tokens, 21 characters, for m" in one.text()] == [
            "4 tokens, 21 characters, for m"
        ]
        assert QGuiApplication.focusObject() is text
        control = Qt.KeyboardModifier.ControlModifier
        for _ in range(2):
            qtbot.keyClick(QGuiApplication.focusObject(), Key.Key_A, control)
            qtbot.keyClick(QGuiApplication.focusObject(), Key.Key_C, control)
            assert QGuiApplication.clipboard().text() == QGuiApplication.focusObject().toPlainText()
            rig.press(Key.Key_Tab)
        rig.press(Key.Key_Escape)
        assert rig.window.commands.overlay is None

    @pytest.mark.parametrize(
        ("usage", "says"),
        [
            (Usage(prompt_tokens=9), "m answered one of 9 tokens"),
            (Usage(), "is not known"),
            (Usage(prompt_tokens=4, left_out_messages=3), "3 of the oldest messages were left out"),
        ],
    )
    def test_it_says_when_it_is_not_the_same(self, qtbot: QtBot, usage: Usage, says: str) -> None:
        _, card = self.show(qtbot, usage)
        assert any(says in one.text() for one in card.findChildren(QLabel))
