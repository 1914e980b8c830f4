"""EngineQueue: one engine for all programs that ask, in the order of their coming and as many at once as it can."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Condition
from typing import Protocol

from desktopchat.engine.api import Engine

MOST_WAITING = 64
# Seconds that a job is taken to last while none has ended yet.
_FIRST_GUESS = 5.0
_LATEST = 0.3  # share of the newest job in the average


class Job(Protocol):
    """What is to be done with the engine.

    Attributes:
        id: Of the generation, which `Engine.cancel` names.
        is_told: Whoever asked has heard how it went; a job that was not told runs again with an engine that lives.
        was_tried: An engine has died of it, or beside it. It runs alone now, so that no other dies of it again.
    """

    @property
    def id(self) -> int:
        """Of the generation."""
        ...

    @property
    def is_told(self) -> bool:
        """Whether whoever asked has heard how it went."""
        ...

    @property
    def was_tried(self) -> bool:
        """Whether an engine has died of it, or beside it."""
        ...

    def begin(self, engine: Engine, ended: Callable[[], None]) -> None:
        """Do it, on the engine's thread, or begin what `Engine.step` goes on with. What goes wrong is its own to tell.

        Args:
            ended: Called on that thread when it is over.

        Raises:
            EngineCrashedError, NoModelError: The engine has to be loaded before anything runs again.
        """
        ...

    def dropped(self) -> None:
        """Hear that it will never run. On any thread."""
        ...


class DroppedError(Exception):
    """A job was taken out of the queue, or the queue was closed."""


class QueueFullError(Exception):
    """Too many wait already.

    Attributes:
        wait: Seconds after which there may be room.
    """

    def __init__(self, wait: float) -> None:
        super().__init__(f"too many requests are waiting; try again in {wait:.0f} s")
        self.wait = wait


class EngineQueue:
    """Jobs for one engine. All methods may be called from any thread, `run_next` from the engine's alone.

    Args:
        most_waiting: Jobs that may wait besides those that run.
        heard: Called, on any thread, after a job was put in while none ran and none waited. Whoever runs the jobs in a
            loop of another's looks at `is_idle` after each turn, so that its own work comes between two turns.
    """

    def __init__(self, most_waiting: int = MOST_WAITING, heard: Callable[[], None] = lambda: None) -> None:
        self._most = most_waiting
        self._heard = heard
        self._changed = Condition()
        self._waiting: deque[Job] = deque()
        self._running: dict[Job, float] = {}  # since when
        self._engine: Engine | None = None
        self._closed = False
        self._seconds = _FIRST_GUESS

    def submit(self, job: Job) -> None:
        """Put a job in.

        Raises:
            QueueFullError: Too many wait, or the queue was closed.
        """
        with self._changed:
            if self._closed or len(self._waiting) >= self._most:
                raise QueueFullError(max(1.0, self._seconds))
            was_idle = not self._running and not self._waiting
            self._waiting.append(job)
            self._changed.notify_all()
        if was_idle:
            self._heard()

    def cancel(self, job: Job) -> None:
        """Take a job out, or end it soon if it runs; one that has ended is left alone."""
        with self._changed:
            if job not in self._waiting:
                if job in self._running and self._engine is not None:
                    self._engine.cancel(job.id)
                return
            self._waiting.remove(job)
        job.dropped()

    def run_next(self, engine: Engine, patience: float = 0.0) -> bool:
        """Begin those whose turn it is and go on with those who have begun; return whether there was anybody.

        Args:
            patience: Seconds to wait for one.

        Raises:
            EngineCrashedError, NoModelError: The model has to be loaded again. Jobs that had not begun wait for it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting or self._running, patience)
        if self.is_idle:
            return False
        while (job := self._next(engine)) is not None:
            job.begin(engine, partial(self._end, job))
        if self._running:
            engine.step()
        return True

    @property
    def waiting(self) -> int:
        """How many jobs wait, besides those that run."""
        with self._changed:
            return len(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        with self._changed:
            return not self._waiting and not self._running

    @property
    def is_closed(self) -> bool:
        """Whether no more jobs are taken."""
        return self._closed

    def close(self) -> None:
        """Drop all that wait, end what runs, and take nothing more."""
        with self._changed:
            self._closed = True
            left, self._waiting = self._waiting, deque()
            for job in self._running:
                if self._engine is not None:
                    self._engine.cancel(job.id)
            self._changed.notify_all()
        for job in left:
            job.dropped()

    def _next(self, engine: Engine) -> Job | None:
        with self._changed:
            if not self._waiting or len(self._running) >= engine.seats:
                return None
            if self._running and any(one.was_tried for one in (self._waiting[0], *self._running)):
                return None
            job = self._waiting.popleft()
            self._running[job], self._engine = time.monotonic(), engine
            return job

    def _end(self, job: Job) -> None:
        """Hear that a job is over; one that nobody was told of is among the next, unless nothing runs any more."""
        with self._changed:
            took = (time.monotonic() - self._running.pop(job)) / (len(self._running) + 1)
            self._seconds += _LATEST * (took - self._seconds)
            self._changed.notify_all()
            if job.is_told:
                return
            if not self._closed:
                self._waiting.appendleft(job)
                self._waiting = deque(sorted(self._waiting, key=lambda one: one.id))
                return
        job.dropped()
