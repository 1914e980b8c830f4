"""llama.cpp's libraries for a package: one build that runs on old processors and makes use of new ones."""

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from devtools import backends
from devtools.console import SetupError, say

# ggml then loads the variant of the CPU's library that this very processor can run, and no other.
_FLAGS = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",
    "-DGGML_CPU_ALL_VARIANTS=ON",
    # They find each other wherever they lie.
    "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON",
    f"-DCMAKE_INSTALL_RPATH={'@loader_path' if sys.platform == 'darwin' else '$ORIGIN'}",
)
_LOADED_BY_NAME = ("ggml", "ggml-base")  # by llama-cpp-python, besides those of `backends`


def build(root: Path, work: Path, target: Path, jobs: int) -> Path:
    """Compile them where that has not been done; return the folder that they lie in, `target`.

    Args:
        work: Folder for what is compiled.

    Raises:
        SetupError: A step failed.
    """
    from benchmarks.peers import source

    say("Building llama.cpp for all processors. The first time takes half an hour on two cores.")
    unpacked = source(root / ".venv" / "cache").parents[1]
    backend = "metal" if sys.platform == "darwin" else "cpu"
    built = backends.build(backend, unpacked, work, jobs, _FLAGS)
    backends.collect([built], _runtime(), target)
    _link(target)
    return target


def installed(target: Path) -> Path:
    """Take those that are installed here, which may run on this machine alone; return the folder, `target`."""
    folder = Path(str(metadata.distribution("llama-cpp-python").locate_file("llama_cpp/lib")))
    backends.collect([folder], _runtime(), target)
    _link(target)
    return target


def _link(folder: Path) -> None:
    if sys.platform != "linux":
        return
    for name in _LOADED_BY_NAME:
        file = next((one for one in folder.glob(f"lib{name}.so.*")), None)
        if file is None:
            raise SetupError(f"lib{name} is missing in {folder}.")
        (folder / f"lib{name}.so").symlink_to(file.name)


def _runtime() -> list[Path]:
    """Return what the compiler's code needs and small systems lack."""
    if sys.platform != "linux":
        return []
    compiler = os.environ.get("CC") or shutil.which("cc") or "gcc"
    told = subprocess.run([compiler, "-print-file-name=libgomp.so.1"], capture_output=True, text=True, check=True)
    return [Path(told.stdout.strip()).resolve()]
