"""Bounds on foreign code that runs in the engine's process."""

import contextlib
import ctypes
import faulthandler
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import psutil

_AGAIN = 0.05  # seconds; foreign code may catch what is thrown into it

T = TypeVar("T")


class OutOfTimeError(BaseException):
    """Thrown into code that takes too long. No Exception, for templates may reach code that catches those."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on what a piece of foreign code may take.

    Attributes:
        seconds: After so long it is ended by `OutOfTimeError`.
        memory: Bytes that it may take, then it gets MemoryError. Only Linux can.
        last_seconds: After so long the process is ended, with a trace on stderr: a single step of Python's own that
            takes very long can be ended in no other way. None where the process must not end.
    """

    seconds: float = 1.0
    memory: int = 128 << 20
    last_seconds: float | None = None

    def run(self, work: Callable[[], T]) -> T:
        """Run foreign code and return its result, or raise what it raised."""
        task = _Task(work, self.memory)
        if self.last_seconds is not None:
            faulthandler.dump_traceback_later(self.last_seconds, exit=True)
        try:
            # A thread of its own, so that what is thrown can hit nothing else.
            task.start()
            task.join(self.seconds)
            while task.is_alive():
                task.throw()
                task.join(_AGAIN)
        finally:
            if self.last_seconds is not None:
                faulthandler.cancel_dump_traceback_later()
        if task.error is not None:
            raise task.error
        return task.results[0]


class _Task(threading.Thread, Generic[T]):
    def __init__(self, work: Callable[[], T], memory: int) -> None:
        super().__init__(name="template", daemon=True)
        self._work = work
        self._memory = memory
        self.results: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with bounded_memory(self._memory):
                self.results.append(self._work())
        except BaseException as error:
            self.error = error.with_traceback(None)

    def throw(self) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident or 0), ctypes.py_object(OutOfTimeError))


@contextlib.contextmanager
def bounded_memory(most: int) -> Iterator[None]:
    """Let what runs inside take at most this many bytes more, then raise MemoryError there. Only Linux can."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = psutil.Process().memory_info().data + most
    if before[0] != resource.RLIM_INFINITY:
        wanted = min(wanted, before[0])
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
