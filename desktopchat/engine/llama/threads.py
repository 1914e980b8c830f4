"""How many CPU threads to compute with, following what other programs need.

llama.cpp's threads wait for each other at every step. When another program takes a core, one of them does
not run and all wait: two threads fall to 0.01 to 0.2 of their speed on two cores, while one thread keeps
0.55 (measured). So the number of threads follows the load of the other processes.
"""

import os
import time

import psutil

_INTERVAL = 0.2  # seconds between two looks; one look costs some 0.2 ms
_GOOD_NEWS = 0.4  # weight of a look that shows less load; more load is believed at once
_SPARE = 0.75  # a core counts as free when others use less than a quarter of it


def physical_cores() -> int:
    """Return how many physical cores this process may use; more threads than that slow decoding down."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))


class ThreadGovernor:
    """Chooses the number of threads.

    Args:
        fixed: A number that the person set, which is never changed; 0 follows the load.

    Attributes:
        most: The number where nothing else wants them.
        threads: The number to use now.
    """

    def __init__(self, fixed: int = 0) -> None:
        cores = physical_cores()
        self._fixed = fixed > 0
        self.threads = self.most = min(fixed, cores) or cores
        self._others = 0.0
        self._process = psutil.Process()
        self._mark = self._times()

    def resume(self) -> None:
        """Start after a rest: what others did meanwhile, such as another engine that has answered, says nothing."""
        if not self._fixed and time.monotonic() - self._mark[0] > _INTERVAL:
            self._mark = self._times()

    def look(self) -> bool:
        """Look at the load if it is time to; return whether `threads` changed."""
        if self._fixed or time.monotonic() - self._mark[0] < _INTERVAL:
            return False
        before, self._mark = self._mark, self._times()
        seconds, busy, own = (now - then for now, then in zip(self._mark, before, strict=True))
        others = max(0.0, (busy - own) / seconds)
        self._others = others if others > self._others else self._others + _GOOD_NEWS * (others - self._others)
        threads = max(1, min(self.most, int(self.most - self._others + _SPARE)))
        changed, self.threads = threads != self.threads, threads
        return changed

    def _times(self) -> tuple[float, float, float]:
        """Return clock, seconds that all processes computed, and seconds that this one did."""
        total = psutil.cpu_times()
        idle = total.idle + getattr(total, "iowait", 0.0)
        # Guests are counted in user and nice already.
        everything = sum(total) - getattr(total, "guest", 0.0) - getattr(total, "guest_nice", 0.0)
        own = self._process.cpu_times()
        return time.monotonic(), everything - idle, own.user + own.system
