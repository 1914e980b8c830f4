"""Conversations and their messages. Nothing is overwritten or removed: what changes becomes a sibling."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

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
from desktopchat.core.params import SamplingParams
from desktopchat.storage.database import Database

# Keys of `get_state`.
LAST_MODEL = "model.last"  # path of the model loaded last
LAST_CONVERSATION = "conversation.last"  # id of the open conversation, or null for a new one
NEW_DRAFT = "conversation.new_draft"  # what stands in the composer of a new conversation
WINDOW_LAYOUT = "window.layout"

_CONVERSATION = "SELECT id, title, created_at, updated_at, tip_id, system_prompt, sampling, draft FROM conversation"
_COLUMNS = """
    m.id, m.conversation_id, m.parent_id, m.role, m.content, m.state, m.created_at, m.model, m.sampling, m.seed,
        m.finish_reason, m.usage, m.timings, m.error,
        (SELECT count(*) FROM message s
            WHERE s.conversation_id = m.conversation_id AND s.parent_id IS m.parent_id AND s.id <= m.id),
        (SELECT count(*) FROM message s WHERE s.conversation_id = m.conversation_id AND s.parent_id IS m.parent_id)
"""


class ConversationStore:
    """Blocking calls, all on the thread of the database. Each is one transaction and durable when it returns.

    Every call raises StorageError when the disk or the file fails, and then has changed nothing.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def create(self, title: str = "", sampling: SamplingParams | None = None, system_prompt: str = "") -> Conversation:
        """Begin an empty conversation; no `sampling` means the defaults."""
        now = self._clock()
        conversation_id = self._database.insert(
            "INSERT INTO conversation (title, created_at, updated_at, system_prompt, sampling) VALUES (?, ?, ?, ?, ?)",
            (_storable(title), now, now, _storable(system_prompt), _sampling_json(sampling or SamplingParams())),
        )
        return self.get(conversation_id)

    def conversations(self) -> list[Conversation]:
        """Return all that are not deleted, the one last written in first."""
        rows = self._database.execute(f"{_CONVERSATION} WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC")
        return [_conversation(row) for row in rows]

    def get(self, conversation_id: int) -> Conversation:
        """Return one conversation.

        Raises:
            StorageError: There is none with this id, or it has been deleted.
        """
        rows = self._database.execute(f"{_CONVERSATION} WHERE id = ? AND deleted_at IS NULL", (conversation_id,))
        if not rows:
            raise StorageError("This conversation does not exist any more.", "Choose another one in the list.")
        return _conversation(rows[0])

    def path(self, conversation_id: int) -> tuple[Message, ...]:
        """Return the messages from the root to the tip; empty when there is none."""
        rows = self._database.execute(
            f"""
            WITH RECURSIVE path (id) AS (
                SELECT tip_id FROM conversation WHERE id = ?
                UNION ALL
                SELECT message.parent_id FROM path CROSS JOIN message ON message.id = path.id
            )
            -- CROSS JOIN keeps this order of the tables: else all messages of all conversations are looked through.
            SELECT {_COLUMNS} FROM path CROSS JOIN message m ON m.id = path.id ORDER BY m.id  -- parents are older
            """,
            (conversation_id,),
        )
        return tuple(_message(row) for row in rows)

    def message(self, message_id: int) -> Message:
        """Return one message.

        Raises:
            StorageError: There is none with this id.
        """
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM message m WHERE m.id = ?", (message_id,))
        if not rows:
            raise _no_message()
        return _message(rows[0])

    def add_turn(
        self, conversation_id: int, parent_id: int | None, text: str, *, model: str, sampling: SamplingParams
    ) -> tuple[Message, Message]:
        """Append what the person wrote and an empty answer in state streaming, which becomes the tip.

        An empty title is taken from the text. A draft that the text completes is cleared.

        Args:
            conversation_id: Where.
            parent_id: The answer that the text follows; None begins at the root.
            text: What the person wrote.
            model: Name of the model that will answer.
            sampling: Parameters of the answer.
        """
        text = _storable(text)
        with self._database.transaction():
            user_id = self._database.insert(
                "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (conversation_id, parent_id, Role.USER, text, MessageState.COMPLETE, self._clock()),
            )
            answer_id = self._insert_answer(conversation_id, user_id, model, sampling)
            self._database.execute(
                "UPDATE conversation SET title = iif(title = '', :title, title),"
                " draft = iif(instr(:text, draft) = 1, '', draft) WHERE id = :id",
                {"title": title_from(text), "text": text, "id": conversation_id},
            )
        return self.message(user_id), self.message(answer_id)

    def add_reply(self, conversation_id: int, parent_id: int, *, model: str, sampling: SamplingParams) -> Message:
        """Append an empty answer in state streaming to a user message; it becomes the tip."""
        with self._database.transaction():
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

    def save_text(self, message_id: int, content: str) -> None:
        """Keep the text of an answer so far.

        Raises:
            StorageError: The message is not in state streaming.
        """
        self._change_streaming(message_id, "content = :content", {"content": _storable(content)})

    def finish(
        self,
        message_id: int,
        *,
        content: str,
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
        self._change_streaming(
            message_id,
            "content = :content, state = :state, finish_reason = :finish_reason, seed = :seed, usage = :usage,"
            " timings = :timings, error = :error",
            {
                "content": _storable(content),
                "state": state,
                "finish_reason": finish_reason,
                "seed": seed,
                "usage": json.dumps(asdict(usage)),
                "timings": json.dumps(asdict(timings)),
                "error": _storable(error),
            },
        )
        return self.message(message_id)

    def select(self, message_id: int) -> None:
        """Show the branch of a message: the newest leaf below it becomes the tip."""
        conversation_id = self.message(message_id).conversation_id
        self._database.execute(
            """
            UPDATE conversation SET tip_id = (
                WITH RECURSIVE below (id) AS (
                    SELECT :message
                    UNION ALL
                    SELECT message.id FROM below CROSS JOIN message INDEXED BY message_by_parent
                    ON message.conversation_id = :conversation AND message.parent_id = below.id
                )
                SELECT max(id) FROM below  -- the newest of a branch has no children
            ) WHERE id = :conversation
            """,
            {"message": message_id, "conversation": conversation_id},
        )

    def show_sibling(self, message_id: int, step: int) -> tuple[Message, ...]:
        """Show the branch of the sibling that stands `step` places on and return the new path.

        At the first and the last sibling it stays.
        """
        message = self.message(message_id)
        place = min(max(message.sibling + step, 1), message.siblings)
        if place != message.sibling:
            rows = self._database.execute(
                "SELECT id FROM message WHERE conversation_id = ? AND parent_id IS ? ORDER BY id LIMIT 1 OFFSET ?",
                (message.conversation_id, message.parent_id, place - 1),
            )
            self.select(rows[0][0])
        return self.path(message.conversation_id)

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""
        self._change_conversation(conversation_id, "title", _storable(title))

    def set_sampling(self, conversation_id: int, sampling: SamplingParams) -> None:
        """Set the parameters for the next answer."""
        self._change_conversation(conversation_id, "sampling", _sampling_json(sampling))

    def set_system_prompt(self, conversation_id: int, text: str) -> None:
        """Set the system prompt."""
        self._change_conversation(conversation_id, "system_prompt", _storable(text))

    def save_draft(self, conversation_id: int, text: str) -> None:
        """Keep what stands in the composer."""
        self._change_conversation(conversation_id, "draft", _storable(text))

    def delete(self, conversation_id: int) -> None:
        """Take a conversation out of the list; all of it stays on disk."""
        self._change_conversation(conversation_id, "deleted_at", self._clock())

    def undelete(self, conversation_id: int) -> None:
        """Put a deleted conversation back."""
        self._change_conversation(conversation_id, "deleted_at", None)

    def recover(self) -> int:
        """Mark answers that were cut off by a crash as interrupted. To be called once, at start-up.

        Returns:
            How many there were.
        """
        return self._database.change(
            "UPDATE message SET state = ? WHERE state = 'streaming'", (MessageState.INTERRUPTED,)
        )

    def get_state(self, key: str, default: Any = None) -> Any:
        """Return a small thing that the window remembers, such as its size."""
        rows = self._database.execute("SELECT value FROM state WHERE key = ?", (key,))
        return json.loads(rows[0][0]) if rows else default

    def set_state(self, key: str, value: Any) -> None:
        """Remember a small thing; `value` is anything that JSON can hold."""
        self._database.execute(
            "INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value)),
        )

    def _insert_answer(self, conversation_id: int, parent_id: int, model: str, sampling: SamplingParams) -> int:
        now = self._clock()
        answer_id = self._database.insert(
            "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at, model, sampling)"
            " VALUES (?, ?, ?, '', ?, ?, ?, ?)",
            (
                conversation_id,
                parent_id,
                Role.ASSISTANT,
                MessageState.STREAMING,
                now,
                _storable(model),
                _sampling_json(sampling),
            ),
        )
        self._database.execute(
            "UPDATE conversation SET tip_id = ?, updated_at = ? WHERE id = ?", (answer_id, now, conversation_id)
        )
        return answer_id

    def _change_streaming(self, message_id: int, assignments: str, values: dict[str, Any]) -> None:
        changed = self._database.change(
            f"UPDATE message SET {assignments} WHERE id = :message AND state = 'streaming'",
            {**values, "message": message_id},
        )
        if not changed:
            raise StorageError("This answer has ended already; its text is kept as it was.")

    def _change_conversation(self, conversation_id: int, column: str, value: str | float | None) -> None:
        if not self._database.change(f"UPDATE conversation SET {column} = ? WHERE id = ?", (value, conversation_id)):
            raise StorageError("This conversation does not exist any more.", "Choose another one in the list.")


def _no_message() -> StorageError:
    return StorageError("This message does not exist any more.", "Open the conversation again.")


def _storable(text: str) -> str:
    """Return text that UTF-8 can hold: surrogate pairs joined, half ones as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _sampling_json(sampling: SamplingParams) -> str:
    return json.dumps(sampling.to_dict())


def _conversation(row: tuple[Any, ...]) -> Conversation:
    conversation_id, title, created_at, updated_at, tip_id, system_prompt, sampling, draft = row
    return Conversation(
        id=conversation_id,
        title=title,
        created_at=created_at,
        updated_at=updated_at,
        tip_id=tip_id,
        system_prompt=system_prompt,
        sampling=SamplingParams.from_dict(json.loads(sampling)),
        draft=draft,
    )


def _message(row: tuple[Any, ...]) -> Message:
    (
        message_id,
        conversation_id,
        parent_id,
        role,
        content,
        state,
        created_at,
        model,
        sampling,
        seed,
        finish_reason,
        usage,
        timings,
        error,
        sibling,
        siblings,
    ) = row
    return Message(
        id=message_id,
        conversation_id=conversation_id,
        parent_id=parent_id,
        role=Role(role),
        content=content,
        state=MessageState(state),
        created_at=created_at,
        model=model,
        sampling=None if sampling is None else SamplingParams.from_dict(json.loads(sampling)),
        seed=seed,
        finish_reason=None if finish_reason is None else FinishReason(finish_reason),
        usage=Usage(**json.loads(usage)),
        timings=Timings(**json.loads(timings)),
        error=error,
        sibling=sibling,
        siblings=siblings,
    )
