"""What has come of a file, in <name>.part, and what it is to become, in <name>.json beside it.

Once all of it is there and is what it should be, it gets its name; the .json stays, so that it can be verified again.
"""

import contextlib
import errno
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desktopchat.core.errors import DownloadError
from desktopchat.core.file_lock import lock
from desktopchat.core.free_name import give_name
from desktopchat.core.hub_file import HubFile
from desktopchat.core.memory_words import size_text
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.json_file import write_json

_ENDING, _RECORD, _BAD = ".part", ".json", ".bad"
_ASIDE = re.compile(r".+\.gguf\.\d+(\.part|\.bad)", re.IGNORECASE)
_MOST_RECORD = 64 << 10  # bytes
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Record:
    """Where a file comes from.

    Attributes:
        etag: What the server that sends it calls this content; empty when it does not.
    """

    file: HubFile
    etag: str = ""

    @classmethod
    def of(cls, target: Path) -> "Record | None":
        """Return what is written down about a file; None when nothing is that makes sense."""
        try:
            with record_of(target).open(encoding="utf-8") as source:
                values: dict[str, Any] = json.loads(source.read(_MOST_RECORD))
            etag = values.pop("etag")
            file = HubFile(**values)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        texts = (file.repo, file.commit, file.path, file.sha256, etag)
        return cls(file, etag) if type(file.size) is int and all(isinstance(one, str) for one in texts) else None

    def write(self, target: Path) -> None:
        """Write it down, all of it or nothing.

        Raises:
            OSError: It cannot be written.
        """
        write_json(record_of(target), {**asdict(self.file), "etag": self.etag})

    def is_of(self, file: HubFile) -> bool:
        """Return whether this is the same content."""
        ours = self.file
        if file.sha256:
            return (ours.size, ours.sha256) == (file.size, file.sha256)
        return ours == file


class Part:
    """The beginning of a file, which nobody else writes to while this is open.

    Attributes:
        path: Where it is.
        size: Bytes that are there.
        etag: As of `Record`.
    """

    def __init__(self, target: Path, file: HubFile) -> None:
        self.path = part_of(target)
        self.size = 0
        self.etag = ""
        self._target = target
        self._about = file
        self._file = -1

    def __enter__(self) -> Self:
        """Open it, or begin it.

        Raises:
            DownloadError: It cannot be used, or another program writes to it.
        """
        with self._told():
            self._target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._open()
            try:
                self._look_at_what_is_there()
            except BaseException:
                self._close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def write(self, data: bytes | memoryview) -> None:
        """Add to it.

        Raises:
            DownloadError: The disk refuses.
        """
        with self._told():
            while data:
                written = os.write(self._file, data)
                self.size += written
                data = memoryview(data)[written:]

    def note(self, etag: str) -> None:
        """Remember what the server calls this content."""
        if etag != self.etag:
            self.etag = etag
            with self._told():
                Record(self._about, etag).write(self._target)

    def sync(self) -> None:
        """Have the system write it to the disk.

        Raises:
            DownloadError: The disk refuses.
        """
        with self._told():
            os.fsync(self._file)

    def finish(self) -> None:
        """Give it its name, which nothing else has.

        Raises:
            DownloadError: Something is called so by now.
        """
        with self._told():
            if sys.platform == "win32":
                self._close()  # else it cannot be moved
            give_name(self.path, self._target)
            _sync_folder(self._target.parent)

    def set_aside(self) -> Path:
        """Give what is not what it should be another name, under which nobody takes it for a model, and return it."""
        with self._told():
            if sys.platform == "win32":
                self._close()
            return _move_aside(self.path, self._target.name, _BAD)

    def _open(self) -> None:
        while True:
            self._file = os.open(self.path, _FLAGS, 0o600)
            try:
                lock(self._file)
            except (BlockingIOError, PermissionError):
                self._close()
                raise DownloadError(
                    Sentence("Another desktopchat is downloading {name}.", name=self._target.name),
                    "Wait for it, or end it there first.",
                ) from None
            except OSError:
                pass  # a file system without locks, as some over a network are
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(self._file), self.path.stat()):
                    return
            self._close()  # whoever had the lock has given it its name

    def _look_at_what_is_there(self) -> None:
        self.size = os.lseek(self._file, 0, os.SEEK_END)
        record = Record.of(self._target)
        if self.size and not (record and record.is_of(self._about) and self.size <= self._about.size):
            # Of another version of the file; it may have taken hours, so it is not ours to delete.
            self._close()
            _move_aside(self.path, self._target.name, _ENDING)
            self._open()
            self.size, record = 0, None
        if record is None or record.file != self._about:
            Record(self._about).write(self._target)
        else:
            self.etag = record.etag

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: OSError) -> DownloadError:
        name, folder = self._target.name, self._target.parent
        if isinstance(error, FileExistsError):
            return taken(self._target)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return DownloadError(
                Sentence("There is no room left for {name}: {rest} are missing.", name=name,
                         rest=size_text(self._about.size - self.size)),
                Sentence("What came is kept. Free some space in {folder}, and start it again.", folder=folder),
                str(error),
            )  # fmt: skip
        return DownloadError(
            Sentence("{name} cannot be written: {why}.", name=name, why=reason_of(error)),
            Sentence("What came is kept. See that {folder} can be written to, and start it again.", folder=folder),
            str(error),
        )


