"""Whole conversations into the database and out of it."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import apsw

from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.errors import ImportFileError, StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Taken, TransferConversation, TransferMessage
from desktopchat.storage.database import Database
from desktopchat.storage.rows import sampling_json, storable
from desktopchat.storage.tables import model_id, sampling_id


class TransferStore:
    """Blocking calls, all on the thread of the database.

    Every call raises StorageError when the disk or the file fails, and then has changed nothing.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def take(self, conversation: TransferConversation) -> Taken:
        """Add a conversation, or the messages of a known one that are not here yet, in one transaction.

        A message that is here already stays as it is, also in the trash. So does all else of a known conversation,
        but new messages bring its tip along.

        Raises:
            ImportFileError: Its messages are in no order that the database takes, or a number is too large for it.
        """
        try:
            with self._database.transaction():
                return self._take(conversation)
        except (apsw.ConstraintError, OverflowError, _DisorderError) as error:
            raise ImportFileError(
                Sentence("The conversation “{title}” does not hold together.", title=conversation.title), "", str(error)
            ) from error

    def give(self, conversation_id: int) -> TransferConversation:
        """Return all of a conversation that is not in the trash.

        An answer that is still being written is given as it stands, as an interrupted one.

        Raises:
            StorageError: There is none with this id, or it has been deleted.
        """
        # In one transaction, so that nothing changes between two of its queries.
        with self._database.transaction():
            return self._give(conversation_id)

    def contents(self, conversation_id: int) -> list[tuple[int, str]]:
        """Return id and content of all messages of a conversation, on every branch."""
        rows = self._database.execute(
            "SELECT id, content FROM message WHERE conversation_id = ? AND role <> 'root' ORDER BY id",
            (conversation_id,),
        )
        return [(number, content) for number, content in rows]

    def conversation_ids(self) -> list[int]:
        """Return the ids of all conversations that are not in the trash, in order of their creation."""
        rows = self._database.execute("SELECT id FROM conversation WHERE trash_id IS NULL ORDER BY created_at, id")
        return [row[0] for row in rows]

    def find(self, wanted: str) -> list[tuple[int, str]]:
        """Return id and title of what a person may mean: an id, a uid, a title, or else a part of one."""
        for condition in ("id = :wanted", "uid = :wanted", "title = :wanted", "instr(lower(title), lower(:wanted))"):
            rows = self._database.execute(
                f"SELECT id, title FROM conversation WHERE trash_id IS NULL AND {condition} ORDER BY updated_at DESC",
                {"wanted": storable(wanted)},
            )
            if rows:
                return [(conversation_id, title) for conversation_id, title in rows]
        return []

    # --- taking -----------------------------------------------------------------------------------------

    def _take(self, conversation: TransferConversation) -> Taken:
        rows = self._database.execute(
            "SELECT id, trash_id IS NOT NULL FROM conversation WHERE uid = ?", (storable(conversation.uid),)
        )
        is_new = not rows
        conversation_id, is_deleted = (self._insert(conversation), False) if is_new else rows[0]
        added = self._take_messages(conversation_id, conversation, is_new)
        return Taken(conversation_id, added, is_new, bool(is_deleted))

    def _insert(self, conversation: TransferConversation) -> int:
        now = self._clock()
        conversation_id = self._database.insert(
            "INSERT INTO conversation (uid, title, titled_by, created_at, updated_at, system_prompt, sampling, draft,"
            " note, folder_id, pinned_at, archived_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                storable(conversation.uid),
                storable(conversation.title),
                "person" if conversation.title else "text",
                conversation.created_at,
                conversation.updated_at,
                storable(conversation.system_prompt),
                sampling_json(conversation.sampling),
                storable(conversation.draft),
                storable(conversation.note),
                self._folder_id(storable(conversation.folder)) if conversation.folder else None,
                now if conversation.pinned else None,
                now if conversation.archived else None,
            ),
        )
        for name in filter(None, map(storable, conversation.tags)):
            self._database.execute("INSERT INTO tag (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
            self._database.execute(
                "INSERT INTO conversation_tag SELECT ?, id FROM tag WHERE name = ? ON CONFLICT DO NOTHING",
                (conversation_id, name),
            )
        return conversation_id

    def _folder_id(self, name: str) -> int:
        rows = self._database.execute("SELECT id FROM folder WHERE name = ? AND trash_id IS NULL", (name,))
        return int(rows[0][0]) if rows else self._database.insert("INSERT INTO folder (name) VALUES (?)", (name,))

    def _take_messages(self, conversation_id: int, conversation: TransferConversation, is_new: bool) -> int:
        # uid -> id, and the entry in the trash that holds the message, if any
        known: dict[str | None, tuple[int, int | None]] = {None: (-conversation_id, None)}
        if not is_new:
            rows = self._database.execute(
                "SELECT uid, id, trash_id FROM message WHERE conversation_id = ? AND role <> 'root'",
                (conversation_id,),
            )
            known |= {uid: (message_id, trash_id) for uid, message_id, trash_id in rows}
        models: dict[ModelIdentity, int] = {}
        samplings: dict[SamplingParams, int] = {}
        added = 0
        for message in conversation.messages:
            uid = storable(message.uid)
            if uid in known:
                continue
            parent = known.get(None if message.parent_uid is None else storable(message.parent_uid))
            if parent is None:
                raise _DisorderError("a message comes before the one that it follows")
            if message.model and message.model not in models:
                models[message.model] = model_id(self._database, message.model)
            if message.sampling and message.sampling not in samplings:
                samplings[message.sampling] = sampling_id(self._database, message.sampling)
            known[uid] = (
                self._insert_message(
                    conversation_id,
                    parent,
                    message,
                    models[message.model] if message.model else None,
                    samplings[message.sampling] if message.sampling else None,
                ),
                parent[1],
            )
            added += 1
        if added and conversation.tip_uid is not None:
            tip_id, trash_id = known[storable(conversation.tip_uid)]
            self._database.execute(
                "UPDATE conversation SET tip_id = iif(:trash IS NULL, :tip, tip_id),"
                " updated_at = max(updated_at, :time) WHERE id = :id",
                {"tip": tip_id, "trash": trash_id, "time": conversation.updated_at, "id": conversation_id},
            )
        return added

    def _insert_message(
        self,
        conversation_id: int,
        parent: tuple[int, int | None],
        message: TransferMessage,
        model_id: int | None,
        sampling_id: int | None,
    ) -> int:
        parent_id, trash_id = parent
        message_id = self._database.insert(
            "INSERT INTO message (conversation_id, uid, parent_id, role, content, reasoning, state, created_at,"
            " model_id, sampling_id, seed, finish_reason, usage, timings, error, trash_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                conversation_id,
                storable(message.uid),
                parent_id,
                message.role,
                storable(message.content),
                storable(message.reasoning),
                message.state,
                message.created_at,
                model_id,
                sampling_id,
                message.seed,
                message.finish_reason,
                _json(message.usage, Usage()),
                _json(message.timings, Timings()),
                storable(message.error),
                trash_id,
            ),
        )
        for attachment in message.attachments:
            self._database.execute(
                "INSERT INTO attachment (message_id, name, media_type, content) VALUES (?, ?, ?, ?)",
                (message_id, storable(attachment.name), storable(attachment.media_type), attachment.content),
            )
        if message.name:
            self._database.execute("INSERT INTO branch_name VALUES (?, ?)", (message_id, storable(message.name)))
        return message_id

    # --- giving -----------------------------------------------------------------------------------------

    def _give(self, conversation_id: int) -> TransferConversation:
        rows = self._database.execute(
            "SELECT c.uid, c.title, c.created_at, c.updated_at, tip.uid, c.system_prompt, c.sampling, c.draft, c.note,"
            " ifnull(folder.name, ''), c.pinned_at IS NOT NULL, c.archived_at IS NOT NULL FROM conversation c"
            " LEFT JOIN message tip ON tip.id = c.tip_id"
            " LEFT JOIN folder ON folder.id = c.folder_id AND folder.trash_id IS NULL"
            " WHERE c.id = ? AND c.trash_id IS NULL",
            (conversation_id,),
        )
        if not rows:
            raise StorageError("This conversation does not exist any more.", "Choose another one in the list.")
        uid, title, created_at, updated_at, tip_uid, system_prompt, sampling, draft, note, folder, pinned, archived = (
            rows[0]
        )
        tags = self._database.execute(
            "SELECT name FROM tag JOIN conversation_tag ON tag_id = id WHERE conversation_id = ? ORDER BY name",
            (conversation_id,),
        )
        return TransferConversation(
            uid=uid,
            title=title,
            created_at=created_at,
            updated_at=updated_at,
            messages=self._messages(conversation_id),
            tip_uid=tip_uid,
            system_prompt=system_prompt,
            sampling=SamplingParams.from_dict(json.loads(sampling)),
            draft=draft,
            note=note,
            folder=folder,
            tags=tuple(name for (name,) in tags),
            pinned=bool(pinned),
            archived=bool(archived),
        )

    def _messages(self, conversation_id: int) -> tuple[TransferMessage, ...]:
        rows = self._database.execute(
            """
            SELECT m.id, m.uid, iif(parent.role = 'root', NULL, parent.uid), m.role,
                m.content || ifnull(
                    (SELECT group_concat(content, '' ORDER BY position) FROM streamed WHERE message_id = m.id), ''),
                m.reasoning || ifnull(
                    (SELECT group_concat(reasoning, '' ORDER BY position) FROM streamed WHERE message_id = m.id), ''),
                iif(m.state = 'streaming', 'interrupted', m.state), m.created_at, m.model_id, m.sampling_id, m.seed,
                m.finish_reason, m.usage, m.timings, m.error, ifnull(branch_name.name, '')
            FROM message m JOIN message parent ON parent.id = m.parent_id
            LEFT JOIN branch_name ON message_id = m.id
            WHERE m.conversation_id = ? AND m.trash_id IS NULL ORDER BY m.id
            """,
            (conversation_id,),
        )
        models = {
            model_id: ModelIdentity(*values)
            for model_id, *values in self._database.execute(
                "SELECT id, name, path, quant, sha256, template FROM model"
                " WHERE id IN (SELECT model_id FROM message WHERE conversation_id = ?)",
                (conversation_id,),
            )
        }
        samplings = {
            sampling_id: SamplingParams.from_dict(json.loads(parameters))
            for sampling_id, parameters in self._database.execute(
                "SELECT id, parameters FROM sampling"
                " WHERE id IN (SELECT sampling_id FROM message WHERE conversation_id = ?)",
                (conversation_id,),
            )
        }
        attachments: dict[int, list[Attachment]] = {}
        for message_id, *values in self._database.execute(
            "SELECT message_id, name, media_type, content FROM attachment"
            " WHERE message_id IN (SELECT id FROM message WHERE conversation_id = ?) ORDER BY id",
            (conversation_id,),
        ):
            attachments.setdefault(message_id, []).append(Attachment(*values))
        return tuple(_message(row, models, samplings, attachments) for row in rows)


class _DisorderError(Exception):
    """The messages are in no order that can be stored."""


def _message(
    row: tuple[Any, ...],
    models: dict[int, ModelIdentity],
    samplings: dict[int, SamplingParams],
    attachments: dict[int, list[Attachment]],
) -> TransferMessage:
    message_id, uid, parent_uid, role, content, reasoning, state, created_at, *rest = row
    model_id, sampling_id, seed, finish_reason, usage, timings, error, name = rest
    return TransferMessage(
        uid=uid,
        parent_uid=parent_uid,
        role=Role(role),
        content=content,
        created_at=created_at,
        reasoning=reasoning,
        state=MessageState(state),
        model=None if model_id is None else models[model_id],
        sampling=None if sampling_id is None else samplings[sampling_id],
        seed=seed,
        finish_reason=None if finish_reason is None else FinishReason(finish_reason),
        usage=Usage(**json.loads(usage)),
        timings=Timings(**json.loads(timings)),
        error=error,
        attachments=tuple(attachments.get(message_id, ())),
        name=name,
    )


def _json(values: Usage | Timings, default: Usage | Timings) -> str:
    return "{}" if values == default else json.dumps(asdict(values))
