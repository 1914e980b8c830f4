"""Several models, or one with several parameters, answer one question, one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.models import LoadedModel, ModelController
from desktopchat.controllers.words import said
from desktopchat.core.chat import FinishReason, Message, MessageState, Role
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams

MOST = 4
Send = Callable[[SamplingParams], None]


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
    """Asks for one answer after the other to one question, beside those that it has, so that all of them are kept.

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
        self._question: int | None = None  # its id; None until it has been sent
        self._send: Send | None = None
        self._loads = False
        self._stops = False  # the answer that is about to begin ends at once
        self._before = ""  # path of the model that is to come back
        self.running = False
        chat.path_changed.connect(self._on_chat_path_changed)
        chat.message_added.connect(self._on_chat_message_added)
        chat.text_received.connect(self._on_chat_text_received)
        chat.message_changed.connect(self._on_chat_message_changed)
        chat.send_refused.connect(self.refuse)
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

    def run(self, contenders: Sequence[Contender], question_id: int | None, send: Send | None = None) -> None:
        """Let them answer.

        Args:
            contenders: Two to four.
            question_id: The last question of the branch that is shown.
            send: Without that, what sends a question, to be answered with the parameters that it is given.
        """
        if self.running or self._chat.busy:
            return
        self.running, self._stops = True, False
        self._send = send
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
        elif self._question is None:  # it has not been sent yet
            self._next()
        else:
            self._stops = True

    def refuse(self, notice: Notice) -> None:
        """Tell that a question was not taken; one that could not be sent is not tried again."""
        if self._place is not None and self._answer is None and not self._loads:
            if self._question is None:
                self._waiting.clear()
            self._fail(said(notice.sentence))

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
        sampling = self._contenders[self._place].sampling.changed(n=1)
        if self._question is None and self._send is not None:
            self._send(sampling)
        else:
            self._chat.regenerate(sampling=sampling)

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
        if path:
            self._on_chat_message_added(path[-1])

    def _on_chat_message_added(self, message: Message) -> None:
        if self._place is None or self._answer is not None or self._loads:
            return
        is_answer = message.role is Role.ASSISTANT and message.state is MessageState.STREAMING
        if is_answer and self._question in (None, message.parent_id):
            self._question, self._answer = message.parent_id, message.id
            self.begun.emit(self._place, message)
            if self._stops:
                self._chat.stop()

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
