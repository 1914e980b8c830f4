"""Whether a model is still what it was, by the hash that somebody wrote down when it came."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import LocalModel
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.hashing import GrowingHash
from desktopchat.library.identity import stamp
from desktopchat.library.index import Index
from desktopchat.library.part import Record
from desktopchat.library.verifying import Verdict

_STEP = 0.1  # seconds between two reports
# Ollama and the hub's cache call a file by its hash.
_CALLED_BY_HASH = re.compile(r"(?:sha256-)?([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it.

    Attributes:
        sha256: Of the first file.
    """

    verdict: Verdict
    sha256: str


def check(model: LocalModel, index: Index, heard: Callable[[float], None] = lambda _share: None) -> Checked:
    """Read all files of a model and compare their hashes.

    Args:
        heard: Called now and then with how much has been read, from 0 to 1.

    Raises:
        ModelFileError: One cannot be read.
    """
    verdicts, digests, before = set(), [], 0
    for path in map(Path, model.files):
        digest, size = digest_of(path, index, partial(_reached, heard, before, model.size))
        wanted = _wanted(path)
        verdicts.add(Verdict.UNKNOWN if not wanted else Verdict.SOUND if wanted == digest else Verdict.DAMAGED)
        digests.append(digest)
        before += size
    worst = next(one for one in (Verdict.DAMAGED, Verdict.UNKNOWN, Verdict.SOUND) if one in verdicts)
    return Checked(worst, digests[0])


def _wanted(path: Path) -> str:
    """Return the hash that a file should have; empty when nobody says."""
    record = Record.of(path)
    if record is not None and record.file.sha256:
        return record.file.sha256
    found = _CALLED_BY_HASH.fullmatch(Path(os.path.realpath(path)).name)
    return found[1] if found else ""


def _reached(heard: Callable[[float], None], before: int, total: int, done: int) -> None:
    heard(min(1.0, (before + done) / max(1, total)))


def digest_of(path: Path, index: Index, heard: Callable[[int], None]) -> tuple[str, int]:
    """Read a file, and return its SHA-256 and size; the index remembers it.

    Args:
        heard: Called now and then with how many bytes have been read.

    Raises:
        ModelFileError: It cannot be read.
    """
    was = stamp(str(path))
    try:
        with GrowingHash(path) as hashed:
            hashed.reach(was[0])
            while not hashed.wait(_STEP):
                heard(hashed.done)
            digest = hashed.hexdigest()
    except OSError as error:
        raise ModelFileError(
            Sentence("{name} cannot be read: {why}.", name=path.name, why=reason_of(error)), "Check the disk."
        ) from error
    index.note_sha256(path, was, digest)
    return digest, was[0]
