"""The key of the local endpoint: in the keyring of the system, else in a file that its owner alone can read."""

import contextlib
import os
import secrets
from pathlib import Path

from desktopchat.core.errors import KeyringError, StorageError
from desktopchat.core.secret import Secret
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.storage.keychain import Keychain

FILE_NAME = "endpoint.key"
_KEYCHAIN = Keychain("desktopchat endpoint", Sentence("The key lies in a private file instead."))
_BYTES = 32
_LONGEST = 200  # characters


class EndpointKey:
    """What programs must know to ask the endpoint of a data folder.

    Args:
        data: The folder.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = data / FILE_NAME

    def get(self) -> Secret | None:
        """Return the key; None when none was made yet."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if text := self._file.read_text("ascii")[:_LONGEST].strip():
                return Secret(text)
        kept = _KEYCHAIN.get(str(self._data))
        return Secret(kept) if kept else None

    def make(self) -> Secret:
        """Make another key, which takes the place of the one before.

        Raises:
            StorageError: It cannot be kept.
        """
        key = Secret(f"sk-desktopchat-{secrets.token_urlsafe(_BYTES)}")
        try:
            try:
                _KEYCHAIN.put(str(self._data), key.text)
                self._file.unlink(missing_ok=True)
            except KeyringError:
                self._write(key)
        except OSError as error:
            raise StorageError(
                Sentence("The key cannot be kept in {path}: {why}.", path=self._file, why=reason_of(error)),
                "Make the folder writable, or free some space.",
            ) from error
        return key

    def _write(self, key: Secret) -> None:
        part = self._file.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{key.text}\n")
        part.replace(self._file)
