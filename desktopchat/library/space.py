"""Whether what is to be downloaded has room on the disk."""

import os
import shutil
from pathlib import Path

from desktopchat.core.errors import DownloadError
from desktopchat.core.memory_words import size_text
from desktopchat.core.sentence import Sentence, reason_of

RESERVE = 1_000_000_000  # bytes that stay free: the conversations are written to the same disk


def require_room(folder: Path, size: int) -> None:
    """See that so many bytes have room in a folder.

    Raises:
        DownloadError: They have not.
    """
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise DownloadError(
            Sentence("{folder} cannot be used: {why}.", folder=folder, why=reason_of(error)),
            "See whether the disk is there.",
        ) from error
    if size and size + RESERVE > free:
        raise DownloadError(
            Sentence(
                "The downloads take {size} more, but only {free} are free in {folder}.",
                size=size_text(size),
                free=size_text(free),
                folder=folder,
            ),
            Sentence("Free some space, so that {reserve} stay free after them.", reserve=size_text(RESERVE)),
        )
