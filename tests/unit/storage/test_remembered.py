"""The keyring keeps a passphrase when it is one that encrypts, and is never trusted otherwise."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from key_rings import MemoryKeyring
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from desktopchat.core.errors import KeyringError
from desktopchat.core.passphrase import Passphrase
from desktopchat.storage import remembered

KEY = Passphrase("correct horse")
DATABASE = Path("/data/desktopchat.db")


class BrokenKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("the bus is gone")

    set_password = delete_password = get_password  # type: ignore[assignment]


class PlaintextKeyring(MemoryKeyring):
    priority = 9  # type: ignore[assignment]


class FileKeyring(MemoryKeyring):
    priority = 0.5  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def same_keyring_afterwards() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_what_is_remembered_is_recalled_until_it_is_forgotten() -> None:
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    assert remembered.recall(DATABASE) is None
    assert not remembered.forget(DATABASE)
    remembered.remember(DATABASE, KEY)
    assert remembered.recall(DATABASE) == KEY
    assert remembered.recall(Path("/other/desktopchat.db")) is None
    assert remembered.forget(DATABASE)
    assert backend.kept == {}


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, PlaintextKeyring, FileKeyring])
def test_unsafe_keyrings_are_refused(backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    with pytest.raises(KeyringError, match="no keyring that keeps secrets encrypted") as caught:
        remembered.remember(DATABASE, KEY)
    assert "at each start" in caught.value.cure
    assert remembered.recall(DATABASE) is None
    assert not remembered.forget(DATABASE)


def test_keyring_that_fails_is_told() -> None:
    keyring.set_keyring(BrokenKeyring())
    with pytest.raises(KeyringError, match="refused"):
        remembered.remember(DATABASE, KEY)
    assert remembered.recall(DATABASE) is None
