"""Looks for damage in a database that may be in use."""

from contextlib import closing
from pathlib import Path

import apsw

from desktopchat.core.errors import DamagedDatabaseError
from desktopchat.core.passphrase import Passphrase
from desktopchat.storage.connection import errors_told, open_connection
from desktopchat.storage.copying import Stop, check_sound, copy_database, never

_INDEXES = ("message_index", "conversation_index", "attachment_index")
_SHOWN = 20  # problems


def check_quickly(path: Path, key: Passphrase | None, stop: Stop = never) -> None:
    """Look at every page, but not whether the indexes hold what the tables do.

    Raises:
        DamagedDatabaseError: There is damage.
        StorageError: It cannot be opened, or `stop` said so.
    """
    with errors_told(path):
        connection = open_connection(path, read_only=True, key=key)
    with closing(connection):
        check_sound(connection, path, stop)


def check_fully(path: Path, key: Passphrase | None, stop: Stop = never) -> list[str]:
    """Look at every page, every index, every link between rows, and whether the search index knows every text.

    Returns:
        What is wrong, in SQLite's words; empty when nothing is.

    Raises:
        StorageError: It cannot be opened, or the disk has no room for the copy whose search index is compared.
    """
    try:
        with errors_told(path):
            with closing(open_connection(path, read_only=True, key=key)) as connection:
                connection.set_progress_handler(stop, 50_000)
                found = _problems(connection)
            return found or _search_problems(path, key, stop)
    except DamagedDatabaseError as error:
        return [error.details]


def _problems(connection: apsw.Connection) -> list[str]:
    found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({_SHOWN})") if row[0] != "ok"]
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()[:_SHOWN]
    return found + [f"row {rowid} of {table} points to nothing in {other}" for table, rowid, other, _link in broken]


def _search_problems(path: Path, key: Passphrase | None, stop: Stop) -> list[str]:
    """Compare the search index with the texts. FTS5 does it in a statement that locks, so a copy has to serve."""
    copy = path.with_name("check.part")
    try:
        copy_database(path, copy, key, stop)
        with closing(open_connection(copy, key=key)) as connection:
            # An answer that goes on is in no index, although a part of its text stands in the table already.
            connection.execute("DELETE FROM message WHERE state = 'streaming'")
            for index in _INDEXES:
                try:
                    connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
                except apsw.CorruptError:
                    return [f"{index} does not hold what it should"]
    finally:
        copy.unlink(missing_ok=True)
    return []
