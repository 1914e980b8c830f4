"""How much of damaged databases comes back, and how long it takes.

python benchmarks/salvage.py [--megabytes N] [--copies N]    prints JSON

A database of realistic short messages is damaged in every way in turn; each copy is salvaged. `saved` is the part of
the rows on intact pages (messages and conversations) that comes back, in percent: the lowest of all copies of a kind.
`sql_alone` is the same for reading through SQLite around what it cannot read, as is done for an encrypted file.
`seconds_for_50_mb` is the median, `against_insert` its ratio to entering the same rows into an empty database.
"""

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desktopchat.core.errors import DamagedDatabaseError
from desktopchat.storage.damaged import SqlSource
from desktopchat.storage.database import Database
from desktopchat.storage.pages import PageFile
from desktopchat.storage.salvage import LOST, salvage

PAGE = 4096
WORDS = 5_000
TABLES = ("message", "conversation")

Damage = Callable[[bytearray, random.Random], None]


def scribble(share: float) -> Damage:
    """Overwrite a part of the pages."""

    def damage(data: bytearray, rng: random.Random) -> None:
        count = len(data) // PAGE
        for page in rng.sample(range(count), max(1, round(count * share))):
            data[page * PAGE : (page + 1) * PAGE] = rng.randbytes(PAGE)

    return damage


def cut(data: bytearray, rng: random.Random) -> None:
    """Cut the file somewhere."""
    del data[rng.randrange(len(data) // 10, len(data)) :]


def zero(size: int) -> Damage:
    """Overwrite the beginning with zeros."""

    def damage(data: bytearray, _rng: random.Random) -> None:
        data[:size] = bytes(size)

    return damage


def zero_run(data: bytearray, rng: random.Random) -> None:
    """Overwrite a run of 1 % with zeros, as a disk does that lost blocks."""
    size = len(data) // 100
    start = rng.randrange(len(data) - size)
    data[start : start + size] = bytes(size)


KINDS: dict[str, Damage] = {
    "1 page overwritten": scribble(0),
    "1 % of the pages overwritten": scribble(0.01),
    "5 % of the pages overwritten": scribble(0.05),
    "20 % of the pages overwritten": scribble(0.2),
    "cut": cut,
    "header zeroed": zero(100),
    "first page zeroed": zero(PAGE),
    "1 % in a run zeroed": zero_run,
}


def build(path: Path, size: int) -> float:
    """Fill a database until its file is so long; return the seconds that it took."""
    rng = random.Random(1)
    words = ["".join(rng.choices("etaoinshrdlu", k=rng.randint(2, 9))) for _ in range(WORDS)]
    started = time.perf_counter()
    database = Database(path)
    while database.execute("SELECT page_count FROM pragma_page_count")[0][0] * PAGE < size:
        with database.transaction():
            for _conversation in range(50):
                conversation_id = database.insert(
                    "INSERT INTO conversation (title, created_at, updated_at) VALUES (?, 0.5, 0.5)",
                    (" ".join(rng.choices(words, k=4)),),
                )
                parent = -conversation_id
                for turn in range(rng.choice((2, 6, 20, 60))):
                    length = rng.choice((8, 20, 60, 60, 120, 400)) if turn % 2 else rng.randint(3, 40)
                    parent = database.insert(
                        "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                        " VALUES (?, ?, ?, ?, 'complete', 0.5)",
                        (conversation_id, parent, "assistant" if turn % 2 else "user",
                         " ".join(rng.choices(words, k=length))),
                    )  # fmt: skip
                database.execute("UPDATE conversation SET tip_id = ? WHERE id = ?", (parent, conversation_id))
    database.close()
    return time.perf_counter() - started


def page_of_rows(path: Path) -> dict[tuple[str, int], int]:
    """Return the page that each row stands on; none is so long that it needs another one."""
    pages = PageFile(path)
    found = {}
    for table in TABLES:
        for leaf in pages.pages_of(pages.roots()[table]):
            for rowid, _row in pages.rows(leaf):
                if rowid > 0:
                    found[table, rowid] = leaf
    pages.close()
    return found


def changed_pages(sound: bytes, damaged: bytes) -> set[int]:
    """Return the pages that are not as they were."""
    starts = range(0, len(sound), PAGE)
    return {start // PAGE + 1 for start in starts if sound[start : start + PAGE] != damaged[start : start + PAGE]}


def rows_in(path: Path) -> set[tuple[str, int]]:
    """Return the rows of a sound database, without those that stand for lost ones."""
    database = Database(path)
    found = {("conversation", row[0]) for row in database.execute("SELECT id FROM conversation")}
    sql = "SELECT id FROM message WHERE id > 0 AND content <> ? AND error <> ?"
    found |= {("message", row[0]) for row in database.execute(sql, (LOST, LOST))}
    database.close()
    return found


def rows_by_sql(path: Path) -> set[tuple[str, int]]:
    """Return the rows that SQLite itself can reach."""
    try:
        source = SqlSource(path, None)
    except DamagedDatabaseError:
        return set()
    found = {(table, row[0]) for table, row in source.rows() if table in TABLES}
    source.close()
    return found  # type: ignore[return-value]


def percent(saved: set[tuple[str, int]], intact: set[tuple[str, int]]) -> float:
    """Return how many of the rows on intact pages were saved."""
    return round(100 * len(saved & intact) / len(intact), 2) if intact else 100.0


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description="Salvage damaged databases.")
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("--copies", type=int, default=13, help="of each kind of damage")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "desktopchat.db"
        built = build(path, round(options.megabytes * 1e6))
        sound = path.read_bytes()
        on_page = page_of_rows(path)
        report: dict[str, object] = {"megabytes": len(sound) / 1e6, "rows": len(on_page), "copies": options.copies}
        for kind, damage in KINDS.items():
            saved, by_sql, seconds = [], [], []
            for number in range(options.copies):
                data = bytearray(sound)
                damage(data, random.Random(number))
                ruined = changed_pages(sound, data)
                intact = {row for row, page in on_page.items() if page not in ruined}
                for file in Path(scratch).iterdir():
                    shutil.rmtree(file) if file.is_dir() else file.unlink()
                path.write_bytes(data)
                by_sql.append(percent(rows_by_sql(path), intact))
                started = time.perf_counter()
                salvage(path)
                seconds.append(time.perf_counter() - started)
                saved.append(percent(rows_in(path), intact))
            median = statistics.median(seconds)
            report[kind] = {
                "saved": min(saved),
                "sql_alone": min(by_sql),
                "seconds_for_50_mb": round(median * 50e6 / len(sound), 2),
                "against_insert": round(median / built, 2),
            }
            print(json.dumps({kind: report[kind]}), flush=True)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
