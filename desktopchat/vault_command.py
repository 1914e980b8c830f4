"""`desktopchat vault`: lock the conversations with a passphrase, or unlock them for good."""

import sys

from desktopchat.console import say, write
from desktopchat.core.care import StoreCopy
from desktopchat.core.errors import PassphraseError, StorageError
from desktopchat.core.passphrase import Passphrase
from desktopchat.instance import InstanceLock
from desktopchat.session import Session
from desktopchat.storage import remembered
from desktopchat.storage.vault import Vault, lock_of
from desktopchat.unlock import FORGOTTEN, ask, passphrase


def run(session: Session, action: str, copies: str | None) -> int:
    """Do one of on, off, change, status, remember and forget.

    Args:
        session: Where the conversations are.
        action: Which.
        copies: For "on", what becomes of readable backups: "encrypt", "remove", "keep", or None to ask.

    Raises:
        UserError: Nothing was changed.
    """
    actions = {"status": _status, "remember": _remember, "forget": _forget}
    if action in actions:
        actions[action](session)
        return 0
    vault = Vault(session.paths.database, session.paths.states)
    with InstanceLock(session.paths.data):
        if action == "on":
            _turn_on(session, vault, copies)
        elif action == "off":
            left = vault.unlock(_present(session))
            write("The conversations are no longer locked.\n")
            _tell(left, "stays under its passphrase")
        else:
            old = _present(session)
            left = vault.change(old, _new())
            write("The conversations have the new passphrase.\n")
            _tell(left, "stays as it is")
    return 0


def _status(session: Session) -> None:
    database = session.paths.database
    if lock_of(database) is None:
        write("The conversations are not locked.\n")
        return
    write("The conversations are locked with a passphrase.\n")
    if remembered.recall(database) is not None:
        write("The keyring keeps the passphrase.\n")
    _tell(Vault(database, session.paths.states).readable(), "can still be read without it")


def _remember(session: Session) -> None:
    remembered.remember(session.paths.database, _present(session))
    write("The keyring keeps the passphrase.\n")


def _forget(session: Session) -> None:
    gone = remembered.forget(session.paths.database)
    write("The keyring has forgotten the passphrase.\n" if gone else "The keyring keeps no passphrase.\n")


def _turn_on(session: Session, vault: Vault, copies: str | None) -> None:
    database = session.paths.database
    if lock_of(database) is None:
        session.open_database().close()  # makes it, or finishes what a crash cut off
        key = _new()
        vault.lock(key)
        write(f"The conversations are locked. {FORGOTTEN.about(database=database)}\n")
    else:
        key = _present(session)
        vault.remove_states()
        write("The conversations are locked already.\n")
    readable = vault.readable()
    if not readable:
        return
    wanted = copies or _ask_about(readable)
    if wanted == "encrypt":
        left = vault.lock_copies(key)
        if len(left) < len(readable):
            write(f"Backups that are locked now: {len(readable) - len(left)}\n")
    elif wanted == "remove":
        vault.remove_copies()
        write(f"Backups that were removed: {len(readable)}\n")
    _tell(vault.readable(), "can still be read without the passphrase")


def _present(session: Session) -> Passphrase:
    key = passphrase(session.paths, piped=True)
    if key is None:
        raise StorageError("The conversations are not locked.", "Lock them: desktopchat vault on.")
    return key


def _new() -> Passphrase:
    key = ask("New passphrase: ")
    if sys.stdin.isatty() and ask("Once more: ") != key:
        raise PassphraseError("The two are not the same.", "Try again.")
    return key


def _ask_about(copies: list[StoreCopy]) -> str:
    """Ask what becomes of backups that can still be read; who cannot be asked gets them locked."""
    if not sys.stdin.isatty():
        return "encrypt"
    _tell(copies, "can be read without the passphrase")
    answers = {"": "encrypt", "e": "encrypt", "r": "remove", "k": "keep"}
    while True:
        try:
            answer = input("Encrypt them too (E), remove them (r), or keep them as they are (k)? ").strip().lower()
        except EOFError:
            return "keep"
        if answer[:1] in answers:
            return answers[answer[:1]]


def _tell(copies: list[StoreCopy], what: str) -> None:
    for copy in copies:
        say(f"{copy.path.name} {what}.")
