"""What the person has been told is saved, for tests from outside that compare it with what is on the disk."""

import hashlib
import os
from pathlib import Path

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Message

TEST_VARIABLE = "DESKTOPCHAT_TEST_ACK"


class Receipts:
    """Appends `message-id sha256-of-content` to a file, a line for each message that the window calls saved.

    Args:
        storage: Where the file is written: the thread of the window must not wait for it.
        file: Where to; None, as always but in tests, writes nothing.
    """

    def __init__(self, storage: TaskRunner, file: Path | None) -> None:
        self._storage = storage
        self._file = file

    def add(self, message: Message) -> None:
        """Note a message, after the person was told."""
        if self._file is not None:
            digest = hashlib.sha256(message.content.encode()).hexdigest()
            self._storage.run(lambda: self._append(f"{message.id} {digest}\n"))

    def _append(self, line: str) -> None:
        assert self._file is not None
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
