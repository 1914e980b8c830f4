"""A store goes under a passphrase and out again without loss, whatever happens meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from store_maker import Dump, dump, make_store

from desktopchat.core.care import CopyKind
from desktopchat.core.errors import DamagedDatabaseError, PassphraseError, StorageError
from desktopchat.core.passphrase import Passphrase
from desktopchat.storage import vault as vault_module
from desktopchat.storage.backups import Backups
from desktopchat.storage.connection import is_encrypted, open_connection
from desktopchat.storage.database import Database
from desktopchat.storage.vault import Vault, check, lock_of, recrypt

KEY = Passphrase("correct horse 'battery' ä;\\%")
OTHER = Passphrase("something else")
CANARY = b"and so on and so on"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Dump]:
    path = tmp_path_factory.mktemp("sound") / "desktopchat.db"
    make_store(path, 6).close()
    return path, dump(path)


@pytest.fixture
def path(sound: tuple[Path, Dump], tmp_path: Path) -> Path:
    return Path(shutil.copy(sound[0], tmp_path / "desktopchat.db"))


@pytest.fixture
def vault(path: Path) -> Vault:
    states = path.parent / "states"
    states.mkdir()
    (states / "1.state").write_bytes(CANARY)
    return Vault(path, states)


def holds_the_canary(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file() and CANARY in file.read_bytes())


def test_on_and_off_lose_nothing(vault: Vault, sound: tuple[Path, Dump]) -> None:
    folder = vault.path.parent
    assert holds_the_canary(folder) == ["1.state", "desktopchat.db"]
    vault.lock(KEY)
    assert lock_of(vault.path) == vault.path
    assert holds_the_canary(folder) == []
    assert not (folder / "states").exists()
    assert dump(vault.path, KEY) == sound[1]
    assert holds_the_canary(folder) == []
    vault.unlock(KEY)
    assert lock_of(vault.path) is None
    assert dump(vault.path) == sound[1]
    # The pages keep the room that the cipher had; all goes on with that.
    Backups(vault.path).make(CopyKind.DAILY)
    vault.lock(OTHER)
    vault.change(OTHER, KEY)
    assert dump(vault.path, KEY) == sound[1]


def test_everything_that_is_written_is_encrypted(vault: Vault) -> None:
    vault.lock(KEY)
    database = Database(vault.path, key=KEY)
    with database.transaction():
        database.execute("UPDATE conversation SET note = ?", (CANARY.decode() * 1_000,))
    reader = database.reader()
    hits = reader.execute("SELECT count(*) FROM message_index WHERE message_index MATCH ?", ('"天 气"',)).fetchall()
    assert hits[0][0] > 100
    reader.close()
    Backups(vault.path).make(CopyKind.DAILY, KEY)
    assert sorted(file.suffix for file in vault.path.parent.rglob("*") if file.is_file()) == [
        ".db",
        ".db",
        ".db-shm",
        ".db-wal",
    ]
    assert holds_the_canary(vault.path.parent) == []
    assert database.execute("PRAGMA temp_store") == [(2,)]
    database.close()


def test_wrong_passphrase_changes_nothing(vault: Vault) -> None:
    vault.lock(KEY)
    before = vault.path.read_bytes()
    tries: list[Callable[[], object]] = [
        lambda: Database(vault.path),
        lambda: Database(vault.path, key=OTHER),
        lambda: check(vault.path, OTHER),
        lambda: vault.unlock(OTHER),
        lambda: vault.change(OTHER, KEY),
    ]
    for wrong in tries:
        with pytest.raises(PassphraseError):
            wrong()
    check(vault.path, KEY)
    assert vault.path.read_bytes() == before
    assert "horse" not in repr(KEY)


def test_short_passphrase_is_refused(vault: Vault) -> None:
    with pytest.raises(PassphraseError, match="shorter than 8"):
        vault.lock(Passphrase("1234567"))
    assert not is_encrypted(vault.path)
    vault.lock(KEY)
    with pytest.raises(PassphraseError, match="shorter than 8"):
        vault.change(KEY, Passphrase(""))
    check(vault.path, KEY)


def test_same_letters_typed_otherwise_open_it(vault: Vault) -> None:
    vault.lock(Passphrase("cafe\u0301 au lait"))
    check(vault.path, Passphrase("caf\u00e9 au lait"))


def test_backups_follow(vault: Vault, sound: tuple[Path, Dump]) -> None:
    backups = Backups(vault.path)
    kept = backups.make(CopyKind.DAILY)
    vault.lock(KEY)
    assert [copy.path for copy in vault.readable()] == [kept]
    assert vault.lock_copies(KEY) == []
    assert vault.readable() == []
    assert vault.change(KEY, OTHER) == []
    assert dump(kept, OTHER) == sound[1]
    assert vault.unlock(OTHER) == []
    assert dump(kept) == sound[1]


def test_backups_are_removed_when_that_is_wanted(vault: Vault) -> None:
    kept = Backups(vault.path).make(CopyKind.DAILY)
    with kept.open("rb") as open_still:
        vault.lock(KEY)
        vault.remove_copies()
        assert CANARY not in open_still.read()
    assert not kept.exists()


def test_backup_of_another_passphrase_and_damaged_file_stay(vault: Vault) -> None:
    backups = Backups(vault.path)
    strange = backups.make(CopyKind.DAILY)
    recrypt(strange, None, OTHER)
    damaged = vault.path.with_name("desktopchat-20251125T024512Z-damaged.db")
    damaged.write_bytes(b"SQLite format 3\0 and nothing else")
    vault.lock(KEY)
    assert [copy.path for copy in vault.lock_copies(KEY)] == [damaged]
    before = damaged.read_bytes()
    new = Passphrase("third passphrase")
    assert {copy.path for copy in vault.change(KEY, new)} == {strange, damaged}
    assert [copy.path for copy in vault.unlock(new)] == [strange]
    assert damaged.read_bytes() == before
    check(strange, OTHER)


def test_database_in_use_is_refused(vault: Vault) -> None:
    database = Database(vault.path)
    database.execute("UPDATE conversation SET note = 'mine'")
    with pytest.raises(StorageError, match="Another program is using"):
        vault.lock(KEY)
    assert database.execute("SELECT DISTINCT note FROM conversation") == [("mine",)]
    database.close()
    assert not is_encrypted(vault.path)


def test_log_of_a_crash_comes_along(vault: Vault) -> None:
    code = (
        "import sys, os; from pathlib import Path; from desktopchat.storage.database import Database;"
        "d = Database(Path(sys.argv[1])); d.execute(\"UPDATE conversation SET note = 'late'\"); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(vault.path)], check=True)
    assert Path(f"{vault.path}-wal").stat().st_size > 0
    vault.lock(KEY)
    assert {row[10] for row in dump(vault.path, KEY)["conversation"]} == {"late"}


def test_damaged_store_is_not_locked(vault: Vault) -> None:
    with vault.path.open("r+b") as file:
        file.seek(12 * 4096)
        file.write(os.urandom(30 * 4096))
    before = vault.path.read_bytes()
    with pytest.raises(DamagedDatabaseError):
        vault.lock(KEY)
    assert vault.path.read_bytes() == before
    assert not list(vault.path.parent.glob("*.part"))


def test_unfaithful_copy_is_refused(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = iter(range(10))
    monkeypatch.setattr(vault_module, "_contents", lambda _connection: {"message": next(counter)})
    with pytest.raises(DamagedDatabaseError, match="faithfully"):
        vault.lock(KEY)
    assert not is_encrypted(vault.path)


KILLED = """
import os, signal, sys
from pathlib import Path
from desktopchat.core.passphrase import Passphrase
from desktopchat.storage import vault
path, old, new, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
count = 0
def dying(owner, name):
    real = getattr(owner, name)
    def call(*values, **names):
        global count
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        return real(*values, **names)
    setattr(owner, name, call)
