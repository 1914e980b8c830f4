"""The search beside the bare statement of FTS5, on one connection, in one run.

python benchmarks/store_search.py [--messages N] [--database FILE]    the exit code is 1 when a bar is not met

Without --messages a million are made up, which takes some 3 minutes; --database keeps them for the next run.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.rounds import Result, alternate  # noqa: E402  (the path comes first)
from benchmarks.store_data import Texts, build  # noqa: E402
from desktopchat.core.query import Query, parse  # noqa: E402
from desktopchat.storage.search import PAGE, Search, match_of  # noqa: E402

# What FTS5 alone can tell: which rows, in our order, and where in them.
BARE = (
    "SELECT rowid, snippet(message_index, 0, '[', ']', '…', 24) FROM message_index"
    f" WHERE message_index MATCH ? ORDER BY rowid DESC LIMIT {PAGE}"
)
_REPEATS = 5  # of the whole mix in one run
_MEMORY_RUNS = 50  # of the mix, between two looks at the memory


def mix(rare: str) -> dict[str, str]:
    """Return the queries by what they stand for."""
    return {
        "common": "the",
        "common, Chinese": "的",
        "rare": rare,
        "absent": "weatherglass",
        "two words": "water people",
        "common and rare": f"the {rare}",
        "phrase": '"of the"',
        "Chinese": "天气",
        "Chinese, common characters": "是我不",
        "prefix of 2": "wa*",
        "prefix of 3": "wat*",
        "prefix of 4": "wate*",
        "prefix of a rare word": f"{rare[:5]}*",
        "left out": "water -the",
    }


def filtered() -> dict[str, str]:
    """Return queries that FTS5 alone cannot answer."""
    return {
        "who": "the role:me",
        "model that rarely answers": "的 model:large",
        "model that never says it": "the model:large",
        "before a day": "the before:2023",
        "nothing archived": "the in:archive",
        "titles alone": "the in:title",
        "filters alone": "role:me before:2023",
    }


def search_rounds(database: Path, rare: str, rounds: int = 5) -> list[Result]:
    """Measure the search on a database of benchmarks/store_data.py.

    Args:
        rare: A word that occurs a few times in it.
    """
    search = Search(database, lambda: None)
    queries = {name: parse(text, date.today()) for name, text in mix(rare).items()}  # noqa: DTZ011
    _warm_up(search, [*queries.values(), *(parse(text, date.today()) for text in filtered().values())])  # noqa: DTZ011
    connection = search._connection
    assert connection is not None
    bare = {name: match_of(query) for name, query in queries.items()}

    def ours() -> float:
        return _seconds(lambda: [search.find(query) for query in queries.values()])

    def theirs() -> float:
        return _seconds(lambda: [list(connection.execute(BARE, (match,))) for match in bare.values()])

    pairs = alternate(rounds, ours, theirs)
    figures = pairs.figures("search_seconds", "bare_seconds")
    times = {name: 1000 * _median(lambda query=query: search.find(query)) for name, query in queries.items()}
    for name, text in filtered().items():
        query = parse(text, date.today())  # noqa: DTZ011
        times[name] = 1000 * _median(lambda query=query: search.find(query))
    bare_times = {
        name: 1000 * _median(lambda match=match: list(connection.execute(BARE, (match,))))
        for name, match in bare.items()
    }
    each = {name: [round(value, 2), round(bare_times.get(name, 0.0), 2)] for name, value in times.items()}
    median = statistics.median(times.values())
    results = [
        pairs.result("search / bare FTS5 statement", pairs.ratio, "most", 1.5, figures),
        pairs.result("search, median of the mix", median, "most", 50, {"ms_and_bare_ms": each}, "ms"),
        pairs.result("search, slowest of the mix", max(times.values()), "most", 150, {}, "ms"),
        _size(connection),
        _memory(search, list(queries.values())),
    ]
    search.close()
    return results


def _size(connection: object) -> Result:
    rows = dict(connection.execute("SELECT name, sum(pgsize) / 1e6 FROM dbstat GROUP BY name"))  # type: ignore[attr-defined]
    index = sum(size for name, size in rows.items() if name.startswith("message_index"))
    figures = {"index_megabytes": round(index, 1), "messages_megabytes": round(rows["message"], 1)}
    figures["database_megabytes"] = round(sum(rows.values()), 1)
    return Result("index / table of messages", index / rows["message"], "most", 1.2, figures=figures)


def _memory(search: Search, queries: list[Query]) -> Result:
    process = psutil.Process()
    before = process.memory_info().rss
    for _ in range(_MEMORY_RUNS):
        for query in queries:
            search.find(query)
    grown = (process.memory_info().rss - before) / 1e6
    return Result("memory that many searches add", grown, "most", 10, "MB", {"searches": _MEMORY_RUNS * len(queries)})


def _warm_up(search: Search, queries: list[Query]) -> None:
    for query in queries:
        search.find(query)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(_REPEATS):
        work()
    return time.perf_counter() - started


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(2 * _REPEATS + 1):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure the search beside FTS5 alone.")
    parser.add_argument("--messages", type=int, default=1_000_000, metavar="N", help="how many are made up")
    parser.add_argument("--database", type=Path, metavar="FILE", help="made when it is missing, and kept")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="medians of N rounds; 5 without it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desktopchat-benchmarks-") as folder:
        database = options.database or Path(folder) / "desktopchat.db"
        if not database.exists():
            started = time.monotonic()
            facts = build(database, options.messages)
            print(f"{facts.messages:,} messages, {time.monotonic() - started:.0f} s", flush=True)
        results = search_rounds(database, Texts(0).rare_word, options.rounds)
    for result in results:
        verdict = "pass" if result.passed else "????" if result.disturbed else "FAIL"
        side = "at least" if result.side == "least" else "at most"
        print(f"{verdict}  {result.name:32} {result.value:9.3f} {result.unit:3} {side} {result.bar:g}")
        for name, value in result.figures.items():
            print(f"      {name}: {value}")
        for note in result.notes:
            print(f"      {note}")
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
