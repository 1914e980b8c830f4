"""The ledger over a large store: how long each of its tables takes.

    .venv/bin/python benchmarks/ledger.py [--messages N]

The card stands there at once and waits for its rows, off the window's thread.
"""

import argparse
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.rounds import Result
from benchmarks.store import in_turn
from benchmarks.store_data import build
from desktopchat.core.cost import LedgerBy, total
from desktopchat.storage.connection import open_connection
from desktopchat.storage.database import Database
from desktopchat.storage.ledger import read_ledger

_MOST = 500  # ms: as long as a person takes for half a word
_CALLS = 9

# Each its own numbers, as JSON of the length that real ones have; a title beside each conversation.
_FILL = """
UPDATE message SET usage = json_object('prompt_tokens', id % 3001, 'cached_tokens', id % 2000, 'completion_tokens',
        id % 401, 'left_out_messages', 0, 'shifted_tokens', 0, 'drafted_tokens', id % 50, 'accepted_tokens', id % 20,
        'repeatable', json('false'), 'reasoning_tokens', 0, 'answers', 1 + (id % 40 = 1), 'earlier_prompt_tokens', 0,
        'earlier_completion_tokens', 0),
    timings = json_object('prompt_seconds', id % 97 / 100.0, 'first_token_seconds', id % 101 / 100.0,
        'generation_seconds', id % 499 / 100.0, 'reasoning_seconds', 0.0, 'earlier_seconds', 0.0,
        'joules', id % 3000 / 7.0, 'watts', iif(id % 5, 65.0, 0.0))
    WHERE role = 'assistant';
INSERT INTO aside (conversation_id, model_id, created_at, usage, timings)
    SELECT conversation_id, model_id, created_at, usage, timings FROM message WHERE role = 'assistant'
    GROUP BY conversation_id;
"""


def measure(messages: int) -> list[Result]:
    """Return what each table of the ledger takes."""
    with tempfile.TemporaryDirectory(prefix="desktopchat-benchmarks-") as name:
        path = Path(name) / "desktopchat.db"
        facts = build(path, messages)
        connection = open_connection(path)
        connection.execute("PRAGMA synchronous = OFF")
        for _row in connection.execute(_FILL):
            pass
        connection.close()
        database = Database(path)
        try:
            return [result for by in LedgerBy for result in _results(database, by, facts.messages)]
        finally:
            database.close()


def _results(database: Database, by: LedgerBy, messages: int) -> list[Result]:
    [seconds] = in_turn(_CALLS, lambda: read_ledger(database, by))
    rows = read_ledger(database, by)
    figures = {"rows": len(rows), "answers": total(rows).answers, "messages": messages}
    return [Result(f"the ledger by {by.value}", 1000 * seconds, "most", _MOST, "ms", figures=figures)]


def main() -> int:
    """Measure, print, and return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, metavar="N")
    results = measure(parser.parse_args().messages)
    for result in results:
        verdict = "pass" if result.passed else "FAIL"
        print(
            f"{verdict}  {result.name:30} {result.value:9.3f} {result.unit:3} at most {result.bar:g} {result.figures}"
        )
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
