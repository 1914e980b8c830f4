"""A row of two lines: a name with a few muted words at its right, and below it what there is to say."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Lines:
    """What is painted, and in which colours.

    Attributes:
        name: Cut in the middle where there is no room.
        aside: At the right of the name.
        words: Below both.
    """

    name: str
    aside: str
    words: str
    name_colour: str
    words_colour: str


class TwoLineRow(QStyledItemDelegate):
    """Paints what `lines` makes of an item's data. All rows are of one height, so a thousand cost no more than ten.

    Args:
        role: Of the data.

    Attributes:
        is_active: The keys move here.
    """

    def __init__(self, theme: Theme, role: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_active = True
        self.theme = theme
        self._role = role
        self._fonts = theme.font(14), theme.font(12)
        self._metrics = tuple(map(QFontMetrics, self._fonts))

    def lines(self, item: Any) -> Lines:
        """Return what to paint for an item."""
        raise NotImplementedError

    @property
    def height(self) -> int:
        """Height of a row in pixels."""
        return round(sum(one.height() for one in self._metrics) * 1.08) + 2 * self.theme.gap(6)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        lines = self.lines(index.data(self._role))
        tokens, px = self.theme.tokens, self.theme.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent if self.is_active else tokens.border))
            painter.setBrush(QColor(tokens.selection if self.is_active else tokens.user_block))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside = option.rect.adjusted(px(10), self.theme.gap(6), -px(10), 0)
        (name_metrics, words_metrics), (name_font, words_font) = self._metrics, self._fonts
        base, right = inside.top() + name_metrics.ascent(), inside.right()
        painter.setFont(words_font)
        painter.setPen(QColor(tokens.muted))
        aside = words_metrics.elidedText(lines.aside, Qt.TextElideMode.ElideRight, inside.width() * 2 // 5)
        right -= words_metrics.horizontalAdvance(aside)
        painter.drawText(right, base, aside)
        painter.setFont(name_font)
        painter.setPen(QColor(lines.name_colour))
        room = right - px(12) - inside.left()
        painter.drawText(inside.left(), base, name_metrics.elidedText(lines.name, Qt.TextElideMode.ElideMiddle, room))
        painter.setFont(words_font)
        painter.setPen(QColor(lines.words_colour))
        words = words_metrics.elidedText(lines.words, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside.left(), base + round(name_metrics.descent() + words_metrics.ascent() * 1.25), words)
        painter.restore()
