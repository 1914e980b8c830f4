"""What the person has been told is saved, for tests from outside that compare it with what is on the disk."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

TEST_VARIABLE = "DESKTOPCHAT_TEST_ACK"


def receipts_file() -> Path | None:
    """Return where receipts go; None, as always but in tests, writes none."""
    given = os.environ.get(TEST_VARIABLE)
    return Path(given) if given else None


def write_receipts(file: Path, messages: Iterable[tuple[int, str]]) -> None:
    """Append `message-id sha256-of-content` for pairs of id and content, a line for each message."""
    lines = "".join(f"{number} {hashlib.sha256(content.encode()).hexdigest()}\n" for number, content in messages)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, lines.encode())
    finally:
        os.close(descriptor)
