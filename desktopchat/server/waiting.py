"""A request of this program itself on its way through the queue to the engine, for which it waits."""

from collections.abc import Callable
from threading import Event

from desktopchat.engine.api import Engine, GenerationEvent, GenerationRequest
from desktopchat.server.answers import Answers
from desktopchat.server.job import AnsweredJob
from desktopchat.server.queue import EngineQueue

_PATIENCE = 1.0  # seconds of one wait; one without an end cannot be interrupted on Windows


class _Waited(AnsweredJob):
    def __init__(self, request: GenerationRequest) -> None:
        super().__init__(request)
        self.answers = Answers(request.sampling.n)
        self.error: Exception | None = None
        self.ended = Event()

    def _begin(self, engine: Engine, ended: Callable[[], None]) -> None:
        # Nobody has seen what came before an engine died, so that all of it can come again.
        self.answers = Answers(self._request.sampling.n)
        super()._begin(engine, ended)

    def _take(self, event: GenerationEvent) -> bool:
        self.answers.take(event)
        return True

    def _finish(self) -> None:
        self.ended.set()

    def _tell(self, error: Exception) -> None:
        self.error = error
        self.ended.set()


def answered(queue: EngineQueue, request: GenerationRequest) -> Answers:
    """Ask, and wait for the answers; an engine that dies is given one more try.

    Raises:
        QueueFullError: Too many wait.
        DroppedError: The queue was closed.
        UserError: As of `Engine.generate`.
    """
    job = _Waited(request)
    queue.submit(job)
    try:
        while not job.ended.wait(_PATIENCE):
            pass
    finally:
        queue.cancel(job)
    if job.error is not None:
        raise job.error
    return job.answers
