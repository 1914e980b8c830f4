"""What the page needs of the world to get work done away from the window."""

from collections.abc import Callable
from typing import Any, Protocol


class Runner(Protocol):
    """What does work away from the window, like `TaskRunner`."""

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run `work` somewhere, then `done` with its result here."""


class AtOnce:
    """A runner that works here and now, for a page without a program around it."""

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do both."""
        done(work())
