"""EngineQueue: one engine for all who ask, the window's own chat first, then everybody in the order of their coming."""

import time
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from threading import Condition
from typing import Protocol

from desktopchat.core.errors import EngineCrashedError, NoModelError
from desktopchat.engine.api import Engine

MOST_WAITING = 64
# Seconds that a job is taken to last while none has ended yet.
_FIRST_GUESS = 5.0
_LATEST = 0.3  # share of the newest job in the average


class Precedence(IntEnum):
    """Who goes first."""

    WINDOW = 0
    PROGRAM = 1


class Job(Protocol):
    """What is to be done with the engine.

    Attributes:
        id: Of the generation, which `Engine.cancel` names.
        is_told: Whoever asked has heard how it went; a job that was not told runs again with an engine that lives.
    """

    @property
    def id(self) -> int:
        """Of the generation."""
        ...

    @property
    def is_told(self) -> bool:
        """Whether whoever asked has heard how it went."""
        ...

    def run(self, engine: Engine) -> None:
        """Do it, on the engine's thread. Whatever goes wrong is the job's own to tell.

        Raises:
            EngineCrashedError, NoModelError: The engine has to be loaded before anything runs again.
        """
        ...

    def dropped(self) -> None:
        """Hear that it will never run. On any thread."""
        ...


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
        most_waiting: Jobs that may wait besides the one that runs; those of the window are not counted.
        heard: Called after a job was put in, on the thread that did so.
    """

    def __init__(self, most_waiting: int = MOST_WAITING, heard: Callable[[], None] = lambda: None) -> None:
        self._most = most_waiting
        self._heard = heard
        self._changed = Condition()
        self._waiting: dict[Precedence, deque[Job]] = {one: deque() for one in Precedence}
        self._running: Job | None = None
        self._engine: Engine | None = None
        self._closed = False
        self._seconds = _FIRST_GUESS

    def submit(self, job: Job, precedence: Precedence = Precedence.PROGRAM) -> None:
        """Put a job in.

        Raises:
            QueueFullError: Too many wait, or the queue was closed.
        """
        with self._changed:
            waiting = self._waiting[precedence]
            if self._closed or (precedence is Precedence.PROGRAM and len(waiting) >= self._most):
                raise QueueFullError(max(1.0, self._seconds))
            waiting.append(job)
            self._changed.notify_all()
        self._heard()

    def cancel(self, job: Job) -> None:
        """Take a job out, or end it soon if it runs; one that has ended is left alone."""
        with self._changed:
            for waiting in self._waiting.values():
                if job in waiting:
                    waiting.remove(job)
                    break
            else:
                if self._running is job and self._engine is not None:
                    self._engine.cancel(job.id)
                return
        job.dropped()

    def run_next(self, engine: Engine, patience: float = 0.0) -> bool:
        """Run the job whose turn it is; return whether there was one.

        Args:
            patience: Seconds to wait for one.

        Raises:
            EngineCrashedError, NoModelError: The model has to be loaded again. A job that had not begun waits for it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._next() is not None, patience)
            job = None if self._closed else self._next()
            if job is None:
                return False
            self._running, self._engine = job, engine
            lane = next(waiting for waiting in self._waiting.values() if waiting and waiting[0] is job)
            lane.popleft()
        started = time.monotonic()
        try:
            job.run(engine)
        except (EngineCrashedError, NoModelError):
            if not job.is_told:
                with self._changed:
                    lane.appendleft(job)
            raise
        finally:
            with self._changed:
                self._running = self._engine = None
                self._seconds += _LATEST * (time.monotonic() - started - self._seconds)
                self._changed.notify_all()
        return True

    @property
    def waiting(self) -> int:
        """How many jobs wait, besides the one that runs."""
        with self._changed:
            return sum(map(len, self._waiting.values()))

    @property
    def is_closed(self) -> bool:
        """Whether no more jobs are taken."""
        return self._closed

    def close(self) -> None:
        """Drop all that wait, end what runs, and take nothing more."""
        with self._changed:
            self._closed = True
            left = [job for waiting in self._waiting.values() for job in waiting]
            for waiting in self._waiting.values():
                waiting.clear()
            if self._running is not None and self._engine is not None:
                self._engine.cancel(self._running.id)
            self._changed.notify_all()
        for job in left:
            job.dropped()

    def _next(self) -> Job | None:
        return next((waiting[0] for waiting in self._waiting.values() if waiting), None)
