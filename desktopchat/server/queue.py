"""EngineQueue: one engine for all programs that ask, in the order of their coming."""

import time
from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import Protocol

from desktopchat.core.errors import EngineCrashedError, NoModelError
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
        most_waiting: Jobs that may wait besides the one that runs.
        heard: Called, on any thread, after a job was put in while none ran and none waited. Whoever runs the jobs in a
            loop of another's looks at `waiting` after each of them, so that its own work comes between two jobs.
    """

    def __init__(self, most_waiting: int = MOST_WAITING, heard: Callable[[], None] = lambda: None) -> None:
        self._most = most_waiting
        self._heard = heard
        self._changed = Condition()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
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
            was_idle = self._running is None and not self._waiting
            self._waiting.append(job)
            self._changed.notify_all()
        if was_idle:
            self._heard()

    def cancel(self, job: Job) -> None:
        """Take a job out, or end it soon if it runs; one that has ended is left alone."""
        with self._changed:
            if job not in self._waiting:
                if self._running is job and self._engine is not None:
                    self._engine.cancel(job.id)
                return
            self._waiting.remove(job)
        job.dropped()

    def run_next(self, engine: Engine, patience: float = 0.0) -> bool:
        """Run the job whose turn it is; return whether there was one.

        Args:
            patience: Seconds to wait for one.

        Raises:
            EngineCrashedError, NoModelError: The model has to be loaded again. A job that had not begun waits for it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting, patience)
            if self._closed or not self._waiting:
                return False
            job = self._waiting.popleft()
            self._running, self._engine = job, engine
        started = time.monotonic()
        try:
            job.run(engine)
        except (EngineCrashedError, NoModelError):
            if not job.is_told:
                self._put_back(job)
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
            return len(self._waiting)

    @property
    def is_closed(self) -> bool:
        """Whether no more jobs are taken."""
        return self._closed

    def close(self) -> None:
        """Drop all that wait, end what runs, and take nothing more."""
        with self._changed:
            self._closed = True
            left, self._waiting = self._waiting, deque()
            if self._running is not None and self._engine is not None:
                self._engine.cancel(self._running.id)
            self._changed.notify_all()
        for job in left:
            job.dropped()

    def _put_back(self, job: Job) -> None:
        """Let a job be the next once more, unless nothing runs any more."""
        with self._changed:
            if not self._closed:
                self._waiting.appendleft(job)
                return
        job.dropped()
