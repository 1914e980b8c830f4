"""Programs in a terminal that nobody sees."""

import contextlib
import fcntl
import os
import pty
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from program import started, wait_for


class Terminal:
    """A program in a terminal of its own.

    Attributes:
        shown: All that reached the terminal.
    """

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self.process = process
        self.shown = b""

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def wait_for(self, text: str, after: int = 0) -> int:
        """Wait until a text is shown, and return where it ends."""

        def seen() -> bool:
            self._read()
            return text.encode() in self.shown[after:]

        wait_for(seen, f"{text!r} in the terminal")
        return self.shown.index(text.encode(), after) + len(text.encode())

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        wait_for(lambda: self._read() or self.process.poll() is not None, "the end of the program")
        self._read()
        return self.process.wait()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # nothing there now, or the other side is closed
            while piece := os.read(self._master, 65536):
                self.shown += piece


@contextlib.contextmanager
def in_terminal(data_dir: Path, *arguments: str, engine: str = "process") -> Iterator[Terminal]:
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    options: dict[str, Any] = {
        "stdin": slave,
        "stdout": slave,
        "stderr": slave,
        "start_new_session": True,
        "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    }
    try:
        with started(data_dir, *arguments, engine=engine, **options) as process:
            os.close(slave)
            yield Terminal(master, process)
    finally:
        os.close(master)
