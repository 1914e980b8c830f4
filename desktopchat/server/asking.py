"""One request of a client on its way through the queue to the engine and back."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

from starlette.requests import Request

from desktopchat.core.embedding import Embedding
from desktopchat.engine.api import Engine, GenerationEvent, GenerationRequest
from desktopchat.server.calls import RunningCall, running_call
from desktopchat.server.job import AnsweredJob, TriedJob
from desktopchat.server.outbox import Outbox, TooSlowError
from desktopchat.server.queue import EngineQueue

# Those of the window count from 1, and an engine may never meet a number twice.
_FIRST_ID = 1 << 30
_AT_ONCE = 32  # texts, of those that are to become vectors

T = TypeVar("T")


class GoneError(Exception):
    """The client has closed its connection."""


class _Generation(AnsweredJob):
    def __init__(self, request: GenerationRequest, outbox: Outbox) -> None:
        super().__init__(request)
        self._outbox = outbox
        self._begun = False

    @property
    def _has_begun(self) -> bool:
        return self._begun

    def _take(self, event: GenerationEvent) -> bool:
        self._begun = True
        if self._outbox.put(event):
            return True
        self._outbox.end(TooSlowError())
        return False

    def _finish(self) -> None:
        self._outbox.end()

    def _tell(self, error: Exception) -> None:
        self._outbox.end(error)


class _Embedding(TriedJob):
    def __init__(
        self, texts: tuple[str, ...], number: int, settle: Callable[[tuple[Embedding, ...] | Exception], None]
    ) -> None:
        super().__init__(number)
        self._texts = texts
        self._settle = settle

    def _begin(self, engine: Engine, ended: Callable[[], None]) -> None:
        found = engine.embed(self._texts)
        self.is_told = True
        self._settle(found)
        ended()

    def _tell(self, error: Exception) -> None:
        self._settle(error)


class Asker:
    """Puts what clients want into the queue. Its methods belong to the endpoint's loop.

    Args:
        queue: Of the engine.
    """

    def __init__(self, queue: EngineQueue) -> None:
        self._queue = queue
        self._ids: Iterator[int] = itertools.count(_FIRST_ID)

    @asynccontextmanager
    async def asked(self, request: GenerationRequest) -> AsyncIterator[AsyncIterator[GenerationEvent]]:
        """Ask; what is not taken when the block ends is abandoned, and the engine stops.

        Args:
            request: Its id is chosen here.

        Raises:
            QueueFullError: Too many wait. The iterator raises what `Engine.generate` does.
        """
        outbox = Outbox()
        job = _Generation(replace(request, id=next(self._ids)), outbox)
        self._queue.submit(job)
        call = running_call()
        if call is not None:
            call.stop = lambda: self._queue.cancel(job)
            call.asks(request)
        try:
            yield _each(outbox, call)
        finally:
            self._queue.cancel(job)

    async def embedded(self, texts: tuple[str, ...]) -> tuple[Embedding, ...]:
        """Return the vectors of texts. Others come between, and nothing more is done once nobody waits.

        Raises:
            QueueFullError: Too many wait; or what `Engine.embed` raises.
        """
        found: list[Embedding] = []
        for start in range(0, len(texts), _AT_ONCE):
            found += await self._embedded(texts[start : start + _AT_ONCE])
        return tuple(found)

    async def _embedded(self, texts: tuple[str, ...]) -> tuple[Embedding, ...]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[tuple[Embedding, ...]] = loop.create_future()

        def settle(outcome: tuple[Embedding, ...] | Exception) -> None:
            if found.done():
                return
            if isinstance(outcome, Exception):
                found.set_exception(outcome)
            else:
                found.set_result(outcome)

        job = _Embedding(texts, next(self._ids), lambda outcome: _posted(loop, settle, outcome))
        self._queue.submit(job)
        try:
            return await found
        finally:
            self._queue.cancel(job)


def _posted(loop: asyncio.AbstractEventLoop, settle: Callable[[T], None], outcome: T) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(settle, outcome)


async def _each(outbox: Outbox, call: RunningCall | None) -> AsyncIterator[GenerationEvent]:
    while events := await outbox.take():
        for event in events:
            if call is not None:
                call.takes(event)
            yield event


async def unless_gone(request: Request, work: Awaitable[T]) -> T:
    """Do something for a client whose whole body was read, and give it up when the client goes.

    Raises:
        GoneError: It has gone.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise GoneError
    finally:
        for one in (task, gone):
            one.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
