"""Joined: what is answered together in a child process, as its parent keeps account of it."""

import time
from dataclasses import dataclass
from typing import Any

from desktopchat.core.errors import UserError
from desktopchat.engine import wire
from desktopchat.engine.api import Take

_REMEMBERED = 64  # ids that were cancelled


@dataclass(slots=True)
class _One:
    command: wire.Join
    take: Take
    has_begun: bool = False
    cancelled_at: float | None = None


class Joined:
    """Those who have joined, by the serial of their command. Belongs to the engine's thread, but `cancel`."""

    def __init__(self) -> None:
        self._all: dict[int, _One] = {}
        self._cancelled: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self._all)

    def add(self, serial: int, command: wire.Join, take: Take) -> bool:
        """Take one up; return whether it has been cancelled already."""
        one = self._all[serial] = _One(command, take)
        if command.request.id not in self._cancelled:
            return False
        one.cancelled_at = time.monotonic()
        return True

    def cancel(self, generation_id: int) -> bool:
        """Note that one is to end, also before it comes; return whether it is here. From any thread."""
        self._cancelled = (*self._cancelled[-_REMEMBERED:], generation_id)
        for one in list(self._all.values()):
            if one.command.request.id == generation_id:
                one.cancelled_at = time.monotonic()
                return True
        return False

    def deliver(self, serial: int, answer: Any) -> None:
        """Tell what has come of one; what belongs to none of them is dropped.

        Raises:
            WireError: That cannot come of it.
        """
        one = self._all.get(serial)
        if one is None:
            return
        if not wire.answers(one.command, answer):
            raise wire.WireError("no answer to what was asked")
        one.has_begun = True
        if wire.ends(one.command, answer):
            del self._all[serial]
        one.take(answer.error() if isinstance(answer, wire.Failed) else answer)

    def is_overdue(self, patience: float, since: float) -> bool:
        """Return whether one that has begun has not ended for so many seconds after its cancel.

        Args:
            since: When the child was free to end them, by the monotonic clock.
        """
        least = time.monotonic() - patience
        return any(
            one.has_begun and one.cancelled_at is not None and max(one.cancelled_at, since) < least
            for one in self._all.values()
        )

    def end(self, error: UserError) -> None:
        """Tell all why they will not be answered."""
        ended, self._all = self._all, {}
        for one in ended.values():
            one.take(error)
