import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest

from desktopchat.core.care import CopyKind
from desktopchat.core.errors import DamagedDatabaseError, PassphraseError, StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.passphrase import Passphrase
from desktopchat.storage import copying, swap
from desktopchat.storage.backups import DAY, Backups
from desktopchat.storage.connection import open_connection
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database

NOON = 1_764_072_000.0  # 2025-11-25 12:00 UTC
KEY = Passphrase("pass'; phrase ä")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Desk(NamedTuple):
    database: Database
    store: ConversationStore
    backups: Backups
    clock: Clock

    def write(self, text: str) -> None:
        self.store.add_turn(1, None, text, model=ModelIdentity("m"), sampling=SamplingParams())

    def texts(self) -> list[str]:
        return [row[0] for row in self.database.execute("SELECT content FROM message WHERE role = 'user' ORDER BY id")]


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> Passphrase | None:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def desk(tmp_path: Path, key: Passphrase | None) -> Iterator[Desk]:
    database = Database(tmp_path / "desktopchat.db", key=key)
    clock = Clock()
    made = Desk(database, ConversationStore(database), Backups(database.path, clock), clock)
    made.store.create("A chat")
    made.write("first")
    yield made
    database.close()


def names(backups: Backups) -> list[str]:
    return [copy.path.name for copy in backups.files()]


def test_backup_is_a_whole_private_file(desk: Desk, key: Passphrase | None) -> None:
    path = desk.backups.make(CopyKind.DAILY, key)
    assert path.name == "desktopchat-20251125T120000Z-daily.db"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    copy = open_connection(path, read_only=True, key=key)
    assert list(copy.execute("SELECT content FROM message WHERE role = 'user'")) == [("first",)]
    assert copy.pragma("integrity_check") == "ok"
    assert copy.pragma("journal_mode") == "delete"
    copy.close()
    assert (b"first" in path.read_bytes()) == (key is None)


def test_list_tells_what_is_in_them(desk: Desk, key: Passphrase | None) -> None:
    desk.backups.make(CopyKind.DAILY, key)
    desk.write("second")
    desk.store.create("Another")
    desk.clock.now += 60
    desk.backups.make(CopyKind.ASKED, key)
    newest, oldest = desk.backups.listed(key)
    assert (newest.kind, newest.made_at, newest.conversations, newest.messages) == (CopyKind.ASKED, NOON + 60, 2, 4)
    assert (oldest.kind, oldest.conversations, oldest.messages) == (CopyKind.DAILY, 1, 2)
    assert newest.size == newest.path.stat().st_size
    assert newest.encrypted == (key is not None)
    if key:
        assert {copy.messages for copy in desk.backups.listed(Passphrase("wrong"))} == {None}
        assert {copy.messages for copy in desk.backups.listed()} == {None}


