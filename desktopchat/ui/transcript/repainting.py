"""Which part of the page is painted again when its text has changed."""

from PySide6.QtCore import QObject, QRect, QRectF, Qt
from PySide6.QtGui import QTextBlock
from PySide6.QtWidgets import QTextEdit

_ABOVE = 16  # pixels; the space between two blocks belongs to both


class Repainting(QObject):
    """Paints as little of a page as a growing answer needs.

    Each message is a frame, and with a change inside of a frame Qt paints the whole page again. So this takes the
    place of Qt's own connection. The page must paint its ground itself: so Qt can move what is seen when it scrolls.
    """

    def __init__(self, view: QTextEdit) -> None:
        super().__init__(view)
        self._view = view
        self._top: float | None = None
        view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        layout = view.document().documentLayout()
        layout.update.disconnect()
        layout.update.connect(self._on_layout_update)

    def begin_at(self, block: QTextBlock) -> None:
        """Paint nothing above this block after the next change."""
        self._top = self._view.document().documentLayout().blockBoundingRect(block).top()

    def _on_layout_update(self, _everything: QRectF) -> None:
        viewport = self._view.viewport()
        top, self._top = self._top, None
        if top is None:
            viewport.update()
            return
        y = max(0, int(top) - self._view.verticalScrollBar().value() - _ABOVE)
        viewport.update(QRect(0, y, viewport.width(), viewport.height() - y))
