"""From the engine's thread to the loop of the endpoint: nobody ever waits for a socket."""

import asyncio
import contextlib
from collections import deque
from threading import Lock

from desktopchat.engine.api import Delta, GenerationEvent

# Characters, nearly, that may wait for a client. An answer has an end, so that only one with many alternatives for
# each token, or in a window of millions of tokens, comes near.
MOST = 8 << 20
_LOGPROB = 64  # characters that one alternative counts as


class TooSlowError(Exception):
    """A client did not take what was written for it."""


class Outbox:
    """What was generated for one client and not taken yet. Made on the loop.

    Args:
        most: Characters, nearly, that may wait.
    """

    def __init__(self, most: int = MOST) -> None:
        self._loop = asyncio.get_running_loop()
        self._most = most
        self._lock = Lock()
        self._items: deque[GenerationEvent] = deque()
        self._size = 0
        self._error: Exception | None = None
        self._ended = False
        self._woken = False
        self._event = asyncio.Event()

    def put(self, event: GenerationEvent) -> bool:
        """Take an event from the engine's thread; return whether more may come."""
        with self._lock:
            self._items.append(event)
            self._size += _size_of(event)
            fits = self._size <= self._most
        self._wake()
        return fits

    def end(self, error: Exception | None = None) -> None:
        """Say that no more will come, because of an error or because all is there. The first word counts."""
        with self._lock:
            if not self._ended:
                self._ended, self._error = True, error
        self._wake()

    async def take(self) -> list[GenerationEvent]:
        """Return all that is there, waiting for something; empty at the end.

        Raises:
            Exception: What `end` was called with, after all that was put in before.
        """
        while True:
            with self._lock:
                items, self._items = list(self._items), deque()
                self._size = 0
                self._woken = False
                self._event.clear()
                ended, error = self._ended, self._error
            if items:
                return items
            if ended:
                if error is not None:
                    raise error
                return []
            await self._event.wait()

    def _wake(self) -> None:
        with self._lock:
            if self._woken:
                return
            self._woken = True
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._event.set)


def _size_of(event: GenerationEvent) -> int:
    if not isinstance(event, Delta):
        return 0
    calls = sum(len(call.arguments) for call in event.calls)
    alternatives = sum(1 + len(one.top) for one in event.logprobs)
    return len(event.text) + len(event.reasoning) + calls + _LOGPROB * alternatives
