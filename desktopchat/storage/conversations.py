"""Conversations and their messages. Nothing is overwritten or removed: what changes becomes a sibling."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any

from desktopchat.core.attached import AttachedFile
from desktopchat.core.chat import (
    Conversation,
    FinishReason,
    Message,
    MessageState,
    Role,
    Timings,
    Usage,
    title_from,
)
from desktopchat.core.errors import StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.asides import AsideStore
from desktopchat.storage.database import Database
from desktopchat.storage.files import keep_files, with_files
from desktopchat.storage.pending import Pending
from desktopchat.storage.rows import CONVERSATION, MESSAGE, conversation_of, message_of, sampling_json, storable
from desktopchat.storage.state import get_state
from desktopchat.storage.tables import model_id, sampling_id
from desktopchat.storage.token_logs import TokenLogs

_PATH = f"""
    WITH RECURSIVE path (id, place) AS (
        SELECT iif(:before, (SELECT parent_id FROM message WHERE id = :before),
            (SELECT tip_id FROM conversation WHERE id = :conversation)), 1
        UNION ALL
        SELECT message.parent_id, place + 1 FROM path CROSS JOIN message ON message.id = path.id
        WHERE place <> :limit
    )
    -- CROSS JOIN keeps this order of the tables: else all messages of all conversations are looked through.
    SELECT {MESSAGE} FROM path CROSS JOIN message m ON m.id = path.id
    WHERE m.role <> 'root' ORDER BY m.id  -- parents are older
