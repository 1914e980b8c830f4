"""Python's garbage is collected on the window's thread alone."""

import gc

from PySide6.QtCore import QAbstractEventDispatcher, QObject, QTimer

_DELAY = 250  # ms; with what comes in a second, a collection would be felt


class GarbageCollector(QObject):
    """Collects soon after there is enough to collect, as much as Python would. A window that rests is not woken.

    Python itself collects on whatever thread happens to make objects. On a worker's it would take windows and timers
    that are part of a cycle away under Qt's event loop, which goes on to use them.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY)
        self._timer.timeout.connect(self._on_timer_timeout)
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None  # a QApplication has one
        self._dispatcher = dispatcher
        dispatcher.aboutToBlock.connect(self._on_dispatcher_about_to_block)

    def close(self) -> None:
        """Leave it to Python again."""
        self._dispatcher.aboutToBlock.disconnect(self._on_dispatcher_about_to_block)
        self._timer.stop()
        gc.enable()

    def _on_dispatcher_about_to_block(self) -> None:
        # Each turn of the event loop comes here.
        if not self._timer.isActive() and _grown() is not None:
            self._timer.start()

    def _on_timer_timeout(self) -> None:
        if (generation := _grown()) is not None:
            gc.collect(generation)


def _grown() -> int | None:
    """Return the oldest generation that has grown enough to be collected."""
    (young, middle, old), (most_young, most_middle, most_old) = gc.get_count(), gc.get_threshold()
    if young <= most_young:
        return None
    if middle <= most_middle:
        return 0
    return 1 if old <= most_old else 2
