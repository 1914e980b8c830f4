"""Backups of the database: when one is due, which are kept, and how to go back to one."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import apsw

from desktopchat.core.care import CopyKind, StoreCopy
from desktopchat.core.errors import StorageError, UserError
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.storage import swap
from desktopchat.storage.connection import errors_told, is_encrypted, open_connection
from desktopchat.storage.copying import Stop, copy_database, never
from desktopchat.storage.migrations import MIGRATIONS

DAY = 86_400.0
KEPT_DAYS, KEPT_WEEKS = 7, 4
KEPT_OTHERS = {CopyKind.MIGRATION: 3, CopyKind.ASKED: 5}


class Backups:
    """The folder `backups` beside a database, and the files that were the database until they were replaced.

    Every call raises StorageError when a disk or a file fails, and then has changed nothing.

    Attributes:
        path: The database.
        folder: Where backups lie.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.folder = path.parent / "backups"
        self._clock = clock

    def files(self) -> list[StoreCopy]:
        """Return what there is to restore from, the newest first, without looking into it."""
        found = []
        for folder in (self.folder, self.path.parent):
            for path in folder.glob(f"{self.path.stem}-*{self.path.suffix}"):
                if (known := swap.named(path)) is not None:
                    with errors_told(path):
                        found.append(StoreCopy(path, *known, path.stat().st_size, is_encrypted(path)))
        return sorted(found, key=lambda copy: (copy.made_at, copy.path.name), reverse=True)

    def listed(self, key: Passphrase | None = None) -> list[StoreCopy]:
        """Return what there is to restore from, the newest first, with what is in it."""
        return [_counted(copy, key) for copy in self.files()]

    def latest(self) -> StoreCopy | None:
        """Return the newest backup that was not set aside as damaged or replaced; None when there is none."""
        return next((copy for copy in self.files() if copy.kind not in (CopyKind.REPLACED, CopyKind.DAMAGED)), None)

    def is_due(self) -> bool:
        """Return whether the last backup is a day old. One from the future, by a clock that was wrong, counts not."""
        now = self._clock()
        return not any(
            copy.kind in (CopyKind.DAILY, CopyKind.ASKED) and now - DAY < copy.made_at <= now for copy in self.files()
        )

    def make(self, kind: CopyKind, key: Passphrase | None = None, stop: Stop = never) -> Path:
        """Copy the database as it is now and remove the backups that are too old to be kept.

        Raises:
            DamagedDatabaseError: The database is damaged; no backup was removed.
        """
        with errors_told(self.folder):
            self.folder.mkdir(mode=0o700, exist_ok=True)
        at = self._clock()
        while (target := self.folder / swap.file_name(self.path, kind, at)).exists():
            at += 1
        part = target.with_suffix(".part")
        copy_database(self.path, part, key, stop)
        with errors_told(target):
            part.replace(target)
            swap.sync(self.folder)
            for copy in self._outdated():
                copy.path.unlink()
        return target

    def find(self, name: str) -> StoreCopy:
        """Return the copy of this file name, or whose name begins so.

        Raises:
            StorageError: There is none, or several.
        """
        found = [copy for copy in self.files() if copy.path.name.startswith(Path(name).name)]
        exact = [copy for copy in found if copy.path.name == Path(name).name]
        if len(exact or found) == 1:
            return (exact or found)[0]
        cause = Sentence("There are several backups whose name begins with “{name}”.")
        if not found:
            cause = Sentence("No backup is “{name}”.")
        raise StorageError(cause.about(name=name), "Take a name from desktopchat store list.")

    def restore(self, copy: StoreCopy, key: Passphrase | None = None) -> Path:
        """Let a backup take the place of the database, which nobody may have open.

        The present file is kept under another name, from where it can be restored in the same way.

        Returns:
            Where it is now.

        Raises:
            DamagedDatabaseError: The backup is damaged.
            PassphraseError: The backup is encrypted and this key does not open it.
        """
        part = self.path.with_suffix(".part")
        copy_database(copy.path, part, key)
        try:
            _require_ours(part, copy.path, key)
            with errors_told(self.path):
                return swap.put_in_place(self.path, part, CopyKind.REPLACED, self._clock())
        finally:
            part.unlink(missing_ok=True)

    def _outdated(self) -> list[StoreCopy]:
        """Return the backups that have had their time: those of the last days stay, and before them one a week."""
        now = self._clock()
        past = [copy for copy in self.files() if copy.made_at <= now]
        daily = [copy for copy in past if copy.kind is CopyKind.DAILY]
        kept = _newest_of(daily, "%Y-%m-%d", KEPT_DAYS)
        kept += _newest_of([copy for copy in daily if copy not in kept], "%G-%V", KEPT_WEEKS)
        for kind, count in KEPT_OTHERS.items():
            kept += [copy for copy in past if copy.kind is kind][:count]
        return [copy for copy in past if copy.kind in (CopyKind.DAILY, *KEPT_OTHERS) and copy not in kept]


def _newest_of(copies: list[StoreCopy], period: str, count: int) -> list[StoreCopy]:
    """Return the newest one of each of the last `count` periods that have one."""
    newest: dict[str, StoreCopy] = {}
    for copy in copies:
        newest.setdefault(time.strftime(period, time.localtime(copy.made_at)), copy)
    return list(newest.values())[:count]


def _counted(copy: StoreCopy, key: Passphrase | None) -> StoreCopy:
    """Return the same with the number of conversations and messages, where it can be read."""
    try:
        with errors_told(copy.path):
            connection = open_connection(copy.path, read_only=True, key=key)
            try:
                if connection.pragma("user_version") == 1:
                    kept, said = "deleted_at IS NULL", "1"
                else:
                    kept, said = "trash_id IS NULL", "role <> 'root' AND trash_id IS NULL"
                ((conversations, messages),) = connection.execute(
                    f"SELECT (SELECT count(*) FROM conversation WHERE {kept}),"
                    f" (SELECT count(*) FROM message WHERE {said})"
                )
            finally:
                connection.close()
    except (UserError, apsw.SQLError):
        return copy
    return replace(copy, conversations=conversations, messages=messages)


def _require_ours(part: Path, source: Path, key: Passphrase | None) -> None:
    """Refuse a file that is sound but not a database of ours that this version knows."""
    with errors_told(source):
        connection = open_connection(part, read_only=True, key=key)
        try:
            version = connection.pragma("user_version")
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        finally:
            connection.close()
    if not {"conversation", "message"} <= tables or not 1 <= version <= len(MIGRATIONS):
        raise StorageError(
            Sentence("{source} is not a backup that this desktopchat can read.", source=source), "Choose another one."
        )
