"""Python's garbage is collected on the window's thread alone."""

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL = 250  # ms; with what came in a second, a collection would be felt


class GarbageCollector(QObject):
    """Collects by the clock, as much as Python would.

    Python itself collects on whatever thread happens to make objects. On a worker's it would take windows and timers
    that are part of a cycle away under Qt's event loop, which goes on to use them.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that has grown enough."""
        for generation, (count, most) in reversed([*enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))]):
            if count > most:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()
