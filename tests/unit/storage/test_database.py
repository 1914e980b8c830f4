import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from desktopchat.core.care import CopyKind
from desktopchat.core.errors import DamagedDatabaseError, StorageError
from desktopchat.storage.backups import Backups
from desktopchat.storage.database import Database
from desktopchat.storage.migrations import MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desktopchat.db"


def make_items(connection: apsw.Connection) -> None:
    connection.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT)")


def add_note(connection: apsw.Connection) -> None:
    connection.execute("ALTER TABLE item ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")


def fail(connection: apsw.Connection) -> None:
    connection.execute("INSERT INTO item (text) VALUES ('half')")
    raise apsw.FullError("no room")


def insert(database: Database, *texts: str | Exception) -> None:
    """Insert texts in one transaction, and raise the exceptions among them."""
    with database.transaction():
        for text in texts:
            if isinstance(text, Exception):
                raise text
            database.insert("INSERT INTO item (text) VALUES (?)", (text,))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_settings_of_the_connection(path: Path):
    database = Database(path)
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "user_version": len(MIGRATIONS)}
    pragmas |= {"trusted_schema": 0, "busy_timeout": 5000, "integrity_check": "ok"}
    assert {name: database.execute(f"PRAGMA {name}")[0][0] for name in pragmas} == pragmas
    database.close()
    database.close()


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_files_are_private_whatever_the_umask(path: Path):
    before = os.umask(0)
    try:
        Database(path, [make_items]).close()
        database = Database(path, [make_items, add_note])
        files = [file for file in path.parent.rglob("*") if file.is_file()]
        assert len(files) == 4  # -wal, -shm and the backup too
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE((path.parent / "backups").stat().st_mode) == 0o700
        database.close()
    finally:
        os.umask(before)


def test_transaction_is_all_or_nothing(path: Path):
    database = Database(path, [make_items])
    with pytest.raises(StorageError, match="no reason"):
        insert(database, "a", StorageError("For no reason."))
    assert database.execute("SELECT * FROM item") == []
    with database.transaction():
        assert database.insert("INSERT INTO item (text) VALUES (?)", ("b",)) == 1
        assert database.change("UPDATE item SET text = :text", {"text": "c"}) == 1
    database.close()
    assert Database(path, [make_items]).execute("SELECT text FROM item") == [("c",)]


def test_violated_constraint_is_a_bug_and_not_told_as_trouble(path: Path):
    database = Database(path, [make_items])
    with pytest.raises(apsw.ConstraintError):
        database.execute("INSERT INTO item (id) VALUES (1), (1)")
    database.close()


def test_migration_keeps_a_copy_of_the_version_before(path: Path):
    database = Database(path, [make_items])
    database.execute("INSERT INTO item (text) VALUES ('kept')")
    database.close()
    database = Database(path, [make_items, add_note])
    assert database.execute("SELECT text, note FROM item") == [("kept", "none")]
    database.close()
    (copy,) = (path.parent / "backups").iterdir()
    assert re.fullmatch(r"desktopchat-\d{8}T\d{6}Z-migration\.db", copy.name)
    before = apsw.Connection(str(copy))
    assert list(before.execute("SELECT * FROM item")) == [(1, "kept")]
    assert before.pragma("user_version") == 1
    before.close()
    Database(path, [make_items, add_note]).close()
    assert len(list((path.parent / "backups").iterdir())) == 1


def test_failed_migration_leaves_the_version_before(path: Path):
    Database(path, [make_items]).close()
    with pytest.raises(StorageError, match="The disk is full"):
        Database(path, [make_items, add_note, fail])
    database = Database(path, [make_items, add_note])
    assert database.execute("SELECT * FROM item") == []
    assert database.execute("PRAGMA user_version") == [(2,)]
    database.close()


def test_newer_file_is_refused_without_changing_a_byte(path: Path):
    Database(path, [make_items, add_note]).close()
    before = contents(path.parent)
    with pytest.raises(StorageError, match="was written by a newer desktopchat") as caught:
        Database(path, [make_items])
    assert "Install the newer desktopchat" in caught.value.cure
    assert contents(path.parent) == before


def test_newer_version_that_is_only_in_the_log_is_refused(path: Path):
    """A newer desktopchat was killed before it wrote its log back into the file."""
    Database(path, [make_items]).close()
    code = "import apsw, os, sys; c = apsw.Connection(sys.argv[1]); c.execute('PRAGMA user_version = 9'); os._exit(0)"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    before = {name: data for name, data in contents(path.parent).items() if not name.endswith("-shm")}
    assert before["desktopchat.db-wal"]
    with pytest.raises(StorageError, match="newer"):
        Database(path, [make_items])
    assert {name: data for name, data in contents(path.parent).items() if not name.endswith("-shm")} == before


