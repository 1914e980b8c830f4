"""What `desktopchat doctor` says of the models: how much room they take, and what of it is of no use."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desktopchat.core.errors import UserError
from desktopchat.core.local_model import Kind
from desktopchat.core.memory_words import size_text
from desktopchat.core.notice import Notice
from desktopchat.library import trash
from desktopchat.library.duplicates import possible
from desktopchat.session import Session

_OLD = 30 * 24 * 3600  # seconds after which somebody has forgotten a download
_LITTLE = 2 << 30  # bytes free
_NAMED = 3  # of what is listed in a sentence


def models_report(session: Session) -> tuple[dict[str, Any] | None, list[Notice]]:
    """Return what is there, and what should be done about it."""
    try:
        library = session.library()
        models = library.models()
        twice = possible(library)
    except (UserError, OSError) as error:
        return None, [Notice("warning", f"The models cannot be listed: {error}", "See that the disk is well.")]
    parts = list(_parts(library.folder))
    damaged = [model for model in models if model.facts.trouble]
    lone = [model for model in models if model.facts.kind is Kind.PROJECTOR]
    thrown = trash.contents(library)
    report: dict[str, Any] = {
        "folders": [str(folder) for folder in library.folders()],
        "models": sum(model.facts.kind is Kind.MODEL for model in models),
        "size": sum(model.size for model in models),
        "free": _free(library.folder),
        "unfinished": [{"path": str(path), "size": size, "days": round(age / 86_400)} for path, size, age in parts],
        "damaged": [{"path": model.path, "trouble": str(model.facts.trouble)} for model in damaged],
        "projectors_without_model": [model.path for model in lone],
        "duplicates": {"files": sum(len(plan.replaced) for plan in twice), "size": sum(plan.gain for plan in twice)},
        "trash": {"models": len(thrown), "size": sum(one.size for one in thrown)},
    }
    return report, list(_problems(report))


def models_lines(report: dict[str, Any]) -> Iterator[str]:
    """Return it for people."""
    free = f", {size_text(report['free'])} free" if report["free"] is not None else ""
    yield f"{'models':20} {report['models']} in {size_text(report['size'])}{free}"
    for name, what in (("trash", report["trash"]), ("duplicates", report["duplicates"])):
        if what["size"]:
            yield f"{name:20} {size_text(what['size'])}"
    if unfinished := report["unfinished"]:
        yield f"{'unfinished':20} {len(unfinished)} downloads, {size_text(sum(one['size'] for one in unfinished))}"


def _problems(report: dict[str, Any]) -> Iterator[Notice]:
    if damaged := report["damaged"]:
        names = ", ".join(Path(one["path"]).name for one in damaged[:_NAMED])
        more = f" and {len(damaged) - _NAMED} more" if len(damaged) > _NAMED else ""
        yield Notice(
            "warning",
            f"Damaged or incomplete: {names}{more}.",
            "Download them again: desktopchat models list says why.",
        )
    if old := [one for one in report["unfinished"] if one["days"] * 86_400 > _OLD]:
        names = ", ".join(Path(one["path"]).name for one in old[:_NAMED])
        size = size_text(sum(one["size"] for one in old))
        yield Notice(
            "warning", f"Downloads that nobody went on with for a month take {size}: {names}.", "Finish or delete them."
        )
    if size := report["duplicates"]["size"]:
        yield Notice(
            "warning",
            f"Models that seem to be here twice take {size_text(size)}.",
            "See: desktopchat models duplicates.",
        )
    if report["free"] is not None and report["free"] < _LITTLE:
        cure = "Empty the trash: desktopchat models remove --empty-trash."
        if not report["trash"]["size"]:
            cure = "Delete models, or move them to another disk: desktopchat models move."
        yield Notice("warning", f"The disk of the models has only {size_text(report['free'])} free.", cure)


def _parts(folder: Path) -> Iterator[tuple[Path, int, float]]:
    """Return what has come of files that are not whole, with the size and the seconds since it grew."""
    for place, _, names in os.walk(folder):
        for name in names:
            if ".gguf." in name and name.endswith((".part", ".bad")):
                path = Path(place, name)
                try:
                    status = path.stat()
                except OSError:
                    continue
                yield path, status.st_size, max(0.0, time.time() - status.st_mtime)


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
