"""Packages for Linux: a .deb, and an archive that needs no installation."""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

from devtools import command
from devtools.console import SetupError, say
from devtools.frozen import is_elf, newest_glibc
from devtools.icons import render
from devtools.manual import manual

NAME = "desktopchat"
APP_ID = "org.desktopchat.desktopchat"
# What is asked for while it runs and thus found by no look at the files: layouts of keyboards, whatever draws letters.
_NEEDED_DATA = ("xkb-data", "fontconfig-config", "ca-certificates")
# The last for what a start from a menu has to say when there can be no window.
_RECOMMENDED = (
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "libvulkan1",
    "zenity | kdialog | libnotify-bin | x11-utils",
)
_MAINTAINER = "The desktopchat developers <noreply@desktopchat.invalid>"
_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)  # of the icon, in pixels
_DESCRIPTION = """Chat with language models that run on this computer
 Opens any GGUF model that llama.cpp can load, on the processor or on the GPU,
 in a native window that is driven from the keyboard. Nothing that is written
 or received is lost, and nothing leaves the machine unless one asks for it."""


def finish_folder(root: Path, folder: Path) -> str:
    """Put a launcher before the program, which says so where the C library is too old; return which one it needs.

    No library keeps the right to be run.
    """
    program = folder / NAME
    program.rename(folder / f"{NAME}.bin")
    glibc = newest_glibc(folder)
    text = (root / "packaging" / "linux" / "launcher.sh").read_text("utf-8")
    program.write_text(text.replace("@GLIBC_MINOR@", glibc.partition(".")[2]), "utf-8")
    program.chmod(0o755)
    for library in folder.rglob("*.so*"):
        if is_elf(library):
            library.chmod(0o644)  # it is loaded and not run
    return glibc


def deb(root: Path, folder: Path, work: Path, target: Path, version: str, epoch: int) -> Path:
    """Make a .deb of the program's folder; return it.

    Raises:
        SetupError: A tool is missing or failed.
    """
    for tool in ("dpkg-deb", "dpkg-shlibdeps"):
        if shutil.which(tool) is None:
            raise SetupError(f"{tool} was not found. Type: sudo apt-get install dpkg-dev")
    staged = work / "deb"
    shutil.rmtree(staged, ignore_errors=True)
    place = staged / "usr" / "lib" / NAME
    place.parent.mkdir(parents=True)
    shutil.copytree(folder, place, symlinks=True)
    (staged / "usr" / "bin").mkdir()
    (staged / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    share(root, staged / "usr" / "share", version, epoch)
    documents = staged / "usr" / "share" / "doc" / NAME
    documents.mkdir(parents=True)
    _compress((root / "CHANGELOG.md").read_bytes(), documents / "CHANGELOG.md.gz")
    _compress(_changelog(version, epoch).encode(), documents / "changelog.gz")
    overrides = staged / "usr" / "share" / "lintian" / "overrides"
    overrides.mkdir(parents=True)
    shutil.copyfile(root / "packaging" / "linux" / "lintian-overrides", overrides / NAME)
    (documents / "copyright").write_text(_copyright(root), "utf-8")
    control = staged / "DEBIAN"  # dpkg-shlibdeps too looks for it
    control.mkdir()
    needed = [*_shared(staged, work), *_NEEDED_DATA]
    size = sum(path.lstat().st_size for path in staged.rglob("*") if not path.is_symlink()) // 1024
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    (control / "control").write_text(
        f"Package: {NAME}\nVersion: {version}\nArchitecture: {architecture}\n"
        f"Maintainer: {_MAINTAINER}\n"
        f"Installed-Size: {size}\nDepends: {', '.join(needed)}\nRecommends: {', '.join(_RECOMMENDED)}\n"
        f"Section: utils\nPriority: optional\nDescription: {_DESCRIPTION}\n",
        "utf-8",
    )
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(staged)}\n"
        for path in sorted(staged.rglob("*"))
        if path.is_file() and not path.is_symlink() and control not in path.parents
    ]
    (control / "md5sums").write_text("".join(sums), "utf-8")
    _settle(staged, epoch)
    file = target / f"{NAME}_{version}_{architecture}.deb"
    say(f"Packing {file.name}.")
    command.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", staged, file],
        work / "dpkg-deb.log",
        env={"SOURCE_DATE_EPOCH": str(epoch)},
    )
    return file


