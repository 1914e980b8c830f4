"""Notes what is generated beside the answers, so that the ledger has it."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.engine.api import GenerationFinished
from desktopchat.storage.conversations import ConversationStore


@dataclass(frozen=True, slots=True)
class _Watched:
    conversation_id: int
    model: ModelIdentity
    count: int


class Asides(QObject):
    """Waits for the ends of requests, also of those that were cancelled: they took time all the same."""

    def __init__(
        self, worker: EngineWorker, storage: TaskRunner, store: ConversationStore, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._storage = storage
        self._store = store
        self._watched: dict[int, _Watched] = {}
        self._rows: dict[int, list[int]] = {}  # by number of the request; the thread of the storage alone uses it
        worker.generation_finished.connect(self._on_worker_generation_finished)
        worker.generation_failed.connect(self._on_worker_generation_failed)

    def watch(self, request_id: int, conversation_id: int, model: ModelIdentity, count: int = 1) -> None:
        """Note what a request takes.

        Args:
            count: How many texts it generates at once.
        """
        self._watched[request_id] = _Watched(conversation_id, model, count)

    def take_out(self, request_id: int) -> None:
        """Forget one of the texts of a request, which is a message now. On the thread of the storage."""
        if rows := self._rows.get(request_id):
            self._store.asides.remove([rows.pop()])

    def _on_worker_generation_finished(self, request_id: int, result: GenerationFinished) -> None:
        watched = self._watched.pop(request_id, None)
        if watched is None:
            return

        def work() -> None:
            self._rows[request_id] = self._store.asides.add(
                watched.conversation_id, watched.model, result.usage, result.timings, watched.count
            )

        self._storage.run(work, failed=_ignore)

    def _on_worker_generation_failed(self, request_id: int, _error: UserError) -> None:
        self._watched.pop(request_id, None)


def _ignore(_error: UserError) -> None:
    """The conversation is gone for good, or the disk fails, which is told where text is at stake."""
