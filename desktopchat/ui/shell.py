"""The top-level window, which is on the screen before the rest of the program has been read."""

import base64
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, QEventLoop, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QMoveEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopchat.ui.theme import PANEL_FLOATS_BELOW, PANEL_WIDTH, SIDEBAR_FLOATS_BELOW, SIDEBAR_WIDTH, Theme

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow

_PATIENCE = 300  # ms that a window may take until it is painted; one that is covered never is


class Shell(QWidget):
    """An empty window in the colours of the theme, until `fill` puts into it what one works with.

    Attributes:
        painted: It has been painted.
        restored: It is no longer minimised.
        closing: It is about to go.
        placed: It has another place or size.
    """

    painted = Signal()
    restored = Signal()
    closing = Signal()
    placed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sides = (0, 0)
        self.setWindowTitle(self.tr("Starting…"))
        self.resize(1180, 780)

    def open(self, layout: dict[str, Any], *, minimized: bool = False) -> bool:
        """Show the window, and return whether it is still wanted. What is typed meanwhile stays for what will fill it.

        Args:
            layout: What `layout_state` of this and of the `MainWindow` returned; an empty one keeps the defaults.
        """
        if geometry := layout.get("geometry"):
            self.restoreGeometry(QByteArray(base64.b64decode(geometry)))
        sidebar, panel = layout.get("widths", (self._theme.px(SIDEBAR_WIDTH), self._theme.px(PANEL_WIDTH)))
        self._sides = (
            sidebar * (layout.get("sidebar", True) and self.width() >= self._theme.px(SIDEBAR_FLOATS_BELOW)),
            panel * (layout.get("parameters", True) and self.width() >= self._theme.px(PANEL_FLOATS_BELOW)),
        )
        if minimized:
            self.showMinimized()
            return True
        loop = QEventLoop()
        self.painted.connect(loop.quit)
        QTimer.singleShot(_PATIENCE, loop, loop.quit)
        self.show()
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        return self.isVisible()

    def fill(self, content: "MainWindow") -> None:
        """Put in what one works with."""
        focused = content.focusWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(content)
        content.windowTitleChanged.connect(self.setWindowTitle)
        self.setWindowTitle(content.windowTitle())
        self.restored.connect(content.page.transcript.flush)
        self.closing.connect(content.flush)
        content.show()
        if focused is not None:
            focused.setFocus()

    def layout_state(self) -> dict[str, Any]:
        """Return the place of the window, as JSON can hold it."""
        return {"geometry": base64.b64encode(self.saveGeometry().data()).decode("ascii")}

    # Qt's overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show where the sides will be, and tell that there is something to see."""
        super().paintEvent(event)
        left, right = self._sides
        with QPainter(self) as painter:
            painter.fillRect(0, 0, left, self.height(), QColor(self._theme.tokens.sidebar))
            painter.fillRect(self.width() - right, 0, right, self.height(), QColor(self._theme.tokens.sidebar))
        self.painted.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Tell of the place."""
        super().moveEvent(event)
        self.placed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell of the size, also when it fills the screen."""
        super().resizeEvent(event)
        self.placed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let what is inside report what is not stored yet."""
        self.closing.emit()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Tell when the window is seen again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and not self.isMinimized():
            self.restored.emit()
