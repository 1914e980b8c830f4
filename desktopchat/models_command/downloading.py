"""`desktopchat models download` and `verify`: fetches models, and sees whether they are still what they were."""

import json
from dataclasses import asdict
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from desktopchat.console import say, write
from desktopchat.core.address import ServerAddress
from desktopchat.core.download import Download, DownloadState
from desktopchat.core.download_words import facts
from desktopchat.core.endpoint import endpoint as read_endpoint
from desktopchat.core.errors import DownloadError, HubError
from desktopchat.core.hub import HubRepo
from desktopchat.core.hub_file import HubFile
from desktopchat.core.hub_names import usual, variant_called
from desktopchat.core.memory_words import size_text
from desktopchat.library.part import delete, forget, left_over, part_of, set_aside
from desktopchat.library.places import place_for
from desktopchat.library.verifying import Verdict, verified
from desktopchat.models_command.progress import ProgressLine
from desktopchat.session import Session
from desktopchat.settings.file import Settings

if TYPE_CHECKING:
    from desktopchat.library.download_queue import DownloadQueue

_STEP = 0.2  # seconds between two looks
_VERDICTS = {Verdict.SOUND: "sound", Verdict.DAMAGED: "damaged", Verdict.UNKNOWN: "nothing to go by"}


def download(session: Session, repo: str, what: str, endpoint: str | None, *, as_json: bool) -> int:
    """Fetch a model with all that belongs to it, and verify it.

    Args:
        repo: Its name, perhaps with a revision behind an at sign or a quantization behind a colon.
        what: A file or a quantization; empty is the usual one.
        endpoint: Address of another hub than the chosen one.

    Raises:
        UserError: It cannot be had; what came is kept.
    """
    settings = session.settings()
    hub = read_endpoint(endpoint) if endpoint else None
    repo, what = _parted(repo, what)
    name, _, revision = repo.partition("@")
    inquiry = session.inquiry(settings, hub)
    try:
        found = inquiry.repository(name, revision=revision)
    finally:
        inquiry.close()
    files = chosen(found, what)
    _fetch(session, settings, files, hub)
    places = [place_for(session.paths.models, file) for file in files]
    if as_json:
        told = [asdict(file) | {"place": str(place)} for file, place in zip(files, places, strict=True)]
        said = {"repo": found.model.repo, "commit": found.commit, "files": told}
        print(json.dumps(said, ensure_ascii=False, indent=2))
        return 0
    unverified = [file.path for file in files if not file.sha256]
    if unverified:
        say(f"The hub has no hash of {', '.join(unverified)}, so that nobody knows whether it is sound.")
    for place in places:
        write(f"{place}\n")
    return 0


def downloads(session: Session, doomed: str, resumed: str, *, as_json: bool) -> int:
    """Print what has come of downloads that are not whole, and what was set aside; delete one, or let it go on.

    Args:
        doomed, resumed: Name or path of one; empty is none.

    Raises:
        UserError: There is no such file, or it cannot be had or deleted.
    """
    models = session.paths.models
    parts = {part_of(target): (target, file) for target, file in left_over(models)}
    asides = dict(set_aside(models))
    if name := doomed or resumed:
        found = [path for path in (*parts, *asides) if name in (path.name, str(path), str(path.relative_to(models)))]
        if len(found) != 1:
            raise DownloadError(
                f"{'Several files are' if found else 'No file is'} called {name}.",
                "Name it as this command lists it.",
            )
        (path,) = found
        if doomed:
            forget(parts[path][0]) if path in parts else delete(path)
            write(f"{path.name} is deleted.\n")
            return 0
        if path not in parts:
            raise DownloadError(f"{path.name} cannot go on: {asides[path]}.", "Delete it, and download the file anew.")
        _fetch(session, session.settings(), (parts[path][1],), None)
        write(f"{parts[path][0]}\n")
        return 0
    rows = [
        (path, path.stat().st_size, file.size, f"part of {file.repo}") for path, (_target, file) in parts.items()
    ] + [(path, path.stat().st_size, 0, str(why)) for path, why in asides.items()]
    if as_json:
        told = [{"path": str(path), "size": here, "of": of or None, "what": what} for path, here, of, what in rows]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for path, here, of, what in rows:
        amount = f"{size_text(here)} of {size_text(of)}" if of else size_text(here)
        write(f"{path.relative_to(models)}\n    {amount} · {what}\n")
    say("--resume NAME goes on with a part, --delete NAME deletes." if rows else "Nothing is left over.")
    return 0


