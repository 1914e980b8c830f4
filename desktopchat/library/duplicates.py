"""Files of one content: found by their size, by samples, and by their hash, and made one on request."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import Origin
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.checking import digest_of
from desktopchat.library.identity import sample
from desktopchat.library.index import Index
from desktopchat.library.shelf import Library

_BLOCK = 1 << 20
_OURS = (Origin.OWN, Origin.ADDED)  # folders in which files may be replaced when the person says so

Heard = Callable[[Path, float], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """One of several files of the same content."""

    path: Path
    origin: Origin


@dataclass(frozen=True, slots=True)
class Plan:
    """Files of one content, and what is to become of them.

    Attributes:
        size: Bytes of each.
        kept: The one that the others become links to.
        replaced: These.
        left: Files of other programs, which are not touched.
    """

    size: int
    kept: Copy
    replaced: tuple[Copy, ...]
    left: tuple[Copy, ...] = ()

    @property
    def gain(self) -> int:
        """Bytes that are free afterwards."""
        return self.size * len(self.replaced)


def duplicates(library: Library, heard: Heard = lambda _path, _share: None) -> list[Plan]:
    """Return which files are there more than once, the largest gain first; links to one file count as one.

    Args:
        heard: Called now and then with the file that is read, and how much of it has been, from 0 to 1.
    """
    same = [(size, copies) for size, alike in _alike(library)
            for copies in _split(alike, lambda one: _whole(one.path, library.index, heard))]  # fmt: skip
    library.index.keep(one.path for one in _copies(library))
    plans = [_plan(size, copies) for size, copies in same]
    return sorted(plans, key=lambda plan: (-plan.gain, str(plan.kept.path)))


def possible(library: Library) -> list[Plan]:
    """Return which files seem to be there more than once, by their size and samples, without reading them whole."""
    return [_plan(size, copies) for size, copies in _alike(library)]


def link(library: Library, plan: Plan, heard: Heard = lambda _path, _share: None) -> int:
    """Put links to the file that is kept in the place of the others, and return how many bytes that gave back.

    A hard link where both are on one disk, else a symbolic one. Each file is compared byte by byte before.

    Args:
        heard: As of `duplicates`.

    Raises:
        ModelFileError: One has changed, or cannot be replaced; those before it are links by then.
    """
    gained = 0
    for copy in plan.replaced:
        if copy.origin not in _OURS:
            raise ModelFileError(
                Sentence("{path} belongs to another program: {program}.", path=copy.path, program=copy.origin.label)
            )
        _compare(plan, copy.path, heard)
        with library.kept.changed() as decisions:
            with _told(copy.path):
                how = _replace(plan.kept.path, copy.path)
            decisions.links.append({"path": str(copy.path), "kept": str(plan.kept.path), "how": how})
        gained += plan.size
    return gained


def unlink(library: Library, heard: Heard = lambda _path, _share: None) -> list[Path]:
    """Make the links files of their own again, and return them.

    Args:
        heard: As of `duplicates`.

    Raises:
        ModelFileError: There is no room, or one cannot be written; those before it are done.
    """
    done = []
    while links := library.kept.read().links:
        path, kept = Path(str(links[-1].get("path", ""))), Path(str(links[-1].get("kept", "")))
        # One that was moved, replaced or deleted since is nobody's concern any more.
        if _is_same(path, kept):
            with _told(path):
                _copy(kept, path, heard)
            done.append(path)
        with library.kept.changed() as decisions:
            decisions.links = decisions.links[:-1]
    return done


def _plan(size: int, copies: Sequence[Copy]) -> Plan:
    """Keep another program's file when there is one, for that is not to be replaced; else the one with most links."""
    theirs = [one for one in copies if one.origin not in _OURS]
    ours = [one for one in copies if one.origin in _OURS]
    kept = theirs[0] if theirs else min(ours, key=lambda one: (-_links(one.path), one.origin is not Origin.OWN))
    return Plan(size, kept, tuple(one for one in ours if one is not kept), tuple(theirs[1:]))


def _copies(library: Library) -> list[Copy]:
    found = {path: Copy(Path(path), model.origin) for model in library.models() for path in model.files}
    return list(found.values())


def _alike(library: Library) -> list[tuple[int, list[Copy]]]:
    """Return the files that are of one size and the same where one looks, with that size."""
    groups: dict[int, list[Copy]] = {}
    seen = set()
    for copy in _copies(library):
        with contextlib.suppress(OSError):
            status = copy.path.stat()
            if status.st_size and (one := (status.st_dev, status.st_ino)) not in seen:
                seen.add(one)
                groups.setdefault(status.st_size, []).append(copy)
    several = [(size, group) for size, group in groups.items() if len(group) > 1]
    return [(size, alike) for size, group in several for alike in _split(group, lambda copy: sample(copy.path))]


def _split(copies: Sequence[Copy], sign: Callable[[Copy], str]) -> list[list[Copy]]:
    groups: dict[str, list[Copy]] = {}
    for copy in copies:
        if value := sign(copy):
            groups.setdefault(value, []).append(copy)
    return [group for group in groups.values() if len(group) > 1]


def _whole(path: Path, index: Index, heard: Heard) -> str:
    if known := index.sha256(path):
        return known
    heard(path, 0.0)
    try:
        size = path.stat().st_size
        return digest_of(path, index, lambda done: heard(path, done / max(1, size)))[0]
    except (ModelFileError, OSError):
        return ""


def _compare(plan: Plan, copy: Path, heard: Heard) -> None:
    try:
        with plan.kept.path.open("rb", buffering=0) as one, copy.open("rb", buffering=0) as other:
            while True:
                heard(copy, one.tell() / plan.size)
                block = one.read(_BLOCK)
                if block != other.read(_BLOCK):
                    raise ModelFileError(
                        Sentence("{path} has changed since it was compared.", path=copy), "Look for duplicates again."
                    )
                if not block:
                    return
    except OSError as error:
        raise ModelFileError(Sentence("{path} cannot be read: {why}.", path=copy, why=reason_of(error))) from error


def _replace(kept: Path, copy: Path) -> str:
    """Put a link in the place of a file, all of it or nothing, and return which kind."""
    beside = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}")
    real = Path(os.path.realpath(kept))
    how = "hard"
    try:
        try:
            os.link(real, beside)
        except OSError:  # on another disk, or one without links
            beside.symlink_to(real)
            how = "symbolic"
        beside.replace(copy)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return how


def _copy(kept: Path, path: Path, heard: Heard) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with kept.open("rb") as source, beside.open("xb") as sink:
            size = os.fstat(source.fileno()).st_size
            while block := source.read(_BLOCK):
                sink.write(block)
                heard(path, sink.tell() / size)
            sink.flush()
            os.fsync(sink.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _is_same(path: Path, kept: Path) -> bool:
    try:
        return path != kept and path.samefile(kept)
    except OSError:
        return False


def _links(path: Path) -> int:
    try:
        return path.stat().st_nlink
    except OSError:
        return 0


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelFileError(
            Sentence("{path} cannot be replaced: {why}.", path=path, why=reason_of(error)),
            "See that its folder can be written to and its disk has room.",
        ) from error
