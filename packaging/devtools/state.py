"""What has been set up already: a stamp inside .venv, and the lock that keeps two set-ups apart."""

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from devtools.console import SetupError, say


def fingerprint(*parts: str | Path) -> str:
    """Return a short hash of texts and of the contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


class Venv:
    """The folder .venv with the record of the steps that have been done in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = folder / "desktopchat.lock"
        self._stamp = folder / "desktopchat.json"
        self._done: dict[str, str] = {}
        self.load()

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    def log(self, step: str) -> Path:
        """Where the output of a step is kept."""
        return self.folder / "log" / f"{step}.log"

    def get(self, step: str) -> str:
        """Return the key under which a step was done; empty when it was not."""
        return self._done.get(step, "")

    def record(self, step: str, key: str) -> None:
        """Note that a step is done, for good."""
        self._done[step] = key
        self._save()

    def forget(self, step: str) -> None:
        """Note that a step has to be done again, before what it made is touched."""
        if self._done.pop(step, None) is not None:
            self._save()

    def _save(self) -> None:
        part = self._stamp.with_suffix(".part")
        with part.open("w", encoding="utf-8") as sink:
            json.dump(self._done, sink, indent=1)
            sink.flush()
            os.fsync(sink.fileno())
        part.replace(self._stamp)

    def load(self) -> None:
        """Read the stamp; one that cannot be read counts as nothing done."""
        try:
            done = json.loads(self._stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            done = None
        self._done = {str(step): str(key) for step, key in done.items()} if isinstance(done, dict) else {}
        # Without its interpreter, as after an upgrade of the system, the folder has to be made anew.
        if not self.python.exists():
            self._done.pop("venv", None)

    def wipe(self) -> None:
        """Empty the folder but for the lock, which says that it is ours."""
        self._done = {}
        # First, so that a wipe that is interrupted leaves nothing that counts as done.
        self._stamp.unlink(missing_ok=True)
        for path in self.folder.iterdir():
            if path == self._lock:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other set-ups out, waiting for one that is under way; make the folder when there is none.

        Raises:
            SetupError: There is a folder of this name that somebody else has made.
        """
        if self.folder.exists() and not self._lock.exists() and any(self.folder.iterdir()):
            raise SetupError(f"{self.folder} was not made by this program. Rename or remove it, then start again.")
        self.folder.mkdir(exist_ok=True)
        with self._lock.open("w") as file:
            if not _try_lock(file):
                say("Another set-up is under way; waiting for it.")
                _wait_lock(file)
            # It may have done our work.
            self.load()
            yield


if sys.platform == "win32":
    import msvcrt
    import time

    def _try_lock(file: TextIO) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait_lock(file: TextIO) -> None:
        while not _try_lock(file):
            time.sleep(1)

else:
    import fcntl

    def _try_lock(file: TextIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_lock(file: TextIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
