"""The tree of a conversation as a whole: what is in it, what its branches are called, copies from one to another."""

import time
from collections.abc import Callable, Sequence

from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.errors import StorageError
from desktopchat.core.outline import Node
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database
from desktopchat.storage.files import with_files
from desktopchat.storage.rows import MESSAGE, message_of, storable

_HEAD = 160  # characters of a message that an outline shows
LONGEST_NAME = 100  # characters


class BranchStore:
    """Blocking calls on the thread of the database, one transaction each. No message moves and none is overwritten.

    Every call raises StorageError when the disk or the file fails, and then has changed nothing.
    """

    def __init__(self, database: Database, store: ConversationStore, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def nodes(self, conversation_id: int) -> tuple[Node, ...]:
        """Return every message of a conversation that is not in the trash, parents before children."""
        rows = self._database.execute(
            """
            SELECT m.id, m.parent_id, m.role, substr(m.content || iif(m.state = 'streaming', ifnull(
                    (SELECT group_concat(content, '' ORDER BY position) FROM streamed WHERE message_id = m.id), ''),
                    ''), 1, ?2),
                m.state, m.created_at, ifnull(model.name, ''), ifnull(branch_name.name, '')
            FROM message m LEFT JOIN model ON model.id = m.model_id LEFT JOIN branch_name ON message_id = m.id
            WHERE m.conversation_id = ?1 AND m.role <> 'root' AND m.trash_id IS NULL ORDER BY m.id
            """,
            (conversation_id, _HEAD),
        )
        roles = {str(role): role for role in Role}
        states = {str(state): state for state in MessageState}
        return tuple(
            Node(number, parent, roles[role], " ".join(head.split()), states[state], at, model, name)
            for number, parent, role, head, state, at, model, name in rows
        )

    def tip(self, conversation_id: int) -> int | None:
        """Return the leaf that is shown; None when there is no message."""
        rows = self._database.execute("SELECT tip_id FROM conversation WHERE id = ?", (conversation_id,))
        return rows[0][0] if rows else None

    def set_name(self, message_id: int, name: str) -> None:
        """Call the branch that begins with a message something; nothing when the name is empty.

        Raises:
            StorageError: The message does not exist.
        """
        name = " ".join(storable(name).split())[:LONGEST_NAME]
        with self._database.transaction():
            self._store.message(message_id)
            self._database.execute("DELETE FROM branch_name WHERE message_id = ?", (message_id,))
            if name:
                self._database.execute("INSERT INTO branch_name (message_id, name) VALUES (?, ?)", (message_id, name))

    def name(self, message_id: int) -> str:
        """Return what a branch is called; empty when nobody has named it."""
        rows = self._database.execute("SELECT name FROM branch_name WHERE message_id = ?", (message_id,))
        return str(rows[0][0]) if rows else ""

    def messages(self, ids: Sequence[int]) -> tuple[Message, ...]:
        """Return these messages, in order of their creation; one that is gone is left out."""
        marks = ", ".join("?" * len(ids))
        rows = self._database.execute(
            f"SELECT {MESSAGE} FROM message m WHERE m.id IN ({marks}) AND m.trash_id IS NULL ORDER BY m.id", tuple(ids)
        )
        return with_files(self._database, [message_of(row) for row in rows])

    def siblings(self, message_id: int) -> tuple[int, ...]:
        """Return the messages with the same parent, in order of creation."""
        rows = self._database.execute(
            "SELECT s.id FROM message m JOIN message s ON s.conversation_id = m.conversation_id"
            " AND s.parent_id = m.parent_id AND s.trash_id IS NULL WHERE m.id = ? ORDER BY s.id",
            (message_id,),
        )
        return tuple(row[0] for row in rows)

    def branch(self, end_id: int) -> tuple[Message, ...]:
        """Return the messages from the first one down to this one."""
        rows = self._database.execute(
            f"""
            WITH RECURSIVE up (id) AS (
                SELECT :end
                UNION ALL
                SELECT message.parent_id FROM up CROSS JOIN message ON message.id = up.id WHERE up.id > 0
            )
            SELECT {MESSAGE} FROM up CROSS JOIN message m ON m.id = up.id
            WHERE m.role <> 'root' AND m.trash_id IS NULL ORDER BY m.id
            """,
            {"end": end_id},
        )
        return tuple(message_of(row) for row in rows)

    def take_over(self, message_id: int) -> Message:
        """Copy a message to the end of the branch that is shown, where the copy becomes the tip.

        A copy of an answer answers the last question of that branch, one of a question follows its last answer. What
        the original cost is not counted again.

        Raises:
            StorageError: It would break the order of question and answer, or something is still being written.
        """
        with self._database.transaction():
            message = self._store.message(message_id)
            path = self._store.path(message.conversation_id, limit=2)
            end = path[-1] if path else None
            if MessageState.STREAMING in (message.state, end.state if end else None):
                raise StorageError("An answer is still being written there.", "Stop it first.")
            if end is None:
                parent_id = -message.conversation_id
            else:
                parent_id = end.parent_id if end.role is message.role else end.id
            if message.role is Role.ASSISTANT and parent_id < 0:
                raise StorageError("The branch that is shown has no question that this could answer.", "Ask one first.")
            if parent_id == message.parent_id:
                raise StorageError(
                    "This message stands at the end of the branch that is shown already, or beside it.",
                    "Show the branch that it is to go to, then take it over.",
                )
            copy_id = self._database.insert(
                "INSERT INTO message (conversation_id, parent_id, role, content, reasoning, state, created_at,"
                " model_id, sampling_id, seed, finish_reason, error)"
                " SELECT conversation_id, :parent, role, content, reasoning, state, :now, model_id,"
                " sampling_id, seed, finish_reason, error FROM message WHERE id = :id",
                {"parent": parent_id, "now": self._clock(), "id": message_id},
            )
            self._database.execute(
                "INSERT INTO attachment (message_id, name, media_type, content)"
                " SELECT ?, name, media_type, content FROM attachment WHERE message_id = ? ORDER BY id",
                (copy_id, message_id),
            )
            self._show(message.conversation_id, copy_id)
        return self._store.message(copy_id)

    def add_answer(self, message_id: int, text: str) -> Message:
        """Put an answer in the person's own words beside one; it becomes the tip.

        Raises:
            StorageError: The message is no answer, is still being written, or the text is empty.
        """
        text = storable(text)
        with self._database.transaction():
            message = self._store.message(message_id)
            if message.role is not Role.ASSISTANT or message.state is MessageState.STREAMING:
                raise StorageError("This message cannot be edited.", "Only an answer that has ended can.")
            if not text.strip():
                raise StorageError("The answer is empty.", "Type something, or delete it.")
            added_id = self._database.insert(
                "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    message.conversation_id,
                    message.parent_id,
                    Role.ASSISTANT,
                    text,
                    MessageState.COMPLETE,
                    self._clock(),
                ),
            )
            self._show(message.conversation_id, added_id)
        return self._store.message(added_id)

    def continue_at(self, message_id: int) -> Message:
        """Show a branch only down to a message, so that what is sent next begins another one there.

        Raises:
            StorageError: The message does not exist.
        """
        with self._database.transaction():
            message = self._store.message(message_id)
            self._database.execute(
                "UPDATE conversation SET tip_id = ? WHERE id = ?", (message_id, message.conversation_id)
            )
        return message

    def _show(self, conversation_id: int, tip_id: int) -> None:
        self._database.execute(
            "UPDATE conversation SET tip_id = ?, updated_at = ? WHERE id = ?",
            (tip_id, self._clock(), conversation_id),
        )