def test_writer_goes_on_and_the_copy_is_of_one_moment(
    desk: Desk, key: Passphrase | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first page is under way, the other connection commits more than what fits into a page."""
    monkeypatch.setattr(copying, "_PAGES", 1)
    real = copying._copy

    def copy_slowly(*args: object) -> None:
        desk.write("too late " + "x" * 50_000)
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "_copy", copy_slowly)
    path = desk.backups.make(CopyKind.DAILY, key)
    copy = open_connection(path, read_only=True, key=key)
    assert list(copy.execute("SELECT content FROM message WHERE role = 'user'")) == [("first",)]
    copy.close()
    assert len(desk.texts()) == 2


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Desk]:
    yield from desk.__wrapped__(tmp_path, None)  # type: ignore[attr-defined]


def test_two_in_a_second(plain: Desk) -> None:
    for _ in range(2):
        plain.backups.make(CopyKind.ASKED)
    assert names(plain.backups) == ["desktopchat-20251125T120001Z-asked.db", "desktopchat-20251125T120000Z-asked.db"]


def test_seven_days_and_four_weeks_are_kept(plain: Desk) -> None:
    for _day in range(60):
        assert plain.backups.is_due()
        plain.backups.make(CopyKind.DAILY)
        assert not plain.backups.is_due()
        plain.clock.now += DAY
    # The last is of Friday 2026-01-23; the weeks end on Sunday.
    days = [name[12:20] for name in names(plain.backups)]
    assert days[:7] == ["20260123", "20260122", "20260121", "20260120", "20260119", "20260118", "20260117"]
    assert days[7:] == ["20260116", "20260111", "20260104", "20251228"]


def test_other_kinds_are_kept_for_themselves(plain: Desk) -> None:
    for _ in range(8):
        plain.backups.make(CopyKind.MIGRATION)
        plain.backups.make(CopyKind.ASKED)
        plain.clock.now += 3600
    plain.backups.make(CopyKind.DAILY)
    kinds = [copy.kind for copy in plain.backups.files()]
    assert [kinds.count(kind) for kind in (CopyKind.MIGRATION, CopyKind.ASKED, CopyKind.DAILY)] == [3, 5, 1]
    assert plain.backups.files()[0].kind is CopyKind.DAILY


def test_backup_from_the_future_stops_none_and_stays(plain: Desk) -> None:
    plain.clock.now += 900 * DAY
    plain.backups.make(CopyKind.DAILY)
    plain.clock.now -= 900 * DAY
    for _day in range(10):
        assert plain.backups.is_due()
        plain.backups.make(CopyKind.DAILY)
        plain.clock.now += DAY
    assert names(plain.backups)[0].startswith("desktopchat-20280513")
    assert len(names(plain.backups)) == 1 + 7 + 1


def test_foreign_files_are_left_alone(plain: Desk) -> None:
    plain.backups.make(CopyKind.DAILY)
    foreign = [plain.backups.folder / name for name in ("notes.txt", "desktopchat-my own.db", "desktopchat.db")]
    for file in foreign:
        file.write_text("mine")
    for _day in range(30):
        plain.clock.now += DAY
        plain.backups.make(CopyKind.DAILY)
    assert all(file.read_text() == "mine" for file in foreign)
    assert len(names(plain.backups)) == 7 + 4


def test_no_room_is_told_before_anything_is_written(plain: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(plain.backups.path.parent)._replace(free=10_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with pytest.raises(StorageError, match=r"The disk has no room .+: 17 MB are needed, 10 MB are free\."):
        plain.backups.make(CopyKind.DAILY)
    assert list(plain.backups.folder.iterdir()) == []


def test_disk_that_fills_up_leaves_no_half_backup(plain: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying, "sync", full)
    with pytest.raises(StorageError, match="No space"):
        copying.copy_database(plain.backups.path, plain.backups.path.with_name("copy.db"))
    assert not plain.backups.path.with_name("copy.db").exists()


def test_damaged_database_gives_no_backup_and_removes_none(plain: Desk) -> None:
    for _ in range(7):
        plain.backups.make(CopyKind.DAILY)
        plain.clock.now += DAY
    plain.write("x" * 200_000)
    plain.database.close()
    data = bytearray(plain.backups.path.read_bytes())
    data[20_480:81_920] = bytes(61_440)
    plain.backups.path.write_bytes(data)
    before = names(plain.backups)
    with pytest.raises(DamagedDatabaseError, match="is damaged"):
        plain.backups.make(CopyKind.DAILY)
    assert names(plain.backups) == before
    assert {file.suffix for file in plain.backups.folder.iterdir()} == {".db"}


def test_restore_can_be_undone(desk: Desk, key: Passphrase | None) -> None:
    desk.backups.make(CopyKind.DAILY, key)
    desk.write("second")
    copy = desk.backups.files()[0]
    aside = desk.database.exchange(lambda: desk.backups.restore(copy, key))
    assert desk.texts() == ["first"]
    assert aside.name == "desktopchat-20251125T120000Z-replaced.db"
    desk.write("third")
    replaced = desk.backups.find("desktopchat-20251125T120000Z-replaced.db")
    assert replaced.kind is CopyKind.REPLACED
    desk.database.exchange(lambda: desk.backups.restore(replaced, key))
    assert desk.texts() == ["first", "second"]
    assert [copy.kind for copy in desk.backups.files()] == [CopyKind.REPLACED, CopyKind.REPLACED, CopyKind.DAILY]


def test_file_set_aside_with_its_log_is_restored_with_it(plain: Desk, tmp_path: Path) -> None:
    """As after a restore by the command line that followed a crash."""
    target = tmp_path / "desktopchat-20251125T130000Z-replaced.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{plain.backups.path}{suffix}", f"{target}{suffix}")
    assert Path(f"{target}-wal").stat().st_size > 10_000
    plain.write("second")
    plain.database.exchange(lambda: plain.backups.restore(plain.backups.find(target.name)))
    assert plain.texts() == ["first"]


@pytest.mark.parametrize("kind", ["damaged", "foreign", "newer"])
def test_bad_backup_changes_nothing(plain: Desk, kind: str) -> None:
    path = plain.backups.make(CopyKind.DAILY)
    if kind == "damaged":
        path.write_bytes(path.read_bytes()[:30_000])
    else:
        path.unlink()
        other = apsw.Connection(str(path))
        other.execute(
            "CREATE TABLE conversation (id); CREATE TABLE message (id)" if kind == "newer" else "CREATE TABLE x (y)"
        )
        other.pragma("user_version", 99 if kind == "newer" else 2)
        other.close()
    copy = plain.backups.files()[0]
    with pytest.raises(StorageError, match="is damaged" if kind == "damaged" else "is not a backup"):
        plain.database.exchange(lambda: plain.backups.restore(copy))
    plain.write("second")
    assert plain.texts() == ["first", "second"]
    assert len(plain.backups.files()) == 1
    assert not list(plain.backups.path.parent.glob("*.part"))


def test_encrypted_backup_needs_its_passphrase(tmp_path: Path) -> None:
    database = Database(tmp_path / "desktopchat.db", key=KEY)
    backups = Backups(database.path)
    backups.make(CopyKind.DAILY, KEY)
    database.close()
    for wrong in (None, Passphrase("other")):
        with pytest.raises(PassphraseError):
            backups.restore(backups.files()[0], wrong)
    assert backups.restore(backups.files()[0], KEY).exists()


def test_find_takes_the_beginning_of_a_name(plain: Desk) -> None:
    plain.backups.make(CopyKind.DAILY)
    plain.clock.now += DAY
    plain.backups.make(CopyKind.DAILY)
    assert plain.backups.find("desktopchat-20251126").made_at == NOON + DAY
    assert plain.backups.find("backups/desktopchat-20251125T120000Z-daily.db").made_at == NOON
    with pytest.raises(StorageError, match="several"):
        plain.backups.find("desktopchat-2025")
    with pytest.raises(StorageError, match="No backup is “nope”"):
        plain.backups.find("nope")


def test_latest_is_no_file_that_was_set_aside(plain: Desk) -> None:
    assert plain.backups.latest() is None
    plain.backups.make(CopyKind.DAILY)
    plain.clock.now += 60
    part = plain.backups.path.with_name("new.part")
    plain.database.exchange(
        lambda: (
            shutil.copy(plain.backups.path, part),
            swap.put_in_place(plain.backups.path, part, CopyKind.DAMAGED, plain.clock.now),
        )
    )
    latest = plain.backups.latest()
    assert latest is not None
    assert latest.kind is CopyKind.DAILY
