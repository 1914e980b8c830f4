"""A disk that fails when a test wants it to: SQLite's own file system with errors put in between."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

# What each kind of call fails with: the class that apsw knows it by, and SQLite's extended code.
ERRORS: dict[str, tuple[type[apsw.Error], int]] = {
    "write": (apsw.IOError, apsw.SQLITE_IOERR_WRITE),
    "full": (apsw.FullError, apsw.SQLITE_FULL),
    "sync": (apsw.IOError, apsw.SQLITE_IOERR_FSYNC),
    "truncate": (apsw.IOError, apsw.SQLITE_IOERR_TRUNCATE),
    "open": (apsw.CantOpenError, apsw.SQLITE_CANTOPEN),
}
_CALLS = {"write": "write", "full": "write", "sync": "sync", "truncate": "truncate", "open": "open"}


@dataclass
class Fault:
    """The k-th call of a kind fails, and with `lasts` all after it.

    Attributes:
        kind: A key of ERRORS.
        place: 1 for the first call.
        calls: How many there have been.
        fired: Whether one has failed.
    """

    kind: str
    place: int
    lasts: bool = False
    calls: int = 0
    fired: bool = field(default=False)

    def meets(self, call: str) -> bool:
        """Count a call and return whether it fails."""
        if call != _CALLS[self.kind]:
            return False
        self.calls += 1
        fails = self.calls == self.place or (self.lasts and self.calls > self.place)
        self.fired = self.fired or fails
        return fails


class FailingDisk(apsw.VFS):
    """The default file system of this process, until it is unregistered.

    Args:
        flag: While this file is there, nothing can be written, as if the disk were full.
    """

    def __init__(self, flag: Path | None = None) -> None:
        self._flag = flag
        self._faults: tuple[Fault, ...] = ()
        self.base = "win32" if sys.platform == "win32" else "unix"  # not the one of the cipher, which stands on it
        super().__init__("failing", self.base, makedefault=True)

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[Fault]:
        """Let a fault happen inside."""
        self._faults = (fault,)
        try:
            yield fault
        finally:
            self._faults = ()

    def mend(self) -> None:
        """Let nothing fail any more."""
        self._faults = ()

    def check(self, call: str) -> None:
        """Fail a call when it is its turn.

        Raises:
            apsw.Error: It is.
        """
        faults = (Fault("full", 1),) if self._flag is not None and self._flag.exists() else self._faults
        for fault in faults:
            if fault.meets(call):
                kind, code = ERRORS[fault.kind]
                error = kind(f"the test made this {call} fail")
                error.extendedresult = code
                error.result = code & 0xFF
                raise error

    def xOpen(self, name: Any, flags: list[int]) -> "_FailingFile":
        self.check("open")
        return _FailingFile(self, name, flags)


class _FailingFile(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        super().__init__(disk.base, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.check("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self._disk.check("sync")
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:
        self._disk.check("truncate")
        super().xTruncate(size)

    def xLock(self, level: int) -> None:
        try:
            super().xLock(level)
        except apsw.IOError as error:
            # Closing a file that is open for reading tries to lock it for writing. SQLite takes no for an answer, but
            # apsw would raise it.
            raise apsw.BusyError("not to be locked") from error
