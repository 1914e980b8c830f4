"""The key of the endpoint is made once, kept where nobody else reads it, and renewed when wanted."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from key_rings import MemoryKeyring
from keyring.backends.fail import Keyring as NoKeyring

from desktopchat.core.errors import StorageError
from desktopchat.storage.endpoint_key import FILE_NAME, EndpointKey


@pytest.fixture(autouse=True)
def ring() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_keyring_keeps_it(tmp_path: Path, ring: MemoryKeyring) -> None:
    keys = EndpointKey(tmp_path)
    assert keys.get() is None
    made = keys.make()
    assert len(made.text) > 40
    assert EndpointKey(tmp_path).get() == made
    assert list(ring.kept.values()) == [made.text]
    assert not (tmp_path / FILE_NAME).exists()
    assert EndpointKey(tmp_path / "other").get() is None


def test_without_a_keyring_a_private_file_does(tmp_path: Path) -> None:
    keyring.set_keyring(NoKeyring())
    made = EndpointKey(tmp_path).make()
    assert EndpointKey(tmp_path).get() == made
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_another_key_takes_the_place_of_the_one_before(tmp_path: Path, ring: MemoryKeyring) -> None:
    keyring.set_keyring(NoKeyring())
    first = EndpointKey(tmp_path).make()
    keyring.set_keyring(ring)
    second = EndpointKey(tmp_path).make()
    assert first != second
    assert EndpointKey(tmp_path).get() == second
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    keyring.set_keyring(NoKeyring())
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="cannot be kept"):
        EndpointKey(tmp_path).make()
