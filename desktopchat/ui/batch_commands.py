"""What the command that asks the rows of a file does to the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.notice import Notice
from desktopchat.ui.file_question import ask_file

if TYPE_CHECKING:  # nothing of it is needed at the start
    from desktopchat.controllers.batch import BatchController, RowsFile
    from desktopchat.ui.batch_card import BatchCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.model_work_card import ModelWorkCard
    from desktopchat.ui.window_commands import WindowCommands


class BatchCommands(QObject):
    """Asks for the file and the prompt, shows how far it is, and says what came of it."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._batch: BatchController | None = None
        self._rows: RowsFile | None = None
        self._asking: BatchCard | None = None
        self._shown: ModelWorkCard | None = None
        self._last = ("", 0.0)  # what was said of the progress

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"batch.open": self._open}

    def look(self, path: str) -> None:
        """Show what is in a file, and ask for the prompt."""
        self._made().look(path)

    def _open(self) -> None:
        if self._made().working:
            self._show_progress()
            return
        kinds = self.tr("Rows (*.csv *.tsv *.jsonl *.ndjson);;All files (*)")
        ask_file(self._window, self.tr("Answer each row of a file"), kinds, self.look)

    def _made(self) -> "BatchController":
        if self._batch is None:
            self._batch = batch = self._window.controllers.endpoint.batch
            batch.looked.connect(self._on_batch_looked)
            batch.refused.connect(self._on_batch_refused)
            batch.progressed.connect(self._on_batch_progressed)
            batch.ended.connect(self._on_batch_ended)
        return self._batch

    def _show_progress(self) -> None:
        if self._shown is not None:
            return
        from desktopchat.ui.model_work_card import ModelWorkCard

        title = self.tr("Answering each row of a file")
        card = self._shown = ModelWorkCard(title, self._window.theme, self._window)
        card.stop_wanted.connect(self._made().stop)
        card.closed.connect(self._on_progress_closed)
        self._commands.open_overlay(card)
        card.show_progress(*self._last)

    def _on_batch_looked(self, rows: "RowsFile") -> None:
        from desktopchat.ui.batch_card import BatchCard

        self._rows = rows
        card = self._asking = BatchCard(rows, self._window.theme, self._window)
        card.begun.connect(self._on_card_begun)
        card.schema_wanted.connect(self._on_card_schema_wanted)
        card.closed.connect(self._on_card_closed)
        self._commands.open_overlay(card)

    def _on_card_begun(self, prompt: str, schema: str) -> None:
        assert self._rows is not None
        self._made().begin(self._rows, prompt, self._window.panel.system_prompt, schema)

    def _on_card_schema_wanted(self) -> None:
        ask_file(self._window, self.tr("JSON schema"), self.tr("JSON (*.json);;All files (*)"), self._on_schema_chosen)

    def _on_schema_chosen(self, path: str) -> None:
        if self._asking is not None:
            self._asking.use_schema(path)

    def _on_card_closed(self) -> None:
        self._asking = None

    def _on_progress_closed(self) -> None:
        self._shown = None

    def _on_batch_progressed(self, words: str, share: float) -> None:
        self._last = (said(words), share)
        if self._asking is not None:
            self._asking.close_overlay()
            self._show_progress()
        if self._shown is not None:
            self._shown.show_progress(*self._last)

    def _on_batch_refused(self, notice: Notice) -> None:
        if self._asking is not None:
            self._asking.tell(said(notice.sentence))
        else:
            self._on_batch_ended(notice)

    def _on_batch_ended(self, notice: Notice) -> None:
        if self._shown is not None:
            self._shown.close_overlay()
        self._window.show_notice(notice)
