"""How every connection to a database is opened, and how its failures are told."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from desktopchat.core.errors import DamagedDatabaseError, StorageError
from desktopchat.core.words import words

BUSY_TIMEOUT_MS = 5_000

_Tokenizer = Callable[[bytes, int, str | None], list[str]]


def open_connection(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """Return a connection with this project's settings.

    Args:
        read_only: It can neither write nor checkpoint, so that the writing connection alone does.

    Raises:
        apsw.Error: See `errors_told`.
    """
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
    if not read_only:
        # Made here because SQLite would take 0644; its -wal and -shm files follow the mode of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.execute("SELECT 1 FROM sqlite_schema").close()  # a damaged file is told as one here, but not below
    connection.register_fts5_tokenizer("words", _make_tokenizer)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    return connection


def _make_tokenizer(
    _connection: apsw.Connection, _arguments: list[str]
) -> Callable[[bytes, int, str | None], list[str]]:
    """Return what tells FTS5 the words of a text. Without offsets: excerpts are made without FTS5."""

    def tokenize(utf8: bytes, reason: int, _locale: str | None) -> list[str]:
        text = utf8.decode("utf-8", "replace")
        # A phrase of a query comes as words with a space between them, for "++" alone would not be taken for one.
        return text.split(" ") if reason & apsw.FTS5_TOKENIZE_QUERY else words(text)

    return tokenize


@contextmanager
def errors_told(path: Path) -> Iterator[None]:
    """Turn what goes wrong inside into a StorageError; bugs are raised as they are."""
    try:
        yield
    except (apsw.Error, OSError) as error:
        told = _sentences(path, error)
        if told is None:
            raise
        kind = DamagedDatabaseError if isinstance(error, apsw.CorruptError | apsw.NotADBError) else StorageError
        raise kind(*told, f"{type(error).__name__}: {error}") from error


def _sentences(path: Path, error: Exception) -> tuple[str, str] | None:
    """Return cause and cure of what went wrong; None when it is a bug."""
    match error:
        case apsw.FullError():
            return f"The disk is full: {path} could not be written.", "Free some space on that disk and try again."
        case apsw.ReadOnlyError() | apsw.PermissionsError():
            return f"{path} cannot be written.", "Make the file and its folder writable, or use another --data-dir."
        case apsw.BusyError() | apsw.LockedError():
            return f"Another program is using {path}.", "Close that program and try again."
        case apsw.CorruptError() | apsw.NotADBError():
            return (
                f"{path} is damaged or is not a desktopchat database.",
                "Put a copy from the folder backups in its place, or move it away to start with an empty one.",
            )
        case apsw.CantOpenError():
            return f"{path} cannot be opened.", "Make the file and its folder readable and writable."
        case apsw.IOError():
            return (
                f"The disk failed while {path} was read or written.",
                "See whether the disk is full, disconnected or broken, and try again.",
            )
        case OSError():
            return f"{path} cannot be used: {error.strerror or error}.", "Make the file and its folder writable."
        case _:
            return None
