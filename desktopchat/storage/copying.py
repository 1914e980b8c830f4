"""Copies a whole database while it is in use."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw

from desktopchat.core.errors import DamagedDatabaseError, StorageError
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.storage.connection import errors_told, is_encrypted, open_connection
from desktopchat.storage.swap import sync

Stop = Callable[[], bool]

_PAGES = 1_000  # a step; the interpreter can do something else between two
_STEPS = 50_000  # of SQLite's machine between two questions whether to stop
_SPARE = 16 << 20  # bytes that stay free on the disk


def never() -> bool:
    """Let work come to its end."""
    return False


def copy_database(source: Path, target: Path, key: Passphrase | None = None, stop: Stop = never) -> None:
    """Copy what one moment of a database holds, its log included, into a new file that stands alone.

    The writer is not held up: SQLite's backup API reads through a connection that cannot write. The copy is encrypted
    when the source is. It is checked and on the disk when this returns; else there is no copy.

    Raises:
        StorageError: The disk has no room or failed, or `stop` said so.
        DamagedDatabaseError: The source is damaged.
        PassphraseError: The key does not open it.
    """
    with errors_told(source):
        connection = open_connection(source, read_only=True, key=key)
    try:
        with errors_told(source):
            connection.execute("BEGIN")
            # The first read fixes the moment that is copied.
            size = connection.pragma("page_count") * connection.pragma("page_size")
        require_room(target.parent, size)
        try:
            _copy(connection, source, target, key if is_encrypted(source) else None, stop)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    finally:
        connection.close()


def require_room(folder: Path, size: int) -> None:
    """Refuse to begin a copy that the disk has no room for.

    Raises:
        StorageError: It has none.
    """
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        raise StorageError(
            Sentence(
                "The disk has no room for a copy of the conversations: {needed} MB are needed, {free} MB are free.",
                needed=f"{(size + _SPARE) / 1e6:,.0f}",
                free=f"{free / 1e6:,.0f}",
            ),
            "Free some space on that disk and try again.",
        )


def check_sound(connection: apsw.Connection, path: Path, stop: Stop = never) -> None:
    """Look through a whole database for damage, in a quick way.

    Raises:
        DamagedDatabaseError: It has some.
        StorageError: `stop` said so.
    """
    connection.set_progress_handler(stop, _STEPS)
    with errors_told(path):
        found = [row[0] for row in connection.execute("PRAGMA quick_check(20)")]
    if found != ["ok"]:
        raise DamagedDatabaseError(
            Sentence("{path} is damaged.", path=path),
            "Start the window, which saves what can be read, or use desktopchat store restore.",
            "\n".join(found),
        )


def _copy(connection: apsw.Connection, source: Path, target: Path, key: Passphrase | None, stop: Stop) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with errors_told(target):
        copy = open_connection(target, key=key)
    try:
        # What goes wrong now may be either file's; the one that is read is the one that can be damaged.
        with errors_told(source), copy.backup("main", connection, "main") as backup:
            while not backup.done:
                if stop():
                    raise apsw.InterruptError("asked to stop")
                backup.step(_PAGES)
        with errors_told(target):
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        check_sound(copy, source, stop)
    finally:
        copy.close()
    with errors_told(target):
        sync(target)
