"""Text on the disk that is there whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence, reason_of

_LONGEST = 80  # characters of the name that is part of the temporary one


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
