"""What was written and not sent yet, besides the text of the draft: its files, and the queue of messages."""

import base64
import json
from collections.abc import Iterable
from typing import Any

from desktopchat.core.attached import AttachedFile, Written
from desktopchat.storage.database import Database

_PIECE = 1 << 16  # characters
Key = int | None  # a conversation; None is a new one, which is stored with its first message


class Pending:
    """Blocking calls on the thread of the database, one transaction each.

    Every call raises StorageError when the disk or the file fails, and then has changed nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def files(self, conversation_id: Key) -> tuple[AttachedFile, ...]:
        """Return the files of a draft."""
        return tuple(map(_file_of, self._read("files", conversation_id)))

    def set_files(self, conversation_id: Key, files: Iterable[AttachedFile]) -> None:
        """Keep the files of a draft."""
        self._write("files", conversation_id, [_record_of(file) for file in files])

    def queue(self, conversation_id: Key) -> tuple[Written, ...]:
        """Return what waits to be sent, in order."""
        return tuple(
            Written(record["text"], tuple(map(_file_of, record["files"])))
            for record in self._read("queue", conversation_id)
        )

    def set_queue(self, conversation_id: Key, queue: Iterable[Written]) -> None:
        """Keep what waits to be sent."""
        records = [
            f'{{"text": {_quoted(one.text)}, "files": [{", ".join(map(_record_of, one.files))}]}}' for one in queue
        ]
        self._write("queue", conversation_id, records)

    def _read(self, what: str, conversation_id: Key) -> list[dict[str, Any]]:
        rows = self._database.execute("SELECT value FROM state WHERE key = ?", (pending_key(what, conversation_id),))
        return json.loads(rows[0][0]) if rows else []

    def _write(self, what: str, conversation_id: Key, records: list[str]) -> None:
        key = pending_key(what, conversation_id)
        if records:
            self._database.execute(
                "INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, f"[{', '.join(records)}]"),
            )
        else:
            self._database.execute("DELETE FROM state WHERE key = ?", (key,))


def pending_key(what: str, conversation_id: Key) -> str:
    """Return under which key of the table `state` the "files" or the "queue" of a conversation stand."""
    return f"pending.{what}.{'new' if conversation_id is None else conversation_id}"


def _record_of(file: AttachedFile) -> str:
    small = {
        "name": file.name,
        "type": file.media_type,
        "size": file.size,
        "data": base64.b64encode(file.data).decode("ascii"),
        "stored": file.stored_id,
    }
    return f'{json.dumps(small)[:-1]}, "text": {_quoted(file.text)}}}'


def _quoted(text: str) -> str:
    """Return a text as JSON. In pieces, because no other thread runs while one is made."""
    pieces = (json.dumps(text[start : start + _PIECE])[1:-1] for start in range(0, len(text), _PIECE))
    return f'"{"".join(pieces)}"'


def _file_of(record: dict[str, Any]) -> AttachedFile:
    return AttachedFile(
        record["name"],
        record["type"],
        record["size"],
        record["text"],
        base64.b64decode(record["data"]),
        record["stored"],
    )
