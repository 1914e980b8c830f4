"""A limit to how fast all downloads together may be."""

import time
from collections.abc import Callable
from threading import Lock


class SpeedLimit:
    """Tells how long to wait. From any thread.

    Args:
        rate: Returns the bytes a second; 0 is no limit.
    """

    def __init__(self, rate: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._lock = Lock()
        self._free_at = 0.0

    def wait_after(self, count: int) -> float:
        """Return for how many seconds nothing shall be read, now that so many bytes were."""
        if (rate := self._rate()) <= 0:
            return 0.0
        with self._lock:
            now = self._clock()
            self._free_at = max(self._free_at, now) + count / rate
            return self._free_at - now
