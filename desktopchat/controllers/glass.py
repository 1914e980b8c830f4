"""Two texts on their way through the model: into tokens, to what may come next, and on."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.core.distribution import Bending, Chance, Distribution
from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import Token
from desktopchat.engine.api import Engine

_WAITS = Sentence("An answer is being written; this waits for its end.")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts.

    Attributes:
        tokens: Of the text.
        taken: What was put behind them.
    """

    text: str = ""
    tokens: tuple[Token, ...] = ()
    taken: tuple[Chance, ...] = ()

    @property
    def ids(self) -> list[int]:
        """Numbers of all tokens."""
        return [token.id for token in self.tokens] + [chance.token for chance in self.taken]

    @property
    def grown(self) -> tuple[str, str]:
        """The text and what was put behind it; a letter may begin in one and end in the other."""
        start = b"".join(token.piece for token in self.tokens)
        whole = start + b"".join(chance.piece for chance in self.taken)
        first = start.decode("utf-8", "ignore")
        return first, whole.decode("utf-8", "replace")[len(first) :]


@dataclass(frozen=True, slots=True)
class Attention:
    """What the header of the model says of its attention.

    Attributes:
        key: Length of a key, the d_k of the formula.
    """

    layers: int
    heads: int
    key: int
    vocabulary: int


class GlassController(QObject):
    """Asks the engine anew at each change; answers to what is no longer wanted are dropped.

    Attributes:
        active: The side that goes on, 0 or 1.
        tokenized: A side was cut into tokens.
        expected: Distribution of what may follow the active side; None when that is not known.
        said: Sentence of what is in the way; empty when nothing is.
    """

    tokenized = Signal(int)
    expected = Signal(object)
    said = Signal(object)

    def __init__(
        self, chat: ChatController, models: ModelController, worker: EngineWorker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._worker = worker
        self.active = 0
        self._sides = [Side(), Side()]
        self._cutting = [0, 0]  # numbers of the questions that count
        self._expecting = 0
        worker.told.connect(self._on_worker_told)
        worker.told_nothing.connect(self._on_worker_told_nothing)
        models.model_loaded.connect(self._on_models_model_loaded)

    def side(self, number: int) -> Side:
        """Return a text with what is known of it."""
        return self._sides[number]

    @property
    def bending(self) -> Bending:
        """The parameters of the conversation, to begin with."""
        sampling = self._chat.sampling
        return Bending(sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p)

    @property
    def attention(self) -> Attention | None:
        """What is known of the model's attention; None when there is no model with one here."""
        shape = self._models.shape
        blocks = [block for block in shape.blocks if block.heads] if shape else []
        if shape is None or not blocks:
            return None
        return Attention(len(blocks), max(block.heads for block in blocks), shape.head, shape.vocabulary)

    def set_text(self, number: int, text: str) -> None:
        """Cut another text into tokens; what was put behind the one before is forgotten."""
        self._sides[number] = Side(text)
        if self._chat.answering:
            self.said.emit(_WAITS)

        def cut(engine: Engine) -> tuple[Token, ...]:
            return engine.tokens(text)

        self._cutting[number] = self._worker.ask(cut)

    def leave(self) -> None:
        """Forget both texts: nobody looks any more."""
        self._sides = [Side(), Side()]
        self._cutting, self._expecting = [0, 0], 0

    def choose(self, number: int) -> None:
        """Go on with the other side."""
        if number != self.active:
            self.active = number
            self._expect()

    def take(self, chance: Chance) -> None:
        """Put a token behind the active side."""
        self._change(replace(self._sides[self.active], taken=(*self._sides[self.active].taken, chance)))

    def take_back(self) -> None:
        """Take the last one away again."""
        side = self._sides[self.active]
        if side.taken:
            self._change(replace(side, taken=side.taken[:-1]))

    def _change(self, side: Side) -> None:
        self._sides[self.active] = side
        self._expect()

    def _expect(self) -> None:
        ids = self._sides[self.active].ids
        self._expecting = 0
        if not ids:
            self.expected.emit(None)
            return
        if self._chat.answering:
            self.said.emit(_WAITS)

        def expect(engine: Engine) -> Distribution:
            return engine.distribution(ids)

        self._expecting = self._worker.ask(expect)

    def _on_worker_told(self, number: int, answer: object) -> None:
        if number == self._expecting and isinstance(answer, Distribution):
            self.said.emit("")
            self.expected.emit(answer)
        elif number in self._cutting and isinstance(answer, tuple):
            side = self._cutting.index(number)
            self._sides[side] = replace(self._sides[side], tokens=answer)
            self.said.emit("")
            self.tokenized.emit(side)
            if side == self.active:
                self._expect()

    def _on_worker_told_nothing(self, number: int, error: UserError) -> None:
        if number == self._expecting or number in self._cutting:
            self.said.emit(error.sentence)
            self.expected.emit(None)

    def _on_models_model_loaded(self, _loaded: object) -> None:
        for number, side in enumerate(self._sides):
            if side.text:
                self.set_text(number, side.text)
