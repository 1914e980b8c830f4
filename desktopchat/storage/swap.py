"""Puts another file in the place of the database, so that a crash at any moment leaves the old or the new one."""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from desktopchat.core.care import CopyKind

_PENDING = ".next"
_NAME = re.compile(r".+-(\d{8}T\d{6}Z)-(\w+)")
_TIME = "%Y%m%dT%H%M%SZ"  # names sort by time
_CHUNK = 1 << 20


def file_name(database: Path, kind: CopyKind, at: float) -> str:
    """Return how a copy of a database is called: its own name, the time in UTC, and why it was made."""
    return f"{database.stem}-{datetime.fromtimestamp(at, UTC).strftime(_TIME)}-{kind}{database.suffix}"


def named(path: Path) -> tuple[CopyKind, float] | None:
    """Return why and when a copy was made, by its name; None for any other file."""
    match = _NAME.fullmatch(path.stem)
    if match is None:
        return None
    try:
        return CopyKind(match[2]), datetime.strptime(match[1], _TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def put_in_place(path: Path, part: Path, kind: CopyKind, at: float) -> Path:
    """Let a finished file take the place of the database, which nobody may have open, and keep the old one.

    Once the new file has its second name, the rest is done by this call or, after a crash, by `finish`.

    Args:
        path: The database, which may be missing.
        part: The new one, which stands alone: it has no log beside it.
        kind: The old file and its log are kept beside the new one under a name that says this and when.
        at: Seconds since the epoch, for that name.

    Returns:
        The old file under its new name.

    Raises:
        OSError: The old file is still in its place or is moved back there by `finish`.
    """
    sync(part)
    while True:
        aside = path.with_name(file_name(path, kind, at))
        pending = aside.with_suffix(_PENDING)
        if not aside.exists() and not pending.exists():
            break
        at += 1
    part.rename(pending)
    sync(path.parent)
    finish(path)
    return aside


def finish(path: Path) -> None:
    """Complete what a crash cut off. To be called before the database is opened, by whoever holds its folder."""
    for pending in sorted(path.parent.glob(f"{path.stem}-*{_PENDING}")):
        aside = pending.with_suffix(path.suffix)
        _beside(path, "-shm").unlink(missing_ok=True)  # says only what is in the log
        # The log first goes with its file: beside the new one it would be taken for that one's.
        log = _beside(path, "-wal")
        if log.exists() and log.stat().st_size == 0:
            log.unlink()  # a reader made it
        for suffix in ("", "-wal"):
            if _beside(path, suffix).exists() and not _beside(aside, suffix).exists():
                _move(_beside(path, suffix), _beside(aside, suffix))
        sync(path.parent)
        _move(pending, path)
        sync(path.parent)


def _move(path: Path, target: Path) -> None:
    with suppress(FileNotFoundError):  # another process that opens the store was faster
        path.rename(target)


def replace_and_wipe(path: Path, part: Path) -> None:
    """Let a finished file take the place of one that has no log, and overwrite that one's bytes on the disk.

    File systems that copy on write and flash disks may keep old blocks for a while all the same, and Windows does not
    let go of the name of an open file, so that it is only removed there.
    """
    sync(part)
    if os.name != "posix":
        part.replace(path)
        return
    with path.open("r+b", buffering=0) as old:
        part.replace(path)
        sync(path.parent)
        _overwrite(old.fileno())


def wipe(path: Path) -> None:
    """Overwrite a file and remove it; see `replace_and_wipe`."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        _overwrite(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()


def _overwrite(descriptor: int) -> None:
    left = os.fstat(descriptor).st_size
    while left > 0:
        left -= os.write(descriptor, bytes(min(left, _CHUNK)))
    os.fsync(descriptor)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    if path.is_dir() and os.name != "posix":
        return  # Windows writes names through by itself and opens no folders
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
