"""What has to come from the operating system: Qt's libraries, compilers, and what the tests drive windows with."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from devtools import command
from devtools.console import SetupError, say

# Debian package: the library in it that tells whether it is there. By ELF closure of Qt's offscreen and xcb plugins.
QT_LIBRARIES = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libfontconfig1": "libfontconfig.so.1",
    "libfreetype6": "libfreetype.so.6",
    "libdbus-1-3": "libdbus-1.so.3",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libx11-6": "libX11.so.6",
    "libx11-xcb1": "libX11-xcb.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libzstd1": "libzstd.so.1",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-sync1": "libxcb-sync.so.1",
    "libxcb-xfixes0": "libxcb-xfixes.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxcb-glx0": "libxcb-glx.so.0",
    "libxcb-util1": "libxcb-util.so.1",
}
# What a .deb is made with, and libraries of Qt's plugins for Wayland whose packages it will name.
PACKAGE_PROGRAMS = {"dpkg-dev": "dpkg-shlibdeps", "binutils": "strip"}
PACKAGE_LIBRARIES = {
    "libwayland-client0": "libwayland-client.so.0",
    "libwayland-cursor0": "libwayland-cursor.so.0",
    "libwayland-egl1": "libwayland-egl.so.1",
}
# What llama.cpp's backend for Vulkan is compiled with; none of it is needed to run it.
VULKAN_PROGRAMS = {"glslc": "glslc"}
VULKAN_HEADERS = {"libvulkan-dev": "vulkan/vulkan.h", "spirv-headers": "spirv/unified1/spirv.hpp"}
TEST_PROGRAMS = {"xvfb": "Xvfb", "xdotool": "xdotool"}
SMOKE_PROGRAMS = {"debootstrap": "/usr/sbin/debootstrap"}  # which is not on everybody's path
TEST_FONTS = {"fonts-noto-cjk": "NotoSansCJK*", "fonts-noto-color-emoji": "NotoColorEmoji*"}

# Backend: the compiler that it needs, where it usually is when it is not on the path, and what brings it.
TOOLKITS = {
    "cuda": ("nvcc", "/usr/local/cuda/bin/nvcc", "the CUDA toolkit"),
    "vulkan": ("glslc", "/usr/bin/glslc", "the Vulkan SDK"),
    "rocm": ("hipcc", "/opt/rocm/bin/hipcc", "ROCm with its HIP compiler"),
}


def missing_libraries(libraries: Mapping[str, str]) -> list[str]:
    """Return the Debian packages, by which `libraries` are listed, whose library the linker does not know."""
    if sys.platform != "linux":
        return []
    listing = _output([shutil.which("ldconfig") or "/sbin/ldconfig", "-p"])
    # Without a listing (musl, NixOS) nothing can be said.
    known = {line.split()[0] for line in listing.splitlines() if line.strip()}
    return [package for package, library in libraries.items() if known and library not in known]


def missing_package_tools() -> list[str]:
    """Return the Debian packages without which no .deb can be made; none where nobody makes one."""
    if sys.platform != "linux" or not shutil.which("apt-get"):
        return []
    headers = [package for package, header in VULKAN_HEADERS.items() if not Path("/usr/include", header).exists()]
    programs = missing_programs(PACKAGE_PROGRAMS | VULKAN_PROGRAMS)
    return [*programs, *headers, *missing_libraries(PACKAGE_LIBRARIES)]


def missing_test_packages() -> list[str]:
    """Return the Debian packages without which the window tests cannot run or show boxes for letters."""
    if sys.platform != "linux":
        return []
    missing = missing_programs(TEST_PROGRAMS)
    fonts = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts"]
    for package, pattern in TEST_FONTS.items():
        if not any(next(folder.rglob(pattern), None) for folder in fonts if folder.is_dir()):
            missing.append(package)
    return missing


def missing_programs(programs: Mapping[str, str]) -> list[str]:
    """Return the Debian packages, by which `programs` are listed, whose programs are not there."""
    return [package for package, program in programs.items() if not shutil.which(program)]


def provide(packages: Iterable[str], purpose: str, log: Path) -> bool:
    """Install Debian packages where this process may, else say what to type.

    Returns:
        False when installing was tried and failed, so that it is worth trying again.
    """
    packages = list(packages)
    if not packages:
        return True
    rights = _rights()
    if not shutil.which("apt-get"):
        say(f"{purpose} needs what Debian calls {' '.join(packages)}; install it with your package manager.")
        return True
    if rights is None:
        say(f"{purpose} needs more of the system. Type: sudo apt-get install {' '.join(packages)}")
        return True
    say(f"Installing from the system's packages: {' '.join(packages)}")
    try:
        _apt(rights, packages, log)
    except command.CommandError as error:
        say(f"{purpose} needs them, but they could not be installed. {error}")
        return False
    return True


def require_venv_module(log: Path) -> None:
    """See to it that virtual environments can be made: Debian keeps that in a package of its own.

    Raises:
        SetupError: It is missing and cannot be installed.
    """
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    _require_packages([package], "Python's venv module is missing.", log)


def require_compiler(backend: str, log: Path, otherwise: str = "choose --backend cpu") -> None:
    """See to it that llama.cpp can be compiled for a backend.

    Args:
        otherwise: What to do without what is missing.

    Raises:
        SetupError: A compiler is missing and cannot be installed.
    """
    if not _has_compiler():
        if sys.platform == "darwin":
            raise SetupError("There is no C++ compiler. Type: xcode-select --install")
        if sys.platform == "win32":
            raise SetupError(
                "There is no C++ compiler. Install the Build Tools for Visual Studio with the C++ workload."
            )
        _require_packages(["build-essential"], "There is no C++ compiler.", log)
    if backend in TOOLKITS:
        program, place, toolkit = TOOLKITS[backend]
        if not shutil.which(program) and not Path(place).exists():
            raise SetupError(f"{program} was not found. Install {toolkit}, or {otherwise}.")


def _require_packages(packages: list[str], trouble: str, log: Path) -> None:
    if not shutil.which("apt-get"):
        raise SetupError(f"{trouble} Install what Debian calls {' '.join(packages)} with your package manager.")
    rights = _rights()
    if rights is None:
        raise SetupError(f"{trouble} Type: sudo apt-get install {' '.join(packages)}")
    say(f"{trouble} Installing {' '.join(packages)}.")
    _apt(rights, packages, log)


def _apt(rights: list[str], packages: list[str], log: Path) -> None:
    # dpkg is never cut off half-way: that would leave the person's system to be repaired.
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command.run([*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *arguments], log, patience=None)


def _rights() -> list[str] | None:
    """Return what to put before a command so that it runs as root; None when that needs a password."""
    if sys.platform == "win32":
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _has_compiler() -> bool:
    if sys.platform == "win32":
        base = os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)")
        finder = Path(base) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
        part = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
        return bool(
            _output([str(finder), "-products", "*", "-requires", part, "-property", "installationPath"]).strip()
        )
    if sys.platform == "darwin":
        return _succeeds(["xcode-select", "-p"])
    c = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    cxx = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    return bool(c and cxx)


def _output(arguments: list[str]) -> str:
    try:
        return subprocess.run(arguments, capture_output=True, text=True, errors="replace", check=False).stdout
    except OSError:
        return ""


def _succeeds(arguments: list[str]) -> bool:
    return subprocess.run(arguments, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0
