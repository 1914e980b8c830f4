"""Builds llama.cpp, of the source that the installed llama-cpp-python was made of, into a folder for one backend."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from devtools import command
from devtools.console import Progress, SetupError, ninja_meter, say
from devtools.steps import CMAKE_ARGS

_TARGETS = ("llama", "mtmd")
# The Python package looks for these by their own names; the others are found by the names that these need.
_LOADED_BY_NAME = ("llama", "mtmd")
_LIBRARY = re.compile(r"(?:lib)?(?P<name>[\w-]+?)(?:\.\d+)*\.(?:so(?:\.\d+)*|dylib|dll)")
_VULKAN = Path("ggml/src/ggml-vulkan/ggml-vulkan.cpp")
# Names the settings of the validation layers, which Vulkan headers before 1.3.272 do not know. They serve debugging.
_SETTINGS = re.compile(r" *VkBool32 enable_best_practice = .*?layer_setting_info\(settings\);\n", re.DOTALL)
_SETTINGS_USED = "extensions, &layer_setting_info)"


def build(backend: str, source: Path, work: Path, jobs: int, flags: Iterable[str] = ()) -> Path:
    """Build a backend; return the folder that its libraries lie in. A build that was cut off goes on.

    Args:
        source: The unpacked source package of llama-cpp-python.
        work: Folder for a copy of it and for what is compiled.
        flags: More of them for CMake.

    Raises:
        SetupError: A step failed; its output lies in logs in `work`.
    """
    work = work.resolve()  # for CMake, which takes a relative path for one in its own folder
    copied = work / "source"
    if not (copied / "CMakeLists.txt").exists():
        part = work / "source.part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(source, part)
        part.rename(copied)
    if (
        "-DGGML_VULKAN=on" in (CMAKE_ARGS[backend], *(flag.replace("=ON", "=on") for flag in flags))
        and headers_are_old()
    ):
        _leave_layer_settings_out(copied / "vendor" / "llama.cpp" / _VULKAN)
    folder = work / "build"
    cmake, ninja = (_program(name) for name in ("cmake", "ninja"))
    together = [f"-DCMAKE_{kind}_OUTPUT_DIRECTORY={folder / 'bin'}" for kind in ("LIBRARY", "RUNTIME")]
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DGGML_RPC=ON", *together, *CMAKE_ARGS[backend].split()]
    options += [*flags, *os.environ.get("CMAKE_ARGS", "").split()]
    configuring = [cmake, "-S", copied, "-B", folder, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}", *options]
    command.run(configuring, work / "cmake.log")
    progress = Progress(ninja_meter())
    building = [cmake, "--build", folder, "--parallel", str(jobs), "--target", *_TARGETS]
    try:
        command.run(building, work / "build.log", on_line=progress.feed, on_beat=progress.beat)
    finally:
        progress.close()
    return folder / "bin"


def collect(folders: Iterable[Path], extra: Iterable[Path], target: Path) -> None:
    """Copy the libraries of folders, and those of others that they need, under the names that are looked for.

    Args:
        extra: Files, such as those of the CUDA runtime.

    Raises:
        SetupError: There is no llama.cpp among them.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in (file for folder in folders for file in sorted(folder.iterdir())):
        found = _LIBRARY.fullmatch(file.name)
        if found is None or file.is_symlink():
            continue
        if found["name"] in _LOADED_BY_NAME:
            shutil.copyfile(file, target / f"{file.name.partition('.')[0]}{_ending()}")
        elif found["name"].startswith("ggml"):
            shutil.copyfile(file, target / needed_name(file))
    for file in extra:
        shutil.copyfile(file, target / needed_name(file))
    if not any((target / f"{prefix}llama{_ending()}").exists() for prefix in ("lib", "")):
        raise SetupError("There is no libllama in that folder.")


def headers_are_old() -> bool:
    """Return whether the Vulkan headers know no settings of layers."""
    places = [os.environ.get("VULKAN_SDK", ""), "/usr", "/usr/local"]
    headers = [Path(place) / "include" / "vulkan" / "vulkan_core.h" for place in places if place]
    header = next((one for one in headers if one.exists()), None)
    return header is not None and "VK_EXT_layer_settings" not in header.read_text("utf-8", "replace")


def _leave_layer_settings_out(file: Path) -> None:
    text = file.read_text("utf-8")
    if _SETTINGS_USED not in text:
        return  # done before
    text, count = _SETTINGS.subn("", text)
    if count != 1:
        raise SetupError(f"{file} is not as expected. Install Vulkan headers of 1.3.272 or later.")
    file.write_text(text.replace(_SETTINGS_USED, "extensions)"), "utf-8")
    say("The Vulkan headers are old: the settings of validation layers are left out.")


def _ending() -> str:
    return {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")


def needed_name(library: Path) -> str:
    """Return the name by which other libraries ask for this one."""
    if sys.platform == "win32":
        return library.name
    program = ["otool", "-D"] if sys.platform == "darwin" else ["readelf", "-d"]
    try:
        told = subprocess.run(
            [*program, str(library)], capture_output=True, text=True, errors="replace", check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"{library.name} cannot be looked at with {program[0]}.") from error
    if sys.platform == "darwin":
        return told.split()[-1].rpartition("/")[2]
    found = re.search(r"\(SONAME\).*\[(.+)\]", told)
    return found[1] if found else library.name


def _program(name: str) -> str:
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=os.pathsep.join((str(beside), os.environ.get("PATH", ""))))
    if found is None:
        raise SetupError(f"{name} was not found. Type: {sys.executable} -m pip install {name}")
    return found
