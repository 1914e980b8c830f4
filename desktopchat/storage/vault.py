"""The vault: the whole store under a passphrase, its index, log, journal and backups too.

Nothing but the passphrase opens it. The cipher and how the key is made of the passphrase stand in connection.py.
"""

import hashlib
import os
import shutil
from contextlib import closing, suppress
from pathlib import Path

import apsw

from desktopchat.core.care import CopyKind, StoreCopy
from desktopchat.core.errors import DamagedDatabaseError, KeyringError, PassphraseError
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.storage import remembered, swap
from desktopchat.storage.backups import Backups
from desktopchat.storage.connection import MAGIC, errors_told, is_encrypted, open_connection
from desktopchat.storage.copying import check_sound, require_room

SHORTEST = 8  # characters, as NIST SP 800-63B asks of what a person chooses


class Vault:
    """Locks and unlocks a store with its backups. Nobody may have the database open meanwhile.

    Every call raises StorageError when the disk has no room or fails, or the database is in use, and then the database
    is as it was.

    Args:
        path: The database.
        states: Where the engine keeps tokens of conversations, which are not encrypted.
    """

    def __init__(self, path: Path, states: Path) -> None:
        self.path = path
        self._states = states

    def readable(self) -> list[StoreCopy]:
        """Return the backups and set aside files that can be read without a passphrase."""
        return [copy for copy in Backups(self.path).files() if not copy.encrypted]

    def lock(self, key: Passphrase) -> None:
        """Put the database under a passphrase. Backups stay readable until `lock_copies` or `remove_copies`.

        Raises:
            PassphraseError: The passphrase is too short.
        """
        require_strong(key)
        recrypt(self.path, None, key)
        self.remove_states()

    def lock_copies(self, key: Passphrase) -> list[StoreCopy]:
        """Put all readable backups under the passphrase too; return those that cannot be, as they are damaged."""
        return self._recrypt_copies(self.readable(), None, key)

    def remove_copies(self) -> None:
        """Overwrite and remove all readable backups, with their logs."""
        for copy in self.readable():
            with errors_told(copy.path):
                for suffix in ("-wal", "-shm", ""):
                    if (file := copy.path.with_name(copy.path.name + suffix)).exists():
                        swap.wipe(file)

    def unlock(self, key: Passphrase) -> list[StoreCopy]:
        """Take the passphrase away for good; return the backups that stay locked, as another one opens them."""
        recrypt(self.path, key, None)
        with suppress(KeyringError):
            remembered.forget(self.path)
        locked = [copy for copy in Backups(self.path).files() if copy.encrypted]
        return self._recrypt_copies(locked, key, None)

    def change(self, old: Passphrase, new: Passphrase) -> list[StoreCopy]:
        """Use another passphrase; return the backups that stay as they are, damaged or under yet another one.

        Raises:
            PassphraseError: The old one is wrong or the new one is too short.
            KeyringError: All is done but that the keyring, which kept the old one, did not take the new one.
        """
        require_strong(new)
        kept = remembered.recall(self.path) is not None
        recrypt(self.path, old, new)
        left = self._recrypt_copies(Backups(self.path).files(), old, new)
        if kept:
            remembered.remember(self.path, new)
        return left

    def remove_states(self) -> None:
        """Remove what the engine kept of conversations."""
        with errors_told(self._states):
            for file in self._states.rglob("*") if self._states.exists() else ():
                if file.is_file():
                    swap.wipe(file)
            shutil.rmtree(self._states, ignore_errors=True)

    @staticmethod
    def _recrypt_copies(copies: list[StoreCopy], old: Passphrase | None, new: Passphrase | None) -> list[StoreCopy]:
        left = []
        for copy in copies:
            try:
                # What was set aside as damaged stays byte for byte what it is.
                if copy.kind is CopyKind.DAMAGED:
                    raise DamagedDatabaseError("It is damaged.")
                recrypt(copy.path, old if copy.encrypted else None, new)
            except (PassphraseError, DamagedDatabaseError):
                left.append(copy)
        return left


def lock_of(path: Path) -> Path | None:
    """Return the file that the passphrase has to open before this store can be used; None when there is no lock.

    Of an encrypted store whose first bytes are ruined only its backups still tell that it was one.
    """
    with errors_told(path):
        if is_encrypted(path):
            return path
        if not path.exists() or _begins_as_sqlite(path):
            return None
    latest = Backups(path).latest()
    return latest.path if latest is not None and latest.encrypted else None


def check(path: Path, key: Passphrase) -> None:
    """Try a passphrase; nothing is changed.

    Raises:
        PassphraseError: It does not open the file.
    """
    with errors_told(path):
        open_connection(path, read_only=True, key=key).close()


def require_strong(key: Passphrase) -> None:
    """Refuse a passphrase that anybody could guess.

    Raises:
        PassphraseError: It is too short.
    """
    if len(key.text) < SHORTEST:
        raise PassphraseError(
            Sentence("The passphrase is shorter than {least} characters.", least=SHORTEST), "Take several words."
        )


def recrypt(path: Path, old: Passphrase | None, new: Passphrase | None) -> None:
    """Encrypt, decrypt, or encrypt with another passphrase one database file, which nobody may have open.

    A copy is written and compared row by row before it takes the place of the file in one step, so that a crash leaves
    the one or the other. (Changing the file itself with PRAGMA rekey would leave it to a journal of plain pages.)

    Args:
        path: The file.
        old: Its passphrase; None when it has none.
        new: The passphrase that it gets; None leaves it without.

    Raises:
        PassphraseError: The old one does not open it.
        StorageError: The disk has no room or failed, or the file is in use; it is as it was.
        DamagedDatabaseError: The file is damaged; it is as it was.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with errors_told(path):
            _require_alone(path, old)
            require_room(path.parent, path.stat().st_size)
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(open_connection(path, read_only=True, key=old)) as source:
                digits = new.hex() if new else ""
                # An empty key stands for none.
                uri = f"{part.absolute().as_uri()}?{'hexkey' if new else 'key'}={digits}"
                source.execute("VACUUM INTO ?", (uri,)).fetchall()
                with closing(open_connection(part, key=new)) as copy:
                    check_sound(copy, part)
                    if is_encrypted(part) != (new is not None) or _contents(copy) != _contents(source):
                        raise DamagedDatabaseError(
                            Sentence("{path} could not be copied faithfully.", path=path), "Check the database."
                        )
            swap.replace_and_wipe(path, part)
    finally:
        part.unlink(missing_ok=True)


def _begins_as_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _require_alone(path: Path, key: Passphrase | None) -> None:
    """Write the log back and do without one, which fails while somebody else has the file open."""
    with closing(open_connection(path, key=key)) as connection:
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchall()[0][0]
    if mode != "delete" or path.with_name(f"{path.name}-wal").exists():
        raise apsw.BusyError("the log is in use")


def _contents(connection: apsw.Connection) -> dict[str, tuple[int, str]]:
    """Return the number of rows and a digest of every table, those of the index too, and the version."""
    found = {"": (int(connection.pragma("user_version")), "")}
    sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') AND name <> ?"
    for (name,) in connection.execute(sql, ("sqlite_schema",)).fetchall():  # it names other pages in the copy
        digest, count = hashlib.sha256(), 0
        for row in connection.execute(f'SELECT * FROM "{name}"'):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
            count += 1
        found[str(name)] = (count, digest.hexdigest())
    return found
