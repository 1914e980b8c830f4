"""Time and memory of an import: 100,000 messages beside 10,000, and beside the least that it could take.

python benchmarks/exchange.py [--messages N]    prints JSON; the exit code is 1 when a bar is missed

The least is `json.load` on the whole file and one bare INSERT for each text into the same tables, which is mostly the
work of the search index. The import itself does more: it checks and mends, and its child keeps the file out of this
process.
"""

import argparse
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rounds import Result, words

from desktopchat.core.transfer import TransferConversation
from desktopchat.exchange.process import Reading
from desktopchat.storage.database import Database
from desktopchat.storage.transfer import TransferStore

_TURNS = 10  # questions in a conversation, each with an answer
MOST_SECONDS = 60.0  # for 100,000 messages (research/reliability.md, 3)


def make(path: Path, messages: int) -> None:
    """Write an export of ChatGPT with so many messages."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(messages // (2 * _TURNS)):
            file.write("[" if number == 0 else ",\n")
            json.dump(_conversation(number), file)
        file.write("]")


def _conversation(number: int) -> dict[str, Any]:
    mapping: dict[str, Any] = {"root": {"id": "root", "message": None, "parent": None, "children": ["0"]}}
    parent = "root"
    for turn in range(2 * _TURNS):
        role = ("user", "assistant")[turn % 2]
        text = words((12, 60)[turn % 2], number * 100 + turn)
        message = {
            "id": str(turn),
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": 1.7e9 + turn,
            "update_time": None,
            "content": {"content_type": "text", "parts": [text]},
            "status": "finished_successfully",
            "end_turn": True,
            "weight": 1.0,
            "metadata": {"model_slug": "gpt-4", "finish_details": {"type": "stop"}},
            "recipient": "all",
        }
        mapping[str(turn)] = {"id": str(turn), "message": message, "parent": parent, "children": [str(turn + 1)]}
        parent = str(turn)
    return {
        "title": f"Conversation {number}",
        "create_time": 1.7e9 + number,
        "update_time": 1.7e9 + number,
        "mapping": mapping,
        "current_node": parent,
        "conversation_id": f"c{number}",
    }


def measure(path: Path) -> dict[str, float]:
    """Import a file in this process and its child, and tell time and peaks of memory."""
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Database(Path(folder, "x.db"))) as database:
        store = TransferStore(database)
        started = time.perf_counter()
        messages = sum(store.take(item).added for item in Reading(path) if isinstance(item, TransferConversation))
        seconds = time.perf_counter() - started
    own, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"messages": messages, "seconds": seconds, "parent_mb": own, "child_mb": child}


def least(path: Path) -> float:
    """Return the seconds of `json.load` and bare inserts."""
    insert = (
        "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
        " VALUES (?, ?, ?, ?, 'complete', ?)"
    )
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Database(Path(folder, "x.db"))) as database:
        started = time.perf_counter()
        with path.open(encoding="utf-8") as file:
            conversations = json.load(file)
        for conversation in conversations:
            with database.transaction():
                number = database.insert("INSERT INTO conversation (created_at, updated_at) VALUES (1, 1)")
                parent = -number
                for node in conversation["mapping"].values():
                    if message := node["message"]:
                        role, said = message["author"]["role"], message["content"]["parts"][0]
                        parent = database.insert(insert, (number, parent, role, said, message["create_time"]))
        return time.perf_counter() - started


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description="Time imports and measure their memory.")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)  # a process of its own for each peak of memory
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "conversations.json")
        runs = []
        for messages in (options.messages // 10, options.messages):
            make(path, messages)
            done = subprocess.run(
                [sys.executable, __file__, "--one", str(path)], check=True, capture_output=True, text=True
            )
            runs.append(json.loads(done.stdout))
        size, floor = path.stat().st_size, least(path)
    small, large = runs
    slope = (large["seconds"] / large["messages"]) / (small["seconds"] / small["messages"])
    results = [
        Result("parent's memory grows by", large["parent_mb"] - small["parent_mb"], "most", 10, " MB"),
        Result("child's memory grows by", large["child_mb"] - small["child_mb"], "most", 10, " MB"),
        Result("time of a message beside that of a tenth", slope, "most", 1.3),
        Result("time beside the least", large["seconds"] / floor, "most", 2),
        Result("100,000 messages", large["seconds"] * 1e5 / large["messages"], "most", MOST_SECONDS, " s"),
    ]
    report = {
        "file_mb": round(size / 1e6, 1),
        "least_seconds": round(floor, 3),
        "runs": [{name: round(value, 3) for name, value in run.items()} for run in runs],
        "bars": [
            {"name": one.name, "value": round(one.value, 3), "at_most": one.bar, "unit": one.unit, "passed": one.passed}
            for one in results
        ],
    }
    print(json.dumps(report, indent=1))
    return 0 if all(one.passed for one in results) else 1


if __name__ == "__main__":
    sys.exit(main())
