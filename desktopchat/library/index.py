"""The headers that were read, kept under the size and time of their files, so that each is read once."""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Any

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import Facts, Kind
from desktopchat.library import facts
from desktopchat.library.identity import Stamp, stamp
from desktopchat.library.json_file import write_json

_VERSION = 1
_MOST = 64 << 20  # bytes


class Index:
    """What is known of files by their paths. It can be lost: it is made again. From any thread.

    Args:
        file: Where it is kept.

    Attributes:
        reads: How many headers were read.
    """

    def __init__(self, file: Path) -> None:
        self.reads = 0
        self._file = file
        self._lock = Lock()
        self._known: dict[str, tuple[Stamp, Facts]] | None = None
        self._hashes: dict[str, tuple[Stamp, str]] = {}
        self._changed = False

    def facts(self, path: Path) -> tuple[Facts, int]:
        """Return what a file is, and its size in bytes."""
        try:
            now = stamp(str(path))
        except ModelFileError as error:
            return Facts(Kind.DAMAGED, trouble=error.sentence), 0
        with self._lock:
            known = self._read().get(str(path))
        if known is not None and known[0] == now:
            return known[1], now[0]
        found = facts.read_facts(path)
        with self._lock:
            self.reads += 1
            self._read()[str(path)] = now, found
            self._changed = True
        return found, now[0]

    def sha256(self, path: Path) -> str:
        """Return the hash that was computed of a file; empty when there is none of the file as it is now."""
        with self._lock, contextlib.suppress(ModelFileError):
            self._read()
            known = self._hashes.get(str(path))
            if known is not None and known[0] == stamp(str(path)):
                return known[1]
        return ""

    def note_sha256(self, path: Path, was: Stamp, digest: str) -> None:
        """Keep the hash of a file that looked so before it was read."""
        with self._lock:
            self._read()
            self._hashes[str(path)] = was, digest
            self._changed = True

    def keep(self, paths: Iterable[Path]) -> None:
        """Forget all but these, and write it down if anything is new."""
        with self._lock:
            wanted = {str(path) for path in paths}
            known = self._read()
            gone = known.keys() - wanted
            if gone or self._changed:
                for path in gone:
                    del known[path]
                    self._hashes.pop(path, None)
                self._write()

    def _write(self) -> None:
        assert self._known is not None
        files = {
            path: [*was, facts.pack(found), self._hashes[path][1] if self._hashes.get(path, (0,))[0] == was else ""]
            for path, (was, found) in self._known.items()
        }
        with contextlib.suppress(OSError):  # the next run reads the headers again
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_json(self._file, {"version": _VERSION, "files": files})
            self._changed = False

    def _read(self) -> dict[str, tuple[Stamp, Facts]]:
        if self._known is None:
            self._known = {}
            for path, entry in self._kept().items():
                with contextlib.suppress(ValueError, TypeError):
                    size, changed, packed, digest = entry
                    self._known[path] = (int(size), int(changed)), facts.unpack(packed)
                    if digest:
                        self._hashes[path] = self._known[path][0], str(digest)
        return self._known

    def _kept(self) -> dict[str, Any]:
        try:
            with self._file.open("rb") as file:
                kept = json.loads(file.read(_MOST))
            return dict(kept["files"]) if kept["version"] == _VERSION else {}
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return {}
