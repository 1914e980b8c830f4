"""Reading in a child process, so that no file can do harm to the app."""

import contextlib
import subprocess
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Condition, Thread

from desktopchat.core import own_program
from desktopchat.core.errors import ImportFileError
from desktopchat.core.sentence import Sentence, joined, reason_of
from desktopchat.core.transfer import Item
from desktopchat.exchange import wire

PATIENCE = 60.0  # seconds without anything from the child
_GARBAGE = Sentence("What reads it sent something that nobody understands.")
_ENDED = Sentence("What reads it ended in the middle of it.")


class Reading:
    """What stands in a file, a folder or an archive, as it comes. May be iterated once.

    Args:
        path: What to read.
        patience: Seconds that a single conversation may take.
    """

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self.path = path
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        self._changed = Condition()
        self._deadline = 0.0
        self._is_late = False

    def cancel(self) -> None:
        """End the reading soon; the iteration ends as if there were no more. May be called from any thread."""
        with self._changed:
            self._cancelled = True
            if self._process is not None:
                self._process.kill()

    def __iter__(self) -> Generator[Item]:
        """Start the child and yield what it reads.

        Raises:
            ImportFileError: It cannot be read, or the child ended, hung, or sent garbage. What has come before is good.
        """
        with self._changed:
            if self._cancelled:
                return
            self._process = self._started()
            self._deadline = time.monotonic() + self._patience
        watch = Thread(target=self._watch, name="import-watch", daemon=True)
        watch.start()
        try:
            yield from self._items(self._process)
        finally:
            with self._changed:
                self._deadline = 0.0
                self._changed.notify()
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                with contextlib.suppress(OSError):
                    pipe.close()
            watch.join()

    def _items(self, process: subprocess.Popen[bytes]) -> Iterator[Item]:
        assert process.stdout is not None
        reader = wire.FrameReader(process.stdout)
        try:
            while True:
                self._wait_until(time.monotonic() + self._patience)
                item = reader.read()
                self._wait_until(float("inf"))  # how long it takes to store is nothing of the child's
                match item:
                    case wire.Done():
                        return
                    case wire.Failed():
                        raise item.error()
                    case None:
                        break
                yield item
        except wire.WireError as error:
            if not self._cancelled and not self._is_late:
                raise self._failure(_GARBAGE, str(error)) from error
        if self._cancelled:
            return
        if self._is_late:
            raise self._failure(
                Sentence("Reading it came to no end within {count} seconds.", count=f"{self._patience:g}"), ""
            )
        with contextlib.suppress(subprocess.TimeoutExpired):  # it may have closed its output alone
            process.wait(1)
        raise self._failure(_ENDED, f"exit code {process.poll()}")

    def _failure(self, reason: Sentence, details: str) -> ImportFileError:
        return ImportFileError(
            joined(Sentence("{name} could not be read to its end.", name=self.path.name), reason),
            "What came before that is kept; split the file to get at the rest.",
            details,
        )

    def _started(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                own_program.command("--import-child", str(self.path)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=own_program.environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ImportFileError(
                Sentence("The process that reads files cannot be started: {why}.", why=reason_of(error)),
                "Close other programs and try again.",
                str(error),
            ) from error

    def _wait_until(self, deadline: float) -> None:
        with self._changed:
            self._deadline = deadline
            self._changed.notify()

    def _watch(self) -> None:
        """Kill the child when it is late."""
        assert self._process is not None
        with self._changed:
            while self._deadline:
                left = self._deadline - time.monotonic()
                if left <= 0:
                    self._is_late = True
                    self._process.kill()
                    return
                self._changed.wait(min(left, 3600.0))
