"""The installer for Windows."""

import shutil
from pathlib import Path

from devtools import command
from devtools.console import SetupError, say

_USUAL = Path(r"C:\Program Files (x86)\NSIS\makensis.exe")


def installer(root: Path, folder: Path, work: Path, target: Path, version: str) -> Path:
    """Make an installer of the program's folder; return it. It runs on Linux too, which has no program to put in.

    Raises:
        SetupError: NSIS is missing or failed.
    """
    compiler = shutil.which("makensis") or (str(_USUAL) if _USUAL.exists() else None)
    if compiler is None:
        raise SetupError("makensis was not found. Install NSIS.")
    file = target.resolve() / f"desktopchat-{version}-windows-x86_64.exe"
    say(f"Packing {file.name}.")
    icon = work / "desktopchat.ico"
    defined = {
        "VERSION": version,
        "PAYLOAD": folder.resolve(),
        "OUT": file,
        **({"ICON": icon} if icon.exists() else {}),
    }
    flags = [f"-D{name}={value}" for name, value in defined.items()]
    script = root / "packaging" / "windows" / "desktopchat.nsi"
    command.run([compiler, "-V2", "-WX", *flags, script], work / "makensis.log")
    return file
