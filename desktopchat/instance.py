"""One running desktopchat per data folder, by a lock of the system that ends with the process."""

import contextlib
import os
import uuid
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from desktopchat.core.errors import AlreadyRunningError, DataFolderError
from desktopchat.core.file_lock import lock


class Call(StrEnum):
    """What a second start can ask of the program that runs: to show its window, or the small one in which one asks."""

    RAISE = "raise"
    ASK = "ask"


def call_file(data: Path, call: Call) -> Path:
    """Return the file that changes when a second start asks for this."""
    return data / "run" / call


class InstanceLock:
    """Held by the process that may use a data folder. The lock file stays; the lock on it is what counts."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock, or fail at once.

        Raises:
            AlreadyRunningError: Another process, or another lock in this one, holds it.
            DataFolderError: The lock file cannot be made.
        """
        path = self._data / "run" / "lock"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Not inherited by the engine's process, which would keep the lock after a crash of this one.
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            lock(file)
        except OSError as error:
            os.close(file)
            raise AlreadyRunningError(
                f"desktopchat is already running with the data in {self._data}.",
                "Use its window, or start with another --data-dir.",
            ) from error
        self._file = file
        try:
            # Only now: the window of another process may be watching it.
            for call in Call:
                call_file(self._data, call).touch(mode=0o600)
                call_file(self._data, call).write_text("")
        except OSError as error:
            self.release()
            raise self._unusable(error) from error

    def release(self) -> None:
        """Give the lock back. May be called twice."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def _unusable(self, error: OSError) -> DataFolderError:
        return DataFolderError(
            f"The folder {self._data / 'run'} cannot be used: {error.strerror or error}.",
            "Make it writable, or choose another folder with --data-dir.",
        )


def calls_waiting(data: Path) -> list[Call]:
    """Return what was asked for since the lock was taken, such as before there was a watcher of the files."""
    return [call for call in Call if call_file(data, call).read_text()]


def tell(data: Path, call: Call) -> None:
    """Ask something of the desktopchat that holds the lock, by writing something new into `call_file`.

    A failure is not told: the caller says anyway that desktopchat is already running.
    """
    # Written in place: a watcher of the file would lose one that is replaced.
    with contextlib.suppress(OSError):
        call_file(data, call).write_text(uuid.uuid4().hex)


def tell_if_running(data: Path, call: Call) -> bool:
    """Ask something of the desktopchat that holds the lock; return whether there is one.

    Raises:
        DataFolderError: The lock file cannot be made.
    """
    try:
        with InstanceLock(data):
            return False
    except AlreadyRunningError:
        tell(data, call)
        return True
