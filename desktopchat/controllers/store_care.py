"""Looks after the store while the window runs: checks, backups, going back to one, and the passphrase."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.opening import salvage_notice
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.words import said
from desktopchat.core.care import CopyKind, Salvaged, StoreCopy
from desktopchat.core.errors import DamagedDatabaseError, StorageError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.storage import remembered
from desktopchat.storage.backups import Backups
from desktopchat.storage.checking import check_fully, check_quickly
from desktopchat.storage.stores import Stores
from desktopchat.storage.vault import Vault

DUE_INTERVAL = 3_600_000  # ms between two looks whether a backup is due

Fate = Literal["encrypt", "remove", "keep"]
T = TypeVar("T")


class StoreCare(QObject):
    """The file is swapped on the storage thread alone, so that nobody reads or writes meanwhile.

    Args:
        chat: Shows anew what was swapped.
        worker: Gets another engine when the store is locked, because this one keeps tokens of conversations.
        models: Loads the model into that.
        storage: Its thread owns the database.
        io: Checks and copies run there.
        stores: The database and what works on it.
        states: Where the engine keeps tokens.
        readers: Let go of connections of their own inside of what they return; called on the storage thread.

    Attributes:
        noticed: Notice.
        locked_changed: Whether there is a passphrase.
        passphrase_refused: A sentence; the card with the passphrase stays open.
        passphrase_accepted: The card can go.
        copies_readable: Number of backups that can be read without the passphrase that was just set.
    """

    noticed = Signal(object)
    locked_changed = Signal(bool)
    passphrase_refused = Signal(str)
    passphrase_accepted = Signal()
    copies_readable = Signal(int)

    def __init__(
        self,
        chat: ChatController,
        worker: EngineWorker,
        models: ModelController,
        storage: TaskRunner,
        io: TaskRunner,
        stores: Stores,
        states: Path,
        readers: Sequence[Callable[[], AbstractContextManager[None]]] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._worker = worker
        self._models = models
        self._storage = storage
        self._io = io
        self._stores = stores
        self._database = stores.database
        self._backups = Backups(self._database.path)
        self._vault = Vault(self._database.path, states)
        self._readers = readers
        self._file_in_use = threading.Lock()
        self._exchanging = 0
        self._stopping = False
        self._backing_up = False
        self._timer = QTimer(self)
        self._timer.setInterval(DUE_INTERVAL)
        self._timer.timeout.connect(self._back_up_when_due)
        worker.renewed.connect(self._on_worker_renewed)

    @property
    def locked(self) -> bool:
        """Whether the store has a passphrase."""
        return self._database.key is not None

    def start(self) -> None:
        """Check the file, then make the backup that is due. Until it was found sound it stays as it is."""
        self.locked_changed.emit(self.locked)
        if self.locked:  # some may be left from before, when a crash cut the locking off
            self._io.run(self._vault.remove_states, failed=self._report)
        self._timer.start()
        path, key = self._database.path, self._database.key
        self._read(lambda: check_quickly(path, key, self._stop), self._on_found_sound)

    def close(self) -> None:
        """Let checks and backups end soon."""
        self._stopping = True
        self._timer.stop()

    # --- backups --------------------------------------------------------------------------------------------

    def back_up(self) -> None:
        """Make a backup now."""
        self._back_up(CopyKind.ASKED, lambda path: self._tell(self.tr("Backed up as {name}.").format(name=path.name)))

    def list_copies(self, done: Callable[[list[StoreCopy]], None]) -> None:
        """Call `done` with what there is to restore from."""
        key = self._database.key
        self._read(lambda: self._backups.listed(key), done)

    def restore(self, copy: StoreCopy) -> None:
        """Go back to a backup and show it. What was there before is kept beside it."""

        def done(aside: Path) -> None:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.made_at))
            words = self.tr("The conversations are those of {when} again.").format(when=when)
            cure = self.tr("Restoring {name} undoes it.").format(name=aside.name)
            self._show_anew()
            self.noticed.emit(Notice("info", words, cure))

        self._exchange(lambda: self._backups.restore(copy, self._database.key), done)

    # --- damage ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Look at everything in the file and tell what came of it."""
        path, key = self._database.path, self._database.key

        def done(problems: list[str]) -> None:
            if problems:
                self.noticed.emit(damage_notice("\n".join(problems)))
            else:
                self._tell(self.tr("The conversations are sound."))

        self._tell(self.tr("Checking …"))
        self._read(lambda: check_fully(path, key, self._stop), done)

    def repair(self) -> None:
        """Save what can be read into a new file and show that; the damaged one is kept."""
        from desktopchat.storage.salvage import salvage

        def work() -> tuple[Salvaged, StoreCopy | None]:
            return salvage(self._database.path, self._database.key, say=said), self._backups.latest()

        def done(result: tuple[Salvaged, StoreCopy | None]) -> None:
            self._show_anew()
            self.noticed.emit(salvage_notice(*result))

        self._exchange(work, done)

    # --- passphrase -----------------------------------------------------------------------------------------

    def lock(self, key: Passphrase, *, remember: bool) -> None:
        """Put the store under a passphrase."""

        def work() -> int:
            self._vault.lock(key)
            self._database.key = key
            return len(self._vault.readable())

        def done(readable: int) -> None:
            self._on_key_changed(self.tr("The conversations are locked with the passphrase."))
            self._worker.renew()
            if remember:
                self._remember(key)
            if readable:
                self.copies_readable.emit(readable)

        self._exchange(work, done, self._refuse)

    def see_to_copies(self, fate: Fate) -> None:
        """Encrypt or remove the backups that can be read without the passphrase, or keep them so."""
        key = self._database.key
        if key is None or fate == "keep":
            return

        def work() -> int:
            if fate == "remove":
                self._vault.remove_copies()
            else:
                self._vault.lock_copies(key)
            return len(self._vault.readable())

        def done(left: int) -> None:
            if left:
                words = self.tr("{count} files can still be read without the passphrase.", "", left).format(count=left)
                self.noticed.emit(Notice("warning", words, "They are damaged; remove them yourself."))
            else:
                self._tell(self.tr("No backup can be read without the passphrase any more."))

        self._read(work, done)

    def change_passphrase(self, present: Passphrase, new: Passphrase) -> None:
        """Use another passphrase."""

        def work() -> int:
            left = self._vault.change(present, new)
            self._database.key = new
            return len(left)

        self._exchange(
            work, lambda left: self._on_key_changed(self.tr("The passphrase was changed."), left), self._refuse
        )

    def unlock(self, present: Passphrase) -> None:
        """Take the passphrase away for good."""

        def work() -> int:
            left = self._vault.unlock(present)
            self._database.key = None
            return len(left)

        def done(left: int) -> None:
            self._on_key_changed(self.tr("The conversations are no longer locked."), left)
            self._worker.renew()

        self._exchange(work, done, self._refuse)

    def forget_passphrase(self) -> None:
        """Remove the passphrase from the keyring."""
        path = self._database.path

        def done(gone: bool) -> None:
            self._tell(
                self.tr("The keyring has forgotten the passphrase.")
                if gone
                else self.tr("The keyring keeps no passphrase.")
            )

        self._io.run(lambda: remembered.forget(path), done, self._report)

    # --- inside ---------------------------------------------------------------------------------------------

    def _stop(self) -> bool:
        """Tell work on the io threads to end: the program does, or the file is to be swapped."""
        return self._stopping or self._exchanging > 0

    def _read(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[UserError], None] | None = None
    ) -> None:
        """Read the file on an io thread, never while it is swapped."""

        def call() -> T:
            with self._file_in_use:
                return work()

        self._io.run(call, done, failed or self._report)

    def _exchange(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[UserError], None] | None = None
    ) -> None:
        """Do something to the whole file on the storage thread, while nobody has it open."""
        if self._chat.answering:
            (failed or self._report)(StorageError("An answer is being written.", "Stop it first."))
            return
        self._exchanging += 1

        def call() -> T:
            with self._file_in_use, ExitStack() as paused:
                for reader in self._readers:
                    paused.enter_context(reader())
                try:
                    return self._database.exchange(work)
                finally:
                    self._stores.conversations.recover()

        def ended(result: T) -> None:
            self._exchanging -= 1
            done(result)

        def refused(error: UserError) -> None:
            self._exchanging -= 1
            (failed or self._report)(error)

        self._storage.run(call, ended, refused)

    def _show_anew(self) -> None:
        self._chat.store_replaced.emit()
        self._chat.conversations_changed.emit()
        self._chat.open_last()

    def _back_up_when_due(self) -> None:
        if not self._backing_up:
            self._read(self._backups.is_due, lambda due: self._back_up(CopyKind.DAILY, _ignore) if due else None)

    def _back_up(self, kind: CopyKind, done: Callable[[Path], None]) -> None:
        key = self._database.key
        self._backing_up = True

        def ended(path: Path) -> None:
            self._backing_up = False
            done(path)

        def failed(error: UserError) -> None:
            self._backing_up = False
            self._report(error)

        self._read(lambda: self._backups.make(kind, key, self._stop), ended, failed)

    def _on_found_sound(self, _nothing: None) -> None:
        self._storage.run(self._database.trust, failed=self._report)
        self._back_up_when_due()

    def _on_key_changed(self, words: str, left: int = 0) -> None:
        self.locked_changed.emit(self.locked)
        self.passphrase_accepted.emit()
        if left:
            cause = self.tr("{words} {count} backups stay as they are.", "", left).format(words=words, count=left)
            self.noticed.emit(Notice("warning", cause, "They are damaged or another passphrase opens them."))
        else:
            self._tell(words)

    def _on_worker_renewed(self) -> None:
        """The engine wrote what it kept when it ended."""
        if self.locked:
            self._io.run(self._vault.remove_states, failed=self._report)
        self._models.ensure_loaded()

    def _remember(self, key: Passphrase) -> None:
        path = self._database.path
        self._io.run(lambda: remembered.remember(path, key), failed=self._report)

    def _refuse(self, error: UserError) -> None:
        self.passphrase_refused.emit(said(error.sentence))

    def _report(self, error: UserError) -> None:
        if isinstance(error, DamagedDatabaseError):
            self.noticed.emit(damage_notice(error.details))
        elif not self._stop():
            self.noticed.emit(Notice.from_error(error))

    def _tell(self, words: str) -> None:
        self.noticed.emit(Notice("info", words))


def damage_notice(details: str) -> Notice:
    """Return what to say of a damaged file that is open."""
    cause = Sentence("The file of the conversations is damaged.")
    return Notice("error", cause, "Save what can be read; the damaged file is kept.", "store.repair", details)


def _ignore(_value: object) -> None:
    """A daily backup makes no noise."""
