"""The keys that servers know a person by: in the keyring of the system, else in memory until the program ends."""

from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import KeyringError
from desktopchat.core.secret import Secret
from desktopchat.core.sentence import Sentence
from desktopchat.storage.keychain import Keychain

_KEYCHAIN = Keychain(
    "desktopchat server", Sentence("The key holds until the program ends, and is asked for again then.")
)


class ServerKeys:
    """One key for each server; a key is never given out for another one. From any thread."""

    def __init__(self) -> None:
        self._given: dict[str, Secret] = {}

    def key_of(self, address: ServerAddress) -> Secret | None:
        """Return the key for a server; None when there is none."""
        if given := self._given.get(address.origin):
            return given
        text = _KEYCHAIN.get(address.origin)
        return Secret(text) if text else None

    def keep(self, address: ServerAddress, key: Secret) -> None:
        """Use a key from now on.

        Raises:
            KeyringError: The system does not keep it; it holds until the program ends.
        """
        self._given[address.origin] = key
        _KEYCHAIN.put(address.origin, key.text)

    def forget(self, address: ServerAddress) -> bool:
        """Remove the key of a server; return whether there was one."""
        given = self._given.pop(address.origin, None)
        try:
            return _KEYCHAIN.remove(address.origin) or given is not None
        except KeyringError:
            return given is not None
