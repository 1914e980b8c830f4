"""Ends what a test made of Qt on the thread that made it."""

import gc

from PySide6.QtCore import QCoreApplication, QEvent


def end_what_is_left() -> None:
    """Delete what waits for its deletion, and collect the cycles that hold other objects.

    Python collects cycles on whatever thread happens to make objects. A worker of a later test would take timers that
    run and models of views away under Qt's event loop, which goes on to use them.
    """
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
