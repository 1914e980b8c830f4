"""What was decided about a model stays with its content, also when another program moves or renames its file."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import LocalModel
from desktopchat.library.identity import sample
from desktopchat.library.kept import Decisions, Kept


def followed(kept: Kept, decisions: Decisions, models: Sequence[LocalModel]) -> Decisions:
    """Return the decisions by the paths that the models have now.

    A model is known again by size and samples of its file, which are read only where something was decided about it, or
    where a file of that size is missing.
    """
    decided = decisions.titles.keys() | decisions.tags.keys() | decisions.used.keys()
    present = {model.path for model in models}
    unmarked = sorted(path for path in decided & present if path not in decisions.marks)
    lost = {
        decisions.marks[path]: path
        for path in sorted(decided - present)
        if path in decisions.marks and not os.path.lexists(path) and not _is_in_trash(path, decisions)
    }
    moved = {}
    for path in sorted(present - decided) if lost else ():
        if any(mark.startswith(f"{_size(path)}-") for mark in lost) and (old := lost.pop(sample(Path(path)), "")):
            moved[old] = path
    if not (moved or unmarked):
        return decisions
    with contextlib.suppress(ModelFileError):  # it is tried again the next time
        with kept.changed() as changed:
            _move(changed, moved)
            changed.marks |= {path: mark for path in unmarked if (mark := sample(Path(path)))}
        return changed
    return decisions


def _move(decisions: Decisions, moved: dict[str, str]) -> None:
    for old, new in moved.items():
        known: tuple[dict[str, Any], ...] = (decisions.titles, decisions.tags, decisions.used, decisions.marks)
        for values in known:
            if old in values:
                values[new] = values.pop(old)
        if (before := Path(old).stem) != (after := Path(new).stem):
            decisions.renames.append([before, after])


def _is_in_trash(path: str, decisions: Decisions) -> bool:
    return any(path in move for entry in decisions.trash for move in entry.get("moves", []))


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return -1
