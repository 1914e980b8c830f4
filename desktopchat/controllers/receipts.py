"""Receipts of what the window calls saved; see `core.receipts`."""

from pathlib import Path

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Message
from desktopchat.core.receipts import write_receipts


class Receipts:
    """Writes a line for each message that the window calls saved.

    Args:
        storage: Where the file is written: the thread of the window must not wait for it.
        file: Where to; None, as always but in tests, writes nothing.
    """

    def __init__(self, storage: TaskRunner, file: Path | None) -> None:
        self._storage = storage
        self._file = file

    def add(self, message: Message) -> None:
        """Note a message, after the person was told."""
        file = self._file
        if file is not None:
            self._storage.run(lambda: write_receipts(file, [(message.id, message.content)]))