def archive(folder: Path, target: Path, version: str, epoch: int) -> Path:
    """Make a tar.xz, with a folder for all data in it: unpacked, it keeps everything there."""
    machine = os.uname().machine
    top = f"{NAME}-{version}"
    file = target / f"{top}-linux-{machine}.tar.xz"
    say(f"Packing {file.name}.")
    # Its data folder makes it portable; desktopchat/paths.py looks for it.
    extra = {
        f"{top}/data/README.txt": "Everything is kept in this folder. Without it, in the usual folders of the system.\n"
    }
    part = file.with_name(f"{file.name}.part")
    with tarfile.open(part, "w:xz", preset=6, format=tarfile.PAX_FORMAT) as packed:

        def add(info: tarfile.TarInfo, path: Path | None = None) -> None:
            info.uid = info.gid = 0
            info.uname = info.gname = "root"
            info.mtime = epoch
            info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
            if path is not None and info.isreg():
                with path.open("rb") as content:
                    packed.addfile(info, content)
            else:
                packed.addfile(info)

        for path in (folder, *sorted(folder.rglob("*"))):
            add(packed.gettarinfo(path, str(Path(top) / path.relative_to(folder))), path)
        for name, text in extra.items():
            information = tarfile.TarInfo(name)
            written = target / ".extra"
            written.write_text(text, "utf-8")
            information.size = written.stat().st_size
            add(information, written)
            written.unlink()
    part.rename(file)
    return file


def share(root: Path, target: Path, version: str, epoch: int) -> None:
    """Fill a folder like /usr/share: menu entry, icons, type of files, description and manual."""
    sources = root / "packaging" / "linux"
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    for name, place in {
        f"{NAME}.desktop": f"applications/{NAME}.desktop",
        f"{APP_ID}.metainfo.xml": f"metainfo/{APP_ID}.metainfo.xml",
        f"{NAME}-mime.xml": f"mime/packages/{NAME}.xml",
    }.items():
        file = target / place
        file.parent.mkdir(parents=True, exist_ok=True)
        text = (sources / name).read_text("utf-8")
        file.write_text(text.replace("@VERSION@", version).replace("@DATE@", date), "utf-8")
    icon = root / "resources" / "icons" / f"{NAME}.svg"
    scalable = target / "icons" / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True)
    shutil.copyfile(icon, scalable / icon.name)
    render(icon, {size: target / f"icons/hicolor/{size}x{size}/apps/{NAME}.png" for size in _SIZES})
    pages = target / "man" / "man1"
    pages.mkdir(parents=True)
    _compress(manual(version, date).encode(), pages / f"{NAME}.1.gz")


def _shared(staged: Path, work: Path) -> list[str]:
    """Return the packages whose libraries the program needs and does not bring."""
    inside = staged / "usr" / "lib" / NAME
    own = {path.parent for path in inside.rglob("*.so*")} | {inside / "_internal"}
    programs = [path for path in inside.rglob("*") if is_elf(path)]
    (work / "debian").mkdir(exist_ok=True)
    (work / "debian" / "control").write_text(f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n")
    done = subprocess.run(
        ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0"]
        + [f"-l{folder}" for folder in sorted(own)]
        + [f"-e{path}" for path in sorted(programs)],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"dpkg-shlibdeps failed: {done.stderr.strip()[-2000:]}")
    found = re.search(r"shlibs:Depends=(.*)", done.stdout)
    # It also names those whose libraries are brought along.
    outside = _packages_outside(inside, programs)
    return [one for one in (found[1].split(", ") if found else []) if one.split()[0] in outside]


def _packages_outside(folder: Path, programs: list[Path]) -> set[str]:
    """Return the packages of the libraries that programs need and a folder does not hold."""
    needed = set()
    for path in programs:
        told = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=True).stdout
        needed |= set(re.findall(r"\(NEEDED\).*\[(.+)\]", told))
    needed -= {path.name for path in folder.rglob("*.so*")}
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    places = dict(re.findall(r"^\s(\S+) .*(?:x86-64|AArch64).* => (\S+)$", listing, re.MULTILINE))
    packages = set()
    for name in needed & places.keys():
        # Old systems say /lib where the file is in /usr/lib, or the other way round.
        for place in (places[name], f"/usr{places[name]}", places[name].removeprefix("/usr")):
            told = subprocess.run(["dpkg-query", "-S", place], capture_output=True, text=True, check=False).stdout
            packages |= {line.partition(":")[0] for line in told.splitlines()}
    return packages


def _copyright(root: Path) -> str:
    notices = (root / "resources" / "licences" / "THIRD-PARTY.md").read_text("utf-8")
    listed = "".join(f" {line.strip() or '.'}\n" for line in notices.splitlines())
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: {NAME}\n"
        f"Comment: The texts of all licences lie in /usr/lib/{NAME}/licences.\n{listed}\n"
        "Files: *\nCopyright: The desktopchat developers\nLicense: Apache-2.0\n"
        " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n"
    )


def _changelog(version: str, epoch: int) -> str:
    """Return what Debian calls a changelog; ours lies beside it."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(epoch))
    return (
        f"{NAME} ({version}) stable; urgency=medium\n\n  * See CHANGELOG.md.gz in this folder.\n\n"
        f" -- {_MAINTAINER}  {date}\n"
    )


def _compress(content: bytes, target: Path) -> None:
    with target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(content)


def _settle(folder: Path, epoch: int) -> None:
    """Let everybody read, whatever the umask of the builder is, and give everything the same time."""
    for path in (*folder.rglob("*"), folder):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)
