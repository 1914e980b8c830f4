"""Exported text on disk."""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence, reason_of

_UNFIT = re.compile(r"[^\w ()+,.=@~-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)  # names of devices on Windows
_LONGEST = 80


def file_name(title: str, ending: str, taken: set[str]) -> str:
    """Return a name that every system takes, and add it to those that are taken.

    Args:
        title: What it should say.
        ending: With the dot.
        taken: Names that are in use, in lower case.
    """
    stem = " ".join(_UNFIT.sub(" ", title).split())[:_LONGEST].strip(" .-~")
    if not stem or _RESERVED.match(stem):
        stem = f"conversation {stem}".strip()
    name, number = f"{stem}{ending}", 1
    while name.lower() in taken:
        number += 1
        name = f"{stem} {number}{ending}"
    taken.add(name.lower())
    return name


def save(path: Path, pieces: Iterable[str]) -> None:
    """Write a text whole or not at all; a file that is there already is replaced. Only its owner may read it.

    Raises:
        UserError: It cannot be written.
    """
    part = ""
    try:
        handle, part = tempfile.mkstemp(prefix=f".{path.name[:_LONGEST]}-", suffix=".part", dir=path.parent)
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123  (it is open already)
            file.writelines(pieces)
            file.flush()
            os.fsync(handle)
        Path(part).replace(path)
    except BaseException as error:
        if part:
            with contextlib.suppress(OSError):
                Path(part).unlink()
        if isinstance(error, OSError):
            raise UserError(
                Sentence("{path} cannot be written: {why}.", path=path, why=reason_of(error)),
                "Choose another place, or free some space.",
            ) from error
        raise
