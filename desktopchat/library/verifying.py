"""Whether models that came from a hub are still what they were."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.folder import model_files
from desktopchat.library.hashing import GrowingHash
from desktopchat.library.part import Record

_STEP = 0.2  # seconds between two reports


class Verdict(StrEnum):
    """What came of it; nobody says what a file should be that did not come from a hub, or of which it has no hash."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verified:
    """A file that was looked at.

    Attributes:
        sha256: That it has; empty when it was not computed.
        wanted: That it should have; empty when nobody knows.
    """

    path: Path
    verdict: Verdict
    sha256: str = ""
    wanted: str = ""


def verified(models: Path, name: str, heard: Callable[[Path, float], None]) -> Iterator[Verified]:
    """Look at the models with a part of a name in their path.

    Args:
        heard: Called now and then with the file and how much of it has been read, from 0 to 1.

    Raises:
        ModelFileError: One cannot be read.
    """
    for path in model_files(models):
        if name.casefold() in str(path.relative_to(models)).casefold():
            yield _verify(path, partial(heard, path))


def _verify(path: Path, heard: Callable[[float], None]) -> Verified:
    record = Record.of(path)
    if record is None or not record.file.sha256:
        return Verified(path, Verdict.UNKNOWN)
    wanted, size = record.file.sha256, record.file.size
    try:
        if path.stat().st_size != size:
            return Verified(path, Verdict.DAMAGED, "", wanted)
        with GrowingHash(path) as hashed:
            hashed.reach(size)
            while not hashed.wait(_STEP):
                heard(hashed.done / size)
            digest = hashed.hexdigest()
    except OSError as error:
        raise ModelFileError(
            Sentence("{name} cannot be read: {why}.", name=path.name, why=reason_of(error)), "Check the disk."
        ) from error
    return Verified(path, Verdict.SOUND if digest == wanted else Verdict.DAMAGED, digest, wanted)
