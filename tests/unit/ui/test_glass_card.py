"""The glass box by key, on a scripted engine."""

from collections.abc import Callable

from fake_chats import FakeChat
from fake_insight import FakeInsight
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.errors import HiddenPromptError
from desktopchat.core.model_shape import Block, ModelShape
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.ui.glass.card import GlassCard
from desktopchat.ui.glass.chance_list import ChanceList, percent
from desktopchat.ui.glass.pieces import piece_text

Key = Qt.Key
SHAPE = ModelShape((Block(1, heads=9), Block(1, heads=9), Block(1)), 1, 1, True, 576, 49_152, 64)


class Rig:
    """A window with the card open."""

    def __init__(self, qtbot: QtBot, *, draft: str = "", loaded: bool = True, shape: ModelShape | None = SHAPE) -> None:
        self.qtbot = qtbot
        self.fake = FakeInsight()
        self.fake.models.shape = shape
        self.fake.chat.sampling = SamplingParams(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)
        if loaded:
            list(self.fake.worker.engine.load(ModelFile("/m.gguf", "m", 0, "none"), LoadParams()))
        self.window = open_window(qtbot, FakeChat(), insight=self.fake)
        self.window.page.composer.insert_typed(draft)
        self.window.actions_by_id["glass.show"].trigger()
        if loaded:
            self.wait(lambda: self.chances.count() == 11)

    @property
    def card(self) -> GlassCard:
        (card,) = self.window.findChildren(GlassCard)
        return card

    @property
    def chances(self) -> ChanceList:
        return self.card.findChild(ChanceList)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)

    def press(self, *keys: Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.window.focusWidget(), key)

    def write(self, text: str) -> None:
        self.qtbot.keyClicks(self.window.focusWidget(), text)

    def labels(self) -> str:
        return "\n".join(one.text() for one in self.card.findChildren(QLabel) if one.isVisible())

    def spoken(self) -> list[str]:
        rows = range(self.chances.count())
        return [self.chances.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in rows]

    def buttons(self) -> list[str]:
        return [one.text() for one in self.card.findChildren(QPushButton)]

    def text(self) -> str:
        names = [one.accessibleName() for one in self.card.findChildren(QLabel)]
        return next(name for name in names if name.startswith(("The", "法", "A", "Two")))


