"""Bounds on foreign code that runs in the engine's process."""

import contextlib
import sys
from collections.abc import Iterator

import psutil


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
