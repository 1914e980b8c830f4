"""One SQLite file, opened safely, with every failure told as a sentence."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from desktopchat.core.errors import StorageError
from desktopchat.storage.connection import errors_told, open_connection
from desktopchat.storage.migrations import MIGRATIONS, Migration

_USER_VERSION_OFFSET = 60  # in the header of every SQLite file, big endian (sqlite.org/fileformat)

Bindings = Sequence[Any] | Mapping[str, Any]


def sqlite_version() -> str:
    """Return the version of SQLite in use, which is not the system's."""
    return apsw.sqlite_lib_version()


class Database:
    """The one connection to the database. Every call belongs to the thread that made it.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Open the file, make it when it is missing, and bring its schema up to date.

        Args:
            path: The file; its folder must exist.
            migrations: Step i turns version i into version i + 1.

        Raises:
            StorageError: It cannot be opened, is damaged, or was written by a newer desktopchat. In the
                latter two cases not a byte of it has been changed.
        """
        self.path = path
        with errors_told(self.path):
            self._refuse_newer(_version_in_header(path), len(migrations))
            self._connection = open_connection(path)
            try:
                self._set_up(migrations)
            except BaseException:
                self._connection.close()
                raise

    def execute(self, sql: str, bindings: Bindings = ()) -> list[tuple[Any, ...]]:
        """Run SQL and return all rows.

        Raises:
            StorageError: The disk or the file failed. A violated constraint is a bug and is raised as it is.
        """
        with errors_told(self.path):
            return list(self._connection.execute(sql, bindings))

    def change(self, sql: str, bindings: Bindings = ()) -> int:
        """Run one INSERT, UPDATE or DELETE and return the number of rows that it changed.

        Raises:
            StorageError: As `execute`.
        """
        self.execute(sql, bindings)
        return self._connection.changes()

    def insert(self, sql: str, bindings: Bindings = ()) -> int:
        """Run one INSERT and return the id of its row.

        Raises:
            StorageError: As `execute`.
        """
        self.execute(sql, bindings)
        return self._connection.last_insert_rowid()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside durable together, or nothing of it. Does not nest.

        Raises:
            StorageError: Nothing of it was written.
        """
        with errors_told(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back already after some errors, such as a full disk.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Write the log back into the file and close it. May be called twice."""
        with errors_told(self.path):
            self._connection.close()

    def _set_up(self, migrations: Sequence[Migration]) -> None:
        connection = self._connection
        # A newer version may stand in the log alone; closing must not write that back into the file.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        version = self._user_version()
        self._refuse_newer(version, len(migrations))
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync() alone does not reach the disk
        self._migrate(version, migrations)
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_FKEY, 1)

    def _migrate(self, version: int, migrations: Sequence[Migration]) -> None:
        if 0 < version < len(migrations):
            self._back_up(version)
        for number in range(version, len(migrations)):
            with self.transaction():
                # Another process may have been faster.
                if self._user_version() == number:
                    migrations[number](self._connection)
                    # They are off meanwhile, so that a table can be made anew under those that point to it.
                    if broken := list(self._connection.execute("PRAGMA foreign_key_check")):
                        raise apsw.CorruptError(f"{len(broken)} links lead nowhere, the first one in {broken[0][0]}")
                    self._connection.execute(f"PRAGMA user_version = {number + 1}")

    def _back_up(self, version: int) -> None:
        """Copy the database as it is before a migration."""
        folder = self.path.parent / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / f"{self.path.stem}-v{version}-{time.strftime('%Y%m%dT%H%M%S')}.db"
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        copy = apsw.Connection(str(part))
        try:
            with copy.backup("main", self._connection, "main") as backup:
                while not backup.done:
                    backup.step()
            # One file that stands alone: no log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
        part.replace(target)

    def _user_version(self) -> int:
        return int(next(self._connection.execute("PRAGMA user_version"))[0])

    def _refuse_newer(self, version: int, known: int) -> None:
        if version > known:
            raise StorageError(
                f"{self.path} was written by a newer desktopchat (schema {version}, this one knows {known}).",
                "Install the newer desktopchat again, or choose another folder with --data-dir.",
            )


def _version_in_header(path: Path) -> int:
    """Return the user_version without opening the database, so that nothing at all is touched."""
    try:
        with path.open("rb") as file:
            file.seek(_USER_VERSION_OFFSET)
            return int.from_bytes(file.read(4), "big")
    except FileNotFoundError:
        return 0
