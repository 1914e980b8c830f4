"""Backends that come and go apart from the app: added from a pack or a folder, rolled back, removed."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from desktopchat.core.backend import BUILT_IN, NAME
from desktopchat.core.errors import BackendError
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.engine.backends import manifest
from desktopchat.engine.backends.folders import BEFORE, CURRENT, installed_version

_LARGEST = 6 << 30  # bytes; CUDA's libraries take over one
_CHUNK = 1 << 20
_COMING = ".coming-"
_BROKEN_OFF = Sentence("Get the file again.")


class Packs:
    """The person's own backends.

    Args:
        own: Folder that holds them, as of `Folders`.
    """

    def __init__(self, own: Path) -> None:
        self._own = own

    def add(self, source: Path) -> str:
        """Take over a pack or a folder, all of it or nothing, and let its version be the current one.

        The version that was current stays, to go back to; older ones go.

        Returns:
            The backend's name.

        Raises:
            BackendError: It is no sound backend for this program, or cannot be stored.
        """
        with _told(source):
            if source.is_dir():
                described = manifest.read(source)
                return self._store(described, lambda name: (source / name).open("rb"))
            with zipfile.ZipFile(source) as pack:
                described = _manifest_of(pack)
                return self._store(described, pack.open)

    def roll_back(self, name: str) -> str:
        """Let the version before be the current one, and the other way round; return it.

        Raises:
            BackendError: There is none.
        """
        folder = self._folder(name)
        with _told(folder):
            current, before = (_text(folder / pointer) for pointer in (CURRENT, BEFORE))
            if not before or not (folder / before).is_dir():
                raise BackendError(
                    Sentence("There is no version before of the backend {name}.", name=name), "Add the one you want."
                )
            _point(folder / CURRENT, before)
            _point(folder / BEFORE, current)
            return before

    def remove(self, name: str) -> None:
        """Remove a backend with all its versions.

        Raises:
            BackendError: There is none of the person's own.
        """
        folder = self._folder(name)
        with _told(folder):
            # At once nobody finds it any more, however long the rest takes.
            (folder / CURRENT).unlink(missing_ok=True)
            shutil.rmtree(folder)

    def _folder(self, name: str) -> Path:
        folder = self._own / name
        if not NAME.fullmatch(name) or not (folder / CURRENT).is_file():
            raise BackendError(
                Sentence("There is no backend called {name} that was added.", name=name),
                "“desktopchat backend list” shows those that there are.",
            )
        return folder

    def _store(self, described: manifest.Manifest, opened: Callable[[str], IO[bytes]]) -> str:
        if described.name == BUILT_IN:
            raise BackendError("A backend cannot be called that.", "Give it another name.", described.name)
        manifest.require_fit(described, installed_version())
        self._own.mkdir(parents=True, exist_ok=True)
        _require_room(described.size, self._own)
        for left in self._own.glob(f"{_COMING}*"):
            shutil.rmtree(left, ignore_errors=True)  # of one that was cut off
        coming = Path(tempfile.mkdtemp(prefix=_COMING, dir=self._own))
        try:
            for name, file in described.files.items():
                with opened(name) as source:
                    _copy(source, coming / name, file, described.name)
            manifest.write(coming, described)
            folder = self._own / described.name
            self._switch(folder, coming, described.version)
        finally:
            shutil.rmtree(coming, ignore_errors=True)
        return described.name

    @staticmethod
    def _switch(folder: Path, coming: Path, version: str) -> None:
        folder.mkdir(exist_ok=True)
        current, before = (_text(folder / pointer) for pointer in (CURRENT, BEFORE))
        if (folder / version).exists():
            # The same content was added before: only what was damaged meanwhile can differ.
            shutil.rmtree(folder / version)
        coming.rename(folder / version)
        if current != version:
            before = current
            if before:
                _point(folder / BEFORE, before)
            _point(folder / CURRENT, version)
        for old in folder.iterdir():
            if old.is_dir() and old.name not in (version, before):
                shutil.rmtree(old, ignore_errors=True)


def pack(folder: Path, file: Path) -> None:
    """Write a backend's folder into a pack."""
    described = manifest.read(folder)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name in (manifest.FILE, *described.files):
            target.write(folder / name, name)


def _manifest_of(pack: zipfile.ZipFile) -> manifest.Manifest:
    """Return the manifest of a pack whose members are exactly what it lists."""
    members = {member.filename: member.file_size for member in pack.infolist()}
    if manifest.FILE not in members:
        raise BackendError("This is no backend: there is no backend.json in it.", "Choose another file.")
    with pack.open(manifest.FILE) as file:
        described = manifest.parsed(file.read(manifest.LONGEST))
    listed = {name: file.size for name, file in described.files.items()}
    others = {name: size for name, size in members.items() if name != manifest.FILE}
    if others != listed or len(members) != len(pack.infolist()):
        differing = sorted(name for name in {*others, *listed} if others.get(name) != listed.get(name))
        raise BackendError(
            "The pack does not contain what its backend.json says.", _BROKEN_OFF, ", ".join(differing)[:500]
        )
    return described


def _copy(source: IO[bytes], target: Path, file: manifest.PackedFile, name: str) -> None:
    """Copy no more than was announced, and see that it is what was announced."""
    digest, left = hashlib.sha256(), file.size
    with target.open("xb") as out:
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if left or digest.hexdigest() != file.sha256:
        raise BackendError(Sentence("The backend {name} is damaged: {file}.", name=name, file=target.name), _BROKEN_OFF)
    target.chmod(0o700)


def _require_room(size: int, folder: Path) -> None:
    if size > _LARGEST:
        raise BackendError("This backend is larger than any can be.", "Choose another file.")
    free = shutil.disk_usage(folder).free
    if size > free:
        raise BackendError(
            Sentence("The disk has {free} MB left, and the backend takes {size}.", free=free >> 20, size=size >> 20),
            "Make room on the disk.",
        )


@contextmanager
def _told(place: Path) -> Iterator[None]:
    """Say in a sentence what the system or a broken pack has to say."""
    try:
        yield
    except OSError as error:
        raise BackendError(
            Sentence("{path} cannot be used: {why}.", path=place, why=reason_of(error)),
            "See whether the file is there, and the data folder can be written.",
            str(error),
        ) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        # A ZipFile also raises these, of encrypted files and of what it does not know.
        raise BackendError(Sentence("{path} is no sound zip file.", path=place), _BROKEN_OFF, str(error)) from error


def _text(file: Path) -> str:
    return file.read_text("utf-8").strip() if file.exists() else ""


def _point(file: Path, version: str) -> None:
    part = file.with_suffix(".part")
    part.write_text(version, "utf-8")
    part.replace(file)
