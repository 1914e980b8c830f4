"""Where the files of a model hub lie here: <models>/<owner>/<repository>/<file>, whatever they are called there."""

import os
import unicodedata
from pathlib import Path

from desktopchat.core.errors import DownloadError
from desktopchat.core.hub_file import HubFile
from desktopchat.core.hub_names import is_repository, is_safe
from desktopchat.core.sentence import Sentence

_LONGEST = 240  # bytes of a name, of the 255 that file systems take: there are endings of ours to come


def place_for(models: Path, file: HubFile) -> Path:
    """Return where a file is kept; it is below the folder, and nothing else is called so.

    Raises:
        DownloadError: No file of ours may be called so.
    """
    steps = file.path.split("/")
    is_short = all(len(step.encode("utf-8", "replace")) <= _LONGEST for step in steps)
    if not (is_repository(file.repo) and is_safe(file.path) and file.path.lower().endswith(".gguf") and is_short):
        raise _refused(file)
    place = models
    for step in file.repo.split("/"):
        place /= _called_alike(place, step) or step  # a hub takes small letters for capitals
    folder = place
    for step in steps:
        if other := _called_alike(place, step):
            raise DownloadError(
                Sentence("{name} would be mixed up with {other}, which is already there.", name=step, other=other),
                Sentence("Move that file away, or give it another name; it lies in {folder}.", folder=place),
            )
        place /= step
    real = Path(os.path.realpath(models), *folder.relative_to(models).parts, *steps)
    if Path(os.path.realpath(place)) != real:
        raise DownloadError(
            Sentence("{folder} leads out of the folder of the models.", folder=folder),
            "Put a folder in the place of the link, and start again.",
        )
    return place


def _called_alike(folder: Path, name: str) -> str:
    """Return what is there that some file systems would take for a name; empty for the name itself, or nothing."""
    try:
        names = os.listdir(folder)  # noqa: PTH208, only names are wanted
    except OSError:  # it is not there yet
        return ""
    if name in names:
        return ""
    return next((other for other in names if _folded(other) == _folded(name)), "")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _refused(file: HubFile) -> DownloadError:
    name = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in file.path)
    return DownloadError(
        Sentence("No model here may be called “{name}”.", name=name[:80]),
        "Choose another file; this one was named to do harm, or by mistake.",
    )
