"""The way to the window's program, whose imports are most of a start."""

import builtins
import gc
import os
import re
import sys
from pathlib import Path
from types import ModuleType

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence

# What a package leaves to the system, by Debian's names; other systems call them alike.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libGLX.so.0": "libglx0",
    "libGLdispatch.so.0": "libglvnd0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libwayland-client.so.0": "libwayland-client0",
}
_MISSING = re.compile(r"([\w.+-]+\.so[\w.]*): cannot open shared object file")


def program() -> ModuleType:
    """Import and return `desktopchat.app`, in two thirds of the time that a plain import takes.

    Raises:
        UserError: The system lacks a library.
    """
    gc.disable()  # what is imported stays
    plain = builtins.__import__
    try:
        import PySide6.QtCore

        # PySide's own looks into the source of each module for a feature that nobody uses here.
        builtins.__import__ = plain
        if sys.platform == "linux" and os.environ.get("QT_QPA_PLATFORM", "xcb") == "xcb" and os.environ.get("DISPLAY"):
            # Qt would end the process when its plugin cannot be loaded.
            import _ctypes

            plugin = Path(PySide6.QtCore.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
            if plugin.exists():
                _ctypes.dlopen(str(plugin), 0)
        from desktopchat import app
    except (ImportError, OSError) as error:
        raise _explained(error) from error
    gc.freeze()
    gc.enable()
    return app


def _explained(error: Exception) -> UserError:
    """Say which library is missing, and what brings it."""
    found = _MISSING.search(str(error))
    if found is None:
        return UserError("The window's libraries cannot be loaded.", "Install desktopchat again.", str(error))
    name = found[1]
    package = _PACKAGES.get(name, "")
    cause = Sentence("The window needs {name}, which this system lacks.", name=name)
    if package:
        return UserError(cause, Sentence("Type: sudo apt-get install {package}", package=package), str(error))
    return UserError(cause, "Install it with the package manager of your system.", str(error))