def test_text_becomes_tokens_side_by_side(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    assert "5 tokens for 24 characters: 0.21 for each · goes on below" in rig.labels()
    assert "1 tokens for 6 characters: 0.17 for each" in rig.labels()
    strips = [one.accessibleDescription() for one in rig.card.findChildren(QWidget) if one.accessibleName() == "Tokens"]
    assert strips[0].startswith("The ")
    assert "·capital " in strips[0]
    rig.write("Two words")
    rig.wait(lambda: "2 tokens for 9 characters" in rig.labels())
    assert rig.text() == "Two words"


def test_it_says_what_this_model_is(qtbot: QtBot) -> None:
    labels = Rig(qtbot).labels()
    assert "a number from 0 to 49,151" in labels
    assert "decoder only" in labels
    assert "Each of the 2 layers of this model does so with 9 heads" in labels
    assert "softmax(QKᵀ/√dₖ)V, dₖ = 64" in labels
    assert "the last gives each token a probability" in Rig(qtbot, shape=None).labels()


def test_parameters_bend_the_bars_by_key(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    assert rig.spoken()[0] == "·word6: 50.0 %, without parameters 50.0 %"
    rig.press(Key.Key_Return)
    assert rig.window.focusWidget() is rig.chances
    assert rig.buttons()[:4] == ["K  Top-k off", "P  Top-p off", "M  Min-p off", "T  Temperature 1.0"]
    rig.press(*[Key.Key_Left] * 5)
    assert rig.buttons()[3] == "T  Temperature 0.5"
    assert rig.spoken()[0] == "·word6: 75.0 %, without parameters 50.0 %"
    rig.press(Key.Key_K, *[Key.Key_Left] * 10)
    assert rig.buttons()[0] == "K  Top-k 2"
    assert rig.spoken()[:3] == [
        "·word6: 80.0 %, without parameters 50.0 %",
        "·word7: 20.0 %, without parameters 25.0 %",
        "·word8: left out, 12.5 %",
    ]
    assert "→ 2 →" in rig.labels()
    rig.press(Key.Key_K, *[Key.Key_Right] * 10, Key.Key_P, Key.Key_Left, Key.Key_Left, Key.Key_M, Key.Key_Right)
    assert rig.buttons()[:3] == ["K  Top-k off", "P  Top-p 0.95", "M  Min-p 0.01"]
    rig.press(Key.Key_T, *[Key.Key_Left] * 5)
    assert rig.spoken()[0] == "·word6: 100.0 %, without parameters 50.0 %"
    assert rig.fake.chat.sampling.temperature == 1.0  # the conversation's own


def test_tokens_become_text_step_by_step(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press(Key.Key_Return, Key.Key_Down, Key.Key_Return)
    rig.wait(lambda: rig.spoken()[0].startswith("·word7"))
    assert rig.text() == "The capital of France is word7"
    rig.press(Key.Key_Return)
    rig.wait(lambda: rig.spoken()[0].startswith("·word8"))
    assert rig.text() == "The capital of France is word7 word7"
    rig.press(Key.Key_Backspace, Key.Key_Backspace, Key.Key_Backspace)
    rig.wait(lambda: rig.spoken()[0].startswith("·word6"))
    assert rig.text() == "The capital of France is"
    rig.press(Key.Key_T, *[Key.Key_Left] * 10, Key.Key_D)  # at temperature 0 a chance is none
    rig.wait(lambda: rig.text() == "The capital of France is word6")


def test_other_side_goes_on_when_one_goes_there(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.press(Key.Key_Tab)
    rig.wait(lambda: rig.spoken()[0].startswith("·word2"))
    assert rig.text() == "法国的首都是"
    assert "for each · goes on below" in rig.labels()
    rig.press(Key.Key_Tab, Key.Key_Return)
    rig.wait(lambda: rig.text() == "法国的首都是 word2")


def test_draft_is_what_it_begins_with(qtbot: QtBot) -> None:
    rig = Rig(qtbot, draft="A draft\nin two lines")
    assert rig.text() == "A draft in two lines"
    rig.press(Key.Key_Escape)
    assert rig.window.page.composer.field.toPlainText() == "A draft\nin two lines"
    assert rig.fake.glass.side(0).text == ""
    rig.fake.models.model_loaded.emit(None)  # asks nothing of the new model
    assert not rig.fake.worker.waiting


def test_without_a_model_it_says_so_and_without_a_vocabulary_too(qtbot: QtBot) -> None:
    rig = Rig(qtbot, loaded=False)
    rig.wait(lambda: "No model is loaded. Open a model first." in rig.labels())
    assert rig.chances.count() == 0
    rig.press(Key.Key_Return, Key.Key_Return, Key.Key_D, Key.Key_T, Key.Key_Right)
    rig.fake.worker.engine.tokens = _refuse
    rig.fake.models.model_loaded.emit(None)
    rig.wait(lambda: "box.lan has the vocabulary" in rig.labels())


def _refuse(_text: str) -> None:
    raise HiddenPromptError("box.lan has the vocabulary, so tokens cannot be shown.")


def test_while_an_answer_is_written_it_says_that_it_waits(qtbot: QtBot) -> None:
    rig = Rig(qtbot)
    rig.fake.chat.answering = True
    rig.press(Key.Key_Return, Key.Key_Return)
    assert "this waits for its end" in rig.labels()
    rig.wait(lambda: "this waits for its end" not in rig.labels())


def test_pieces_can_be_read() -> None:
    assert piece_text(b" a\n") == "·a⏎"
    assert piece_text(b"\xe5\x9b") == "E5 9B"
    assert piece_text("\u202e".encode()) == "[U+202E]"


def test_small_probabilities_are_not_nothing() -> None:
    assert [percent(one) for one in (0.0, 0.00001, 0.005, 0.5)] == ["0.00 %", "< 0.01 %", "0.50 %", "50.0 %"]
