"""The passphrase of a locked store, for every command that opens it."""

import getpass
import sys

from desktopchat.console import say
from desktopchat.core.errors import PassphraseError
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.paths import Paths

_TRIES = 3
FORGOTTEN = Sentence(
    "Nothing opens the conversations without it, and nobody can send it to you. Who forgets it can only start afresh:"
    " move {database} away, and keep it in case the passphrase comes back to mind."
)


def passphrase(paths: Paths, *, piped: bool = False) -> Passphrase | None:
    """Return the passphrase that opens the store: from the keyring, else asked for on the terminal.

    Args:
        paths: Where the store is.
        piped: Take it from standard input when that is no terminal, as a line of its own.

    Returns:
        None when the store has no passphrase.

    Raises:
        PassphraseError: There is nobody to ask, or what was typed is wrong.
    """
    from desktopchat.storage import remembered, vault

    locked = vault.lock_of(paths.database)
    if locked is None:
        return None
    if (kept := remembered.recall(paths.database)) is not None:
        try:
            vault.check(locked, kept)
        except PassphraseError:
            say("The passphrase in the keyring does not open the conversations.")
        else:
            return kept
    for left in reversed(range(_TRIES)):
        key = ask("Passphrase: ", piped=piped)
        try:
            vault.check(locked, key)
        except PassphraseError as error:
            if not left or not sys.stdin.isatty():
                raise
            say(str(error))
        else:
            return key
    raise AssertionError("unreachable")


def ask(prompt: str, *, piped: bool = True) -> Passphrase:
    """Read a passphrase from the terminal, where it is not shown, or a line of standard input.

    Raises:
        PassphraseError: There is none to read.
    """
    if sys.stdin.isatty():
        try:
            return Passphrase(getpass.getpass(prompt))
        except EOFError:
            text = ""
    else:
        text = sys.stdin.readline() if piped else ""
    if not (text := text.rstrip("\r\n")):
        raise PassphraseError(
            "The conversations are locked with a passphrase.",
            "Use a terminal, or let the keyring keep it: desktopchat vault remember.",
        )
    return Passphrase(text)