def check(session: Session, name: str, *, do_update: bool, as_json: bool) -> int:
    """Print of which models the hub has a newer version, and put it in the place of the one that is here.

    Args:
        name: A part of the name of those that are updated; empty is all.

    Raises:
        UserError: The hub cannot be asked, or a newer version cannot be had.
    """
    settings, library = session.settings(), session.library()
    with ProgressLine() as line:
        found = session.newer_versions(settings, library, lambda repo, share: line.show(repo, share, f"{share:.0%}"))
    found = [one for one in found if name.casefold() in one.model.called.casefold()]
    if as_json:
        told = [{"name": one.model.called, "path": one.model.path, "size": one.size} for one in found]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    for one in found if not as_json else ():
        write(f"{one.model.called}  {size_text(one.size)}  {one.files[0][1].repo}\n")
    if not found:
        say("The hub has no newer version.")
    elif not do_update:
        say("--update fetches them; the old ones go into the trash.")
    for one in found if do_update else ():
        with ProgressLine() as line:
            session.renew(settings, library, one, partial(_show_share, line, one.model.called))
        say(f"{one.model.called} is the newest now. The old one is in the trash.")
    return 0


def _show_share(line: ProgressLine, name: str, share: float) -> None:
    line.show(name, share, f"{share:.0%}")


def _fetch(session: Session, settings: Settings, files: tuple[HubFile, ...], hub: ServerAddress | None) -> None:
    """Fetch files, with a line that says how far it is.

    Raises:
        UserError: They cannot be had; what came is kept.
    """
    changed = Event()
    queue = session.download_queue(settings, hub, heard=changed.set)
    try:
        queue.add(files[0].path.rpartition("/")[2].removesuffix(".gguf"), files)
        ended = _watch(queue, changed)
    except KeyboardInterrupt:
        say("Stopped. What came is kept; the same command goes on from there.")
        raise
    finally:
        queue.close()
    if ended.state is DownloadState.FAILED:
        raise DownloadError(ended.reason)


def _parted(repo: str, what: str) -> tuple[str, str]:
    """Return the name of a repository and what of it is wanted, also where a colon stands between them."""
    name, colon, behind = repo.rpartition(":")
    return (name, what or behind) if colon and "/" in name and "/" not in behind else (repo, what)


def chosen(repo: HubRepo, what: str) -> tuple[HubFile, ...]:
    """Return the files that are meant.

    Raises:
        HubError: There is no such file.
    """
    variant = variant_called(repo, what) if what else usual(repo)
    if variant is not None:
        if variant.missing:
            raise HubError(f"{variant.missing} parts of {variant.name} are missing there.", "Choose another one.")
        return repo.to_download(variant)
    for file in (*repo.projectors, *repo.others):
        if what and what in (file.path, file.path.rpartition("/")[2]):
            return (file,)
    names = ", ".join(one.quant or one.name for one in repo.variants)
    if not names:
        raise HubError(f"There is no model file (GGUF) in {repo.model.repo}.", "Find one: desktopchat models search.")
    raise HubError(f"There is nothing called {what} in {repo.model.repo}.", f"Choose one of {names}.")


def verify(session: Session, name: str, *, as_json: bool) -> int:
    """See whether models are still what they were when they came.

    Returns:
        0 when none is damaged, else 1.

    Raises:
        UserError: There is no such model, or it cannot be read.
    """
    models, line = session.paths.models, ProgressLine()
    found = []
    try:
        for one in verified(models, name, lambda path, share: line.show(path.name, share, f"{share:.0%}")):
            line.end()
            found.append(one)
            if not as_json:
                write(f"{_VERDICTS[one.verdict]:16} {one.path.relative_to(models)}\n")
    finally:
        line.end()
    if as_json:
        told = [{**asdict(one), "path": str(one.path)} for one in found]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    if not found:
        raise DownloadError(f"There is no model with “{name}” in its name in {models}.", "Leave the name out for all.")
    damaged = [one for one in found if one.verdict is Verdict.DAMAGED]
    if damaged:
        say("Move what is damaged away, and download it again.")
    return 1 if damaged else 0


def _watch(queue: "DownloadQueue", changed: Event) -> Download:
    """Show how far the only download is until it has ended."""
    line = ProgressLine()
    try:
        while True:
            changed.wait(_STEP)
            changed.clear()
            (one,) = queue.downloads()
            if one.state in (DownloadState.DONE, DownloadState.FAILED):
                return one
            line.show(one.name, one.done / one.size if one.size else 0.0, " · ".join(facts(one)))
    finally:
        line.end()
