"""Of a damaged database everything that can be read comes back, and the damaged file stays as it was."""

import random
import shutil
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_maker import PAGE, Dump, dump, make_store, message_pages, overwrite

from desktopchat.core.chat import MessageState
from desktopchat.core.errors import DamagedDatabaseError, PassphraseError, StorageError
from desktopchat.core.passphrase import Passphrase
from desktopchat.storage import swap
from desktopchat.storage.database import Database
from desktopchat.storage.migrations import MIGRATIONS
from desktopchat.storage.pages import PageFile
from desktopchat.storage.salvage import LOST, RECOVERED, salvage
from desktopchat.storage.stores import Stores

KEY = Passphrase("correct horse")
NOON = 1_764_072_000.0  # 2025-11-25 12:00 UTC


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Dump]:
    path = tmp_path_factory.mktemp("sound") / "desktopchat.db"
    make_store(path).close()
    return path, dump(path)


@pytest.fixture
def path(sound: tuple[Path, Dump], tmp_path: Path) -> Path:
    return Path(shutil.copy(sound[0], tmp_path / "desktopchat.db"))


def rescue(path: Path, key: Passphrase | None = None) -> Database:
    """Salvage, check what has to hold whatever the damage was, and open what came of it."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    saved = salvage(path, key, lambda: NOON)
    assert saved.kept.name == "desktopchat-20251125T120000Z-damaged.db"
    assert saved.kept.read_bytes() == before[path.name]
    log = saved.kept.with_name(f"{saved.kept.name}-wal")
    assert (log.read_bytes() if log.exists() else None) == before.get(f"{path.name}-wal")
    assert not [file.name for file in path.parent.iterdir() if file.name.startswith("salvage")]
    database = Database(path, key=key)
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    # What is under way is not in the index yet, so that it cannot be compared with the texts.
    ((under_way,),) = database.execute("SELECT count(*) FROM message WHERE state = 'streaming' AND content <> ''")
    for index in ("message_index", "conversation_index", "attachment_index"):
        rank = 0 if under_way else 1
        database.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', {rank})")
    real = "role <> 'root' AND content <> ? AND error <> ?"
    assert database.execute(f"SELECT count(*) FROM message WHERE {real}", (LOST, LOST)) == [(saved.messages,)]
    return database


def check_whole(path: Path) -> None:
    database = Database(path)
    try:
        if database.execute("PRAGMA integrity_check") != [("ok",)]:
            raise DamagedDatabaseError("It is damaged.")
    finally:
        database.close()


def message_ids(database: Database) -> set[int]:
    return {
        row[0] for row in database.execute("SELECT id FROM message WHERE id > 0 AND ? NOT IN (content, error)", (LOST,))
    }


def test_sound_file_comes_back_whole(path: Path, sound: tuple[Path, Dump]) -> None:
    rescue(path).close()
    assert dump(path) == sound[1]


@pytest.mark.parametrize("size", [16, 100, PAGE])
def test_ruined_header_costs_nothing(path: Path, sound: tuple[Path, Dump], size: int) -> None:
    with path.open("r+b") as file:
        file.write(bytes(size))
    rescue(path).close()
    assert dump(path) == sound[1]


def test_ruined_pages_cost_what_is_on_them(path: Path) -> None:
    on_page = message_pages(path)
    count = path.stat().st_size // PAGE
    rng = random.Random(1)
    ruined = rng.sample(range(1, count + 1), count // 10)
    overwrite(path, ruined, rng)
    with pytest.raises(DamagedDatabaseError):
        check_whole(path)
    database = rescue(path)
    intact = {number for page, numbers in on_page.items() if page not in ruined for number in numbers}
    lost = {number for page, numbers in on_page.items() if page in ruined for number in numbers}
    assert len(lost) > 20
    assert intact <= message_ids(database)
    assert not lost & message_ids(database)
    database.close()


def test_inner_pages_of_the_tree_cost_nothing(path: Path, sound: tuple[Path, Dump]) -> None:
    pages = PageFile(path)
    root = pages.roots()["message"]
    assert pages.page(root)[0] == 5
    overwrite(path, [root, pages.roots()["conversation"]])
    pages.close()
    database = rescue(path)
    assert message_ids(database) == {row[0] for row in sound[1]["message"] if row[0] > 0}  # type: ignore[operator]
    database.close()


def test_cut_file_gives_what_is_left(path: Path) -> None:
    on_page = message_pages(path)
    half = path.stat().st_size // PAGE // 2
    with path.open("r+b") as file:
        file.truncate(half * PAGE + 100)
    database = rescue(path)
    assert {number for page, numbers in on_page.items() if page <= half for number in numbers} <= message_ids(database)
    database.close()


@pytest.mark.parametrize(
    "content", [b"", b"abc", b"I am a letter. " * 5_000, b"SQLite format 3\0" + b"\xff" * 90_000, bytes(70_000)]
)
def test_file_without_anything_of_ours(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desktopchat.db"
    path.write_bytes(content)
    database = rescue(path)
    assert message_ids(database) == set()
    database.close()


def test_lost_messages_leave_a_gap_that_says_so(path: Path) -> None:
    on_page = message_pages(path)
    page, lost = next((page, numbers) for page, numbers in sorted(on_page.items()) if 45 in numbers)
    overwrite(path, [page])
    saved = salvage(path, None, lambda: NOON)
    database = Database(path)
    store = Stores(database).conversations
    conversation_id = store.message(lost[-1] + 1).conversation_id
    shown = store.path(conversation_id)
    assert [message.id for message in shown if message.id > lost[-1]] == list(range(lost[-1] + 1, shown[-1].id + 1))
    gap = [message for message in shown if LOST in (message.content, message.error)]
    assert gap
    assert {message.state for message in gap} <= {MessageState.FAILED, MessageState.COMPLETE}
    assert saved.lost_messages == len(lost)
    database.close()


def test_messages_of_lost_conversations_are_kept(path: Path, sound: tuple[Path, Dump]) -> None:
    pages = PageFile(path)
    leaves = list(pages.pages_of(pages.roots()["conversation"]))
    pages.close()
    overwrite(path, leaves)
    database = rescue(path)
    assert message_ids(database) == {row[0] for row in sound[1]["message"] if row[0] > 0}  # type: ignore[operator]
    stores = Stores(database)
    assert {conversation.title for conversation in stores.shelf.recent()} == {RECOVERED}
    assert len(stores.conversations.path(7)) == 20
    database.close()


def test_log_counts_even_without_a_header(tmp_path: Path) -> None:
    database = make_store(tmp_path / "first.db", 6)
    path = tmp_path / "desktopchat.db"
    for suffix in ("", "-wal"):
        shutil.copy(tmp_path / f"first.db{suffix}", f"{path}{suffix}")
    database.close()
    expected = dump(tmp_path / "first.db")
    for file in tmp_path.glob("first*"):
        file.unlink()
    path.write_bytes(bytes(100) + path.read_bytes()[100:])
    rescue(path).close()
    assert dump(path) == expected


def test_log_is_read_up_to_where_it_is_torn(tmp_path: Path) -> None:
    database = make_store(tmp_path / "first.db", 6)
    path = tmp_path / "desktopchat.db"
    shutil.copy(tmp_path / "first.db", path)
    log = (tmp_path / "first.db-wal").read_bytes()
    database.close()
    for file in tmp_path.glob("first*"):
        file.unlink()
    torn = Path(f"{path}-wal")
    torn.write_bytes(log[: len(log) * 2 // 3] + b"?" * 5_000)
    # SQLite itself says what that leaves.
    copy = tmp_path / "copy" / "desktopchat.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    shutil.copy(torn, f"{copy}-wal")
    expected = dump(copy)
    shutil.rmtree(copy.parent)
    with path.open("r+b") as file:
        file.write(bytes(16))
    rescue(path).close()
    assert dump(path) == expected
    assert len(expected["message"]) > 20


def test_log_of_another_file_is_left_out(path: Path, sound: tuple[Path, Dump], tmp_path: Path) -> None:
    other = make_store(tmp_path / "other.db", 6)
    shutil.copy(tmp_path / "other.db-wal", f"{path}-wal")
    other.close()
    for file in tmp_path.glob("other*"):
        file.unlink()
    found = dump(Path(shutil.copytree(tmp_path, tmp_path.with_name("as sqlite sees it"))) / path.name)
    assert found != sound[1]
    rescue(path).close()
    assert dump(path) == sound[1]


def test_file_that_is_not_trusted_stays_as_it_was_found(path: Path) -> None:
    before = path.read_bytes()
    database = Database(path, trusted=False)
    Stores(database).conversations.create("new " * 1_000_000)
    database.close()
    assert path.read_bytes() == before
    database = Database(path)
    assert database.execute("SELECT max(length(title)) FROM conversation") == [(4_000_000,)]
    database.close()
    assert path.read_bytes() != before


def test_deleted_rows_do_not_come_back(path: Path) -> None:
    database = Database(path)
    stores = Stores(database)
    stores.trash.delete_conversation(8)
    stores.trash.purge(0)
    left = message_ids(database)
    database.close()
    with path.open("r+b") as file:
        file.write(bytes(PAGE))
    database = rescue(path)
    assert message_ids(database) == left
    database.close()


def test_old_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    data = Path(__file__).resolve().parents[2] / "data" / "schema-1.db"
    path = Path(shutil.copy(data, tmp_path / "desktopchat.db"))
    with path.open("r+b") as file:
        file.write(bytes(100))
    rescue(path).close()
    found = dump(path)
    other = Path(shutil.copy(data, tmp_path / "whole.db"))
    expected = dump(other)
    for table in ("conversation", "message"):  # new ids are drawn
        for one in (found, expected):
            one[table] = [
                tuple(value for value in row if not (isinstance(value, str) and len(value) == 32)) for row in one[table]
            ]
    assert found == expected
    assert Database(path).execute("PRAGMA user_version") == [(len(MIGRATIONS),)]


# --- encrypted --------------------------------------------------------------------------------------


def test_encrypted_file_gives_what_sqlite_can_reach(tmp_path: Path) -> None:
    path = tmp_path / "desktopchat.db"
    make_store(path, key=KEY).close()
    before = {row[0] for row in dump(path, KEY)["message"]}
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA hexkey = '{KEY.hex()}'")
    leaves = [
        row[0]
        for row in connection.execute(
            "SELECT pageno FROM dbstat WHERE name = 'message' AND pagetype = 'leaf' ORDER BY path"
        )
    ]
    connection.close()
    overwrite(path, [*leaves[5::10], leaves[-1]])
    database = rescue(path, KEY)
    assert len(message_ids(database)) > 0.75 * len(before)
    assert database.execute("SELECT count(*) FROM conversation WHERE title <> ?", (RECOVERED,)) == [(30,)]
    database.close()
    with pytest.raises(PassphraseError):
        Database(path)


def test_wrong_passphrase_salvages_nothing(tmp_path: Path) -> None:
    path = tmp_path / "desktopchat.db"
    make_store(path, 6, key=KEY).close()
    before = path.read_bytes()
    with pytest.raises(PassphraseError):
        salvage(path, Passphrase("wrong"))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {path.name: before}


# --- what can go wrong meanwhile --------------------------------------------------------------------


def test_no_room_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()
    usage = shutil.disk_usage(path.parent)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with pytest.raises(StorageError, match="no room"):
        salvage(path)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == {path.name: before}


def test_failure_before_the_end_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(swap, "put_in_place", fail)
    before = path.read_bytes()
    with pytest.raises(StorageError):
        salvage(path)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == {path.name: before}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("small") / "desktopchat.db"
    make_store(path, 6).close()
    return path.read_bytes()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_is_too_much(small: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever bytes are changed wherever, there is a sound database afterwards."""
    content = bytearray(small)
    for _ in range(data.draw(st.integers(1, 40))):
        # The first bytes of a page rule the rest of it.
        start = PAGE * data.draw(st.integers(0, len(content) // PAGE - 1)) + data.draw(st.integers(0, 120))
        piece = data.draw(st.one_of(st.binary(min_size=1, max_size=9), st.just(b"\xff" * 8), st.just(bytes(8))))
        content[start : start + len(piece)] = piece
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    path = tmp_path_factory.mktemp("damaged") / "desktopchat.db"
    path.write_bytes(content)
    rescue(path).close()
    shutil.rmtree(path.parent)
