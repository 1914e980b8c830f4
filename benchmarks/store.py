"""The store beside bare SQLite, call by call in turn, in one run.

python benchmarks/store.py [--messages N] [--conversations N ...] [--calls N]

The exit code is 1 when a bar is not met. Without arguments a store of 50,000 messages is made up, which takes some
10 seconds. The bars count for a million.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.rounds import Result  # noqa: E402  (the path comes first)
from benchmarks.store_data import build  # noqa: E402
from desktopchat.core.modelfile import ModelIdentity  # noqa: E402
from desktopchat.core.params import SamplingParams  # noqa: E402
from desktopchat.storage.connection import open_connection  # noqa: E402
from desktopchat.storage.database import Database  # noqa: E402
from desktopchat.storage.stores import Stores  # noqa: E402

WINDOW = 200  # messages that are read before a conversation is shown
BATCH = "and the sea was as calm as a lamp in the window "  # what a fast model says in 200 ms
_MODEL = ModelIdentity("tiny-1b")


class _Statement:
    """Keeps the last statement that a database ran, to run it again without what the store makes of its rows."""

    def __init__(self, database: Database) -> None:
        self._connection = database._connection
        self._last: tuple[str, object] = ("", ())
        self._connection.exec_trace = self._note

    def again(self) -> Callable[[], object]:
        """Return what runs it."""
        self._connection.exec_trace = None
        sql, bindings = self._last
        return lambda: list(self._connection.execute(sql, bindings))  # type: ignore[arg-type]

    def _note(self, _cursor: object, sql: str, bindings: object) -> bool:
        self._last = (sql, bindings or ())
        return True


def in_turn(calls: int, *works: Callable[[], object]) -> list[float]:
    """Return the median seconds of each, after a warm-up; they take turns, so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(calls + 3):
        for place, work in enumerate(works):
            started = time.perf_counter()
            work()
            if number >= 3:
                times[place].append(time.perf_counter() - started)
    return [statistics.median(one) for one in times]


def _ratio(name: str, bar: float, ours: float, bare: float) -> Result:
    figures = {"store_ms": round(1000 * ours, 4), "bare_ms": round(1000 * bare, 4)}
    return Result(name, ours / bare, "most", bar, figures=figures)


def open_results(database: Database, conversation_id: int, calls: int) -> list[Result]:
    """Open the newest messages of a conversation, and see what of the memory stays taken."""
    store = Stores(database).conversations

    def ours() -> object:
        return store.path(conversation_id, limit=WINDOW)

    statement = _Statement(database)
    ours()
    ours_seconds, bare_seconds = in_turn(calls, ours, statement.again())
    process = psutil.Process()
    before = process.memory_info().rss
    for _ in range(calls):
        ours()
    grown = (process.memory_info().rss - before) / 1e6
    return [
        _ratio(f"open the newest {WINDOW} messages", 2.0, ours_seconds, bare_seconds),
        Result("memory that opening it often adds", grown, "most", 10, "MB", {"times": calls}),
    ]


def append_result(database: Database, folder: Path, calls: int) -> Result:
    """Keep a batch of tokens, beside an insert into a bare table in a file of its own."""
    store = Stores(database).conversations
    conversation = store.create("append")
    _, answer = store.add_turn(conversation.id, None, "go on", model=_MODEL, sampling=SamplingParams())
    bare = apsw.Connection(str(folder / "bare.db"))
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "fullfsync = ON"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("CREATE TABLE streamed (message_id INTEGER, position INTEGER, content TEXT)")
    ours, theirs = in_turn(
        calls,
        lambda: store.append_texts([(answer.id, BATCH)]),
        lambda: bare.execute("INSERT INTO streamed VALUES (1, 1, ?)", (BATCH,)),
    )
    bare.close()
    return _ratio("append a batch of tokens", 1.5, ours, theirs)


def start_results(folder: Path, counts: Sequence[int], calls: int) -> list[Result]:
    """Open stores with more and more conversations and read the first page of the list."""
    paths = []
    for count in counts:
        path = folder / f"start-{count}.db"
        Database(path).close()
        _fill(path, count)
        paths.append(path)

    def start(path: Path) -> None:
        database = Database(path)
        stores = Stores(database)
        stores.conversations.recover()
        stores.shelf.pinned()
        stores.shelf.folders()
        stores.shelf.recent()
        database.close()

    seconds = in_turn(calls, *(lambda path=path: start(path) for path in paths))
    figures = {f"ms_with_{count}": round(1000 * one, 2) for count, one in zip(counts, seconds, strict=True)}
    return [
        Result(f"start with {counts[-1]:,} / {counts[-2]:,}", seconds[-1] / seconds[-2], "most", 1.25, figures=figures)
    ]


def _fill(path: Path, count: int) -> None:
    connection = open_connection(path)
    with connection:
        connection.executemany(
            "INSERT INTO conversation (id, title, created_at, updated_at, tip_id) VALUES (?, ?, ?, ?, ?)",
            ((one, f"conversation {one}", one, one, 2 * one) for one in range(1, count + 1)),
        )
        connection.executemany(
            "INSERT INTO message (id, conversation_id, parent_id, role, content, state, created_at)"
            " VALUES (?, ?, ?, ?, ?, 'complete', 1)",
            (
                row
                for one in range(1, count + 1)
                for row in (
                    (2 * one - 1, one, -one, "user", "a boat?"),
                    (2 * one, one, 2 * one - 1, "assistant", "it floats"),
                )
            ),
        )
    connection.close()


def measure(messages: int, counts: Sequence[int], calls: int) -> list[Result]:
    """Measure all.

    Args:
        messages: How many are made up; from 20,000 on one conversation has 10,000 of them.
        counts: Conversations of the stores that are started, two numbers at least.
        calls: Medians of so many.
    """
    with tempfile.TemporaryDirectory(prefix="desktopchat-benchmarks-") as name:
        folder = Path(name)
        facts = build(folder / "desktopchat.db", messages)
        database = Database(folder / "desktopchat.db")
        try:
            return [
                *open_results(database, facts.long_id or 1, calls),
                append_result(database, folder, calls),
                *start_results(folder, counts, max(3, calls // 10)),
            ]
        finally:
            database.close()


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure the store beside bare SQLite.")
    parser.add_argument("--messages", type=int, default=50_000, metavar="N", help="how many are made up")
    parser.add_argument("--conversations", type=int, nargs="+", default=[10, 1_000, 10_000], metavar="N")
    parser.add_argument("--calls", type=int, default=200, metavar="N", help="medians of N calls; 200 without it")
    options = parser.parse_args()
    results = measure(options.messages, options.conversations, options.calls)
    for result in results:
        verdict = "pass" if result.passed else "FAIL"
        print(f"{verdict}  {result.name:36} {result.value:9.3f} {result.unit:3} at most {result.bar:g}")
        for name, value in result.figures.items():
            print(f"      {name}: {value}")
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
