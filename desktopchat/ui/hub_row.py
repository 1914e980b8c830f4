"""A row of the models that were found: whose it is and its name, and below it what it is."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktopchat.controllers.hub_search import FOUND_ROLE
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.hub import Gate, HubModel
from desktopchat.ui.hub_words import short_facts
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible


class HubRow(QStyledItemDelegate):
    """Paints a HubModel or a CatalogEntry. All rows are of one height, so that a thousand cost no more than ten."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_active = True  # the keys move here
        self._theme = theme
        self._fonts = theme.font(14), theme.font(12)
        self._metrics = tuple(map(QFontMetrics, self._fonts))

    @property
    def height(self) -> int:
        """Height of a row in pixels."""
        return round(sum(one.height() for one in self._metrics) * 1.08) + 2 * self._theme.gap(6)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        found: HubModel | CatalogEntry = index.data(FOUND_ROLE)
        tokens, px = self._theme.tokens, self._theme.px
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent if self.is_active else tokens.border))
            painter.setBrush(QColor(tokens.selection if self.is_active else tokens.user_block))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside = option.rect.adjusted(px(10), self._theme.gap(6), -px(10), 0)
        (name_metrics, facts_metrics), (name_font, facts_font) = self._metrics, self._fonts
        right = inside.right()
        if isinstance(found, CatalogEntry):
            name, aside = found.name, found.family
        else:
            aside, _, name = found.repo.partition("/")
        base = inside.top() + name_metrics.ascent()
        painter.setFont(facts_font)
        painter.setPen(QColor(tokens.muted))
        aside = facts_metrics.elidedText(visible(aside), Qt.TextElideMode.ElideRight, inside.width() * 2 // 5)
        right -= facts_metrics.horizontalAdvance(aside)
        painter.drawText(right, base, aside)
        painter.setFont(name_font)
        painter.setPen(QColor(tokens.text))
        room = right - px(12) - inside.left()
        painter.drawText(inside.left(), base, name_metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room))
        painter.setFont(facts_font)
        gated = isinstance(found, HubModel) and found.gate is not Gate.OPEN
        painter.setPen(QColor(tokens.warning if gated else tokens.muted))
        words = facts_metrics.elidedText(visible(short_facts(found)), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside.left(), base + round(name_metrics.descent() + facts_metrics.ascent() * 1.25), words)
        painter.restore()
