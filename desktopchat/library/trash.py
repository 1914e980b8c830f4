"""Models that were thrown away: they lie in a hidden folder on the same disk until the trash is emptied."""

import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import LocalModel, Origin
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.part import record_of
from desktopchat.library.shelf import Library

_FOLDER, _ENDING = ".trash", ".trashed"
_OWN_WAYS = {Origin.OLLAMA: Sentence("Remove it there: ollama rm {name}.")}


@dataclass(frozen=True, slots=True)
class Thrown:
    """What was thrown away.

    Attributes:
        size: Bytes that emptying the trash gives back; links and what others share count nothing.
    """

    name: str
    size: int


def throw_away(library: Library, model: LocalModel, *, others: bool = False) -> Thrown:
    """Put the files of a model into the trash. A projector that other models see through stays.

    Args:
        others: The person knows that the files are not in our own folder.

    Raises:
        ModelFileError: It belongs to another program, or its files cannot be moved; then all are where they were.
    """
    if model.origin not in (Origin.OWN, Origin.ADDED):
        raise ModelFileError(
            Sentence("{name} belongs to another program: {program}.", name=model.called, program=model.origin.label),
            _OWN_WAYS.get(model.origin, Sentence("Remove it there.")).about(name=model.name),
        )
    if model.origin is Origin.ADDED and not others:
        raise ModelFileError(
            Sentence("{name} is not in our own folder, but at {path}.", name=model.called, path=model.path),
            "Another program may use it; say that you mean it, or only stop showing its folder.",
        )
    paths = _own_files(library, model)
    size = sum(_gain(path) for path in paths)
    base = library.folder if model.origin is Origin.OWN else Path(model.path).parent
    place = base / _FOLDER / str(time.time_ns())
    moves = [(path, place / f"{number}-{path.name}{_ENDING}") for number, path in enumerate(paths)]
    entry = {"name": model.called, "size": size, "moves": [[str(there), str(here)] for there, here in moves]}
    # Listed first: nothing lies in the trash that nobody knows of, whatever ends this half way.
    with library.kept.changed() as decisions:
        decisions.trash.append(entry)
    try:
        _move(moves)
    except ModelFileError:
        _unlist(library, entry)
        raise
    return Thrown(model.called, size)


def exchange(library: Library, name: str, files: Sequence[tuple[Path, Path]]) -> None:
    """Put other files in the place of some, which go into the trash; what is written down about them moves along.

    Args:
        name: Of what goes into the trash.
        files: Where each lies, and what is to lie there.

    Raises:
        ModelFileError: They cannot be moved; then all are where they were.
    """
    pairs = [(one, other) for path, new in files for one, other in ((path, new), (record_of(path), record_of(new)))]
    place = library.folder / _FOLDER / str(time.time_ns())
    leaving = [(path, place / f"{number}-{path.name}{_ENDING}") for number, (path, _new) in enumerate(pairs)]
    entry = {
        "name": name,
        "size": sum(_gain(path) for path, _new in pairs),
        "moves": [[str(there), str(here)] for there, here in leaving],
    }
    with library.kept.changed() as decisions:
        decisions.trash.append(entry)
    try:
        _move([*leaving, *((new, path) for path, new in pairs)])
    except ModelFileError:
        _unlist(library, entry)
        raise


def bring_back(library: Library) -> str:
    """Put back what was thrown away last, and return its name; empty when there is nothing.

    Raises:
        ModelFileError: Its place is taken, or it cannot be moved.
    """
    if not contents(library):
        return ""
    with library.kept.changed() as decisions:
        while not (moves := [(here, there) for there, here in _moves(decisions.trash[-1])]):
            decisions.trash.pop()
        entry = decisions.trash[-1]
        for _here, there in moves:
            if os.path.lexists(there):
                raise ModelFileError(
                    Sentence("Another file is called {path}.", path=there), "Move it away, and try again."
                )
        _move(moves)
        decisions.trash.pop()
        _tidy(moves[0][0].parent)
        return str(entry.get("name", ""))


def contents(library: Library) -> tuple[Thrown, ...]:
    """Return what lies in the trash."""
    entries = [entry for entry in library.kept.read().trash if _moves(entry)]
    return tuple(Thrown(str(one.get("name", "")), int(one.get("size", 0))) for one in entries)


def empty(library: Library) -> int:
    """Delete what lies in the trash, and return how many bytes that gave back.

    Raises:
        ModelFileError: Something cannot be deleted.
    """
    gained, left = 0, []
    if not library.kept.read().trash:
        return 0
    with library.kept.changed() as decisions:
        for entry in decisions.trash:
            try:
                for _there, here in _moves(entry):
                    gain = _gain(here)
                    here.unlink(missing_ok=True)
                    gained += gain
                    _tidy(here.parent)
            except OSError:
                left.append(entry)
        decisions.trash = left
    if left:
        raise ModelFileError("Not everything in the trash could be deleted.", "See that its files may be deleted.")
    return gained


def _own_files(library: Library, model: LocalModel) -> list[Path]:
    """Return the files of a model that no other model has, with what is written down about them."""
    shared = {path for other in library.models() if other.path != model.path for path in other.files}
    files = [Path(path) for path in model.files if path not in shared]
    return files + [record for path in files if (record := record_of(path)).exists()]


def _unlist(library: Library, entry: dict[str, Any]) -> None:
    with contextlib.suppress(ModelFileError), library.kept.changed() as decisions:
        decisions.trash.remove(entry)


def _move(moves: Sequence[tuple[Path, Path]]) -> None:
    """Rename all files, or none."""
    done: list[tuple[Path, Path]] = []
    try:
        for there, here in moves:
            here.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            there.rename(here)
            done.append((there, here))
    except OSError as error:
        for there, here in reversed(done):
            with contextlib.suppress(OSError):
                here.rename(there)
        raise ModelFileError(
            Sentence("{path} cannot be moved: {why}.", path=error.filename or "", why=reason_of(error)),
            "See that its folder can be written to, and that no program has it open.",
        ) from error


def _moves(entry: dict[str, Any]) -> list[tuple[Path, Path]]:
    """Return where those files of an entry were and are that are in the trash.

    The list may have been edited: only our trash is believed. It may also tell of what never got there.
    """
    pairs = entry.get("moves")
    found = []
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair):
            there, here = map(Path, pair)
            if (
                here.name.endswith(_ENDING)
                and here.parent.parent.name == _FOLDER
                and ".." not in here.parts
                and os.path.lexists(here)
            ):
                found.append((there, here))
    return found


def _gain(path: Path) -> int:
    try:
        status = path.lstat()
    except OSError:
        return 0
    return status.st_size if status.st_nlink == 1 and not path.is_symlink() else 0


def _tidy(folder: Path) -> None:
    """Remove the folder of an entry and the trash when they are empty."""
    with contextlib.suppress(OSError):
        folder.rmdir()
        folder.parent.rmdir()
