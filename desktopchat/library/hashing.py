"""The SHA-256 of a file, also of one that still grows."""

import hashlib
from pathlib import Path
from threading import Condition, Thread
from types import TracebackType
from typing import Self

from desktopchat.core.errors import AbandonedError

_BLOCK = 1 << 20
_WORTH = 8 << 20  # bytes for which the thread is woken; each switch between two threads of Python costs both time


class GrowingHash:
    """Reads a file in a thread of its own, as far as it is known to be there.

    So what is checked is what lies on the disk, an old beginning of the file takes nobody's time, and hashing costs
    no throughput where there is a second core.

    Attributes:
        done: Bytes that have been hashed.
    """

    def __init__(self, path: Path) -> None:
        self.done = 0
        self._path = path
        self._size = 0
        self._woken_at = 0
        self._changed = Condition()
        self._over = False
        self._error: OSError | None = None
        self._digest = hashlib.sha256()
        self._thread = Thread(target=self._run, name="hash")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join()

    def reach(self, size: int) -> None:
        """Say how many bytes are there."""
        self._size = size
        if size - self._woken_at >= _WORTH:
            self._wake()

    def stop(self) -> None:
        """End it at once. From any thread."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait for a while; return whether there is nothing more to wait for."""
        self._wake()
        with self._changed:
            return self._changed.wait_for(self._is_through, seconds)

    def hexdigest(self) -> str:
        """Wait for all that is there and return its hash.

        Raises:
            AbandonedError: It was stopped.
            OSError: The file cannot be read.
        """
        self._wake()
        with self._changed:
            self._changed.wait_for(self._is_through)
            if self._error is not None:
                raise self._error
            if self._over:
                raise AbandonedError
            return self._digest.hexdigest()

    def _wake(self) -> None:
        with self._changed:
            self._woken_at = self._size
            self._changed.notify_all()

    def _is_through(self) -> bool:
        return self._over or self._error is not None or self.done == self._size

    def _run(self) -> None:
        block = memoryview(bytearray(_BLOCK))
        try:
            with self._path.open("rb", buffering=0) as file:
                while rest := self._rest():
                    count = file.readinto(block[: min(rest, _BLOCK)])
                    if not count:
                        raise OSError(f"{self._path} has become shorter")
                    self._digest.update(block[:count])
                    self.done += count
                    if self.done == self._size:
                        self._wake()
        except OSError as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _rest(self) -> int:
        """Wait for something to read, and return how much; 0 when it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._size > self.done)
            return 0 if self._over else self._size - self.done
