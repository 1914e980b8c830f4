"""The whole program inside of this process, with its real window, so that its event loop can be watched."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication, QWidget

from desktopchat.application import Application
from desktopchat.paths import Paths
from desktopchat.session import Session
from desktopchat.settings.file import Settings
from desktopchat.storage.database import Database
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.shell import Shell
from desktopchat.ui.theme import Theme

_TICK = 0.004  # seconds between two looks of the meter
_PATIENCE = 180.0  # seconds
_LOOK = 100  # ms between two looks at what is waited for


class LoopMeter(QObject):
    """Notes how long the event loop of this thread was held, in seconds, less what other programs took of the core.

    Attributes:
        gaps: One for each look; 0 is a loop that was free.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last, self._waited = time.perf_counter(), _waited_for_a_core()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._timer.start(round(1000 * _TICK))

    def restart(self) -> None:
        """Forget what was seen so far."""
        self.gaps.clear()
        self._last, self._waited = time.perf_counter(), _waited_for_a_core()

    def longest(self) -> float:
        """Return the longest gap in seconds."""
        return max(self.gaps, default=0.0)

    def share_below(self, seconds: float) -> float:
        """Return which part of the gaps was shorter."""
        return sum(gap < seconds for gap in self.gaps) / max(1, len(self.gaps))

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _on_timer_timeout(self) -> None:
        now, waited = time.perf_counter(), _waited_for_a_core()
        self.gaps.append(max(0.0, now - self._last - (waited - self._waited) - _TICK))
        self._last, self._waited = now, waited


class PaintWatch(QObject):
    """Calls back once when a widget has been painted next."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._wanted: Callable[[], None] | None = None
        widget.installEventFilter(self)

    def next(self, callback: Callable[[], None]) -> None:
        """Call this after the next paint event."""
        self._wanted = callback

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look for paint events."""
        if event.type() == QEvent.Type.Paint and self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            QTimer.singleShot(0, wanted)  # the paint itself comes first
        return super().eventFilter(watched, event)


class Program:
    """The running program.

    Args:
        folder: Its data folder.
        engine: As for the option --engine.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        paths = Paths.resolve(folder)
        paths.create()
        self.qt = application()
        self._database = Database(paths.database, trusted=False)
        settings = Settings.load(paths.settings_file)
        theme = Theme()
        self.shell = Shell(theme)
        self.shell.open({})
        self._application = Application(
            Session(paths, engine, debug=False), settings, self._database, self.shell, theme, {}
        )
        [self.window] = self.shell.findChildren(MainWindow)
        self.chat = self.window.chat
        self.wait(lambda: self.window.model is not None)

    def wait(self, condition: Callable[[], object]) -> None:
        """Run the event loop until a condition holds.

        Raises:
            TimeoutError: It did not hold within three minutes.
        """
        deadline = time.monotonic() + _PATIENCE
        loop, timer = QEventLoop(), QTimer()

        def look() -> None:
            if condition():
                loop.exit(0)
            elif time.monotonic() > deadline:
                loop.exit(1)

        timer.timeout.connect(look)
        timer.start(_LOOK)
        if loop.exec():
            raise TimeoutError("the window did not do what was asked of it")

    def run_for(self, seconds: float) -> None:
        """Run the event loop for so long."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def seconds_until(self, act: Callable[[], object], told: SignalInstance, painted: QWidget | None = None) -> float:
        """Return the time from an act to a signal, or to the paint of a widget that follows it."""
        ended: list[float] = []
        watch = PaintWatch(painted) if painted else None

        def end() -> None:
            ended.append(time.perf_counter())

        def on_told(*_: object) -> None:
            watch.next(end) if watch else end()

        link = told.connect(on_told)
        began = time.perf_counter()
        act()
        self.wait(lambda: ended)
        QObject.disconnect(link)
        if watch and painted:
            painted.removeEventFilter(watch)
        return ended[0] - began

    def close(self) -> None:
        """End it as its last lines do."""
        self.shell.close()
        self._application.close()
        self._database.close()
        self.qt.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.qt.processEvents()
        sys.excepthook = sys.__excepthook__  # the program's own writes to its log alone


def application() -> QApplication:
    """Return the one QApplication of this process, as the program sets it up."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    made = QApplication(["desktopchat"])
    made.setStyle("Fusion")
    made.setQuitOnLastWindowClosed(False)
    return made


@contextmanager
def program(folder: Path, engine: str) -> Iterator[Program]:
    """Run the program for a block."""
    running = Program(folder, engine)
    try:
        yield running
    finally:
        running.close()


def _waited_for_a_core() -> float:
    """Return how long this thread was ready to run while others ran, in seconds; 0 where nobody counts it."""
    try:
        return int(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/schedstat").read_text("ascii").split()[1]) / 1e9
    except OSError:
        return 0.0
