"""The keyring of the system. The only module that imports keyring."""

from typing import TYPE_CHECKING

from desktopchat.core.errors import KeyringError
from desktopchat.core.sentence import Sentence

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


class Keychain:
    """Keeps secrets of one kind.

    Args:
        service: Under which the keyring lists them.
        cure: What it means for the person when there is no keyring.
    """

    def __init__(self, service: str, cure: Sentence) -> None:
        self._service = service
        self._cure = cure

    def put(self, name: str, text: str) -> None:
        """Keep a secret.

        Raises:
            KeyringError: The system has no keyring that encrypts, or it refused.
        """
        backend = self._backend()
        with _Told(self._cure):
            backend.set_password(self._service, name, text)

    def get(self, name: str) -> str | None:
        """Return a secret; None when it is not kept or there is no keyring."""
        try:
            backend = self._backend()
            with _Told(self._cure):
                return backend.get_password(self._service, name) or None
        except KeyringError:
            return None

    def remove(self, name: str) -> bool:
        """Remove a secret; return whether it was there.

        Raises:
            KeyringError: The keyring refused.
        """
        if self.get(name) is None:
            return False
        backend = self._backend()
        with _Told(self._cure):
            backend.delete_password(self._service, name)
        return True

    def _backend(self) -> "KeyringBackend":
        """Return the keyring of the system, never one that keeps secrets in a plain file or nowhere.

        keyring itself recommends those that have a priority of 1 or more (keyring.readthedocs.io, "backend.priority").
        """
        # Imported here: it takes 0.1 s and few starts need it.
        import keyring
        from keyring.backends.chainer import ChainerBackend

        backend = keyring.get_keyring()
        chosen = list(backend.backends) if isinstance(backend, ChainerBackend) else [backend]
        for one in chosen:
            if one.priority >= 1 and "plaintext" not in type(one).__name__.lower():
                return one
        raise KeyringError("This system has no keyring that keeps secrets encrypted.", self._cure)


class _Told:
    """Turns what a keyring raises into a sentence."""

    def __init__(self, cure: Sentence) -> None:
        self._cure = cure

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _traceback: object) -> None:
        # Backends raise errors of their own, of D-Bus or of the system's library, besides keyring's.
        if isinstance(error, Exception):
            raise KeyringError("The keyring of the system refused.", self._cure, type(error).__name__) from error
