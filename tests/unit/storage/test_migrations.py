"""Databases of every released schema, kept in tests/data, come up to date with all that is in them."""

import shutil
from pathlib import Path

import pytest

from desktopchat.core.chat import MessageState, Timings, Usage
from desktopchat.storage.database import Database
from desktopchat.storage.migrations import ID_LIMIT, MIGRATIONS
from desktopchat.storage.stores import Stores

DATA = Path(__file__).resolve().parents[2] / "data"


def test_every_released_schema_is_kept() -> None:
    released = sorted(int(path.stem.removeprefix("schema-")) for path in DATA.glob("schema-*.db"))
    assert released == list(range(1, len(MIGRATIONS)))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copy(DATA / "schema-1.db", tmp_path / "desktopchat.db"))


def test_schema_1(old: Path) -> None:
    database = Database(old)
    stores = Stores(database)
    store = stores.conversations
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    assert [one.title for one in stores.shelf.recent()] == ["cut", "Empty one", "What is a cat?"]
    first = store.get(1)
    assert (first.system_prompt, first.draft, first.tip_id) == ("Be brief.", "not sent", 5)
    path = store.path(1)
    assert [message.content for message in path] == ["What is a cat?", "A small animal.", "And a dog?", "Larger."]
    assert [(message.sibling, message.siblings) for message in path] == [(1, 2), (1, 2), (1, 1), (1, 1)]
    answer = path[1]
    assert answer.sampling is not None
    assert (answer.model, answer.sampling.temperature, answer.seed) == ("SmolLM2-135M", 0.2, 7)
    assert (answer.usage, answer.timings) == (Usage(10, 4, 6), Timings(0.5, 0.75, 1.25))
    assert store.recover() == 1
    assert store.path(3)[-1].state is MessageState.INTERRUPTED
    assert store.path(3)[-1].content == "it was"
    (deleted,) = stores.trash.items()
    assert (deleted.title, deleted.deleted_at) == ("Deleted", 1_700_000_013.0)
    stores.trash.undo()
    assert stores.shelf.recent()[-2].title == "Empty one"
    assert store.get_state("conversation.last") == 1
    hits = database.execute(
        f"SELECT rowid % {ID_LIMIT} FROM message_index WHERE message_index MATCH 'cafe OR \"it was\"'"
    )
    assert sorted(hits) == [(3,), (9,)]
    assert store.create().id == 5  # ids go on where they were
    database.close()


def test_old_file_is_backed_up_first(old: Path) -> None:
    before = old.read_bytes()
    Database(old).close()
    (backup,) = (old.parent / "backups").iterdir()
    assert backup.stat().st_mode & 0o777 == 0o600
    copy = shutil.copy(backup, old.parent / "copy.db")
    assert Path(copy).read_bytes()[100:] == before[100:]  # but for the header's counters
