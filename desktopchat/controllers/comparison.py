"""Several models, or one with several parameters, answer one question, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.models import LoadedModel, ModelController
from desktopchat.controllers.words import said
from desktopchat.core.chat import FinishReason, Message, MessageState, Role
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams

MOST = 4


@dataclass(frozen=True, slots=True)
class Contender:
    """Who answers.

    Attributes:
        path: File of the model; empty for the one that is in use.
        sampling: Parameters of the answer; there is one of it, whatever they say.
    """

    path: str
    sampling: SamplingParams


class Comparison(QObject):
    """Asks for one answer after the other beside those that the last question has, so that all of them are kept.

    The engine holds one model at a time: each is loaded when its turn comes, those with the same model one after the
    other, and the model of before comes back at the end.

    Attributes:
        loading: A contender's place; its model is being loaded.
        begun: Place, and the Message that is being written.
        text_received: Place and new text.
        changed: Place, and the Message in its final state.
        failed: Place and a sentence.
        returning: The model of before is being loaded again.
        ended: Nothing is under way any more.
    """

    loading = Signal(int)
    begun = Signal(int, object)
    text_received = Signal(int, str)
    changed = Signal(int, object)
    failed = Signal(int, str)
    returning = Signal()
    ended = Signal()

    def __init__(self, chat: ChatController, models: ModelController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._contenders: tuple[Contender, ...] = ()
        self._waiting: list[int] = []  # places, the next one first
        self._place: int | None = None
        self._answer: int | None = None  # id of the message that is being written
        self._question: int | None = None
        self._loads = False
        self._before = ""  # path of the model that is to come back
        self.running = False
        chat.path_changed.connect(self._on_chat_path_changed)
        chat.text_received.connect(self._on_chat_text_received)
        chat.message_changed.connect(self._on_chat_message_changed)
        chat.send_refused.connect(self._on_chat_send_refused)
        chat.ended.connect(self._on_chat_ended)
        models.model_loaded.connect(self._on_models_model_loaded)
        models.load_failed.connect(self._on_models_load_failed)

    @property
    def may_change_models(self) -> bool:
        """Whether other models may be loaded in between: one of a server would not come back by itself."""
        return not self._models.is_elsewhere and bool(self._models.identity.path)

    @property
    def is_returning(self) -> bool:
        """Whether all have answered and the model of before is being loaded again."""
        return self.running and self._place is None

    def run(self, question_id: int, contenders: Sequence[Contender]) -> None:
        """Let them answer the last question of the branch that is shown."""
        if self.running or self._chat.busy:
            return
        self.running = True
        self._contenders = tuple(contenders[:MOST])
        self._question = question_id
        self._before = self._models.identity.path
        # Those with the model in use first, then those with the same model together.
        order = list(dict.fromkeys([self._before, *map(self._path_of, range(len(self._contenders)))]))
        self._waiting = sorted(range(len(self._contenders)), key=lambda place: order.index(self._path_of(place)))
        self._next()

    def stop(self) -> None:
        """End the answer or the load that is under way, and let nobody answer after it; what came is kept."""
        if not self.running:
            return
        self._waiting.clear()
        if self._answer is not None:
            self._chat.stop()
        elif self._loads:
            self._models.cancel_load()

    def _path_of(self, place: int) -> str:
        return self._contenders[place].path or self._before

    def _next(self) -> None:
        self._answer = None
        if not self._waiting:
            self._place = None
            self._return()
            return
        self._place = self._waiting.pop(0)
        path = self._path_of(self._place)
        if path != self._models.identity.path:
            self._loads = True
            self.loading.emit(self._place)
            self._models.open_file(path)
        else:
            self._ask()

    def _ask(self) -> None:
        assert self._place is not None
        self._chat.regenerate(sampling=self._contenders[self._place].sampling.changed(n=1))

    def _return(self) -> None:
        """Bring the model of before back."""
        if self._before and self._models.identity.path != self._before:
            self._loads = True
            self.returning.emit()
            self._models.open_file(self._before)
        else:
            self._end()

    def _end(self) -> None:
        self._loads = self.running = False
        self.ended.emit()

    def _fail(self, sentence: str) -> None:
        if self._place is not None:
            self.failed.emit(self._place, sentence)
        self._next()

    def _on_chat_path_changed(self, path: tuple[Message, ...]) -> None:
        last = path[-1] if path else None
        waits = self._place is not None and self._answer is None and not self._loads
        if waits and last is not None and last.parent_id == self._question and last.state is MessageState.STREAMING:
            self._answer = last.id
            self.begun.emit(self._place, last)

    def _on_chat_text_received(self, message_id: int, text: str, _reasoning: str = "") -> None:
        if message_id == self._answer:
            self.text_received.emit(self._place, text)

    def _on_chat_message_changed(self, message: Message) -> None:
        if message.id == self._answer and message.role is Role.ASSISTANT:
            self.changed.emit(self._place, message)
            if message.finish_reason is FinishReason.CANCELLED:
                self._waiting.clear()

    def _on_chat_ended(self, _conversation_id: int, _went_well: bool) -> None:
        if self._answer is not None:
            self._next()

    def _on_chat_send_refused(self, notice: Notice) -> None:
        if self._place is not None and self._answer is None and not self._loads:
            self._fail(said(notice.sentence))

    def _on_models_model_loaded(self, _loaded: LoadedModel) -> None:
        if self._loads:
            self._loads = False
            if self._place is None:
                self._end()
            else:
                self._ask()

    def _on_models_load_failed(self, notice: Notice) -> None:
        if not self._loads:
            return
        self._loads = False
        if self._place is None:
            self._end()  # the window has said why
            return
        if notice.level == "info":  # it was abandoned
            self._waiting.clear()
        self._fail(said(notice.sentence))
