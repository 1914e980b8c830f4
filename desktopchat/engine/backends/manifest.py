"""The paper that comes with a backend: what it is for, and a hash of each of its files."""

import hashlib
import platform
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from desktopchat.core.backend import NAME
from desktopchat.core.errors import BackendError
from desktopchat.core.sentence import Sentence, reason_of

FILE = "backend.json"
LONGEST = 1 << 20  # bytes
# A backend is flat: no name leads out of its folder, and none is hidden.
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}")
_MOST_FILES = 256
_CHUNK = 1 << 20
_BUILD_AGAIN = Sentence("Get one for this version of desktopchat, or build it: python3 packaging/backend.py.")
_GET_AGAIN = Sentence("Add the backend again, or another one.")


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file as it was packed: its size in bytes, and its hash."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backend says of itself.

    Attributes:
        name: cpu, vulkan, cuda, rocm, metal, or another one.
        version: Tells it from others of the name; new content, new version.
        built_for: Version of llama-cpp-python, for which the layouts of its structs are.
        system: As of `this_system`.
        files: By name.
    """

    name: str
    version: str
    built_for: str
    system: str
    files: dict[str, PackedFile]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())


def this_system() -> str:
    """Return what a backend must be for to be loaded here, such as linux-x86_64."""
    return f"{sys.platform}-{platform.machine().lower()}"


def parsed(data: bytes) -> Manifest:
    """Return what the file of a folder or a pack says.

    Raises:
        BackendError: It is no manifest.
    """
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BackendError("This is no backend: its backend.json is damaged.", _GET_AGAIN, str(error)) from error
    names = (manifest.name, manifest.version)
    wrong = [name for name in names if not NAME.fullmatch(name)]
    wrong += [name for name in manifest.files if not FILE_NAME.fullmatch(name) or name == FILE]
    sizes = [file.size for file in manifest.files.values()]
    if wrong or not 0 < len(sizes) <= _MOST_FILES or min(sizes) < 0:
        raise BackendError("This is no backend: its backend.json names what cannot be.", _GET_AGAIN, ", ".join(wrong))
    return manifest


def read(folder: Path) -> Manifest:
    """Return the manifest of a folder.

    Raises:
        BackendError: There is none, or it is damaged.
    """
    try:
        with (folder / FILE).open("rb") as file:
            return parsed(file.read(LONGEST))
    except OSError as error:
        raise BackendError(
            Sentence("{folder} is no backend: {why}.", folder=folder, why=reason_of(error)), _GET_AGAIN
        ) from error


def require_fit(manifest: Manifest, version: str) -> None:
    """See whether a backend can be loaded by this program on this system.

    Args:
        version: Of the llama-cpp-python that is installed.

    Raises:
        BackendError: It was made for another one.
    """
    if manifest.built_for != version:
        raise BackendError(
            Sentence(
                "The backend {name} was built for llama-cpp-python {theirs}, and here is {ours}.",
                name=manifest.name,
                theirs=manifest.built_for,
                ours=version,
            ),
            _BUILD_AGAIN,
        )
    if manifest.system != this_system():
        raise BackendError(
            Sentence(
                "The backend {name} is for {theirs}, and this is {ours}.",
                name=manifest.name,
                theirs=manifest.system,
                ours=this_system(),
            ),
            _BUILD_AGAIN,
        )


def require_files(folder: Path, manifest: Manifest, *, whole: bool = False) -> None:
    """See whether the files of a backend are as they were packed.

    Args:
        whole: Read them and compare the hashes; else only the sizes are looked at, which takes no time.

    Raises:
        BackendError: One is missing or another one.
    """
    for name, file in manifest.files.items():
        path = folder / name
        try:
            sound = path.is_file() and path.stat().st_size == file.size
            sound = sound and (not whole or sha256(path) == file.sha256)
        except OSError:
            sound = False
        if not sound:
            raise BackendError(
                Sentence("The backend {name} is damaged: {file}.", name=manifest.name, file=name), _GET_AGAIN
            )


def describe(folder: Path, name: str, version: str, built_for: str) -> Manifest:
    """Return a manifest of the files that lie in a folder now.

    Args:
        version: Empty makes one of what they contain.
    """
    files = {
        path.name: PackedFile(path.stat().st_size, sha256(path))
        for path in sorted(folder.iterdir())
        if path.name != FILE and path.is_file()
    }
    together = hashlib.sha256(repr(files).encode()).hexdigest()[:8]
    return Manifest(name, version or f"{built_for}-{together}", built_for, this_system(), files)


def write(folder: Path, manifest: Manifest) -> None:
    """Put a manifest into a folder."""
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(asdict(manifest)), indent=1))


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
