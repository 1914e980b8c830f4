"""The folder of the models moves: all is copied and compared first, then the other folder is used, then this one goes.

What was interrupted goes on where it was: files that are there already in full are not copied again.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.file_lock import lock
from desktopchat.core.memory_words import size_text
from desktopchat.core.sentence import Sentence, reason_of

_MARK = ".desktopchat-moving"  # in the other folder, with the path of this one
_BLOCK = 1 << 20
_RESERVE = 256 << 20  # bytes that stay free
_PART = ".copy"


def move(
    models: Path,
    target: Path,
    switch: Callable[[Path], None],
    heard: Callable[[Path, float], None] = lambda _path, _share: None,
) -> int:
    """Move all that lies in the folder of the models to another, and return how many files that was.

    Args:
        target: A folder that is not there, is empty, or was begun before.
        switch: Makes the other folder the one that is used; called when all of it is there and right.
        heard: Called now and then with the file that is copied, and how much of it has been, from 0 to 1.

    Raises:
        ModelFileError: It cannot be; nothing was changed but copies, and the same call goes on from there.
    """
    models, target = Path(os.path.realpath(models)), Path(os.path.realpath(target.expanduser()))
    files = _files(models)
    _check(models, target)
    with _told(target):
        _check_room(models, target, files)
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = target / _MARK
        mark.write_text(str(models), encoding="utf-8")
        stamps = {}
        for inside in files:
            stamps[inside] = _stamp(models / inside)
            if (models / inside).is_symlink():
                _link(models, target, inside)
            else:
                _copy(models / inside, target / inside, heard)
        changed = [inside for inside in files if _stamp(models / inside) != stamps[inside]]
        if changed or set(_files(models)) != set(files):
            raise ModelFileError(
                Sentence("Something has changed in {folder} in the meantime.", folder=models), "Start it again."
            )
        mark.unlink()
    switch(target)
    for inside in files:
        with contextlib.suppress(OSError):  # it is safe in the other folder
            (models / inside).unlink()
    _remove_empty(models)
    return len(files)


def _check(models: Path, target: Path) -> None:
    if target == models or target.is_relative_to(models) or models.is_relative_to(target):
        raise ModelFileError(
            Sentence("{target} and {models} lie in each other.", target=target, models=models), "Choose another folder."
        )
    if target.exists() and not target.is_dir():
        raise ModelFileError(Sentence("{target} is no folder.", target=target), "Choose another folder.")
    names = {path.name for path in target.iterdir()} if target.exists() else set()
    begun = _MARK in names and _text(target / _MARK) == str(models)
    if names and not begun:
        raise ModelFileError(Sentence("{target} is not empty.", target=target), "Choose an empty folder, or a new one.")


def _check_room(models: Path, target: Path, files: list[Path]) -> None:
    there = target
    while not there.exists():
        there = there.parent
    if there.stat().st_dev == models.stat().st_dev:
        return  # links take no room
    needed = sum((models / inside).lstat().st_size for inside in files if not (target / inside).exists())
    free = shutil.disk_usage(there).free
    if needed + _RESERVE > free:
        raise ModelFileError(
            Sentence("{target} has {free} free, and {needed} are needed.", target=target, free=size_text(free),
                     needed=size_text(needed + _RESERVE)),
            "Free some space there, or choose another disk.",
        )  # fmt: skip


def _files(models: Path) -> list[Path]:
    """Return all files and links in the folder, by their paths in it."""
    return sorted(Path(place, name).relative_to(models) for place, _, names in os.walk(models) for name in names) + [
        Path(place, name).relative_to(models)
        for place, folders, _ in os.walk(models)
        for name in folders
        if Path(place, name).is_symlink()
    ]


def _copy(source: Path, target: Path, heard: Callable[[Path, float], None]) -> None:
    """Make sure that a file is in the other folder."""
    heard(source, 0.0)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        if target.samefile(source) or _digest(target) == _digest(source):
            return
        target.unlink()
    with source.open("rb") as file, contextlib.suppress(OSError):
        _refuse_locked(file.fileno(), source)
    try:
        os.link(source, target)
    except OSError:
        pass  # on another disk
    else:
        return
    part = target.with_name(f".{target.name}{_PART}")
    digest = hashlib.sha256()
    with source.open("rb") as file, part.open("wb") as sink:
        size = os.fstat(file.fileno()).st_size
        while block := file.read(_BLOCK):
            digest.update(block)
            sink.write(block)
            heard(source, sink.tell() / size)
        sink.flush()
        os.fsync(sink.fileno())
    shutil.copystat(source, part)
    if _digest(part) != digest.digest():
        part.unlink()
        raise ModelFileError(
            Sentence("{path} was not written as it was read.", path=target), "Check the disk, and start it again."
        )
    part.replace(target)


def _refuse_locked(file: int, source: Path) -> None:
    """Leave what another thread or program downloads alone."""
    if source.suffix != ".part":
        return
    try:
        lock(file)
    except OSError:
        raise ModelFileError(
            Sentence("{path} is being downloaded.", path=source), "Wait for it, or pause it; then start again."
        ) from None


def _link(models: Path, target: Path, inside: Path) -> None:
    """Make a link that leads where the one in the folder does; what lies in the folder moves along."""
    source, made = models / inside, target / inside
    made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    goal = Path(os.path.normpath(source.parent / source.readlink()))
    if goal.is_relative_to(models):
        goal = target / goal.relative_to(models)
    if not os.path.lexists(made):
        made.symlink_to(goal)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_size, status.st_mtime_ns


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _text(path: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="utf-8")
    return ""


def _remove_empty(models: Path) -> None:
    for place, _, _ in os.walk(models, topdown=False):
        with contextlib.suppress(OSError):
            Path(place).rmdir()


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelFileError(
            Sentence("The models cannot be moved to {target}: {why}.", target=target, why=reason_of(error)),
            "They are still used where they are. Mend that, and start it again.",
        ) from error
