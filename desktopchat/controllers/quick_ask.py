"""What is asked in the small window: a conversation like all others, beside the one in the large window."""

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.asking import Asked
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.attached import Written
from desktopchat.core.chat import Message
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import ASK_DRAFT


class QuickAsk(QObject):
    """Asks one thing at a time. The engine answers one request at a time, so a question may have to wait for its turn.

    It then goes before what waits in the queue of the large window, and its text stays in the field until it is stored.

    Attributes:
        draft_read: What stood in the field when the program ended.
        waiting_changed: Whether the question waits for the end of an answer.
        asked: The text of the question, which is stored and may leave the field.
        refused: Notice; the field keeps its text.
        path_changed: Tuple of Message, all that is to be shown.
        text_received: Message id and new text of the answer.
        message_changed: Message in its final state.
        answering_changed: Whether the answer to what was asked here is being written.
    """

    draft_read = Signal(str)
    waiting_changed = Signal(bool)
    asked = Signal(str)
    refused = Signal(object)
    path_changed = Signal(object)
    text_received = Signal(int, str)
    message_changed = Signal(object)
    answering_changed = Signal(bool)

    def __init__(
        self, chat: ChatController, storage: TaskRunner, store: ConversationStore, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._storage = storage
        self._store = store
        self._waiting = ""
        self._is_storing = False
        self._answer_id: int | None = None  # of the answer that is being written
        self.conversation_id: int | None = None
        chat.text_received.connect(self._on_chat_text_received)
        chat.message_changed.connect(self._on_chat_message_changed)
        chat.answering_changed.connect(self._on_chat_answering_changed)
        chat.store_replaced.connect(self.begin)

    def start(self) -> None:
        """Read what stood in the field; `draft_read` tells it."""
        self._storage.run(lambda: self._store.get_state(ASK_DRAFT, ""), self.draft_read.emit, self._on_failed)

    @property
    def waits(self) -> bool:
        """Whether a question waits for its turn."""
        return bool(self._waiting)

    @property
    def answering(self) -> bool:
        """Whether the answer to what was asked here is being written."""
        return self._answer_id is not None

    @property
    def is_open(self) -> bool:
        """Whether something asked here is not answered yet."""
        return self.waits or self._is_storing or self.answering

    def save_draft(self, text: str) -> None:
        """Keep what stands in the field."""
        self._chat.saving.keep((ASK_DRAFT,), lambda: self._store.set_state(ASK_DRAFT, text))

    def ask(self, text: str) -> None:
        """Ask, now or when it is its turn. `asked` or `refused` tells what became of it."""
        if not text.strip() or self._is_storing:
            return
        if self._chat.busy:
            self._set_waiting(text)
        else:
            self._send(text)

    def take_back(self) -> None:
        """Let what waits be written on."""
        self._set_waiting("")

    def stop(self) -> None:
        """End the answer to what was asked here; its text stays."""
        if self.answering:
            self._chat.stop()

    def begin(self) -> None:
        """Begin another conversation with the next question; an answer under way goes on in its own."""
        self.conversation_id = None
        self._set_answer(None)
        self.path_changed.emit(())

    def _send(self, text: str) -> None:
        def done(asked: Asked) -> None:
            self._is_storing = False
            self.conversation_id = asked.conversation.id
            self.path_changed.emit(asked.path)
            self._set_answer(asked.answers[0].id)
            self.asked.emit(text)

        self._is_storing = True
        self._chat.send_to(self.conversation_id, Written(text), done, self._on_refused)

    def _on_refused(self, notice: Notice) -> None:
        self._is_storing = False
        self.refused.emit(notice)

    def _on_failed(self, error: UserError) -> None:
        self.refused.emit(Notice.from_error(error))

    def _set_waiting(self, text: str) -> None:
        changed, self._waiting = bool(text) != self.waits, text
        if changed:
            self.waiting_changed.emit(self.waits)

    def _set_answer(self, message_id: int | None) -> None:
        changed, self._answer_id = (message_id is not None) != self.answering, message_id
        if changed:
            self.answering_changed.emit(self.answering)

    def _on_chat_text_received(self, message_id: int, text: str) -> None:
        if message_id == self._answer_id:
            self.text_received.emit(message_id, text)

    def _on_chat_message_changed(self, message: Message) -> None:
        if message.conversation_id == self.conversation_id:
            self.message_changed.emit(message)

    def _on_chat_answering_changed(self, answering: bool) -> None:
        if answering:
            return
        self._set_answer(None)
        if self.waits:
            text = self._waiting
            self._set_waiting("")
            self._send(text)
