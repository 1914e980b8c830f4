"""A row of the outline: how deep it stands, who speaks, how it begins, and what follows it."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktopchat.controllers.branches import OUTLINE_ROLE
from desktopchat.core.outline import OutlineRow
from desktopchat.ui.outline_words import OutlineWords
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_STEP = 18  # pixels
_DEEPEST = 10  # levels that are set in; deeper ones say their level


class OutlineRowDelegate(QStyledItemDelegate):
    """Paints an OutlineRow. All rows are of one height, so ten thousand cost no more than ten.

    Attributes:
        marked_id: The message that has been marked.
    """

    def __init__(self, theme: Theme, words: OutlineWords, parent: QWidget) -> None:
        super().__init__(parent)
        self.marked_id: int | None = None
        self._theme = theme
        self._words = words
        self._fonts = theme.font(14), theme.font(12)
        self._metrics = tuple(map(QFontMetrics, self._fonts))

    @property
    def height(self) -> int:
        """Height of a row in pixels."""
        return round(self._metrics[0].height() * 1.25) + 2 * self._theme.gap(5)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row: OutlineRow = index.data(OUTLINE_ROLE)
        tokens, px = self._theme.tokens, self._theme.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside = option.rect.adjusted(px(10), 0, -px(10), 0)
        plain, small = self._metrics
        base = inside.top() + (inside.height() + plain.ascent() - plain.descent()) // 2
        left = inside.left() + min(row.level, _DEEPEST) * px(_STEP)
        self._paint_lines(painter, option.rect, inside.left() + px(6), row)
        self._paint_dot(painter, QPointF(left + px(6), inside.center().y() + 1), row)
        left += px(20)
        painter.setFont(self._fonts[1])
        right = self._paint_facts(painter, inside, base, row)
        room = max(0, right - px(16) - left)
        if row.level > _DEEPEST:
            left = self._put(painter, left, base, small, f"{row.level} ", tokens.muted, room)
        who = small.elidedText(self._words.who(row.node), Qt.TextElideMode.ElideMiddle, px(112))
        self._put(painter, left, base, small, who, tokens.muted, room)
        left += px(124)
        if row.node.id == self.marked_id:
            left = self._paint_chip(painter, left, inside, base, self._words.mark(), tokens.warning)
        if row.node.name:
            name = small.elidedText(visible(row.node.name), Qt.TextElideMode.ElideRight, px(220))
            left = self._paint_chip(painter, left, inside, base, name, tokens.accent)
        painter.setFont(self._fonts[0])
        colour = tokens.text if row.is_shown or row.siblings == 1 else tokens.muted
        self._put(painter, left, base, plain, self._words.text(row.node), colour, right - px(16) - left)
        painter.restore()

    def _paint_lines(self, painter: QPainter, area: QRect, left: int, row: OutlineRow) -> None:
        """Paint what leads past this row, to it and on from it."""
        colour = QColor(self._theme.tokens.muted)
        colour.setAlphaF(0.45)
        painter.setPen(colour)
        step, middle, size = self._theme.px(_STEP), area.center().y() + 1, self._theme.px(4)
        level = min(row.level, _DEEPEST)
        for passed in range(level):
            painter.drawLine(left + passed * step, area.top(), left + passed * step, area.bottom())
        own = left + level * step
        if row.begins_aside and row.level <= _DEEPEST:
            painter.drawLine(own - step, middle, own - size, middle)
        elif row.node.parent_id > 0 or row.siblings > 1:
            painter.drawLine(own, area.top(), own, middle - size)
        if row.below and not row.is_folded:
            painter.drawLine(own, middle + size, own, area.bottom())

    def _paint_dot(self, painter: QPainter, middle: QPointF, row: OutlineRow) -> None:
        """Paint a full dot on the branch that is shown, a ring beside it, and a triangle where rows are folded."""
        tokens, size = self._theme.tokens, self._theme.px(4)
        painter.setPen(QColor(tokens.accent if row.is_shown else tokens.muted))
        painter.setBrush(QColor(tokens.accent) if row.is_shown else Qt.BrushStyle.NoBrush)
        if row.is_folded:
            painter.setBrush(QColor(tokens.accent if row.is_shown else tokens.muted))
            x, y = middle.x(), middle.y()
            painter.drawPolygon([QPointF(x - size, y - size), QPointF(x + size, y), QPointF(x - size, y + size)])
        else:
            painter.drawEllipse(middle, size, size)

    def _paint_facts(self, painter: QPainter, inside: QRect, base: int, row: OutlineRow) -> int:
        """Paint what stands at the right and return where it begins."""
        metrics = self._metrics[1]
        text = metrics.elidedText(" · ".join(self._words.facts(row)), Qt.TextElideMode.ElideRight, inside.width() // 2)
        left = inside.right() - metrics.horizontalAdvance(text)
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.drawText(left, base, text)
        return left

    def _paint_chip(self, painter: QPainter, left: int, inside: QRect, base: int, name: str, colour: str) -> int:
        px, metrics = self._theme.px, self._metrics[1]
        width, height = metrics.horizontalAdvance(name) + px(14), round(metrics.height() * 1.3)
        box = QRectF(left, inside.center().y() - height / 2 + 1, width, height)
        painter.setPen(QColor(colour))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(self._fonts[1])
        painter.drawText(left + px(7), base, name)
        return left + width + px(8)

    def _put(
        self, painter: QPainter, left: int, base: int, metrics: QFontMetrics, text: str, colour: str, room: int
    ) -> int:
        """Write words that are cut where there is no room, and return where they end."""
        painter.setPen(QColor(colour))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
        painter.drawText(left, base, shown)
        return left + metrics.horizontalAdvance(shown)
