"""Damage of every kind is found, in a file that may be in use, and looking for it can be stopped."""

import shutil
from pathlib import Path

import apsw
import pytest
from store_maker import make_store, overwrite

from desktopchat.core.errors import DamagedDatabaseError, StorageError
from desktopchat.storage import copying
from desktopchat.storage.checking import check_fully, check_quickly
from desktopchat.storage.connection import open_connection
from desktopchat.storage.copying import copy_database
from desktopchat.storage.pages import PageFile


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "desktopchat.db"
    make_store(path, 6).close()
    return path


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "desktopchat.db"))


def careless(path: Path) -> apsw.Connection:
    """Return a connection that lets one do what ours do not."""
    connection = open_connection(path)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_FKEY, 0)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    return connection


def test_sound_file_is_sound(path: Path) -> None:
    check_quickly(path, None)
    assert check_fully(path, None) == []
    assert not list(path.parent.glob("*.part"))


def test_ruined_page_is_found(path: Path) -> None:
    pages = PageFile(path)
    overwrite(path, [list(pages.pages_of(pages.roots()["message"]))[3]])
    pages.close()
    with pytest.raises(DamagedDatabaseError) as caught:
        check_quickly(path, None)
    assert caught.value.details
    assert check_fully(path, None)


def test_link_to_nothing_is_found(path: Path) -> None:
    connection = careless(path)
    connection.execute("DELETE FROM folder")
    connection.close()
    assert check_fully(path, None) == ["row 2 of conversation points to nothing in folder"]


def test_text_that_the_search_index_misses_is_found(path: Path) -> None:
    connection = careless(path)
    connection.execute("UPDATE message SET content = 'something else' WHERE id = 3")
    connection.close()
    assert check_fully(path, None) == ["message_index does not hold what it should"]


def test_looking_can_be_stopped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_STEPS", 10)
    with pytest.raises(StorageError, match="was stopped"):
        copy_database(path, path.with_name("copy.db"), stop=lambda: True)
    assert not path.with_name("copy.db").exists()
    with pytest.raises(StorageError, match="was stopped"):
        check_quickly(path, None, lambda: True)
