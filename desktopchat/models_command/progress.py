"""How far something is, in one line of the terminal that is written over and over."""

import shutil
import sys
from types import TracebackType
from typing import Self

from desktopchat.console import harmless

_BAR = 12  # characters
_STEP = 10  # percent between two lines where a line cannot be written over


class ProgressLine:
    """Shows how far something is on standard error; leave it with `end`, or as a context."""

    def __init__(self) -> None:
        self._over = sys.stderr.isatty()
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    def show(self, name: str, share: float, words: str) -> None:
        """Say how far something is.

        Args:
            share: From 0 to 1.
            words: What else there is to say.
        """
        if not self._over:
            key = f"{name} {int(100 * share) // _STEP}"
            if key != self._shown:
                self._shown = key
                print(harmless(f"{name} · {words}"), file=sys.stderr, flush=True)
            return
        filled = int(_BAR * share)
        bar = "━" * filled + "─" * (_BAR - filled)
        room = shutil.get_terminal_size().columns - len(bar) - 3
        line = harmless(f"{name} · {words}".replace("\n", " "))
        line = line if len(line) <= room else f"{line[: max(0, room - 1)]}…"
        self._shown = line
        sys.stderr.write(f"\r\x1b[K{bar}  {line}")
        sys.stderr.flush()

    def end(self) -> None:
        """Take the line away, for what is said next stands in its place."""
        if self._over and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._shown = ""
