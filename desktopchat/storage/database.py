"""One SQLite file, opened safely, with every failure told as a sentence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import apsw

from desktopchat.core.care import CopyKind
from desktopchat.core.errors import StorageError
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.storage import swap
from desktopchat.storage.backups import Backups
from desktopchat.storage.connection import MAGIC, errors_told, open_connection
from desktopchat.storage.migrations import MIGRATIONS, Migration

_USER_VERSION_OFFSET = 60  # in the header of every SQLite file, big endian (sqlite.org/fileformat)
_CHECKPOINT_PAGES = 1_000  # SQLite's own default
T = TypeVar("T")

Bindings = Sequence[Any] | Mapping[str, Any]


def sqlite_version() -> str:
    """Return the version of SQLite in use, which is not the system's."""
    return apsw.sqlite_lib_version()


class Database:
    """The one connection that writes. Every call belongs to the thread that made it.

    Attributes:
        path: The file.
        key: The passphrase of an encrypted one.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration] = MIGRATIONS,
        *,
        key: Passphrase | None = None,
        trusted: bool = True,
    ) -> None:
        """Open the file, make it when it is missing, and bring its schema up to date.

        Args:
            path: The file; its folder must exist.
            migrations: Step i turns version i into version i + 1.
            key: Opens an encrypted file, and encrypts a new one.
            trusted: Its log may be written back into the file. Else it stays as it was found until `trust`, so that
                a log that belongs to another file does no harm.

        Raises:
            PassphraseError: It is encrypted and the key does not open it.
            StorageError: It cannot be opened, is damaged, or was written by a newer desktopchat. In the
                latter two cases not a byte of it has been changed.
        """
        self.path = path
        self.key = key
        self._migrations = migrations
        self._open(trusted)

    def trust(self) -> None:
        """Let SQLite write the log back into the file, which was found to be sound."""
        with errors_told(self.path):
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
            self._connection.wal_autocheckpoint(_CHECKPOINT_PAGES)

    def reader(self) -> apsw.Connection:
        """Return a new connection that reads what has been committed, for another thread.

        Raises:
            StorageError: It cannot be opened.
        """
        with errors_told(self.path):
            return open_connection(self.path, read_only=True, key=self.key)

    def exchange(self, work: Callable[[], T]) -> T:
        """Close the file, do something to it as a whole, and open what stands in its place then.

        Raises:
            StorageError: It cannot be opened; what `work` raises comes first.
        """
        self.close()
        try:
            return work()
        finally:
            self._open(trusted=True)

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
        """Make everything inside durable together, or nothing of it. Inside of another one it is a part of that.

        Raises:
            StorageError: Nothing of it was written.
        """
        if self._connection.in_transaction:
            yield
            return
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

    def _open(self, trusted: bool) -> None:
        with errors_told(self.path):
            swap.finish(self.path)
            self._refuse_emptied()
            self._refuse_newer(_version_in_header(self.path))
            self._connection = open_connection(self.path, key=self.key)
            try:
                self._set_up(trusted)
            except BaseException:
                self._connection.close()
                raise

    def _set_up(self, trusted: bool) -> None:
        connection = self._connection
        # A newer version may stand in the log alone; closing must not write that back into the file.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.wal_autocheckpoint(0)
        version = self._user_version()
        self._refuse_newer(version)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync() alone does not reach the disk
        self._migrate(version)
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_FKEY, 1)
        if trusted:
            self.trust()

    def _migrate(self, version: int) -> None:
        if 0 < version < len(self._migrations):
            Backups(self.path).make(CopyKind.MIGRATION, self.key)
        for number in range(version, len(self._migrations)):
            with self.transaction():
                # Another process may have been faster.
                if self._user_version() == number:
                    self._migrations[number](self._connection)
                    # They are off meanwhile, so that a table can be made anew under those that point to it.
                    if broken := list(self._connection.execute("PRAGMA foreign_key_check")):
                        raise apsw.CorruptError(f"{len(broken)} links lead nowhere, the first one in {broken[0][0]}")
                    self._connection.execute(f"PRAGMA user_version = {number + 1}")

    def _user_version(self) -> int:
        return int(next(self._connection.execute("PRAGMA user_version"))[0])

    def _refuse_emptied(self) -> None:
        """SQLite would take a file that was cut to nothing for a new one."""
        log = self.path.with_name(f"{self.path.name}-wal")
        cut = self.path.exists() and self.path.stat().st_size == 0
        if cut and (Backups(self.path).files() or (log.exists() and log.stat().st_size > 0)):
            raise apsw.NotADBError("the file is empty although there are copies of it")

    def _refuse_newer(self, version: int) -> None:
        if version > len(self._migrations):
            raise StorageError(
                Sentence(
                    "{path} was written by a newer desktopchat (schema {version}, this one knows {known}).",
                    path=self.path,
                    version=version,
                    known=len(self._migrations),
                ),
                "Install the newer desktopchat again, or choose another folder with --data-dir.",
            )


def _version_in_header(path: Path) -> int:
    """Return the user_version without opening the database, so that nothing at all is touched; 0 when unknown."""
    try:
        with path.open("rb") as file:
            header = file.read(_USER_VERSION_OFFSET + 4)
    except FileNotFoundError:
        return 0
    return int.from_bytes(header[_USER_VERSION_OFFSET:], "big") if header.startswith(MAGIC) else 0
