"""What was deleted, until it is gone for good."""

import time
from collections.abc import Callable

from desktopchat.core.chat import TrashItem, TrashKind, title_from
from desktopchat.core.errors import StorageError
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database

KEPT_DAYS = 30

_ITEMS = """
    SELECT t.id, t.kind, t.title, t.deleted_at,
        CASE t.kind
            WHEN 'conversation' THEN (SELECT id FROM conversation WHERE trash_id = t.id)
            WHEN 'message' THEN (SELECT conversation_id FROM message WHERE trash_id = t.id LIMIT 1)
        END,
        iif(t.kind = 'message', (SELECT min(id) FROM message WHERE trash_id = t.id), NULL)
    FROM trash t"""


class Trash:
    """Deletes and restores. Blocking calls on the thread of the database, one transaction each.

    Every call raises StorageError when the disk or the file fails, and then has changed nothing.
    """

    def __init__(self, database: Database, store: ConversationStore, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def delete_message(self, message_id: int) -> int:
        """Delete a message with all that follows it, and show what stands beside it or ends above it.

        Returns:
            The entry in the trash; one that is there already stays where it is.

        Raises:
            StorageError: An answer below it is still being written, or it does not exist.
        """
        message = self._store.message(message_id)
        with self._database.transaction():
            # A second key may come before the window knows of the first: an entry of nothing could not be restored.
            for (already,) in self._database.execute(
                "SELECT trash_id FROM message WHERE id = ? AND trash_id IS NOT NULL", (message_id,)
            ):
                return int(already)
            trash_id = self._enter(TrashKind.MESSAGE, title_from(message.content))
            below = """
                WITH RECURSIVE below (id) AS (
                    SELECT :message
                    UNION ALL
                    SELECT message.id FROM below CROSS JOIN message INDEXED BY message_by_parent
                    ON message.conversation_id = :conversation AND message.parent_id = below.id
                        AND message.trash_id IS NULL
                )"""
            values = {"message": message_id, "conversation": message.conversation_id, "trash": trash_id}
            writing = f"{below} SELECT 1 FROM below CROSS JOIN message USING (id) WHERE state = 'streaming'"
            if self._database.execute(writing, values):
                raise StorageError("An answer is still being written there.", "Stop it first.")
            self._database.execute(
                f"{below} UPDATE message SET trash_id = :trash WHERE trash_id IS NULL AND id IN (SELECT id FROM below)",
                values,
            )
            tip = self._database.execute(
                "SELECT 1 FROM conversation c JOIN message m ON m.id = c.tip_id WHERE c.id = ? AND m.trash_id = ?",
                (message.conversation_id, trash_id),
            )
            if tip:
                self._store.show_below(message.conversation_id, message.parent_id)
        return trash_id

    def delete_conversation(self, conversation_id: int) -> int:
        """Take a conversation out of every list and return the entry in the trash."""
        title = self._store.get(conversation_id).title
        with self._database.transaction():
            trash_id = self._enter(TrashKind.CONVERSATION, title)
            self._database.execute("UPDATE conversation SET trash_id = ? WHERE id = ?", (trash_id, conversation_id))
        return trash_id

    def delete_folder(self, folder_id: int) -> int:
        """Delete a folder with the conversations in it and return the entry in the trash."""
        with self._database.transaction():
            rows = self._database.execute("SELECT name FROM folder WHERE id = ? AND trash_id IS NULL", (folder_id,))
            if not rows:
                raise StorageError("This folder does not exist any more.")
            trash_id = self._enter(TrashKind.FOLDER, rows[0][0])
            self._database.execute("UPDATE folder SET trash_id = ? WHERE id = ?", (trash_id, folder_id))
            self._database.execute(
                "UPDATE conversation SET trash_id = ? WHERE folder_id = ? AND trash_id IS NULL", (trash_id, folder_id)
            )
        return trash_id

    def items(self, limit: int = 200) -> list[TrashItem]:
        """Return what can be restored, the last deleted first."""
        rows = self._database.execute(f"{_ITEMS} ORDER BY t.id DESC LIMIT ?", (limit,))
        return [_item(row) for row in rows]

    def undo(self) -> TrashItem | None:
        """Restore what was deleted last and return it; None when the trash is empty."""
        items = self.items(1)
        return self.restore(items[0].id) if items else None

    def restore(self, trash_id: int) -> TrashItem:
        """Bring back what one deletion took away; a message is shown again.

        Raises:
            StorageError: It is not in the trash any more.
        """
        with self._database.transaction():
            rows = self._database.execute(f"{_ITEMS} WHERE t.id = ?", (trash_id,))
            if not rows:
                raise StorageError("This is not in the trash any more.")
            item = _item(rows[0])
            if item.kind is TrashKind.MESSAGE:
                # What it hangs on may have been deleted later than it; without that it would be nowhere.
                for (above,) in self._database.execute(
                    """
                    WITH RECURSIVE above (id, trash_id) AS (
                        SELECT parent_id, NULL FROM message WHERE id = ?
                        UNION ALL
                        SELECT m.parent_id, m.trash_id FROM above CROSS JOIN message m ON m.id = above.id
                    )
                    SELECT DISTINCT trash_id FROM above WHERE trash_id IS NOT NULL
                    UNION
                    SELECT c.trash_id FROM conversation c WHERE c.id = ? AND c.trash_id IS NOT NULL
                    """,
                    (item.message_id, item.conversation_id),
                ):
                    self._take_out(above)
            self._take_out(trash_id)
            if item.kind is TrashKind.MESSAGE:
                assert item.conversation_id is not None
                assert item.message_id is not None
                self._store.show_below(item.conversation_id, item.message_id)
        return item

    def purge(self, days: float = KEPT_DAYS) -> list[int]:
        """Remove for good what was deleted more than so many days ago.

        Returns:
            The conversations that are gone, so that what else belongs to them can go too.
        """
        before = self._clock() - days * 86_400
        old = "(SELECT id FROM trash WHERE deleted_at <= :before)"
        values = {"before": before}
        with self._database.transaction():
            if not self._database.execute("SELECT 1 FROM trash WHERE deleted_at <= ? LIMIT 1", (before,)):
                return []
            self._database.execute("PRAGMA defer_foreign_keys = ON")
            gone = [
                row[0] for row in self._database.execute(f"SELECT id FROM conversation WHERE trash_id IN {old}", values)
            ]
            self._database.execute(
                f"""
                WITH RECURSIVE gone (id) AS (
                    SELECT id FROM message WHERE trash_id IN {old}
                    UNION
                    SELECT m.id FROM conversation c JOIN message m ON m.conversation_id = c.id
                        WHERE c.trash_id IN {old}
                    UNION
                    SELECT m.id FROM gone JOIN message p ON p.id = gone.id
                        JOIN message m ON m.conversation_id = p.conversation_id AND m.parent_id = p.id
                )
                DELETE FROM message WHERE id IN (SELECT id FROM gone)
                """,
                values,
            )
            self._database.execute(f"DELETE FROM conversation WHERE trash_id IN {old}", values)
            for conversation_id in gone:
                self._store.pending.set_files(conversation_id, ())
                self._store.pending.set_queue(conversation_id, ())
            self._database.execute(
                "UPDATE conversation SET folder_id = NULL WHERE folder_id IN"
                f" (SELECT id FROM folder WHERE trash_id IN {old})",
                values,
            )
            self._database.execute(f"DELETE FROM folder WHERE trash_id IN {old}", values)
            # Messages that were deleted before the conversation around them are gone with it.
            self._database.execute(
                "DELETE FROM trash WHERE deleted_at <= ? OR kind = 'message'"
                " AND NOT EXISTS (SELECT 1 FROM message WHERE trash_id = trash.id)",
                (before,),
            )
        return gone

    def _enter(self, kind: TrashKind, title: str) -> int:
        return self._database.insert(
            "INSERT INTO trash (kind, title, deleted_at) VALUES (?, ?, ?)", (kind, title, self._clock())
        )

    def _take_out(self, trash_id: int) -> None:
        # A folder of the same name may have been made since.
        self._database.execute(
            "UPDATE folder SET trash_id = NULL, name = name || iif(EXISTS (SELECT 1 FROM folder other"
            " WHERE other.name = folder.name AND other.trash_id IS NULL), ' ' || id, '') WHERE trash_id = ?",
            (trash_id,),
        )
        self._database.execute(
            "UPDATE conversation SET trash_id = NULL, folder_id = iif(EXISTS (SELECT 1 FROM folder"
            " WHERE folder.id = folder_id AND folder.trash_id IS NOT NULL), NULL, folder_id) WHERE trash_id = ?",
            (trash_id,),
        )
        self._database.execute("UPDATE message SET trash_id = NULL WHERE trash_id = ?", (trash_id,))
        self._database.execute("DELETE FROM trash WHERE id = ?", (trash_id,))


def _item(row: tuple[object, ...]) -> TrashItem:
    trash_id, kind, title, deleted_at, conversation_id, message_id = row
    return TrashItem(trash_id, TrashKind(kind), title, deleted_at, conversation_id, message_id)  # type: ignore[arg-type]
