"""The passphrase in the keyring of the system, when the person asks for it."""

from pathlib import Path

from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.storage.keychain import Keychain

_KEYCHAIN = Keychain("desktopchat", Sentence("Without it the passphrase is asked for at each start."))


def remember(database: Path, key: Passphrase) -> None:
    """Keep the passphrase of a database.

    Raises:
        KeyringError: The system has no keyring that encrypts, or it refused.
    """
    _KEYCHAIN.put(str(database), key.text)


def recall(database: Path) -> Passphrase | None:
    """Return the passphrase of a database; None when it is not kept or there is no keyring."""
    text = _KEYCHAIN.get(str(database))
    return Passphrase(text) if text else None


def forget(database: Path) -> bool:
    """Remove the passphrase of a database from the keyring; return whether it was there.

    Raises:
        KeyringError: The keyring refused.
    """
    return _KEYCHAIN.remove(str(database))
