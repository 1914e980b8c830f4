"""llama.cpp's libraries for a package: one build that runs on old processors and makes use of new ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from devtools import backends, system
from devtools.console import SetupError, say

# ggml then loads the variant of the CPU's library that this very processor can run, and no other.
_FLAGS = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",
    "-DGGML_CPU_ALL_VARIANTS=ON",
    # They find each other wherever they lie.
    "-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON",
)
# Levels that next to no processor has; ggml takes the one below there.
_RARE = ("ivybridge", "piledriver", "cannonlake", "cooperlake")
VULKAN = "-DGGML_VULKAN=ON"
_BY_BOTH_NAMES = ("ggml", "ggml-base", "llama", "mtmd")


def build(root: Path, work: Path, target: Path, jobs: int, flags: Sequence[str] = ()) -> Path:
    """Compile them where that has not been done; return the folder that they lie in, `target`.

    Args:
        work: Folder for what is compiled.
        flags: More of them for CMake, such as `VULKAN`.

    Raises:
        SetupError: A step failed.
    """
    from benchmarks.peers import source

    vulkan = " and for GPUs" if VULKAN in flags else ""
    say(f"Building llama.cpp for all processors{vulkan}. The first time takes half an hour on two cores.")
    unpacked = source(root / ".venv" / "cache").parents[1]
    backend = "metal" if sys.platform == "darwin" else "cpu"
    if VULKAN in flags:
        system.require_compiler("vulkan", work / "compiler.log", "add --no-vulkan")
    built = backends.build(backend, unpacked, work, jobs, (*_FLAGS, *_without_paths(work), *flags))
    backends.collect([built], _runtime(), target)
    for name in _RARE:
        for file in target.glob(f"*ggml-cpu-{name}.*"):
            file.unlink()
    _link(target)
    return target


def _without_paths(work: Path) -> tuple[str, ...]:
    """Return flags that keep this machine's folders out of the libraries, which are the same everywhere then."""
    if sys.platform == "win32":
        return ()
    return tuple(f"-DCMAKE_{language}_FLAGS=-ffile-prefix-map={work.resolve()}=." for language in ("C", "CXX"))


def installed(target: Path) -> Path:
    """Take those that are installed here, which may run on this machine alone; return the folder, `target`."""
    folder = Path(str(metadata.distribution("llama-cpp-python").locate_file("llama_cpp/lib")))
    backends.collect([folder], _runtime(), target)
    _link(target)
    return target


def split_off(libraries: Path, name: str, target: Path) -> None:
    """Move the library for some hardware into a folder of its own, with all others beside it, as a backend wants it.

    It is tried there in a process of its own, so that a driver that crashes does not take the processor's along.

    Args:
        target: On systems with links it only links to what lies in `libraries`, three folders further up.
    """
    from desktopchat.engine.backends import manifest

    (module,) = libraries.glob(f"*ggml-{name}.*")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in sorted(libraries.iterdir()):
        if file != module and sys.platform == "linux":
            (target / file.name).symlink_to(os.path.relpath(file, target))
        elif file != module:
            shutil.copyfile(file, target / file.name)
    module.rename(target / module.name)
    manifest.write(target, manifest.describe(target, name, "", metadata.version("llama-cpp-python")))


def _link(folder: Path) -> None:
    """Let each be found by both of its names: that of its file, and that by which the others ask for it."""
    if sys.platform != "linux":
        return
    for name in _BY_BOTH_NAMES:
        file = min(folder.glob(f"lib{name}.so*"), default=None)
        if file is None:
            raise SetupError(f"lib{name} is missing in {folder}.")
        for other in (f"lib{name}.so", backends.needed_name(file)):
            if other != file.name:
                (folder / other).symlink_to(file.name)


def _runtime() -> list[Path]:
    """Return what the compiler's code needs and small systems lack."""
    if sys.platform != "linux":
        return []
    compiler = os.environ.get("CC") or shutil.which("cc") or "gcc"
    told = subprocess.run([compiler, "-print-file-name=libgomp.so.1"], capture_output=True, text=True, check=True)
    return [Path(told.stdout.strip()).resolve()]
