"""Reads files for the message that is being written."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.attached import AttachedFile, attach, attach_text, check_size
from desktopchat.core.errors import AttachmentError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence, reason_of


class Attaching(QObject):
    """Files are read on another thread, and refused with a sentence when they are no text and no picture.

    Attributes:
        attached: AttachedFile.
        reading_changed: How many files are being read.
        noticed: Notice.
    """

    attached = Signal(object)
    reading_changed = Signal(int)
    noticed = Signal(object)

    def __init__(self, io: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._io = io
        self._reading = 0

    def read(self, paths: Sequence[str]) -> None:
        """Attach files of the disk."""
        for path in map(Path, paths):
            self._attach(lambda path=path: attach(path.name, _content(path)))  # type: ignore[misc]

    def make(self, name: str, make: Callable[[], bytes]) -> None:
        """Attach what `make` returns on another thread."""
        self._attach(lambda: attach(name, make()))

    def paste(self, name: str, text: bytes) -> None:
        """Attach a text in UTF-8 that was pasted."""
        self._attach(lambda: attach_text(name, text.decode("utf-8", "replace")))

    def _attach(self, work: Callable[[], AttachedFile]) -> None:
        self._count(1)
        self._io.run(work, self._on_read, self._on_failed)

    def _on_read(self, file: AttachedFile) -> None:
        self.attached.emit(file)
        self._count(-1)

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice("warning", error.cause, error.cure, "", error.details))
        self._count(-1)

    def _count(self, step: int) -> None:
        self._reading += step
        self.reading_changed.emit(self._reading)


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise AttachmentError(Sentence("{name} is a folder.", name=path.name), "Attach the files in it.")
        check_size(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise AttachmentError(
            Sentence("{name} cannot be read: {why}.", name=path.name, why=reason_of(error)),
            "Check that it is there and yours.",
        ) from error
