"""Keeping conversations in order, and deleting so that it can be undone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Conversation, Folder, TrashItem, TrashKind
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.storage.stores import Stores
from desktopchat.storage.trash import KEPT_DAYS

PURGE_INTERVAL = 3_600_000  # ms


@dataclass(frozen=True, slots=True)
class Details:
    """What can be set of a conversation, and what there is to choose from."""

    conversation: Conversation
    folders: tuple[Folder, ...]
    tags: tuple[str, ...]


class ShelfController(QObject):
    """Folders, tags, pins, archive, notes and trash. The store is touched on the storage thread alone.

    Attributes:
        noticed: Notice.
        undo_changed: Whether there is something in the trash.
        filled: Id of a folder that a conversation was put into.
    """

    noticed = Signal(object)
    undo_changed = Signal(bool)
    filled = Signal(int)

    def __init__(
        self,
        chat: ChatController,
        worker: EngineWorker,
        storage: TaskRunner,
        stores: Stores,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._worker = worker
        self._storage = storage
        self._conversations = stores.conversations
        self._shelf = stores.shelf
        self._trash = stores.trash
        self._timer = QTimer(self)
        self._timer.setInterval(PURGE_INTERVAL)
        self._timer.timeout.connect(self.purge)

    def start(self) -> None:
        """Empty the trash of what is too old, now and from time to time."""
        self._timer.start()
        self.purge()
        self._report_undo()

    # --- order ----------------------------------------------------------------------------------------------

    def read_details(self, conversation_id: int, done: Callable[[Details], None]) -> None:
        """Call `done` with what can be set of a conversation."""

        def work() -> Details:
            return Details(
                self._conversations.get(conversation_id), tuple(self._shelf.folders()), tuple(self._shelf.tags())
            )

        self._storage.run(work, done, self.report)

    def toggle_pinned(self, conversation_id: int) -> None:
        """Pin a conversation to the top, or unpin it."""

        def work() -> bool:
            pinned = not self._conversations.get(conversation_id).pinned
            self._shelf.set_pinned(conversation_id, pinned)
            return pinned

        def done(pinned: bool) -> None:
            self._changed(self.tr("Pinned to the top.") if pinned else self.tr("No longer pinned."))

        self._storage.run(work, done, self.report)

    def toggle_archived(self, conversation_id: int) -> None:
        """Put a conversation into the archive, or back into the list."""

        def work() -> bool:
            archived = not self._conversations.get(conversation_id).archived
            self._shelf.set_archived(conversation_id, archived)
            return archived

        def done(archived: bool) -> None:
            self._changed(self.tr("Moved to the archive.") if archived else self.tr("Back from the archive."))

        self._storage.run(work, done, self.report)

    def move(self, conversation_id: int, folder_id: int | None) -> None:
        """Put a conversation into a folder, or out of any."""
        self._move(conversation_id, lambda: folder_id)

    def move_to_new(self, conversation_id: int, name: str) -> None:
        """Put a conversation into a folder of this name, which is made when it is missing."""
        self._move(conversation_id, lambda: self._shelf.make_folder(name))

    def rename_folder(self, folder_id: int, name: str) -> None:
        """Give a folder another name."""
        self._keep(("folder", folder_id), lambda: self._shelf.rename_folder(folder_id, name))

    def set_tags(self, conversation_id: int, tags: Iterable[str]) -> None:
        """Give a conversation these tags and no others."""
        names = tuple(tags)
        self._keep(("tags", conversation_id), lambda: self._shelf.set_tags(conversation_id, names))

    def set_note(self, conversation_id: int, text: str) -> None:
        """Keep what the person notes about a conversation."""
        self._keep(("note", conversation_id), lambda: self._shelf.set_note(conversation_id, text))

    # --- trash ----------------------------------------------------------------------------------------------

    def delete_message(self, message_id: int) -> None:
        """Delete a message of the open conversation with all that follows it."""
        if self._chat.answering:
            self.noticed.emit(Notice("info", "An answer is being written.", "Stop it first.", "message.stop"))
            return
        self._delete(lambda: self._trash.delete_message(message_id), self.tr("The message was deleted."))

    def delete_conversation(self, conversation_id: int) -> None:
        """Delete a conversation."""
        if conversation_id == self._chat.conversation_id:
            self._chat.stop()
        self._delete(lambda: self._trash.delete_conversation(conversation_id), self.tr("The conversation was deleted."))

    def delete_folder(self, folder_id: int) -> None:
        """Delete a folder with the conversations in it."""
        self._delete(
            lambda: self._trash.delete_folder(folder_id),
            self.tr("The folder was deleted with the conversations in it."),
        )

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        self._storage.run(self._trash.undo, self._on_restored, self.report)

    def restore(self, trash_id: int) -> None:
        """Bring back what one deletion took away."""
        self._storage.run(lambda: self._trash.restore(trash_id), self._on_restored, self.report)

    def purge(self, days: float = KEPT_DAYS) -> None:
        """Remove for good what was deleted more than so many days ago; 0 empties the trash."""

        def done(gone: list[int]) -> None:
            for conversation_id in gone:
                self._worker.forget(str(conversation_id))
            if days == 0:
                self._changed(self.tr("The trash is empty."))
            self._report_undo()

        self._storage.run(lambda: self._trash.purge(days), done, self.report)

    def report(self, error: UserError) -> None:
        """Tell of an error of the storage."""
        self.noticed.emit(Notice.from_error(error))

    def _delete(self, work: Callable[[], int], words: str) -> None:
        def done(_trash_id: int) -> None:
            self._chat.reload()
            self._chat.conversations_changed.emit()
            self.undo_changed.emit(True)
            self.noticed.emit(Notice("info", words, "", "conversation.undo_delete"))

        self._storage.run(work, done, self.report)

    def _on_restored(self, item: TrashItem | None) -> None:
        self._report_undo()
        if item is None:
            self.noticed.emit(Notice("info", self.tr("There is nothing to undo.")))
            return
        self._changed(self.tr("“{title}” is back.").format(title=item.title or self.tr("New conversation")))
        if item.kind is not TrashKind.FOLDER and item.conversation_id is not None:
            self._chat.open_conversation(item.conversation_id)

    def _report_undo(self) -> None:
        self._storage.run(lambda: bool(self._trash.items(1)), self.undo_changed.emit, self.report)

    def _move(self, conversation_id: int, folder: Callable[[], int | None]) -> None:
        def work() -> int | None:
            folder_id = folder()
            self._shelf.move(conversation_id, folder_id)
            return folder_id

        def done(folder_id: int | None) -> None:
            if folder_id is not None:
                self.filled.emit(folder_id)
            self._changed(self.tr("Moved.") if folder_id is not None else self.tr("In no folder any more."))

        self._storage.run(work, done, self.report)

    def _keep(self, key: tuple[str, int], work: Callable[[], object]) -> None:
        """Save what was typed, also when the disk refuses for now."""
        self._chat.saving.keep(key, work, lambda _: self._changed(), self.report)

    def _changed(self, words: str = "") -> None:
        self._chat.conversations_changed.emit()
        if words:
            self.noticed.emit(Notice("info", words))
