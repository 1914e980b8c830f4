"""Where backends lie: in the Python package, beside the app, and in the data folder of the person."""

import contextlib
import importlib.util
import os
from importlib import metadata
from pathlib import Path

from desktopchat.core.backend import BUILT_IN, NAME, Backend, Origin
from desktopchat.core.errors import BackendError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.backends import manifest
from desktopchat.engine.libraries import VARIABLE

CURRENT, BEFORE = "current", "before"  # name the versions of an own backend


def installed_version() -> str:
    """Return the version of llama-cpp-python, for which backends must be built; empty when it is not installed."""
    try:
        return metadata.version("llama-cpp-python")
    except metadata.PackageNotFoundError:
        return ""


def package_folder() -> Path:
    """Return the folder of the libraries that came with the Python package, without loading them."""
    found = importlib.util.find_spec("llama_cpp")
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0] if places else "llama_cpp") / "lib"


class Folders:
    """All backends that there are.

    Args:
        own: Folder of the person's own ones: NAME/VERSION, with NAME/current naming the version.
        beside: Folder of those that came with the app, each in NAME.
    """

    def __init__(self, own: Path, beside: Path | None = None) -> None:
        self.own = own
        self._beside = beside

    def forced(self) -> Backend | None:
        """Return what the environment prescribes."""
        path = os.environ.get(VARIABLE)
        return Backend(VARIABLE, Path(path), Origin.ENVIRONMENT) if path else None

    def found(self) -> list[Backend]:
        """Return the built-in one and all others; an own one takes the place of one beside the app."""
        backends = {BUILT_IN: Backend(BUILT_IN, package_folder(), Origin.PACKAGE)}
        for folder in _folders(self._beside):
            backends[folder.name] = self._looked_at(folder.name, folder, Origin.APP)
        for folder in _folders(self.own):
            version = _pointed(folder / CURRENT)
            if folder.name != BUILT_IN and version:
                backends[folder.name] = self._looked_at(
                    folder.name, folder / version, Origin.OWN, version, _pointed(folder / BEFORE)
                )
        return list(backends.values())

    def get(self, name: str) -> Backend:
        """Return the one of a name.

        Raises:
            BackendError: There is none.
        """
        found = self.found()
        for backend in found:
            if backend.name == name:
                return backend
        names = ", ".join(backend.name for backend in found)
        raise BackendError(
            Sentence("There is no backend called {name}.", name=name),
            Sentence("Choose one of {names}, or add one.", names=names),
        )

    @staticmethod
    def _looked_at(name: str, folder: Path, origin: Origin, version: str = "", before: str = "") -> Backend:
        try:
            described = manifest.read(folder)
            manifest.require_fit(described, installed_version())
            manifest.require_files(folder, described)
        except BackendError as error:
            return Backend(name, folder, origin, version, before, error.cause, error.cure)
        return Backend(name, folder, origin, version or described.version, before)


def fingerprint(backend: Backend) -> str:
    """Return what changes when a folder does, without reading its files."""
    parts = [backend.name, str(backend.folder), installed_version()]
    for path in sorted(backend.folder.glob("*")):
        with contextlib.suppress(OSError):
            stat = path.stat()
            parts.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
    return "\n".join(parts)


def _folders(parent: Path | None) -> list[Path]:
    try:
        return sorted(one for one in parent.iterdir() if one.is_dir()) if parent else []
    except OSError:
        return []


def _pointed(file: Path) -> str:
    """Return the version that a file names; empty when there is none."""
    try:
        version = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return version if NAME.fullmatch(version) else ""
