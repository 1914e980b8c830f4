"""Which file a model is, by its hash."""

import hashlib
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.sentence import Sentence, reason_of

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
