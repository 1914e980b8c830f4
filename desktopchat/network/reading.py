"""Reads the ledger."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desktopchat.core.request import MadeRequest


def made_requests(file: Path) -> Iterator[MadeRequest]:
    """Yield what a ledger tells, in the order in which it ended; what has not ended comes last.

    A line that was cut off, as on a full disk, is left out.

    Raises:
        OSError: It is there and cannot be read.
    """
    asked: dict[str, dict[str, Any]] = {}
    for part in (file.with_suffix(".old.jsonl"), file):
        if not part.exists():
            continue
        with part.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                entry = _entry(line)
                if "request" in entry:
                    asked[str(entry["request"])] = entry
                elif (found := asked.pop(str(entry.get("ended", "")), None)) is not None:
                    yield _made(found, entry)
    for left in asked.values():
        yield _made(left, {})


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _made(entry: dict[str, Any], end: dict[str, Any]) -> MadeRequest:
    def words(name: str) -> str:
        return str(entry.get(name, ""))

    def size(name: str) -> int:
        found = end.get(name)
        return found if isinstance(found, int) else 0

    outcome = str(end.get("outcome", ""))
    return MadeRequest(
        words("at"), words("purpose"), words("to"), words("call"), words("via"), outcome, size("sent"), size("received")
    )
