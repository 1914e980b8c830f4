"""What the page needs of the world to get work done away from the window."""

from collections.abc import Callable
from typing import Any, Protocol


class Runner(Protocol):
    """What does work away from the window; `Drawing` is one."""

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run `work` somewhere, then `done` with its result here."""

    def formula(self, source: str, size: int, colour: str, is_display: bool) -> str:
        """Return a formula as SVG, empty when it cannot be drawn; called by work that is run."""

    def picture(self, file_id: int) -> bytes:
        """Return a picture that came with a message, empty when it is gone; called by work that is run."""


class AtOnce:
    """A runner that works here and now and draws nothing, for a page without a program around it."""

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do both."""
        done(work())

    def formula(self, _source: str, _size: int, _colour: str, _is_display: bool) -> str:
        """Return nothing, so that the source stays."""
        return ""

    def picture(self, _file_id: int) -> bytes:
        """Return nothing, so that the name stays."""
        return b""
