"""`packaging/dev.py package`: everything that people install, for the system that this runs on."""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from devtools import frozen, portable
from devtools.command import run as run_program
from devtools.comparing import differences
from devtools.console import SetupError, say
from devtools.frozen import Frozen
from devtools.sbom import sbom


def main() -> int:
    """Run the command line of this process, in the Python of the set-up."""
    try:
        return run(Path(__file__).resolve().parents[2], sys.argv[1:])
    except SetupError as error:
        say(str(error))
        return 1


def run(root: Path, arguments: list[str]) -> int:
    """Make the packages.

    Raises:
        SetupError: A step failed.
    """
    parser = argparse.ArgumentParser(
        prog="dev.py package", description="Make the packages of this system. They come to lie in dist/."
    )
    parser.add_argument("--with-model", type=Path, metavar="FILE", help="let this model go along, best the starter")
    parser.add_argument("--only", choices=("folder", "deb", "tar"), help="make no other package")
    parser.add_argument(
        "--llama",
        choices=("portable", "installed"),
        default="portable",
        help="llama.cpp built for all processors (default), or the one of .venv, which is quick and for tests",
    )
    parser.add_argument(
        "--vulkan",
        action=argparse.BooleanOptionalAction,
        default=sys.platform == "linux",
        help="with a backend for most GPUs too (on Linux it is there unless it is declined)",
    )
    parser.add_argument(
        "--test",
        action="store_true",
        help="try them too, in a clean Debian 12, as somebody who never saw it (Linux; needs root)",
    )
    parser.add_argument(
        "--twice",
        action="store_true",
        help="make them once more elsewhere, and list what differs; llama.cpp is built once",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="files compiled at once")
    parser.add_argument("--out", type=Path, default=root / "dist", metavar="FOLDER", help="for the packages")
    parser.add_argument(
        "--work", type=Path, default=root / "build" / "package", metavar="FOLDER", help="for what is made on the way"
    )
    options = parser.parse_args(arguments)
    if options.test and (sys.platform != "linux" or options.only not in (None, "deb")):
        parser.error("--test tries the .deb and what was made beside it, on Linux")
    sys.path.insert(0, str(root))
    os.umask(0o022)  # what is packed is for everybody
    work = options.work.resolve()
    libraries = work / "libraries"
    if options.llama == "portable":
        flags = [portable.VULKAN] if options.vulkan else []
        portable.build(root, work / "llama", libraries, options.jobs, flags)
    else:
        portable.installed(libraries)
    target = options.out.resolve()
    files = _make(root, work, libraries, target, options)
    for file in files:
        say(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    _write_checksums(target)
    if options.twice and (told := _make_again(root, work, libraries, files, options)):
        say("The second time these came out otherwise:\n" + "\n".join(told))
        return 1
    return _try(root, work, files, options.with_model is not None) if options.test else 0


def _make(root: Path, work: Path, libraries: Path, target: Path, options: argparse.Namespace) -> list[Path]:
    """Make the packages and the list of their parts; return all of these files."""
    target.mkdir(parents=True, exist_ok=True)
    epoch = source_date(root)
    made = frozen.freeze(root, work, libraries, options.with_model, epoch)
    files = _packages(root, made, work, target, epoch, options.only)
    parts = sbom(version(root), made.packages, made.llama_commit, root / "packaging" / "requirements", epoch)
    listing = target / f"desktopchat-{version(root)}.cdx.json"
    listing.write_text(json.dumps(parts, indent=1) + "\n", "utf-8")
    return [*files, listing]


def _make_again(root: Path, work: Path, libraries: Path, files: list[Path], options: argparse.Namespace) -> list[str]:
    """Make everything in another place; return what differs, first in the program's folder, then among the packages."""
    say("Making everything once more.")
    again = work / "again" / "elsewhere"
    shutil.rmtree(again, ignore_errors=True)
    made = _make(root, again / "work", libraries, again / "dist", options)
    told = differences(work / "frozen" / "desktopchat", again / "work" / "frozen" / "desktopchat")
    told += [
        f"another content: {one.name}"
        for one, other in zip(files, made, strict=True)
        if one.read_bytes() != other.read_bytes()
    ]
    say(f"{len(files)} packages and lists were compared.")
    return told


def source_date(root: Path) -> int:
    """Return the time that everything is said to be of: SOURCE_DATE_EPOCH, else that of the last commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=root, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else 1_700_000_000


def version(root: Path) -> str:
    """Return the version of the program, of its one source."""
    text = (root / "desktopchat" / "__init__.py").read_text("utf-8")
    found = re.search(r'__version__ = "(.+)"', text)
    assert found is not None
    return found[1]


def _packages(root: Path, made: Frozen, work: Path, target: Path, epoch: int, only: str | None) -> list[Path]:
    number = version(root)
    files: list[Path] = []
    if sys.platform == "linux":
        from devtools import linux

        say(f"It needs glibc {linux.finish_folder(root, made.folder)}.")
        if only in (None, "deb"):
            files.append(linux.deb(root, made.folder, work, target, number, epoch))
        if only in (None, "tar"):
            files.append(linux.archive(made.folder, target, number, epoch))
        if only is None and shutil.which("appimagetool"):
            script, image = root / "packaging" / "linux" / "appimage.sh", f"desktopchat-{number}-{os.uname().machine}"
            files.append(target / f"{image}.AppImage")
            shared = work / "deb" / "usr" / "share"
            run_program(
                [script, made.folder, shared, files[-1]], work / "appimage.log", env={"SOURCE_DATE_EPOCH": f"{epoch}"}
            )
    elif sys.platform == "win32" and only is None:
        from devtools import windows

        files.append(windows.installer(root, made.folder, work, target, number))
    elif sys.platform == "darwin" and only is None:
        files.append(target / f"desktopchat-{number}-macos-{os.uname().machine}.dmg")
        app = made.folder.parent / "desktopchat.app"
        run_program([root / "packaging" / "macos" / "package.sh", app, files[-1]], work / "dmg.log")
    size = sum(path.lstat().st_size for path in made.folder.rglob("*") if path.is_file() and not path.is_symlink())
    say(f"Unpacked: {size / 1e6:.1f} MB in {made.folder}")
    return files


def _try(root: Path, work: Path, files: list[Path], has_model: bool) -> int:
    """Try the packages among some files in a clean system; return the exit code of that."""
    packages = [file for file in files if file.name.endswith((".deb", ".tar.xz"))]
    model = [] if has_model else ["--model", os.environ["DESKTOPCHAT_TEST_MODEL"]]
    smoke = root / "packaging" / "smoke.py"
    return subprocess.call([sys.executable, smoke, "--work", work / "smoke", *model, *packages])


def _write_checksums(target: Path) -> None:
    names = sorted(path.name for path in target.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256((target / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (target / "SHA256SUMS").write_text("".join(lines), "utf-8")
