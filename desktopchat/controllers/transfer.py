"""Import and export from the window.

What knows the formats is loaded when it is needed: the window is to be there first.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.words import said
from desktopchat.core.errors import ImportFileError, UserError
from desktopchat.core.import_report import ImportReport
from desktopchat.core.notice import Notice
from desktopchat.core.receipts import receipts_file, write_receipts
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Skipped, TransferConversation
from desktopchat.storage.stores import Stores

if TYPE_CHECKING:
    from desktopchat.exchange.process import Reading
    from desktopchat.exchange.writing import Format


class TransferController(QObject):
    """Reads and writes files on the io threads, and the store on its own; one import at a time.

    Attributes:
        noticed: Notice.
        importing_changed: Whether an import runs.
    """

    noticed = Signal(object)
    importing_changed = Signal(bool)
    _progressed = Signal()

    def __init__(
        self,
        chat: ChatController,
        io: TaskRunner,
        storage: TaskRunner,
        stores: Stores,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._io = io
        self._storage = storage
        self._transfer = stores.transfer
        self._reading: Reading | None = None
        self._stopped = False
        self._progressed.connect(self._on_self_progressed)

    @property
    def formats(self) -> "Sequence[Format]":
        """What a conversation can be exported as."""
        from desktopchat.exchange.writing import FORMATS

        return tuple(FORMATS.values())

    @property
    def importing(self) -> bool:
        """Whether an import runs."""
        return self._reading is not None

    def import_files(self, paths: Sequence[str]) -> None:
        """Take what is in files of other programs or of ours; what was taken before a stop stays."""
        if self._reading is not None or not paths:
            return
        from desktopchat.exchange.process import Reading

        readings = [Reading(Path(path)) for path in paths]
        self._reading, self._stopped = readings[0], False
        self.importing_changed.emit(True)
        self.noticed.emit(Notice("info", self.tr("Importing … Esc stops.")))

        def work() -> ImportReport:
            report = ImportReport()
            for reading in readings:
                self._reading = reading
                if not self._stopped:
                    self._take(reading, report)
            return report

        self._io.run(work, self._on_imported, self._on_failed)

    def stop(self) -> None:
        """End the import soon."""
        self._stopped = True
        if (reading := self._reading) is not None:
            reading.cancel()

    def suggest_name(self, title: str, form: "Format") -> str:
        """Return a file name for an export."""
        from desktopchat.exchange.files import file_name

        return file_name(title, form.ending, set())

    def export(self, conversation_id: int, form: "Format", whole_tree: bool, path: str) -> None:
        """Write a conversation into a file."""

        def work() -> str:
            from desktopchat.core.whole_file import save
            from desktopchat.exchange.writing import write

            conversation = self._storage.call(lambda: self._transfer.give(conversation_id))
            save(Path(path), write(conversation, form.name, whole_tree))
            return path

        def done(path: str) -> None:
            self.noticed.emit(Notice("info", self.tr("Exported to {path}.").format(path=path)))

        self._io.run(work, done, self._on_failed)

    def _take(self, reading: "Reading", report: ImportReport) -> None:
        """Store what a file holds; on an io thread."""
        try:
            for item in reading:
                if not isinstance(item, TransferConversation):
                    report.note(item)
                    continue
                try:
                    report.add(self._storage.call(partial(self._transfer.take, item)))
                except ImportFileError as error:
                    report.note(Skipped(Sentence.of(reading.path.name), error.cause))
                if report.conversations % 50 == 1:
                    self._progressed.emit()
        except ImportFileError as error:
            report.errors.append(error)

    def _on_self_progressed(self) -> None:
        self._chat.conversations_changed.emit()

    def _on_imported(self, report: ImportReport) -> None:
        self._end()
        troubled = bool(report.lines or report.errors)
        if report.errors and not (report.conversations or report.known):
            self.noticed.emit(Notice.from_error(report.errors[0], "conversation.import"))
        else:
            self.noticed.emit(
                Notice("warning" if troubled else "info", report.summary(), "", "", "\n".join(report.details(said)))
            )
        if (file := receipts_file()) is not None:
            ids = tuple(report.ids)
            self._storage.run(
                lambda: write_receipts(file, [pair for one in ids for pair in self._transfer.contents(one)])
            )

    def _on_failed(self, error: UserError) -> None:
        self._end()
        self.noticed.emit(Notice.from_error(error))

    def _end(self) -> None:
        if self._reading is not None:
            self._reading = None
            self.importing_changed.emit(False)
            self._chat.conversations_changed.emit()
