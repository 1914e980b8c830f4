"""Requests of this program itself on their way through the queue to the engine, for which it waits."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from itertools import islice
from threading import Event

from desktopchat.core.errors import UserError
from desktopchat.engine.api import Engine, GenerationEvent, GenerationRequest
from desktopchat.server.answers import Answers
from desktopchat.server.job import AnsweredJob
from desktopchat.server.outbox import DroppedError
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


def answered(
    queue: EngineQueue, requests: Iterable[GenerationRequest], at_once: int = 1
) -> Generator[Answers | UserError, None, None]:
    """Ask, and yield what came of each request in their order; an engine that dies is given one more try.

    Args:
        requests: Each is made when it is its turn to wait.
        at_once: How many may be in the queue. What is there when the iterator is closed is abandoned.

    Raises:
        QueueFullError: Too many wait.
        DroppedError: The queue was closed, and an answer may have been cut.
    """
    source, asked = iter(requests), deque[_Waited]()
    try:
        while True:
            for request in islice(source, at_once - len(asked)):
                asked.append(_Waited(request))
                queue.submit(asked[-1])
            if not asked:
                return
            while not asked[0].ended.wait(_PATIENCE):
                pass
            if queue.is_closed:
                raise DroppedError
            job = asked.popleft()
            if job.error is not None and not isinstance(job.error, UserError):
                raise job.error
            yield job.error or job.answers
    finally:
        for job in asked:
            queue.cancel(job)
