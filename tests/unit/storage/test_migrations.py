"""Databases of every released schema, kept in tests/data, come up to date with all that is in them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from desktopchat.core.chat import MessageState, Timings, Usage
from desktopchat.core.cost import LedgerBy
from desktopchat.core.token_log import TokenLog
from desktopchat.storage.database import Database
from desktopchat.storage.ledger import read_ledger
from desktopchat.storage.migrations import ID_LIMIT, MIGRATIONS
from desktopchat.storage.stores import Stores

DATA = Path(__file__).resolve().parents[2] / "data"


def test_every_released_schema_is_kept() -> None:
    released = sorted(int(path.stem.removeprefix("schema-")) for path in DATA.glob("schema-*.db"))
    assert released == list(range(1, len(MIGRATIONS) + 1))


def test_newest_schema_is_the_one_that_is_kept(tmp_path: Path, kept: Callable[[int], Path]) -> None:
    """A released step never changes; whoever changes the newest one before its release makes its file anew."""

    def schema(path: Path) -> list[tuple[str, str]]:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        found = list(connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name"))
        connection.close()
        return found

    Database(tmp_path / "new.db").close()
    assert schema(tmp_path / "new.db") == schema(kept(len(MIGRATIONS)))


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[int], Path]:
    """Copy the database of a schema."""
    return lambda number: Path(shutil.copy(DATA / f"schema-{number}.db", tmp_path / "desktopchat.db"))


def test_schema_1(kept: Callable[[int], Path]) -> None:
    database = Database(kept(1))
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


def test_schema_2(kept: Callable[[int], Path]) -> None:
    database = Database(kept(2))
    stores = Stores(database)
    store, shelf = stores.conversations, stores.shelf
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    assert [one.title for one in shelf.recent()] == ["cut", "What is a cat?", "Imported"]
    assert [[one.title for one in found] for found in (shelf.pinned(), shelf.archived())] == [["Pinned"], ["Archived"]]
    assert [(folder.name, folder.count) for folder in shelf.folders()] == [("Work", 1)]
    first = store.get(1)
    assert (first.draft, first.note, first.tags) == ("not sent", "a note", ("animals", "to do"))
    path = store.path(1)
    assert first.scroll == (path[2].id, 0.5)
    assert [message.content for message in path] == ["What is a cat?", "A small animal.", "And a dog?", "Larger."]
    assert (path[1].reasoning, path[1].model, path[1].siblings) == ("thought", "SmolLM2-135M", 2)
    assert store.recover() == 1
    (cut,) = [one for one in shelf.recent() if one.title == "cut"]
    assert store.path(cut.id)[-1].content == "it was"
    assert [item.title for item in stores.trash.items()] == ["Deleted", "Deleted question"]
    stores.trash.restore(stores.trash.items()[1].id)
    assert [message.content for message in store.path(1)][-2:] == ["Deleted question", "gone"]
    assert shelf.saved_searches() == [("Weather", "天气 role:me")]
    (imported,) = [one for one in shelf.recent() if one.title == "Imported"]
    whole = stores.transfer.give(imported.id)
    assert (whole.uid, whole.messages[0].attachments[0].content) == ("chatgpt:1", b"\x89PNG")
    database.close()


def test_schema_3(kept: Callable[[int], Path]) -> None:
    database = Database(kept(3))
    stores = Stores(database)
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    answer = stores.conversations.path(1)[1]
    log = stores.conversations.tokens.read(answer.id)
    assert log.texts().decode() == answer.content == "A small animal."
    assert [step.top[0].text for step in log] == ["A", " big", " animal.", "<|im_end|>"]
    assert (log[1].chosen.token, log[1].chosen.logprob, log[3].chosen.kind) == (3, -2.0, "end")
    database.close()


def test_answers_of_schema_2_have_no_alternatives(kept: Callable[[int], Path]) -> None:
    database = Database(kept(2))
    store = Stores(database).conversations
    before = store.path(1)
    assert len(store.tokens.read(before[1].id)) == 0
    store.tokens.keep(before[1].id, TokenLog())
    assert store.path(1) == before
    database.close()


def test_schema_4(kept: Callable[[int], Path]) -> None:
    database = Database(kept(4))
    stores = Stores(database)
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    named = [node for node in stores.branches.nodes(1) if node.name]
    assert [(node.words, node.name) for node in named] == [("A small animal.", "the short one 短")]
    database.close()


def test_schema_5(kept: Callable[[int], Path]) -> None:
    database = Database(kept(5))
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    by_model = {row.name: row for row in read_ledger(database, LedgerBy.MODEL)}
    assert (by_model["titling"].answers, by_model["titling"].completion_tokens) == (0, 6)
    database.close()


def test_old_file_is_backed_up_first(kept: Callable[[int], Path]) -> None:
    old = kept(1)
    before = old.read_bytes()
    Database(old).close()
    (backup,) = (old.parent / "backups").iterdir()
    assert backup.stat().st_mode & 0o777 == 0o600
    copy = shutil.copy(backup, old.parent / "copy.db")
    assert Path(copy).read_bytes()[100:] == before[100:]  # but for the header's counters