"""


class ConversationStore:
    """Blocking calls, all on the thread of the database. Each is one transaction and durable when it returns.

    Every call raises StorageError when the disk or the file fails, and then has changed nothing.

    Attributes:
        asides: What was generated beside the answers.
        pending: What is not sent yet, besides the texts of the drafts.
        tokens: Those of answers.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.asides = AsideStore(database, clock)
        self.pending = Pending(database)
        self.tokens = TokenLogs(database)
        self._database = database
        self._clock = clock

    def together(self) -> AbstractContextManager[None]:
        """Return what makes all calls inside of it one transaction."""
        return self._database.transaction()

    def create(self, title: str = "", sampling: SamplingParams | None = None, system_prompt: str = "") -> Conversation:
        """Begin an empty conversation; no `sampling` means the defaults."""
        now = self._clock()
        conversation_id = self._database.insert(
            "INSERT INTO conversation (title, titled_by, created_at, updated_at, system_prompt, sampling)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                storable(title),
                "person" if title else "text",
                now,
                now,
                storable(system_prompt),
                sampling_json(sampling or SamplingParams()),
            ),
        )
        return self.get(conversation_id)

    def get(self, conversation_id: int) -> Conversation:
        """Return one conversation.

        Raises:
            StorageError: There is none with this id, or it has been deleted.
        """
        rows = self._database.execute(f"{CONVERSATION} WHERE c.id = ? AND c.trash_id IS NULL", (conversation_id,))
        if not rows:
            raise _no_conversation()
        return conversation_of(rows[0])

    def path(self, conversation_id: int, *, limit: int | None = None, before: int | None = None) -> tuple[Message, ...]:
        """Return the messages from the first one to the tip; empty when there is none.

        Args:
            conversation_id: Which.
            limit: Only the last so many of them.
            before: Only those above this message of the path.
        """
        rows = self._database.execute(
            _PATH,
            {"conversation": conversation_id, "limit": limit or -1, "before": before},
        )
        return with_files(self._database, [message_of(row) for row in rows])

    def message(self, message_id: int) -> Message:
        """Return one message.

        Raises:
            StorageError: There is none with this id.
        """
        rows = self._database.execute(
            f"SELECT {MESSAGE} FROM message m WHERE m.id = ? AND m.role <> 'root'", (message_id,)
        )
        if not rows:
            raise _no_message()
        return with_files(self._database, [message_of(rows[0])])[0]

    def attachment(self, file_id: int) -> bytes:
        """Return the content of a file that came with a message; empty when it is gone."""
        rows = self._database.execute("SELECT content FROM attachment WHERE id = ?", (file_id,))
        return bytes(rows[0][0]) if rows and rows[0][0] is not None else b""

    def add_turn(
        self,
        conversation_id: int,
        parent_id: int | None,
        text: str,
        *,
        model: ModelIdentity,
        sampling: SamplingParams,
        files: Sequence[AttachedFile] = (),
        keeps_draft: bool = False,
    ) -> tuple[Message, Message]:
        """Append what the person wrote and an empty answer in state streaming, which becomes the tip.

        An empty title is taken from the text, else from the first file. A draft that the text completes is cleared.

        Args:
            conversation_id: Where.
            parent_id: The answer that the text follows; None or the root begins the conversation.
            text: What the person wrote.
            model: The model that will answer.
            sampling: Parameters of the answer.
            files: What comes with the text.
            keeps_draft: The text does not come from the draft.

        Raises:
            StorageError: What it follows does not exist.
        """
        text = storable(text)
        with self._database.transaction():
            self._expect(conversation_id, parent_id or -conversation_id)
            user_id = self._database.insert(
                "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (conversation_id, parent_id or -conversation_id, Role.USER, text, MessageState.COMPLETE, self._clock()),
            )
            keep_files(self._database, user_id, files)
            answer_id = self._insert_answer(conversation_id, user_id, model, sampling)
            title = title_from(text) or next((storable(file.name) for file in files), "")
            self._database.execute(
                "UPDATE conversation SET title = iif(title = '', :title, title),"
                " draft = iif(NOT :keeps AND instr(:text, draft) = 1, '', draft) WHERE id = :id",
                {"title": title, "text": text, "keeps": keeps_draft, "id": conversation_id},
            )
        return self.message(user_id), self.message(answer_id)

    def add_reply(
        self, conversation_id: int, parent_id: int, *, model: ModelIdentity, sampling: SamplingParams
    ) -> Message:
        """Append an empty answer in state streaming to a user message; it becomes the tip.

        Raises:
            StorageError: That message does not exist.
        """
        with self._database.transaction():
            self._expect(conversation_id, parent_id)
            answer_id = self._insert_answer(conversation_id, parent_id, model, sampling)
        return self.message(answer_id)

    def resume(self, message_id: int) -> Message:
        """Put an answer that has ended back to streaming, with its text, so that it can be continued.

        Raises:
            StorageError: It is being written already, or is no answer.
        """
        changed = self._database.change(
            "UPDATE message SET state = ?, finish_reason = NULL, error = '' WHERE id = ? AND role = ? AND state <> ?",
            (MessageState.STREAMING, message_id, Role.ASSISTANT, MessageState.STREAMING),
        )
        if not changed:
            raise StorageError("This message cannot be continued.", "Only an answer that has ended can.")
        return self.message(message_id)

    def append_texts(self, pieces: Iterable[tuple[int, str] | tuple[int, str, str]]) -> None:
        """Keep what has come of answers since the last call: message id, new text, and new reasoning if any.

        Each costs what it is long, not what the answer is long.

        Raises:
            StorageError: A message is not in state streaming.
        """
        all_pieces = list(pieces)
        # One statement is a transaction of its own.
        with self._database.transaction() if len(all_pieces) > 1 else nullcontext():
            for message_id, *texts in all_pieces:
                text, reasoning = map(storable, (*texts, "")[:2])
                added = self._database.change(
                    "INSERT INTO streamed (message_id, position, content, reasoning)"
                    " SELECT id, (SELECT ifnull(max(position), 0) + 1 FROM streamed WHERE message_id = ?1), ?2, ?3"
                    " FROM message WHERE id = ?1 AND state = 'streaming'",
                    (message_id, text, reasoning),
                )
                if not added:
                    raise _has_ended()

    def finish(
        self,
        message_id: int,
        *,
        content: str,
        reasoning: str = "",
        state: MessageState,
        finish_reason: FinishReason | None,
        seed: int | None,
        usage: Usage,
        timings: Timings,
        error: str = "",
    ) -> Message:
        """Keep the whole answer and how it ended.

        Raises:
            StorageError: The message is not in state streaming.
        """
        with self._database.transaction():
            changed = self._database.change(
                "UPDATE message SET content = :content, reasoning = :reasoning, state = :state,"
                " finish_reason = :finish_reason, seed = :seed, usage = :usage, timings = :timings, error = :error"
                " WHERE id = :id AND state = 'streaming'",
                {
                    "content": storable(content),
                    "reasoning": storable(reasoning),
                    "state": state,
                    "finish_reason": finish_reason,
                    "seed": seed,
                    "usage": json.dumps(asdict(usage)),
                    "timings": json.dumps(asdict(timings)),
                    "error": storable(error),
                    "id": message_id,
                },
            )
            if not changed:
                raise _has_ended()
            self._database.execute("DELETE FROM streamed WHERE message_id = ?", (message_id,))
        return self.message(message_id)

    def select(self, message_id: int) -> None:
        """Show the branch of a message: the newest leaf below it becomes the tip."""
        self.show_below(self.message(message_id).conversation_id, message_id)

    def is_shown(self, message_id: int) -> bool:
        """Return whether a message stands on the branch that is shown.

        Raises:
            StorageError: There is none with this id, or it has been deleted.
        """
        if not self._database.execute(
            "SELECT 1 FROM message WHERE id = ? AND role <> 'root' AND trash_id IS NULL", (message_id,)
        ):
            raise StorageError("This message has been deleted.", "Bring it back from the trash.")
        rows = self._database.execute(
            """
            WITH RECURSIVE up (id) AS (
                SELECT tip_id FROM conversation
                WHERE id = (SELECT conversation_id FROM message WHERE id = :message)
                UNION ALL
                SELECT message.parent_id FROM up CROSS JOIN message ON message.id = up.id
                WHERE up.id > :message  -- parents are older
            )
            SELECT 1 FROM up WHERE id = :message
            """,
            {"message": message_id},
        )
        return bool(rows)

    def show_below(self, conversation_id: int, message_id: int) -> None:
        """Make the newest leaf below a message, or below the root, the tip; none when there is nothing."""
        self._database.execute(
            """
            UPDATE conversation SET tip_id = (
                WITH RECURSIVE below (id) AS (
                    SELECT :message
                    UNION ALL
                    SELECT message.id FROM below CROSS JOIN message INDEXED BY message_by_parent
                    ON message.conversation_id = :conversation AND message.parent_id = below.id
                        AND message.trash_id IS NULL
                )
                SELECT iif(max(id) > 0, max(id), NULL) FROM below  -- the newest of a branch has no children
            ) WHERE id = :conversation
            """,
            {"message": message_id, "conversation": conversation_id},
        )

    def show_sibling(self, message_id: int, step: int) -> None:
        """Show the branch of the sibling that stands `step` places on. At the first and the last one it stays."""
        message = self.message(message_id)
        place = min(max(message.sibling + step, 1), message.siblings)
        if place != message.sibling:
            rows = self._database.execute(
                "SELECT id FROM message WHERE conversation_id = ? AND parent_id = ? AND trash_id IS NULL"
                " ORDER BY id LIMIT 1 OFFSET ?",
                (message.conversation_id, message.parent_id, place - 1),
            )
            self.select(rows[0][0])

    def own_texts(self, conversation_id: int | None, limit: int) -> tuple[str, ...]:
        """Return what the person wrote, newest first, each once: in this conversation, then in the others.

        Args:
            conversation_id: None for a new one.
            limit: How many messages are looked at, of either kind. Long ones are left out.
        """
        here, there = (
            self._database.execute(
                f"SELECT content FROM message WHERE {where} AND role = 'user' AND trash_id IS NULL"
                " AND octet_length(content) BETWEEN 1 AND 20000 ORDER BY id DESC LIMIT ?",
                (conversation_id or 0, limit),
            )
            for where in (
                "conversation_id = ?",
                "conversation_id NOT IN (SELECT id FROM conversation WHERE id = ? OR trash_id IS NOT NULL)",
            )
        )
        return tuple(dict.fromkeys(row[0] for row in (*here, *there)))

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation the title that the person wants."""
        self._change(conversation_id, "title = ?, titled_by = 'person'", storable(title))

    def suggest_title(self, conversation_id: int, title: str) -> bool:
        """Give a conversation a better title than its first line, unless a person or a model named it already."""
        return bool(
            self._database.change(
                "UPDATE conversation SET title = ?, titled_by = 'model' WHERE id = ? AND titled_by = 'text'",
                (storable(title), conversation_id),
            )
        )

    def wants_title(self, conversation_id: int) -> bool:
        """Return whether the title is still the first line."""
        rows = self._database.execute("SELECT titled_by = 'text' FROM conversation WHERE id = ?", (conversation_id,))
        return bool(rows and rows[0][0])

    def set_sampling(self, conversation_id: int, sampling: SamplingParams) -> None:
        """Set the parameters for the next answer."""
        self._change(conversation_id, "sampling = ?", sampling_json(sampling))

    def set_system_prompt(self, conversation_id: int, text: str) -> None:
        """Set the system prompt."""
        self._change(conversation_id, "system_prompt = ?", storable(text))

    def save_draft(self, conversation_id: int, text: str) -> None:
        """Keep what stands in the composer."""
        self._change(conversation_id, "draft = ?", storable(text))

    def save_scroll(self, conversation_id: int, scroll: tuple[int, float] | None) -> None:
        """Keep where one was reading; see `Conversation.scroll`."""
        self._change(conversation_id, "scroll = ?", json.dumps(scroll))

    def set_model_hash(self, path: str, sha256: str) -> None:
        """Say which file it was that answered, for answers that were stored before it had been hashed."""
        with self._database.transaction():
            for old, name, quant, template in self._database.execute(
                "SELECT id, name, quant, template FROM model WHERE path = ? AND sha256 = ''", (path,)
            ):
                new = model_id(self._database, ModelIdentity(name, path, quant, sha256, template))
                for table in ("message", "aside"):
                    self._database.execute(f"UPDATE {table} SET model_id = ? WHERE model_id = ?", (new, old))
                self._database.execute("DELETE FROM model WHERE id = ?", (old,))

    def recover(self) -> int:
        """Mark answers that were cut off by a crash as interrupted. To be called once, at start-up.

        Returns:
            How many there were.
        """
        with self._database.transaction():
            count = self._database.change(
                """
                UPDATE message SET state = 'interrupted',
                    content = content || ifnull(
                        (SELECT group_concat(content, '' ORDER BY position) FROM streamed WHERE message_id = id), ''),
                    reasoning = reasoning || ifnull(
                        (SELECT group_concat(reasoning, '' ORDER BY position) FROM streamed WHERE message_id = id), '')
                WHERE state = 'streaming'
                """
            )
            self._database.execute("DELETE FROM streamed")
        return count

    def get_state(self, key: str, default: Any = None) -> Any:
        """Return a small thing that the window remembers, such as its size."""
        return get_state(self._database, key, default)

    def set_state(self, key: str, value: Any) -> None:
        """Remember a small thing; `value` is anything that JSON can hold."""
        self._database.execute(
            "INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value)),
        )

    def _expect(self, conversation_id: int, message_id: int) -> None:
        """Raise when there is no such message, as after an older copy of the store has taken its place."""
        found = "SELECT 1 FROM message WHERE id = ? AND conversation_id = ?"
        if not self._database.execute(found, (message_id, conversation_id)):
            raise _no_message()

    def _insert_answer(
        self, conversation_id: int, parent_id: int, model: ModelIdentity, sampling: SamplingParams
    ) -> int:
        now = self._clock()
        answer_id = self._database.insert(
            "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at, model_id, sampling_id)"
            " VALUES (?, ?, ?, '', ?, ?, ?, ?)",
            (
                conversation_id,
                parent_id,
                Role.ASSISTANT,
                MessageState.STREAMING,
                now,
                model_id(self._database, model),
                sampling_id(self._database, sampling),
            ),
        )
        self._database.execute(
            "UPDATE conversation SET tip_id = ?, updated_at = ? WHERE id = ?", (answer_id, now, conversation_id)
        )
        return answer_id

    def _change(self, conversation_id: int, assignment: str, value: str) -> None:
        if not self._database.change(f"UPDATE conversation SET {assignment} WHERE id = ?", (value, conversation_id)):
            raise _no_conversation()


def _has_ended() -> StorageError:
    return StorageError("This answer has ended already; its text is kept as it was.")


def _no_conversation() -> StorageError:
    return StorageError("This conversation does not exist any more.", "Choose another one in the list.")


def _no_message() -> StorageError:
    return StorageError("This message does not exist any more.", "Open the conversation again.")