@pytest.mark.parametrize("content", [b"hello, I am no database" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_something_else_is_refused_without_changing_a_byte(path: Path, content: bytes):
    path.write_bytes(content)
    with pytest.raises(StorageError):
        Database(path)
    assert contents(path.parent) == {path.name: content}


def test_file_that_was_cut_to_nothing_is_no_new_one(path: Path):
    Database(path).close()
    Backups(path).make(CopyKind.DAILY)
    path.write_bytes(b"")
    with pytest.raises(DamagedDatabaseError):
        Database(path)
    assert path.read_bytes() == b""


def test_damaged_page_is_told(path: Path):
    database = Database(path, [make_items])
    with database.transaction():
        for _row in range(100):
            database.insert("INSERT INTO item (text) VALUES (?)", ("x" * 500,))
    database.close()
    data = bytearray(path.read_bytes())
    data[8192:40_000] = os.urandom(40_000 - 8192)
    path.write_bytes(data)
    database = Database(path, [make_items])
    with pytest.raises(StorageError, match="is damaged or is not a desktopchat database") as caught:
        database.execute("SELECT text FROM item")
    assert "store restore" in caught.value.cure
    database.close()


def test_missing_folder_and_folder_in_the_way_are_told(tmp_path: Path):
    with pytest.raises(StorageError, match="cannot be used: No such file or directory"):
        Database(tmp_path / "none" / "a.db")
    with pytest.raises(StorageError, match=r"cannot be used: .+\."):
        Database(tmp_path)


def test_other_program_that_writes_is_told(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktopchat.storage.connection.BUSY_TIMEOUT_MS", 1)
    database, other = Database(path, [make_items]), Database(path, [make_items])
    with other.transaction(), pytest.raises(StorageError, match="Another program is using"):
        insert(database, "a")
    insert(database, "a")
    assert other.execute("SELECT text FROM item") == [("a",)]
    database.close()
    other.close()


def test_read_only_database_is_told(path: Path):
    database = Database(path, [make_items])
    database.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="cannot be written") as caught:
        database.execute("INSERT INTO item (text) VALUES ('a')")
    assert "writable" in caught.value.cure
    database.close()


NOT_ROOT = """
import os, sys
from pathlib import Path
from desktopchat.core.care import CopyKind
from desktopchat.core.errors import DamagedDatabaseError, StorageError
from desktopchat.storage.backups import Backups
from desktopchat.storage.database import Database
os.chdir(sys.argv[1])  # the folders above need not let the other user through
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    Database(Path("desktopchat.db"))
except StorageError as error:
    print(error.cause)
"""


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_folder_that_cannot_be_written_is_told(path: Path):
    """In a child that is not root, for whom every folder could be written."""
    Database(path, [make_items]).close()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        done = subprocess.run([sys.executable, "-c", NOT_ROOT, str(path.parent)], capture_output=True, text=True)
    finally:
        path.parent.chmod(0o700)
    assert done.stderr == ""
    assert done.stdout == "desktopchat.db cannot be used: Permission denied.\n"


FILLER = """
import resource, sys
from pathlib import Path
from desktopchat.core.care import CopyKind
from desktopchat.core.errors import DamagedDatabaseError, StorageError
from desktopchat.storage.backups import Backups
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database
database = Database(Path(sys.argv[1]))
store = ConversationStore(database)
conversation = store.create()
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, hard))
kept = 0
try:
    for number in range(100):
        store.add_turn(conversation.id, None, "x" * 9_000, model=ModelIdentity("m"), sampling=SamplingParams())
        kept += 1
except StorageError as error:
    print(error.cause)
assert 0 < kept < 100
assert database.execute("SELECT count(*) FROM message")[0][0] == 2 * kept + 1
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
store.add_turn(conversation.id, None, "there is room again", model=ModelIdentity("m"), sampling=SamplingParams())
assert database.execute("SELECT count(*) FROM message")[0][0] == 2 * kept + 3
assert database.execute("PRAGMA integrity_check") == [("ok",)]
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_file_that_cannot_grow_is_told_and_work_goes_on_with_room(path: Path):
    done = subprocess.run([sys.executable, "-c", FILLER, str(path)], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == f"The disk failed while {path} was read or written.\n"


def test_full_disk_is_told_and_work_goes_on_with_room(path: Path):
    database = Database(path, [make_items])
    pages = database.execute("PRAGMA page_count")[0][0]
    database.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageError, match="The disk is full") as caught:
        insert(database, "small", "x" * 100_000)
    assert "Free some space" in caught.value.cure
    assert database.execute("SELECT * FROM item") == []
    database.execute("PRAGMA max_page_count = 100000")
    database.insert("INSERT INTO item (text) VALUES (?)", ("x" * 100_000,))
    assert database.execute("SELECT length(text) FROM item") == [(100_000,)]
    database.close()
