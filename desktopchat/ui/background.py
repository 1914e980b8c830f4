"""What stands outside of the window: the icon of the system's tray, and the word that an answer is ready."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

LONG_ANSWER = 10.0  # seconds after which one has gone to do something else


class Tray(QObject):
    """An icon that shows and hides the window, where the system has a place for it.

    Attributes:
        raise_requested: The window should come to the front.
        ask_requested: So should the small one in which one asks.
    """

    raise_requested = Signal()
    ask_requested = Signal()

    def __init__(self, window: QWidget, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._menu = QMenu(window)
        self._menu.addAction(self.tr("Ask…"), self.ask_requested.emit)
        self._menu.addAction(self.tr("Show or hide"), self.toggle)
        self._menu.addAction(self.tr("Quit"), QApplication.quit)
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.setToolTip(QApplication.applicationDisplayName())
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_icon_activated)
        self._icon.messageClicked.connect(self.raise_requested)
        self._icon.show()

    def toggle(self) -> None:
        """Hide the window, or bring it to the front."""
        if self._window.isVisible() and not self._window.isMinimized():
            self._window.hide()
        else:
            self.raise_requested.emit()

    def tell(self, text: str) -> None:
        """Let the system show a sentence."""
        self._icon.showMessage(QApplication.applicationDisplayName(), text, self._icon.icon())

    def _on_icon_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.toggle()


class AnswerNotice(QObject):
    """Tells of an answer that took long and ended while the person was elsewhere.

    Nothing of the conversation is told: lock screens show it.

    Args:
        window: It is marked in the task bar.
        is_wanted: Whether the person has it switched on.
        clock: Seconds.

    Attributes:
        told: A sentence for the system to show.
    """

    told = Signal(str)

    def __init__(
        self, window: QWidget, is_wanted: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(window)
        self._window = window
        self._is_wanted = is_wanted
        self._clock = clock
        self._started: float | None = None

    def set_answering(self, answering: bool) -> None:
        """Take the time at the start of an answer, and look at it at its end."""
        started, self._started = self._started, self._clock() if answering else None
        if answering or started is None or self._clock() - started < LONG_ANSWER:
            return
        if QApplication.activeWindow() is None and self._is_wanted():
            QApplication.alert(self._window)
            self.told.emit(self.tr("An answer is ready."))
