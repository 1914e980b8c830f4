"""A scale of temperatures: where the answer was written, and where one tries."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktopchat.ui.theme import Theme


class Scale(QWidget):
    """Painted only; the words beside it say the same.

    Args:
        own: The temperature of the answer.
        most: The right end.
    """

    def __init__(self, theme: Theme, own: float, most: float, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._own = self._tried = own
        self._most = most
        self._font = theme.font(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """Return the size that is wanted."""
        return QSize(self._theme.px(220), QFontMetrics(self._font).height() + self._theme.px(2))

    def set_tried(self, temperature: float) -> None:
        """Show the temperature that is tried."""
        self._tried = temperature
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the scale."""
        tokens, px = self._theme.tokens, self._theme.px
        metrics = QFontMetrics(self._font)
        most = f"{self._most:g}"
        left = metrics.horizontalAdvance("0") + px(10)
        right = self.width() - metrics.horizontalAdvance(most) - px(10)
        middle = self.height() / 2

        def at(temperature: float) -> float:
            return left + (right - left) * temperature / self._most

        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._font)
            painter.setPen(QColor(tokens.muted))
            base = round(middle + (metrics.ascent() - metrics.descent()) / 2)
            painter.drawText(0, base, "0")
            painter.drawText(right + px(10), base, most)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.border))
            painter.drawRoundedRect(QRectF(left, middle - px(1), right - left, px(2)), 1, 1)
            painter.setBrush(QColor(tokens.accent))
            start, end = sorted((at(self._own), at(self._tried)))
            painter.drawRect(QRectF(start, middle - px(1), end - start, px(2)))
            painter.setBrush(QColor(tokens.muted))
            painter.drawRect(QRectF(at(self._own) - px(1), middle - px(5), px(2), px(10)))
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(QPointF(at(self._tried), middle), px(5), px(5))
