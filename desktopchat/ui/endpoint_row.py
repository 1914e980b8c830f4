"""A row of the calls: what was asked, when, and how it went."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.words import seconds_text

CALL_ROLE = Qt.ItemDataRole.UserRole + 1
_GONE = 499
_LONGEST = 200  # characters of a question


def headline(call: EndpointCall) -> str:
    """Return what a call is about."""
    return visible(call.question[:_LONGEST]) or f"{visible(call.method)} {visible(call.path)}"


def facts(call: EndpointCall) -> str:
    """Return all else that there is to say of a call."""
    translate = QCoreApplication.translate
    if call.runs:
        state = (
            translate("EndpointRow", "is being answered")
            if call.tokens
            else translate("EndpointRow", "waits for its turn")
        )
    elif call.status == _GONE:
        state = translate("EndpointRow", "the program has left")
    elif call.status < 400:
        state = translate("EndpointRow", "answered")
    else:
        state = translate("EndpointRow", "refused ({status})").format(status=call.status)
    parts = [state, visible(call.path)]
    if call.tokens:
        parts.append(translate("EndpointRow", "{count} tokens").format(count=f"{call.tokens:,}"))
    if not call.runs:
        parts.append(translate("EndpointRow", "{seconds} s").format(seconds=seconds_text(call.seconds)))
    return " · ".join(parts)


def when(call: EndpointCall) -> str:
    """Return the time of day."""
    return datetime.fromtimestamp(call.at).astimezone().strftime("%H:%M:%S")


class EndpointRow(QStyledItemDelegate):
    """Paints an EndpointCall."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = theme.font(14), theme.font(12)
        self._metrics = tuple(map(QFontMetrics, self._fonts))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        lines = round(sum(one.height() for one in self._metrics) * 1.1)
        return QSize(100, lines + 2 * self._theme.gap(6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        call: EndpointCall = index.data(CALL_ROLE)
        tokens, px, gap = self._theme.tokens, self._theme.px, self._theme.gap
        (name_font, facts_font), (name_metrics, facts_metrics) = self._fonts, self._metrics
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside = option.rect.adjusted(px(10), gap(6), -px(10), -gap(6))
        base = inside.top() + name_metrics.ascent()
        painter.setFont(facts_font)
        painter.setPen(QColor(tokens.muted))
        right = inside.right() + 1 - facts_metrics.horizontalAdvance(when(call))
        painter.drawText(right, base, when(call))
        painter.setFont(name_font)
        painter.setPen(QColor(tokens.text))
        room = right - px(12) - inside.left()
        painter.drawText(
            inside.left(), base, name_metrics.elidedText(headline(call), Qt.TextElideMode.ElideRight, room)
        )
        painter.setFont(facts_font)
        painter.setPen(QColor(tokens.danger if call.status >= 400 and call.status != _GONE else tokens.muted))
        line = facts_metrics.elidedText(facts(call), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside.left(), base + name_metrics.descent() + px(4) + facts_metrics.ascent(), line)
        painter.restore()
