"""The tree of the open conversation as an item model, and what is done to its branches."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Message
from desktopchat.core.difference import DiffRow, difference
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.core.outline import Outline, OutlineRow, Place
from desktopchat.storage.branches import BranchStore

OUTLINE_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex
# What two branches differ in: message by message the two that stand beside each other, and their lines.
Differences = tuple[tuple[Message | None, Message | None, tuple[DiffRow, ...]], ...]


class BranchController(QAbstractListModel):
    """Rows of the outline while somebody looks at it. Nothing here moves or overwrites a message.

    Attributes:
        outline: What the rows are made of.
        describe: Says a row to those who hear it.
        read: The rows are those of the conversation as it is now.
        noticed: Notice.
    """

    read = Signal()
    noticed = Signal(object)

    def __init__(
        self, chat: ChatController, storage: TaskRunner, store: BranchStore, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._storage = storage
        self._store = store
        self._is_open = False
        self._of: int | None = None
        self.outline = Outline()
        self.describe: Callable[[OutlineRow], str] = lambda row: row.node.words
        self._places: list[Place] = []
        self._row_numbers: dict[int, int] = {}
        chat.path_changed.connect(self._on_chat_changed)
        chat.message_changed.connect(self._on_chat_changed)
        chat.message_added.connect(self._on_chat_changed)
        chat.conversation_opened.connect(self._on_chat_changed)

    # The rows

    def open(self) -> None:
        """Follow the open conversation from now on."""
        self._is_open = True
        self.refresh()

    def close(self) -> None:
        """Follow it no longer."""
        self._is_open = False

    def refresh(self) -> None:
        """Read the tree again."""
        conversation_id = self._chat.conversation_id
        if conversation_id is None:
            self._show(None, Outline())
            return
        before = self.outline if conversation_id == self._of else None

        def work() -> Outline:
            return Outline(self._store.nodes(conversation_id), self._store.tip(conversation_id), before)

        def done(outline: Outline) -> None:
            if self._is_open and self._chat.conversation_id == conversation_id:
                self._show(conversation_id, outline)

        self._storage.run(work, done, self._on_failed)

    def fold(self, message_id: int, folded: bool) -> None:
        """Hide what follows a message, or show it."""
        self.outline.fold(message_id, folded)
        self._fill()

    def fold_all(self, folded: bool) -> None:
        """Hide all beside the branch that is shown, or show everything."""
        self.outline.fold_all(folded)
        self._fill()

    def row_of(self, message_id: int) -> int:
        """Return the row of a message; -1 when it is not there or hidden."""
        return self._row_numbers.get(message_id, -1)

    def reveal(self, message_id: int) -> int:
        """Return the row of a message, which is unfolded where it is hidden; -1 when it is not there."""
        if message_id in self.outline and message_id not in self._row_numbers:
            self.outline.reveal(message_id)
            self._fill()
        return self.row_of(message_id)

    def message_of(self, row: int) -> int:
        """Return the message in a row."""
        return self._places[row][0]

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return an OutlineRow, or the words of its message."""
        row = self.outline.row(self._places[index.row()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.describe(row)
        return {OUTLINE_ROLE: row, Qt.ItemDataRole.DisplayRole: row.node.words}.get(role)

    # What is done

    def set_name(self, message_id: int, name: str) -> None:
        """Call the branch that begins with a message something."""

        def done(_nothing: None) -> None:
            self.refresh()
            if not self._chat.busy:  # else it stands above the message once that is read again
                self._chat.reload()

        self._do(lambda: self._store.set_name(message_id, name), done)

    def take_over(self, message_id: int, done: Callable[[Message], None]) -> None:
        """Copy a message to the end of the branch that is shown."""
        self._change(lambda: self._store.take_over(message_id), done)

    def add_answer(self, message_id: int, text: str, done: Callable[[Message], None]) -> None:
        """Put an answer in the person's own words beside one."""
        self._change(lambda: self._store.add_answer(message_id, text), done)

    def continue_at(self, message_id: int, done: Callable[[Message], None]) -> None:
        """Show a branch only down to a message, so that what is sent next begins another one there."""
        self._change(lambda: self._store.continue_at(message_id), done)

    def compare(self, one: int, other: int, done: Callable[[Differences], None]) -> None:
        """Find out what two branches differ in, from where they part to their ends.

        Of two messages on one branch the texts are compared.
        """
        outline = self.outline
        ends = (outline.end(one), outline.end(other))
        on_one_branch = outline.is_above(one, other) or outline.is_above(other, one)

        def work() -> Differences:
            if on_one_branch:
                messages = {message.id: message for message in self._store.messages((one, other))}
                pairs = [(messages.get(one), messages.get(other))]
            else:
                pairs = _parting(self._store.branch(ends[0]), self._store.branch(ends[1]))
            return tuple((a, b, tuple(difference(a.content if a else "", b.content if b else ""))) for a, b in pairs)

        self._do(work, done)

    def read_siblings(self, message_id: int, done: Callable[[tuple[int, ...]], None]) -> None:
        """Read which messages have the same parent, in order of creation."""
        self._do(lambda: self._store.siblings(message_id), done)

    def read_messages(self, ids: Sequence[int], done: Callable[[tuple[Message, ...]], None]) -> None:
        """Read messages, in order of creation."""
        self._do(lambda: self._store.messages(ids), done)

    def read_name(self, message_id: int, done: Callable[[str], None]) -> None:
        """Read what a branch is called."""
        self._do(lambda: self._store.name(message_id), done)

    def _change(self, work: Callable[[], Message], done: Callable[[Message], None]) -> None:
        if self._chat.busy:
            self.noticed.emit(Notice("info", "An answer is being written.", "Stop it first.", "message.stop"))
            return

        def changed(message: Message) -> None:
            self._chat.reload()
            self._chat.conversations_changed.emit()
            done(message)

        self._do(work, changed)

    def _do(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._storage.run(work, done, self._on_failed)

    def _show(self, conversation_id: int | None, outline: Outline) -> None:
        self._of = conversation_id
        self._fill(outline)
        self.read.emit()

    def _fill(self, outline: Outline | None = None) -> None:
        self.beginResetModel()
        self.outline = outline or self.outline
        self._places = self.outline.places()
        self._row_numbers = {place[0]: row for row, place in enumerate(self._places)}
        self.endResetModel()

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))

    def _on_chat_changed(self, _cause: object) -> None:
        if self._is_open:
            self.refresh()


def _parting(one: tuple[Message, ...], other: tuple[Message, ...]) -> list[tuple[Message | None, Message | None]]:
    """Return the messages of two branches beside each other, without those that both have."""
    both = 0
    while both < min(len(one), len(other)) and one[both].id == other[both].id:
        both += 1
    left, right = list(one[both:]), list(other[both:])
    length = max(len(left), len(right))
    return [
        (left[place] if place < len(left) else None, right[place] if place < len(right) else None)
        for place in range(length)
    ]
