"""Finds the files that come with the program."""

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a file below resources/, in a checkout, an installed package or a frozen program."""
    package = Path(__file__).resolve().parent
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    installed = Path(frozen) / "desktopchat" / "_resources" if frozen else package / "_resources"
    root = installed if installed.is_dir() else package.parent / "resources"
    return root.joinpath(*parts)
