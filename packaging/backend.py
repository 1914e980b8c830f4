#!/usr/bin/env python3
"""Build a backend: llama.cpp's libraries for one kind of hardware, as a pack that desktopchat can add.

.venv/bin/python packaging/backend.py vulkan                  builds it, and writes build/backends/vulkan.zip
.venv/bin/python packaging/backend.py vulkan --add            adds it to the desktopchat of this person as well
.venv/bin/python packaging/backend.py cuda --from FOLDER      packs libraries that were built elsewhere

The source is that of the installed llama-cpp-python, so that both fit together. CMAKE_ARGS adds flags, such as
-DCMAKE_CUDA_ARCHITECTURES=90, or -DGGML_NATIVE=OFF for other machines than this one.
"""

import argparse
import os
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from devtools import backends, system  # noqa: E402  (the path has to be set first)
from devtools.console import SetupError, say  # noqa: E402
from devtools.steps import CMAKE_ARGS  # noqa: E402

from desktopchat.core.errors import UserError  # noqa: E402
from desktopchat.engine.backends import manifest, packs  # noqa: E402
from desktopchat.paths import Paths  # noqa: E402


def main() -> int:
    """Build or pack one; return the exit code."""
    options = _options()
    try:
        file = make(options.name, options.out, options.work, options.jobs, options.folders, options.files)
        print(file)
        if options.add:
            packs.Packs(Paths.resolve(options.data_dir).backends).add(file)
    except (SetupError, UserError) as error:
        say(str(error))
        return 1
    return 0


def make(name: str, out: Path, work: Path, jobs: int, folders: list[Path], files: list[Path]) -> Path:
    """Return the pack of a backend.

    Args:
        folders: With libraries that are built already; none builds them.
        files: Other libraries that go into it.

    Raises:
        SetupError: It cannot be built.
    """
    if not folders:
        from benchmarks.peers import source  # loads llama.cpp, which packing needs not

        work.mkdir(parents=True, exist_ok=True)
        system.require_compiler(name, work / "compiler.log")
        unpacked = source(ROOT / ".venv" / "cache").parents[1]
        folders = [backends.build(name, unpacked, work / name, jobs)]
    folder = out / name
    backends.collect(folders, files, folder)
    manifest.write(folder, manifest.describe(folder, name, "", version("llama-cpp-python")))
    file = out / f"{name}.zip"
    packs.pack(folder, file)
    return file


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build a backend, or pack one that was built.")
    parser.add_argument("name", choices=CMAKE_ARGS, help="what it computes on")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "backends", metavar="FOLDER", help="for the pack")
    parser.add_argument(
        "--work",
        type=Path,
        default=ROOT / ".venv" / "cache" / "backends",
        metavar="FOLDER",
        help="for what is compiled",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="files compiled at once")
    parser.add_argument(
        "--from", dest="folders", type=Path, action="append", default=[], metavar="FOLDER", help="pack its libraries"
    )
    parser.add_argument(
        "--with", dest="files", type=Path, action="append", default=[], metavar="FILE", help="pack this library too"
    )
    parser.add_argument("--add", action="store_true", help="let desktopchat have it")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="which desktopchat, as its own --data-dir")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
