"""The files that an import reads: one, those of a folder, or those in a zip archive, which is never unpacked."""

import codecs
import io
import os
import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktopchat.core.errors import ImportFileError
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.core.transfer import Skipped

MAX_FILES = 100_000
MAX_UNPACKED = 2 << 30  # bytes that are read from one archive
MAX_RATIO = 200  # no talk shrinks more than that
_SMALL = 1 << 20  # bytes that do no harm, however much they shrank

_HEAD = 1 << 12
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What zipfile raises for archives that are damaged, encrypted or unusual.
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Source:
    """One file that can be read.

    Attributes:
        name: As a person knows it, with the folder or archive that was named.
        modified: In seconds since the epoch.
        size: In bytes.
        is_alone: It was named itself, not found in a folder or archive.
        open: Opens it for reading; it can seek.
        beside: Finds a file of another name in the same folder.
    """

    name: str
    modified: float
    size: int
    is_alone: bool
    open: Callable[[], BinaryIO]
    beside: "Callable[[str], Source | None]"

    def head(self) -> bytes:
        """Return how it begins."""
        with self.open() as file:
            return file.read(_HEAD)

    def text(self) -> io.BufferedReader:
        """Open it as UTF-8 without a byte order mark, whatever its encoding is."""
        file = self.open()
        head = file.read(_HEAD)
        encoding = _encoding(head)
        file.seek(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
        raw = file if encoding is None else _Recoded(file, encoding)
        return io.BufferedReader(raw, 1 << 16)  # type: ignore[arg-type]  # what is no RawIOBase can do what one can


def sources(path: Path) -> Iterator[Source | Skipped]:
    """Return the file at a path, or those in the folder or archive there.

    Raises:
        ImportFileError: It cannot be opened, or is an archive that cannot be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            yield from _in_folder(path)
            return
        if not stat.S_ISREG(mode):
            raise ImportFileError(Sentence("{path} is no file.", path=path), "Name a file or a folder.")
        source = _on_disk(path, path.parent, is_alone=True)
        with source.open():
            pass
    except OSError as error:
        raise ImportFileError(
            Sentence("{path} cannot be read: {why}.", path=path, why=reason_of(error)),
            "See whether the name is right and you may read it.",
        ) from error
    yield from _itself_or_inside(source, path)


def _in_folder(folder: Path) -> Iterator[Source | Skipped]:
    count = 0
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            try:
                # Neither links nor devices: they may lead anywhere, and to no end.
                if not stat.S_ISREG(path.lstat().st_mode):
                    continue
                source = _on_disk(path, folder.parent, is_alone=False)
                source.head()
            except OSError as error:
                yield Skipped(
                    Sentence.of(str(path.relative_to(folder.parent))),
                    Sentence("It cannot be read: {why}.", why=reason_of(error)),
                )
                continue
            count += 1
            if count > MAX_FILES:
                yield Skipped(
                    Sentence.of(folder.name),
                    Sentence("It holds more than {most} files; the others were not read.", most=MAX_FILES),
                )
                return
            try:
                yield from _itself_or_inside(source, path)
            except ImportFileError as error:
                yield Skipped(Sentence.of(source.name), error.cause)


def _on_disk(path: Path, root: Path, *, is_alone: bool) -> Source:
    status = path.stat()

    def beside(name: str) -> Source | None:
        other = path.with_name(name)
        return _on_disk(other, root, is_alone=False) if other.is_file() else None

    def opened() -> BinaryIO:
        return path.open("rb")

    return Source(str(path.relative_to(root)), status.st_mtime, status.st_size, is_alone, opened, beside)


def _itself_or_inside(source: Source, path: Path) -> Iterator[Source | Skipped]:
    if not source.head().startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield source
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _in_archive(archive, source)
    except (*ARCHIVE_ERRORS, OSError) as error:  # a damaged place in the file may be one that cannot be sought
        raise ImportFileError(
            Sentence("{name} is no archive that can be read, or is damaged.", name=source.name),
            "Fetch it again, or unpack it and name its folder.",
            f"{type(error).__name__}: {error}",
        ) from error


def _in_archive(archive: zipfile.ZipFile, outer: Source) -> Iterator[Source | Skipped]:
    members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    if len(members) > MAX_FILES:
        raise ImportFileError(
            Sentence("{name} holds more than {most} files.", name=outer.name, most=MAX_FILES),
            "Unpack it and name the file that is wanted.",
        )

    def source(info: zipfile.ZipInfo) -> Source:
        folder = info.filename.rpartition("/")[0]

        def beside(name: str) -> Source | None:
            other = members.get(f"{folder}/{name}" if folder else name)
            return source(other) if other else None

        def opened() -> BinaryIO:
            return archive.open(info)  # type: ignore[return-value]

        return Source(f"{outer.name}/{info.filename}", _modified(info), info.file_size, False, opened, beside)

    total = 0
    for info in members.values():
        name = Sentence.of(f"{outer.name}/{info.filename}")
        if info.file_size > max(_SMALL, MAX_RATIO * info.compress_size):
            yield Skipped(name, Sentence("It claims to unpack to more than {count} times its size.", count=MAX_RATIO))
            continue
        try:
            source(info).head()
        except (*ARCHIVE_ERRORS, OSError) as error:
            yield Skipped(name, Sentence("It cannot be unpacked: {error}.", error=error))
            continue
        # What is not asked for is not read any further, such as pictures.
        total += info.file_size
        if total > MAX_UNPACKED:
            yield Skipped(
                name, Sentence("The files in the archive come to more than {count} GB.", count=MAX_UNPACKED >> 30)
            )
            return
        yield source(info)


def _modified(info: zipfile.ZipInfo) -> float:
    try:
        return max(0.0, time.mktime((*info.date_time, 0, 0, -1)))
    except (ValueError, OverflowError):
        return 0.0


def _encoding(head: bytes) -> str | None:
    """Return the encoding of a text that is not UTF-8 or alike; None for those."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) >= 4 and head[0] and not head[1] and head[2] and not head[3]:
        return "utf-16-le"
    if len(head) >= 4 and not head[0] and head[1] and not head[2] and head[3]:
        return "utf-16-be"
    return None


class _Recoded(io.RawIOBase):
    """A file in another encoding, as UTF-8."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            data = self._file.read(1 << 16)
            self._ready = self._decoder.decode(data, final=not data).encode()
            if not data:
                break
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