def part_of(target: Path) -> Path:
    """Return where a file grows."""
    return target.with_name(f"{target.name}{_ENDING}")


def record_of(target: Path) -> Path:
    """Return where it is written down what a file is."""
    return target.with_name(f"{target.name}{_RECORD}")


def here(target: Path, file: HubFile) -> int:
    """Return how many bytes of a file are here."""
    with contextlib.suppress(OSError):
        if target.stat().st_size == file.size:
            return file.size
    with contextlib.suppress(OSError):
        record = Record.of(target)
        if record is not None and record.is_of(file):
            return min(part_of(target).stat().st_size, file.size)
    return 0


def left_over(models: Path) -> list[tuple[Path, HubFile]]:
    """Return the places of files of which a part is here, with what they are to become."""
    found = []
    for folder, _, names in os.walk(models):
        for name in names:
            target = Path(folder, name.removesuffix(_ENDING))
            if name.endswith(f".gguf{_ENDING}") and (record := Record.of(target)) is not None:
                found.append((target, record.file))
    return sorted(found)


def set_aside(models: Path) -> list[tuple[Path, Sentence]]:
    """Return what lies in the folder of the models and is of no use, with the reason."""
    found = []
    for folder, _, names in os.walk(models):
        for name in names:
            if match := _ASIDE.fullmatch(name):
                damaged = Sentence("it was not what the hub said it would be")
                other = Sentence("the beginning of another version")
                found.append((Path(folder, name), damaged if match[1] == _BAD else other))
            elif name.endswith(f".gguf{_ENDING}") and Record.of(Path(folder, name.removesuffix(_ENDING))) is None:
                found.append((Path(folder, name), Sentence("nobody knows what it is the beginning of")))
    return sorted(found)


def forget(target: Path) -> None:
    """Delete what has come of a file that is not whole.

    Raises:
        DownloadError: It cannot be deleted.
    """
    if not target.exists():
        delete(record_of(target))
    delete(part_of(target))


def delete(path: Path) -> None:
    """Delete what is of no use.

    Raises:
        DownloadError: It cannot be deleted.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise DownloadError(
            Sentence("{name} cannot be deleted: {why}.", name=path.name, why=reason_of(error)),
            Sentence("See that {folder} can be written to.", folder=path.parent),
            str(error),
        ) from error


def taken(target: Path) -> DownloadError:
    """Return that another file has a name already."""
    return DownloadError(
        Sentence("Another file is called {path}.", path=target),
        "Move it away, or give it another name; then start again.",
    )


def _move_aside(path: Path, name: str, ending: str) -> Path:
    number = 1
    while True:
        other = path.with_name(f"{name}.{number}{ending}")
        with contextlib.suppress(FileExistsError):
            give_name(path, other)
            return other
        number += 1


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
