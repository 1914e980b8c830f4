"""How this program starts itself once more: the processes that compute, read and draw are the same program."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

# What Python and the loader need to start; no tokens and no keys.
PLAIN = frozenset(
    ("PATH", "HOME", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "VIRTUAL_ENV")
)


def is_frozen() -> bool:
    """Return whether this is an installed program that brings its own Python."""
    return bool(getattr(sys, "frozen", False))


def spare_others() -> None:
    """Let programs that are started from here, such as browsers, find their own libraries and not those of this one.

    The start program of an installed one has named ours in the environment. The loader has read that by now.
    """
    if is_frozen() and sys.platform == "linux":
        before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
        os.environ.pop("LD_LIBRARY_PATH", None)
        if before:
            os.environ["LD_LIBRARY_PATH"] = before


def command(*arguments: str) -> list[str]:
    """Return a command line that starts this program with other arguments."""
    return [sys.executable, *([] if is_frozen() else ["-m", "desktopchat"]), *arguments]


def environment(is_kept: Callable[[str], bool] = PLAIN.__contains__) -> dict[str, str]:
    """Return the environment of a child.

    Args:
        is_kept: Says of a variable, in capitals, whether the child gets it.
    """
    kept = {name: value for name, value in os.environ.items() if is_kept(name.upper())}
    kept["PYTHONUTF8"] = "1"
    if not is_frozen():
        kept["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    return kept
