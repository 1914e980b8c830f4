"""Which file a model is, by its hash."""

import hashlib
import os
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.sentence import Sentence, reason_of

_SAMPLE = 1 << 16  # bytes, at the start, in the middle and at the end
Stamp = tuple[int, int]


def stamp(path: str) -> Stamp:
    """Return size in bytes and time of the last change in ns, which tell whether a hash still holds.

    Raises:
        ModelFileError: The file cannot be read any more.
    """
    try:
        info = Path(path).stat()
    except OSError as error:
        raise ModelFileError(Sentence("{path} cannot be read: {why}.", path=path, why=reason_of(error))) from error
    return info.st_size, info.st_mtime_ns


def sha256(path: str) -> str:
    """Return the SHA-256 of a file in hexadecimal digits; reads all of it.

    Raises:
        ModelFileError: The file cannot be read any more.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(Sentence("{path} cannot be read: {why}.", path=path, why=reason_of(error))) from error


def sample(path: Path) -> str:
    """Return what tells a file from nearly all others, by its size and three small pieces; empty when it cannot."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            digest = hashlib.sha256()
            for place in (0, size // 2, max(0, size - _SAMPLE)):
                file.seek(place)
                digest.update(file.read(_SAMPLE))
    except OSError:
        return ""
    return f"{size}-{digest.hexdigest()}"
