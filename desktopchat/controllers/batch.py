"""The rows of a file are answered by the model of the window."""

import itertools
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import LoadedModel, ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import EngineCrashedError, TableError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence, counted

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.core.table import Table
    from desktopchat.server.batch import Batch, How
    from desktopchat.server.queue import EngineQueue

_STEP = 0.1  # seconds between two reports
_FIRST_ID = 1 << 31  # of a generation; those of the window count from 1, those of programs from 1 << 30


@dataclass(frozen=True, slots=True)
class RowsFile:
    """A file whose rows can be asked.

    Attributes:
        output: Where the answers go.
        prompt: That of before when the answers were begun, else the first column alone.
    """

    path: Path
    table: "Table"
    output: Path
    prompt: str


class BatchController(QObject):
    """Asks off the window's thread. What the window asks goes between two steps of it.

    Attributes:
        looked: RowsFile.
        refused: Notice: a file cannot be read, or its rows cannot be asked in this way.
        progressed: Sentence and how much is done, from 0 to 1; the first one says that it has begun.
        ended: Notice of what came of it.
    """

    looked = Signal(object)
    refused = Signal(object)
    progressed = Signal(object, float)
    ended = Signal(object)

    def __init__(
        self, chat: ChatController, models: ModelController, worker: EngineWorker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._worker = worker
        self._tasks = TaskRunner("batch")
        self._ids = itertools.count(_FIRST_ID)
        self._queue: EngineQueue | None = None
        self._model = ""
        self._told = 0.0
        models.model_loaded.connect(self._on_models_model_loaded)
        worker.load_failed.connect(self._on_worker_load_failed)
        worker.engine_lost.connect(self._on_worker_engine_lost)
        worker.generation_failed.connect(self._on_worker_generation_failed)

    @property
    def working(self) -> bool:
        """Whether rows are being asked."""
        return self._queue is not None

    def look(self, path: str) -> None:
        """Read a file. `looked` tells of it."""

        def work() -> RowsFile:
            return _read(Path(path))

        self._tasks.run(work, self.looked.emit, self._on_refused)

    def begin(self, rows: RowsFile, prompt: str, system: str, schema: str) -> None:
        """Ask each row that has no answer yet, with the parameters of the window.

        Args:
            schema: Path of a JSON schema that the answers follow; empty for none.
        """
        if self.working:
            return
        if self._models.loaded is None:
            self._on_refused(TableError("No model is loaded that could answer.", "Open a model first."))
            return
        from desktopchat.server.batch import How
        from desktopchat.server.queue import EngineQueue

        queue = self._queue = EngineQueue(heard=lambda: self._worker.serve(queue))
        self._model = self._models.identity.name
        how = How(prompt, system, self._chat.sampling.changed(n=1), self._model)
        seats = self._models.loaded.seats
        self._tasks.run(lambda: self._answer(queue, rows, how, schema, seats), self._on_ended, self._on_failed)

    def stop(self) -> None:
        """End it soon; the same file goes on from there."""
        if self._queue is not None:
            self._queue.close()

    def close(self) -> None:
        """End it."""
        self.stop()
        self._tasks.close()

    # Off the window's thread

    def _answer(self, queue: "EngineQueue", rows: RowsFile, how: "How", schema: str, seats: int) -> Notice:
        from desktopchat.server.batch import Batch
        from desktopchat.server.queue import DroppedError, QueueFullError
        from desktopchat.server.waiting import answered

        if schema:
            how = replace(how, sampling=how.sampling.changed(json_schema=_text(Path(schema))))
        batch = Batch(rows.table, rows.path.name, rows.output, how)
        try:
            self._tell(batch, rows.output, is_first=True)
            # Its numbers of generations are its own, and none comes twice.
            requests = (replace(request, id=next(self._ids)) for request in batch.requests())
            with closing(answered(queue, requests, batch.at_once(seats))) as outcomes:
                for outcome in outcomes:
                    batch.add(outcome)
                    self._tell(batch, rows.output)
        except (DroppedError, QueueFullError):
            told = Sentence(
                "Stopped after {done} of {total} rows; the same file goes on from there.",
                done=batch.done,
                total=batch.total,
            )
            return Notice("info", told)
        finally:
            batch.close()
        one, more = Sentence("1 row is answered in {file}."), Sentence("{count} rows are answered in {file}.")
        told = counted(batch.total, one, more, file=rows.output)
        if not batch.failed:
            return Notice("info", told)
        failed = Sentence("{count} failed; the column “error” says why.", count=batch.failed)
        return Notice("warning", told, failed)

    def _tell(self, batch: "Batch", output: Path, *, is_first: bool = False) -> None:
        now = time.monotonic()
        if is_first or now - self._told > _STEP:
            self._told = now
            words = Sentence("{done} of {total} rows, to {file}", done=batch.done, total=batch.total, file=output.name)
            self.progressed.emit(words, batch.done / max(1, batch.total))

    # On it

    def _on_ended(self, notice: Notice) -> None:
        self._queue = None
        self.ended.emit(notice)

    def _on_failed(self, error: UserError) -> None:
        self._queue = None
        self._on_refused(error)

    def _on_refused(self, error: UserError) -> None:
        self.refused.emit(Notice.from_error(error, "batch.open"))

    def _on_models_model_loaded(self, _loaded: LoadedModel) -> None:
        if self._queue is None:
            return
        if self._models.identity.name != self._model:  # its answers would stand among those of the other
            self.stop()
        else:
            self._worker.serve(self._queue)

    def _on_worker_load_failed(self, _error: UserError) -> None:
        self.stop()

    def _on_worker_engine_lost(self, _error: UserError) -> None:
        if self._queue is not None:
            self._models.ensure_loaded()

    def _on_worker_generation_failed(self, _generation_id: int, error: UserError) -> None:
        if isinstance(error, EngineCrashedError) and self._queue is not None:
            self._models.ensure_loaded()


def _read(path: Path) -> RowsFile:
    from desktopchat.server.batch import LARGEST, asked_before, read_rows, unreadable

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(path.name, error) from error
    table = read_rows(data, path.name)
    ending = path.suffix if path.suffix.lower() in (".csv", ".tsv", ".jsonl", ".ndjson") else ""
    output = path.with_name(f"{path.stem}.answers{ending or ('.csv' if table.delimiter else '.jsonl')}")
    first = f"{{{table.columns[0]}}}" if table.columns else ""
    return RowsFile(path, table, output, asked_before(output) or first)


def _text(path: Path) -> str:
    from desktopchat.server.batch import unreadable

    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise unreadable(path.name, error) from error
    except UnicodeDecodeError as error:
        raise TableError(Sentence("{name} is not in UTF-8.", name=path.name), "Save the file as UTF-8.") from error
