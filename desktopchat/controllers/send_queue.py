"""Messages that were written while an answer was being written. They are sent one after the other."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.asking import Asked
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.reading import OpenConversation
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.attached import Written
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import NEW_DRAFT

Queue = tuple[Written, ...]


class SendQueue(QObject):
    """One queue for each conversation, kept in the store. After a stop, a failure or a restart they wait.

    Attributes:
        changed: What waits in the open conversation, a tuple of Written, and whether it waits for the person.
        added: The message is stored and may leave the composer.
        refused: Notice; the composer keeps its message.
        taken: Written, which may be written on.
        removed: A message has left the queue; `undo` brings it back.
        noticed: Notice.
    """

    changed = Signal(object, bool)
    added = Signal()
    refused = Signal(object)
    taken = Signal(object)
    removed = Signal()
    noticed = Signal(object)

    def __init__(
        self, chat: ChatController, storage: TaskRunner, store: ConversationStore, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._storage = storage
        self._store = store
        self._queues: dict[int | None, Queue] = {}
        self._waiting: set[int | None] = set()
        self._removed: tuple[int | None, int, Written] | None = None
        self._born: int | None = None  # what a new conversation became when the first message of its queue was sent
        chat.conversation_opened.connect(self._on_chat_conversation_opened)
        chat.store_replaced.connect(self._on_chat_store_replaced)
        chat.ended.connect(self._on_chat_ended)
        chat.send_refused.connect(self._on_chat_send_refused)

    @property
    def queue(self) -> Queue:
        """What waits in the open conversation."""
        return self._queues.get(self._chat.conversation_id, ())

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the person."""
        return bool(self.queue) and self._chat.conversation_id in self._waiting

    @property
    def is_running(self) -> bool:
        """Whether a message that is sent now would overtake the queue."""
        return bool(self.queue) and not self.is_waiting

    def add(self, written: Written) -> None:
        """Put what stands in the composer at the end. `added` or `refused` tells what became of it."""
        number = self._chat.conversation_id

        def work() -> None:
            self._store.pending.set_files(number, ())
            self._save_draft(number, "")

        self._change(number, (*self.queue, written), self._on_added, self.refused.emit, work)

    def take(self, place: int, instead: Written) -> None:
        """Take a message back to write on it; what stands in the composer takes its place, if there is anything."""
        number, queue = self._chat.conversation_id, self.queue
        if not 0 <= place < len(queue):
            return
        taken = queue[place]
        left = (*queue[:place], *((instead,) if instead else ()), *queue[place + 1 :])

        def work() -> None:
            self._store.pending.set_files(number, taken.files)
            self._save_draft(number, taken.text)

        self._change(number, left, lambda: self.taken.emit(taken), self.noticed.emit, work)

    def remove(self, place: int) -> None:
        """Take a message out; `undo` brings it back."""
        number, queue = self._chat.conversation_id, self.queue
        if not 0 <= place < len(queue):
            return

        def done() -> None:
            self._removed = (number, place, queue[place])
            self.removed.emit()

        self._change(number, (*queue[:place], *queue[place + 1 :]), done, self.noticed.emit)

    def undo(self) -> None:
        """Bring back what was removed last."""
        if self._removed is None:
            return
        (number, place, gone), self._removed = self._removed, None
        queue = self._queues.get(number, ())
        self._change(number, (*queue[:place], gone, *queue[place:]), self._send_next, self.noticed.emit)

    def go_on(self) -> None:
        """Send what waits in the open conversation."""
        self._waiting.discard(self._chat.conversation_id)
        self._report()
        self._send_next()

    def _change(
        self,
        number: int | None,
        queue: Queue,
        done: Callable[[], None],
        failed: Callable[[Notice], None],
        also: Callable[[], None] | None = None,
    ) -> None:
        """Show another queue and store it.

        Args:
            number: Whose.
            queue: All of it.
            done: Called when it is stored, if its conversation is still the open one.
            failed: Called when the disk refuses; the queue is what it was.
            also: What is stored together with it.
        """
        before = self._queues.get(number, ())
        self._queues[number] = queue
        if not before and not self._chat.busy:
            self._waiting.add(number)  # it came back when nothing is answered
        self._report()

        def work() -> None:
            with self._store.together():
                self._store.pending.set_queue(number, queue)
                if also is not None:
                    also()

        def finish(_: None) -> None:
            now = self._chat.conversation_id
            if now == number or (number is None and now == self._born):
                done()

        def refuse(error: UserError) -> None:
            if self._queues.get(number) is queue:
                self._queues[number] = before
                self._report()
            failed(Notice.from_error(error))

        self._storage.run(work, finish, refuse)

    def _on_added(self) -> None:
        self.added.emit()
        self._send_next()

    def _save_draft(self, number: int | None, text: str) -> None:
        if number is None:
            self._store.set_state(NEW_DRAFT, text)
        else:
            self._store.save_draft(number, text)

    def _send_next(self) -> None:
        """Send the first message of a queue that does not wait, first of the open conversation."""
        ready = [number for number, queue in self._queues.items() if queue and number not in self._waiting]
        if self._chat.busy or not ready:
            return
        number = self._chat.conversation_id if self._chat.conversation_id in ready else ready[0]
        queue = self._queues[number]
        self._queues[number] = queue[1:]
        self._report()

        def done(asked: Asked) -> None:
            if number is None:
                conversation_id = self._born = asked.conversation.id
                left = self._queues.pop(None, ())
                self._change(conversation_id, left, _nothing, self.noticed.emit, self._forget_new)

        def failed(notice: Notice) -> None:
            self._change(number, (queue[0], *self._queues[number]), _nothing, self.noticed.emit)
            self._wait()
            self.noticed.emit(notice)

        self._chat.send_to(number, queue[0], done, failed, queue[1:])

    def _forget_new(self) -> None:
        self._store.pending.set_queue(None, ())

    def _wait(self) -> None:
        self._waiting |= {number for number, queue in self._queues.items() if queue}
        self._report()

    def _report(self) -> None:
        self._waiting &= {number for number, queue in self._queues.items() if queue}
        self.changed.emit(self.queue, self.is_waiting)
        self._chat.count_queue(self.queue)

    def _on_chat_conversation_opened(self, opened: OpenConversation) -> None:
        number = opened.conversation.id if opened.conversation else None
        if opened.queue and number not in self._queues:
            self._queues[number] = opened.queue
            self._waiting.add(number)
        self._report()

    def _on_chat_store_replaced(self) -> None:
        self._queues, self._waiting, self._removed = {}, set(), None

    def _on_chat_ended(self, _conversation_id: int, well: bool) -> None:
        if well:
            self._send_next()
        else:
            self._wait()

    def _on_chat_send_refused(self, _notice: Notice) -> None:
        if not self._chat.busy:
            self._wait()


def _nothing() -> None:
    """Nobody waits for it."""
