"""Opens a store that is locked or damaged, before there is a window."""

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.words import said
from desktopchat.core.care import Salvaged, StoreCopy
from desktopchat.core.errors import DamagedDatabaseError, KeyringError, PassphraseError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence, joined
from desktopchat.storage import remembered
from desktopchat.storage.backups import Backups
from desktopchat.storage.database import Database
from desktopchat.storage.vault import check, lock_of


@dataclass(frozen=True, slots=True)
class OpenStore:
    """A store that can be used.

    Attributes:
        notices: What the window has to tell.
    """

    database: Database
    notices: tuple[Notice, ...]


def missing_notice(path: Path) -> tuple[Notice, ...]:
    """Return what to say when there are backups, but no conversations any more; the person may have moved them."""
    latest = Backups(path).latest()
    if path.exists() or latest is None:
        return ()
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(latest.made_at))
    cause = Sentence("The file of the conversations is gone; there is a backup of {when}.", when=when)
    return (Notice("warning", cause, "Restore it, or close this to start afresh.", "store.restore"),)


def salvage_notice(saved: Salvaged, latest: StoreCopy | None) -> Notice:
    """Return what to say after a salvage: what was saved, what is missing, and the last backup with its date."""
    cause = Sentence(
        "The file of the conversations was damaged. Conversations saved: {conversations}, messages: {messages},"
        " known to be missing: {missing}.",
        conversations=saved.conversations,
        messages=saved.messages,
        missing=saved.lost_messages,
    )
    if not saved.whole_file:
        cause = joined(cause, Sentence("It is locked, so that only what SQLite still reached could be read."))
    kept = Sentence("The damaged file is kept as {name}.", name=saved.kept.name)
    if latest is None:
        return Notice("warning", cause, joined(kept, Sentence("There is no backup from before.")), "store.backup")
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(latest.made_at))
    return Notice("warning", cause, joined(kept, Sentence("The last backup is of {when}.", when=when)), "store.restore")


class StoreOpening(QObject):
    """Finds the passphrase, salvages what is damaged, and opens the database.

    Attributes:
        passphrase_wanted: A sentence about the last one; empty the first time.
        salvage_started: What can be read is being saved, which may take a while.
        opened: OpenStore.
        failed: UserError; nothing was changed.
    """

    passphrase_wanted = Signal(str)
    salvage_started = Signal()
    opened = Signal(object)
    failed = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._runner = TaskRunner("opening", parent=self)

    def start(self) -> None:
        """Open it with the passphrase of the keyring, if it needs one."""
        self._run(None, remember=False)

    def try_passphrase(self, key: Passphrase, remember: bool) -> None:
        """Open it with this passphrase, and let the keyring keep that when it is right."""
        self._run(key, remember=remember)

    def close(self) -> None:
        """End the thread."""
        self._runner.close()

    def _run(self, given: Passphrase | None, *, remember: bool) -> None:
        self._runner.run(lambda: self._open(given, remember=remember), self.opened.emit, self._on_failed)

    def _open(self, given: Passphrase | None, *, remember: bool) -> OpenStore:
        notices: list[Notice] = []
        key = given
        if (locked := lock_of(self._path)) is not None:
            key = key or remembered.recall(self._path)
            if key is None:
                raise PassphraseError("")
            check(locked, key)
            if remember:
                try:
                    remembered.remember(self._path, key)
                except KeyringError as error:
                    notices.append(Notice.from_error(error))
        try:
            return OpenStore(Database(self._path, key=key, trusted=False), tuple(notices))
        except DamagedDatabaseError:
            self.salvage_started.emit()
        from desktopchat.storage.salvage import salvage

        saved = salvage(self._path, key, say=said)
        notices.append(salvage_notice(saved, Backups(self._path).latest()))
        return OpenStore(Database(self._path, key=key), tuple(notices))

    def _on_failed(self, error: UserError) -> None:
        if isinstance(error, PassphraseError):
            self.passphrase_wanted.emit(said(error.sentence))
        else:
            self.failed.emit(error)
