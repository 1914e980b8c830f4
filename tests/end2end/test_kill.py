"""The whole program is killed at random moments: what was called saved is there, nothing twice, nothing damaged."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest
from exchange_files import many_conversations
from killing import Tally, compare, driven, kill, log_lines
from program import command, environment, query, wait_for

from desktopchat.storage.backups import Backups
from desktopchat.storage.checking import check_fully
from desktopchat.storage.database import Database

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills by signals"),
    pytest.mark.timeout(1800),
]

SCHEMA_1 = Path(__file__).parents[1] / "data" / "schema-1.db"
LIFE = (0.3, 6.0)  # seconds until the kill, of which starting takes one


def test_the_window_is_killed(tmp_path: Path, soak: bool) -> None:
    chance = random.Random(os.environ.get("DESKTOPCHAT_TEST_SEED", "kill"))
    tally = Tally()
    data = tmp_path / "data"
    for seed in range(int(os.environ.get("DESKTOPCHAT_TEST_KILLS", "50")) if soak else 5):
        with driven(data, chance.randrange(1 << 30), f"scripted:{chance.choice((30, 120, 400))}") as process:
            time.sleep(chance.uniform(*LIFE))
            assert process.poll() is None, f"round {seed}: the window has ended by itself"
            killed_at = time.monotonic()
            kill(process)
        compare(data, killed_at, tally)
    print(tally)
    assert tally.receipts > 0


def test_the_window_is_killed_while_a_model_answers(tmp_path: Path, starter_model: Path, soak: bool) -> None:
    chance = random.Random("model")
    tally = Tally()
    data = tmp_path / "data"
    (data / "models").mkdir(parents=True)
    (data / "models" / starter_model.name).symlink_to(starter_model)
    for _ in range(20 if soak else 1):
        with driven(data, chance.randrange(1 << 30), "process") as process:
            time.sleep(chance.uniform(2.0, 7.0))
            assert process.poll() is None
            killed_at = time.monotonic()
            kill(process)
        compare(data, killed_at, tally)
    print(tally)


def enlarged(path: Path, turns: int) -> dict[int, str]:
    """Put many messages into a store of the first schema and return all of them."""
    path.parent.mkdir(parents=True)
    path.write_bytes(SCHEMA_1.read_bytes())
    connection = apsw.Connection(str(path))
    with connection:
        (top,) = connection.execute("SELECT max(id) FROM message").fetchall()[0]
        for number in range(turns):
            connection.execute(
                "INSERT INTO conversation (title, created_at, updated_at) VALUES (?, ?, ?)", (f"c{number}", 1, number)
            )
            conversation = connection.last_insert_rowid()
            parent = None
            for role in ("user", "assistant") * 5:
                top += 1
                connection.execute(
                    "INSERT INTO message (id, conversation_id, parent_id, role, content, state, created_at)"
                    " VALUES (?, ?, ?, ?, ?, 'complete', 1)",
                    (top, conversation, parent, role, f"{top} " + "the sea 天气 " * 20),
                )
                parent = top
            connection.execute("UPDATE conversation SET tip_id = ? WHERE id = ?", (parent, conversation))
    kept = dict(connection.execute("SELECT id, content FROM message"))
    connection.close()
    return kept


def test_the_window_is_killed_while_it_migrates(tmp_path: Path, soak: bool) -> None:
    chance = random.Random("migrate")
    kept = enlarged(tmp_path / "old" / "desktopchat.db", 1000 if soak else 200)
    versions = []
    for number in range(30 if soak else 2):
        data = tmp_path / f"data{number}"
        data.mkdir()
        path = data / "desktopchat.db"
        path.write_bytes((tmp_path / "old" / "desktopchat.db").read_bytes())
        with driven(data, number, "scripted:50") as process:
            wait_for((data / "backups").exists, "the copy that is made before a migration")
            time.sleep(chance.uniform(0, 0.8 if soak else 0.2))
            killed_at = time.monotonic()
            kill(process)
        versions.append(query(data, "PRAGMA user_version")[0][0])
        compare(data, killed_at, Tally())
        found = dict(query(data, "SELECT id, content FROM message WHERE role <> 'root'"))
        assert {number: found.get(number) for number in kept} == kept
        assert versions[-1] == 1 or Backups(path).files(), "it was copied before it was changed"
    print(f"schemas after the kills: {versions}")


def test_an_import_is_killed(tmp_path: Path, soak: bool) -> None:
    chance = random.Random("import")
    count, length = (2000 if soak else 300), 6
    file = many_conversations(tmp_path / "conversations.json", count, length)
    data = tmp_path / "data"
    came = []
    for _ in range(20 if soak else 3):
        program = subprocess.Popen(
            command(data, "import", str(file)),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        time.sleep(chance.uniform(0.1, 1.5))
        kill(program)
        assert program.stdout is not None
        program.stdout.close()
        if (data / "desktopchat.db").exists():
            Database(data / "desktopchat.db").close()
            assert check_fully(data / "desktopchat.db", None) == []
            sizes = query(data, "SELECT count(*) FROM message WHERE role <> 'root' GROUP BY conversation_id")
            assert {size for (size,) in sizes} <= {length}, "a conversation came in part"
            came.append(len(sizes))
    print(f"conversations after the kills: {came}")
    done = subprocess.run(command(data, "import", str(file)), env=environment(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert query(data, "SELECT count(*), count(DISTINCT uid) FROM conversation") == [(count, count)]
    assert query(data, "SELECT count(*) FROM message WHERE role <> 'root'") == [(count * length,)]
    assert check_fully(data / "desktopchat.db", None) == []
    assert [line for line in log_lines(data) if " ERROR " in line] == []
