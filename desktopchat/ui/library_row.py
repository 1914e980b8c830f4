"""A row of the models that are here: its name and whose it is, and below it what it is."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktopchat.controllers.library import MODEL_ROLE
from desktopchat.core.local_model import Kind, LocalModel
from desktopchat.ui.library_words import aside, short_facts
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible


class LibraryRow(QStyledItemDelegate):
    """Paints a LocalModel. All rows are of one height."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = theme.font(14), theme.font(12)
        self._metrics = tuple(map(QFontMetrics, self._fonts))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, round(sum(one.height() for one in self._metrics) * 1.08) + 2 * self._theme.gap(6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        model: LocalModel = index.data(MODEL_ROLE)
        tokens, px = self._theme.tokens, self._theme.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside = option.rect.adjusted(px(10), self._theme.gap(6), -px(10), 0)
        (name_metrics, facts_metrics), (name_font, facts_font) = self._metrics, self._fonts
        base, right = inside.top() + name_metrics.ascent(), inside.right()
        painter.setFont(facts_font)
        painter.setPen(QColor(tokens.muted))
        whose = facts_metrics.elidedText(aside(model), Qt.TextElideMode.ElideRight, inside.width() * 2 // 5)
        right -= facts_metrics.horizontalAdvance(whose)
        painter.drawText(right, base, whose)
        painter.setFont(name_font)
        opens = model.facts.kind is Kind.MODEL and not model.facts.trouble
        painter.setPen(QColor(tokens.text if opens else tokens.muted))
        room = right - px(12) - inside.left()
        name = name_metrics.elidedText(visible(model.called), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(inside.left(), base, name)
        painter.setFont(facts_font)
        painter.setPen(QColor(tokens.warning if model.facts.trouble else tokens.muted))
        words = facts_metrics.elidedText(visible(short_facts(model)), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside.left(), base + round(name_metrics.descent() + facts_metrics.ascent() * 1.25), words)
        painter.restore()
