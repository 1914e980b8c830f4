"""Requests of this program itself on their way through the queue to the engine, for which it waits."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Event

from desktopchat.core.errors import CancelledError, UserError
from desktopchat.engine.api import Engine, GenerationEvent, GenerationRequest
from desktopchat.server.answers import Answers
from desktopchat.server.job import AnsweredJob
from desktopchat.server.queue import DroppedError, EngineQueue

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


class Streamed(AnsweredJob):
    """A request whose answer is told while it is written, and its end too when the engine dies.

    Args:
        told: Called on the engine's thread when the last of it is there, or the error in its place.
    """

    def __init__(self, request: GenerationRequest, told: Callable[[], None] = lambda: None) -> None:
        super().__init__(request)
        self._told = told
        self._begun = False
        self._events: SimpleQueue[GenerationEvent | Exception | None] = SimpleQueue()

    def events(self) -> Iterator[GenerationEvent]:
        """Yield what comes, waiting for it; one that is taken out of the queue after it has begun ends as cancelled.

        Raises:
            CancelledError: It was taken out before.
            UserError: As of `Engine.generate`.
        """
        while True:
            try:
                found = self._events.get(timeout=_PATIENCE)
            except Empty:
                continue
            if isinstance(found, DroppedError):
                raise CancelledError("It was stopped before it began.")
            if isinstance(found, Exception):
                raise found
            if found is None:
                return
            yield found

    @property
    def _has_begun(self) -> bool:
        return self._begun

    def _take(self, event: GenerationEvent) -> bool:
        self._begun = True  # who sees it die can ask again
        self._events.put(event)
        return True

    def _finish(self) -> None:
        self._events.put(None)
        self._told()

    def _tell(self, error: Exception) -> None:
        self._events.put(error)
        self._told()


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
