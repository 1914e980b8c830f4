import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.chat import Folder
from desktopchat.core.errors import StorageError
from desktopchat.storage.database import Database
from desktopchat.storage.migrations import ID_LIMIT
from desktopchat.storage.shelf import Shelf
from desktopchat.storage.stores import Stores


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    database = Database(tmp_path / "desktopchat.db")
    yield Stores(database, itertools.count(1000.0).__next__)
    database.close()


@pytest.fixture
def shelf(stores: Stores) -> Shelf:
    return stores.shelf


def make(stores: Stores, *titles: str) -> list[int]:
    return [stores.conversations.create(title).id for title in titles]


def titles(found: list) -> list[str]:
    return [one.title for one in found]


def test_recent_ones_come_in_pages(stores: Stores, shelf: Shelf) -> None:
    make(stores, *(str(number) for number in range(7)))
    first = shelf.recent(limit=3)
    second = shelf.recent(first[-1], limit=3)
    third = shelf.recent(second[-1], limit=3)
    assert titles(first + second + third) == ["6", "5", "4", "3", "2", "1", "0"]
    assert shelf.recent(third[-1]) == []


def test_same_moment_does_not_lose_any(stores: Stores, shelf: Shelf) -> None:
    make(stores, "a", "b", "c")
    stores.database.execute("UPDATE conversation SET updated_at = 5")
    first = shelf.recent(limit=2)
    assert titles(first + shelf.recent(first[-1])) == ["c", "b", "a"]


def test_every_conversation_is_in_one_list(stores: Stores, shelf: Shelf) -> None:
    plain, pinned, filed, archived, deleted, pinned_in_folder = make(
        stores, "plain", "pinned", "filed", "archived", "deleted", "both"
    )
    folder = shelf.make_folder("Work")
    shelf.set_pinned(pinned, True)
    shelf.move(filed, folder)
    shelf.set_archived(archived, True)
    stores.trash.delete_conversation(deleted)
    shelf.move(pinned_in_folder, folder)
    shelf.set_pinned(pinned_in_folder, True)
    assert titles(shelf.recent()) == ["plain"]
    assert titles(shelf.pinned()) == ["pinned", "both"]
    assert titles(shelf.in_folder(folder)) == ["filed"]
    assert titles(shelf.archived()) == ["archived"]
    assert shelf.folders() == [Folder(folder, "Work", 1)]
    shelf.set_pinned(pinned_in_folder, False)
    shelf.set_pinned(pinned, False)
    shelf.set_archived(archived, False)
    shelf.move(filed, None)
    assert titles(shelf.recent()) == ["archived", "filed", "pinned", "plain"]
    assert titles(shelf.in_folder(folder)) == ["both"]
    found = stores.conversations.get(plain)
    assert (found.pinned, found.archived, found.folder_id, found.tags) == (False, False, None, ())


def test_folders(shelf: Shelf) -> None:
    work = shelf.make_folder("  Work\n and  play ")
    assert shelf.make_folder("work and play") == work
    home = shelf.make_folder("家")
    with pytest.raises(StorageError, match="already"):
        shelf.rename_folder(home, "WORK AND PLAY")
    shelf.rename_folder(work, "work AND play")
    shelf.rename_folder(home, "Home")
    assert [folder.name for folder in shelf.folders()] == ["Home", "work AND play"]
    with pytest.raises(StorageError, match="empty"):
        shelf.make_folder(" \n")


def test_tags(stores: Stores, shelf: Shelf) -> None:
    first, second = make(stores, "a", "b")
    shelf.set_tags(first, ["physics", " to do ", "", "Physics"])
    shelf.set_tags(second, ["天气", "PHYSICS"])
    (same, todo) = stores.conversations.get(first).tags
    assert (same.lower(), todo) == ("physics", "to do")
    assert len(shelf.tags()) == 3
    shelf.set_tags(first, [])
    assert stores.conversations.get(first).tags == ()
    assert len(shelf.tags()) == 2
    assert len(stores.conversations.get(second).tags) == 2


def test_note_and_scroll(stores: Stores, shelf: Shelf) -> None:
    (one,) = make(stores, "a")
    shelf.set_note(one, "remember 天气")
    stores.conversations.save_scroll(one, (7, 0.25))
    found = stores.conversations.get(one)
    assert (found.note, found.scroll) == ("remember 天气", (7, 0.25))
    stores.conversations.save_scroll(one, None)
    assert stores.conversations.get(one).scroll is None
    hits = stores.database.execute(f"SELECT rowid % {ID_LIMIT} FROM conversation_index WHERE note MATCH '\"天 气\"'")
    assert hits == [(one,)]


def test_saved_searches(shelf: Shelf) -> None:
    shelf.save_search("Cats", "cat role:me")
    shelf.save_search("cats", "cat")
    shelf.save_search("Dogs", "dog")
    assert shelf.saved_searches() == [("Cats", "cat"), ("Dogs", "dog")]
    shelf.forget_search("CATS")
    assert shelf.saved_searches() == [("Dogs", "dog")]


def test_titles(stores: Stores) -> None:
    store = stores.conversations
    one = store.create().id
    assert store.wants_title(one)
    assert store.suggest_title(one, "A better one")
    assert not store.wants_title(one)
    assert not store.suggest_title(one, "Another")
    store.rename(one, "Mine")
    assert not store.suggest_title(one, "Another")
    assert store.get(one).title == "Mine"
