"""The files that came with messages."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from desktopchat.core.attached import MAX_SIZE, AttachedFile, decode
from desktopchat.core.chat import Message
from desktopchat.storage.database import Database
from desktopchat.storage.rows import storable


def keep_files(database: Database, message_id: int, files: Iterable[AttachedFile]) -> None:
    """Give a new message its files; what another message has is copied from there."""
    for file in files:
        if file.stored_id is not None:
            database.execute(
                "INSERT INTO attachment (message_id, name, media_type, content)"
                " SELECT ?, name, media_type, content FROM attachment WHERE id = ?",
                (message_id, file.stored_id),
            )
        else:
            content = file.data if file.is_picture else storable(file.text).encode()
            database.execute(
                "INSERT INTO attachment (message_id, name, media_type, content) VALUES (?, ?, ?, ?)",
                (message_id, storable(file.name), file.media_type, content),
            )


def with_files(database: Database, messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages of a path, oldest first, with what came with them."""
    if not messages:
        return ()
    near = database.execute(
        "SELECT DISTINCT message_id FROM attachment WHERE message_id BETWEEN ? AND ?", (messages[0].id, messages[-1].id)
    )
    having = {row[0] for row in near}
    return tuple(
        replace(message, files=_files(database, message.id)) if message.id in having else message
        for message in messages
    )


def _files(database: Database, message_id: int) -> tuple[AttachedFile, ...]:
    rows = database.execute(
        "SELECT id, name, media_type, ifnull(length(content), 0),"
        " iif(length(content) > ? OR media_type LIKE 'image/%' OR media_type LIKE 'audio/%', NULL, content)"
        " FROM attachment WHERE message_id = ? ORDER BY id",
        (4 * MAX_SIZE, message_id),  # a letter of one byte may have become several
    )
    return tuple(
        AttachedFile(name, media_type, size, (decode(content) or "") if content else "", stored_id=file_id)
        for file_id, name, media_type, size, content in rows
    )
