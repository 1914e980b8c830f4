"""The folder of the frozen program: what PyInstaller makes, llama.cpp's libraries, resources and licences."""

import ast
import ctypes
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from devtools import command, portable
from devtools.console import SetupError, say
from devtools.icons import render

INTERNAL = "_internal"  # PyInstaller's folder for all but the program itself
RESOURCES = f"{INTERNAL}/desktopchat/_resources"
LIBRARIES = f"{INTERNAL}/llama_cpp/lib"
_NOT_SHIPPED = ("screenshots", "*.ts", "*.svg.license")
_LICENCE = re.compile(r"(?i)(licen[cs]e|copying|notice|authors|copyright)")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A program that was frozen.

    Attributes:
        folder: Where it lies.
        packages: The Python packages of which something is in it, by name.
        llama_commit: Of llama.cpp's libraries.
    """

    folder: Path
    packages: tuple[str, ...]
    llama_commit: str


def freeze(root: Path, work: Path, libraries: Path, model: Path | None, epoch: int) -> Frozen:
    """Make the folder anew.

    Args:
        root: The checkout.
        work: Folder for all that is made on the way, and for the result.
        libraries: Folder of llama.cpp's libraries.
        model: Goes along.
        epoch: The time that everything is said to be of, in seconds since 1970.

    Raises:
        SetupError: A step failed.
    """
    work.mkdir(parents=True, exist_ok=True)
    say("Freezing the program.")
    if ending := {"win32": "ico", "darwin": "icns"}.get(sys.platform):
        render(root / "resources" / "icons" / "desktopchat.svg", {256: work / f"desktopchat.{ending}"})
    arguments = ["--noconfirm", "--distpath", work / "frozen", "--workpath", work / "work"]
    command.run(
        [sys.executable, "-m", "PyInstaller", *arguments, root / "packaging" / "desktopchat.spec"],
        work / "pyinstaller.log",
        cwd=root,
        # The same order in every set that is written down, and the same time.
        env={"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(epoch)},
    )
    folder = work / "frozen" / "desktopchat"
    packages = tuple(sorted(_packages(work / "work" / "desktopchat")))
    shutil.copytree(libraries, folder / LIBRARIES, symlinks=True)
    shutil.copytree(root / "resources", folder / RESOURCES, ignore=shutil.ignore_patterns(*_NOT_SHIPPED))
    if model is not None:
        (folder / RESOURCES / "models").mkdir()
        shutil.copyfile(model, folder / RESOURCES / "models" / model.name)
    _collect_licences(root, packages, folder / "licences")
    _strip(folder)
    kinds = sorted({kind for kind in map(_backend_of, libraries.iterdir()) if kind})
    if "vulkan" in kinds:
        portable.split_off(folder / LIBRARIES, "vulkan", folder / RESOURCES / "backends" / "vulkan")
    from desktopchat.build import system

    commit = llama_commit(folder / LIBRARIES)
    build = {
        "built": epoch,
        "llama_cpp": commit,
        "llama_cpp_python": metadata.version("llama-cpp-python"),
        "backends": kinds,
        "system": system(),
    }
    (folder / RESOURCES / "build.json").write_text(json.dumps(build, indent=1) + "\n", "utf-8")
    return Frozen(folder, packages, commit)


def llama_commit(libraries: Path) -> str:
    """Return the commit that llama.cpp's libraries were built of."""
    base = next(libraries.glob("*ggml-base.*"))
    library = ctypes.CDLL(str(base.resolve()))
    library.ggml_commit.restype = ctypes.c_char_p
    return str(library.ggml_commit().decode().partition("-")[0])


def is_elf(path: Path) -> bool:
    """Return whether a file is a program or library of Linux."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def newest_glibc(folder: Path) -> str:
    """Return the version of glibc that the files of a folder ask for, such as 2.34."""
    newest = (2, 17)
    for path in folder.rglob("*"):
        if is_elf(path):
            told = subprocess.run(["readelf", "-V", path], capture_output=True, text=True, check=True).stdout
            newest = max([newest, *((2, int(minor)) for minor in re.findall(r"GLIBC_2\.(\d+)", told))])
    return ".".join(map(str, newest))


def _backend_of(library: Path) -> str:
    """Return what a library computes on, such as cpu; empty for the others."""
    found = re.match(r"(?:lib)?ggml-([a-z]+)", library.name)
    return "" if found is None or found[1] == "base" else found[1]


def _packages(work: Path) -> Iterator[str]:
    """Yield the packages that the files in PyInstaller's tables belong to."""
    taken = set()
    for table in (*work.glob("PYZ-*.toc"), *work.glob("COLLECT-*.toc")):
        content = ast.literal_eval(table.read_text("utf-8"))
        taken |= {Path(source) for _name, source, _kind in _entries(content) if source}
    for package in metadata.distributions():
        files = package.files or []
        if any(Path(str(file.locate())) in taken for file in files if ".dist-info" not in str(file)):
            yield str(package.metadata["Name"])


def _entries(content: object) -> Iterator[tuple[str, str, str]]:
    if isinstance(content, tuple) and len(content) == 3 and all(isinstance(one, str | None) for one in content):
        yield content
    elif isinstance(content, list | tuple):
        for one in content:
            yield from _entries(one)


def _collect_licences(root: Path, packages: Iterable[str], target: Path) -> None:
    """Put the licences of all parts into a folder."""
    shutil.copytree(root / "resources" / "licences", target)
    shutil.copyfile(root / "LICENSE", target / "LICENSE")
    python = Path(sys.base_prefix)
    found = [
        python / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/LICENSE.txt",
        python / "LICENSE.txt",
    ]
    for file in found:
        if file.exists():
            shutil.copyfile(file, target / "Python.txt")
            break
    for name in packages:
        package = metadata.distribution(name)
        for file in package.files or []:
            if ".dist-info" in str(file) and _LICENCE.search(file.name):
                (target / name).mkdir(exist_ok=True)
                shutil.copyfile(str(file.locate()), target / name / file.name)


def _strip(folder: Path) -> None:
    """Take the symbols for debuggers out of what was built on this machine.

    Wheels mostly come without, and those whose libraries were renamed, such as numpy's, would no longer load.
    """
    if sys.platform != "linux":
        return
    if shutil.which("strip") is None:
        raise SetupError("strip was not found. Type: sudo apt-get install binutils")
    inside = folder / INTERNAL
    places = [*inside.glob("libpython*"), *inside.glob("python*/lib-dynload/*"), *(folder / LIBRARIES).iterdir()]
    for path in (*places, *inside.glob("cryptography/**/*.so")):
        if is_elf(path):
            subprocess.run(["strip", "--strip-unneeded", path], check=True)