for owner, name in ((os, "fsync"), (os, "open"), (os, "write"), (Path, "replace"), (Path, "unlink")):
    dying(owner, name)
for name in ("open_connection", "check_sound", "_contents"):
    dying(vault, name)
vault.recrypt(path, old and Passphrase(old) or None, new and Passphrase(new) or None)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize(("old", "new"), [(None, KEY), (KEY, None), (KEY, OTHER)], ids=["on", "off", "change"])
def test_death_at_any_moment_leaves_a_whole_store(
    sound: tuple[Path, Dump], tmp_path: Path, old: Passphrase | None, new: Passphrase | None, soak: bool
) -> None:
    before = tmp_path / "before.db"
    shutil.copy(sound[0], before)
    if old:
        recrypt(before, None, old)
    states = set()
    for moment in range(0, 100, 1 if soak else 2):
        path = Path(shutil.copy(before, tmp_path / "desktopchat.db"))
        texts = [key.text if key else "" for key in (old, new)]
        done = subprocess.run([sys.executable, "-c", KILLED, str(path), *texts, str(moment)], check=False)
        finished = done.returncode == 0
        assert finished or done.returncode == -signal.SIGKILL
        for key in (old, new):
            try:
                assert dump(path, key) == sound[1]
            except PassphraseError:
                continue
            if (key is None) != is_encrypted(path):
                states.add(key)
        if finished:
            assert moment > 8, "it was never killed"
            break
    else:
        pytest.fail("it never came to its end")
    assert states == {old, new}


def test_ruined_vault_still_asks_for_its_passphrase(vault: Vault) -> None:
    vault.lock(KEY)
    latest = Backups(vault.path).make(CopyKind.DAILY, KEY)
    with vault.path.open("r+b") as file:
        file.write(bytes(100))
    assert lock_of(vault.path) == latest
    vault.path.unlink()
    assert lock_of(vault.path) is None  # as when somebody forgot it and starts afresh


def test_plain_sqlite_is_never_taken_for_locked(path: Path) -> None:
    assert not is_encrypted(path)
    for content in (b"", b"x", b"x" * 24, os.urandom(4096), bytes(4096)):
        path.write_bytes(content)
        assert not is_encrypted(path)
        assert lock_of(path) is None


def test_cipher_is_the_one_that_is_described(vault: Vault) -> None:
    vault.lock(KEY)
    connection = open_connection(vault.path, key=KEY)
    assert connection.pragma("cipher") == "chacha20"
    assert connection.execute("SELECT sqlite3mc_config('chacha20', 'kdf_iter')").fetchall() == [(64007,)]
    connection.close()
    with pytest.raises(apsw.NotADBError):
        apsw.Connection(str(vault.path)).execute("SELECT * FROM sqlite_schema")
