"""Looks for GGUF files in a folder without being led astray by what lies there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktopchat.core.local_model import Origin

ENDING = ".gguf"
DEEPEST = 8  # folders below the one that was named
MOST_FILES = 5_000
MOST_LOOKED_AT = 200_000  # names of all kinds


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may hold a model.

    Attributes:
        name: What its program calls it; empty for the name of the file.
        projector, adapters: Files that its program puts beside it.
    """

    path: Path
    origin: Origin
    name: str = ""
    projector: str = ""
    adapters: tuple[str, ...] = ()


def gguf_files(folder: Path, *, deepest: int = DEEPEST) -> Iterator[Path]:
    """Return the GGUF files in a folder and below it; folders behind links are not entered, nor hidden ones."""
    looked_at = given = 0
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        below = []
        for entry in _entries(place):
            looked_at += 1
            if looked_at > MOST_LOOKED_AT or given >= MOST_FILES:
                return
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if depth < deepest:
                        below.append((Path(entry.path), depth + 1))
                elif entry.name.lower().endswith(ENDING) and entry.is_file():
                    given += 1
                    yield Path(entry.path)
            except OSError:  # a link to itself
                continue
        waiting += reversed(below)


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name.casefold())
    except (OSError, ValueError):  # somebody else's, or gone by now
        return []
