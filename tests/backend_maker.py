"""Makes backends to add: small ones that are no libraries, and real ones of those that are installed."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

from desktopchat.engine.backends import manifest, packs
from desktopchat.engine.backends.folders import installed_version, package_folder

CONTENT = {"libllama.so": b"llama", "libggml.so.0": b"ggml"}


def small_folder(folder: Path, name: str = "vulkan", content: dict[str, bytes] | None = None, **says: str) -> Path:
    """Return a folder that is a backend by its manifest.

    Args:
        says: What the manifest says otherwise than it should.
    """
    folder.mkdir(parents=True)
    for file, data in (content or CONTENT).items():
        (folder / file).write_bytes(data)
    described = manifest.describe(folder, name, "", installed_version())
    manifest.write(folder, replace(described, **says))
    return folder


def small_pack(file: Path, name: str = "vulkan", content: dict[str, bytes] | None = None, **says: str) -> Path:
    """Return such a folder as a pack."""
    folder = small_folder(file.with_suffix(".folder"), name, content, **says)
    packs.pack(folder, file)
    return file


def zip_of(file: Path, members: dict[str, bytes]) -> Path:
    """Return a zip with these members, whatever they are called."""
    with zipfile.ZipFile(file, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
    return file


def real_folder(folder: Path, name: str = "copy") -> Path:
    """Return the installed libraries as a backend of another name."""
    folder.mkdir(parents=True)
    for library in package_folder().iterdir():
        # Only the names that are looked for: the package holds each library three times.
        if library.suffix in (".dll", ".dylib") or library.name.endswith((".so", ".so.0")):
            shutil.copyfile(library, folder / library.name)
    manifest.write(folder, manifest.describe(folder, name, "", installed_version()))
    return folder
