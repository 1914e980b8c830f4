"""Calls: what programs ask at this moment and have asked, for whoever looks at it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.engine.api import Delta, GenerationEvent, GenerationRequest

_PAUSE = 0.5  # seconds between two looks at an answer that grows
_running: ContextVar["RunningCall | None"] = ContextVar("running_call", default=None)


class RunningCall:
    """A call that has not ended. All of it happens on the endpoint's loop, but `stop`.

    Attributes:
        stop: Ends what it has the engine do; from any thread.
    """

    def __init__(self, call: EndpointCall, changed: Callable[[EndpointCall], None]) -> None:
        self._call = call
        self._changed = changed
        self._began = self._told = time.monotonic()
        self._text: list[str] = []
        self._tokens = 0
        self.stop: Callable[[], None] = lambda: None

    def asks(self, request: GenerationRequest) -> None:
        """It wants an answer."""
        turns = request.messages if request.prompt is None else (ChatMessage(Role.USER, request.prompt),)
        self._call = replace(self._call, turns=turns)
        self._tell()

    def takes(self, event: GenerationEvent) -> None:
        """Something of its answer has come."""
        if isinstance(event, Delta):
            self._tokens += event.tokens
            if event.index == 0:
                self._text.append(event.text)
            if time.monotonic() - self._told > _PAUSE:
                self._tell()

    def end(self, status: int) -> None:
        """It has its answer, or never will."""
        self._call = replace(self._call, status=status, seconds=time.monotonic() - self._began)
        self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        self._text = ["".join(self._text)]
        self._changed(replace(self._call, answer=self._text[0], tokens=self._tokens))


class Calls:
    """Counts the calls and tells of them.

    Args:
        changed: Hears of each call when it begins, twice a second while it is answered, and when it has ended; on
            the endpoint's thread.
    """

    def __init__(self, changed: Callable[[EndpointCall], None]) -> None:
        self._changed = changed
        self._count = 0
        self._running: dict[int, RunningCall] = {}

    @contextmanager
    def running(self, method: str, path: str) -> Iterator[RunningCall]:
        """Whatever is asked within this block belongs to one call."""
        self._count += 1
        call = EndpointCall(self._count, time.time(), method, path)
        running = self._running[call.number] = RunningCall(call, self._changed)
        before = _running.set(running)
        self._changed(call)
        try:
            yield running
        finally:
            _running.reset(before)
            del self._running[call.number]

    def stop(self, number: int) -> None:
        """End a call soon. From any thread."""
        if (running := self._running.get(number)) is not None:
            running.stop()


def running_call() -> RunningCall | None:
    """Return the call that is being answered here; None when nobody notes them."""
    return _running.get()
