"""The passphrase in the keyring of the system, when the person asks for it. The only module that imports keyring."""

from pathlib import Path
from typing import TYPE_CHECKING

from desktopchat.core.errors import KeyringError
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "desktopchat"
_CURE = Sentence("Without it the passphrase is asked for at each start.")


def remember(database: Path, key: Passphrase) -> None:
    """Keep the passphrase of a database.

    Raises:
        KeyringError: The system has no keyring that encrypts, or it refused.
    """
    backend = _backend()
    with _Told():
        backend.set_password(_SERVICE, str(database), key.text)


def recall(database: Path) -> Passphrase | None:
    """Return the passphrase of a database; None when it is not kept or there is no keyring."""
    try:
        backend = _backend()
        with _Told():
            text = backend.get_password(_SERVICE, str(database))
    except KeyringError:
        return None
    return Passphrase(text) if text else None


def forget(database: Path) -> bool:
    """Remove the passphrase of a database from the keyring; return whether it was there.

    Raises:
        KeyringError: The keyring refused.
    """
    if recall(database) is None:
        return False
    backend = _backend()
    with _Told():
        backend.delete_password(_SERVICE, str(database))
    return True


def _backend() -> "KeyringBackend":
    """Return the keyring of the system, never one that keeps secrets in a plain file or nowhere.

    keyring itself recommends those that have a priority of 1 or more (keyring.readthedocs.io, "backend.priority").
    """
    # Imported here: it takes 0.1 s and only an encrypted store needs it.
    import keyring
    from keyring.backends.chainer import ChainerBackend

    backend = keyring.get_keyring()
    chosen = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
    for one in chosen:
        if one.priority >= 1 and "plaintext" not in type(one).__name__.lower():
            return one
    raise KeyringError("This system has no keyring that keeps secrets encrypted.", _CURE)


class _Told:
    """Turns what a keyring raises into a sentence."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _traceback: object) -> None:
        # Backends raise errors of their own, of D-Bus or of the system's library, besides keyring's.
        if isinstance(error, Exception):
            raise KeyringError("The keyring of the system refused.", _CURE, type(error).__name__) from error
