"""A row of the downloads: a name, how much of it is here, a thin bar, and what else there is to say."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktopchat.controllers.words import said
from desktopchat.core.download import Download, DownloadState
from desktopchat.core.download_words import facts
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

DOWNLOAD_ROLE = Qt.ItemDataRole.UserRole + 1
_BAR = 3  # pixels


def words(download: Download) -> str:
    """Return all that there is to say of a download but its name."""
    return visible(" · ".join(map(said, facts(download)))).replace("\n", " ")


class DownloadRow(QStyledItemDelegate):
    """Paints a Download."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts = theme.font(14), theme.font(12)
        self._metrics = tuple(map(QFontMetrics, self._fonts))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        lines = round(sum(one.height() for one in self._metrics) * 1.1)
        return QSize(100, lines + self._theme.px(_BAR + 8) + 2 * self._theme.gap(6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        download: Download = index.data(DOWNLOAD_ROLE)
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
        repo = facts_metrics.elidedText(visible(download.repo), Qt.TextElideMode.ElideMiddle, inside.width() * 2 // 5)
        right = inside.right() + 1 - facts_metrics.horizontalAdvance(repo)
        painter.drawText(right, base, repo)
        painter.setFont(name_font)
        painter.setPen(QColor(tokens.text))
        room = right - px(12) - inside.left()
        name = name_metrics.elidedText(visible(download.name), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(inside.left(), base, name)
        top = base + name_metrics.descent() + px(4)
        self._paint_bar(painter, QRectF(inside.left(), top, inside.width(), px(_BAR)), download)
        painter.setFont(facts_font)
        painter.setPen(QColor(tokens.danger if download.state is DownloadState.FAILED else tokens.muted))
        line = facts_metrics.elidedText(words(download), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside.left(), top + px(_BAR + 4) + facts_metrics.ascent(), line)
        painter.restore()

    def _paint_bar(self, painter: QPainter, bar: QRectF, download: Download) -> None:
        tokens = self._theme.tokens
        colours = {DownloadState.DONE: tokens.good, DownloadState.FAILED: tokens.danger}
        colour = colours.get(download.state, tokens.accent if download.is_active else tokens.muted)
        ground = QColor(tokens.muted)
        ground.setAlphaF(0.25)  # to be seen on a chosen row too
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        is_whole = bool(download.size) and download.state is not DownloadState.ASIDE
        share = download.done / download.size if is_whole else 0.0
        if share:
            painter.setBrush(QColor(colour))
            filled = QRectF(bar.left(), bar.top(), max(bar.height(), bar.width() * share), bar.height())
            painter.drawRoundedRect(filled, bar.height() / 2, bar.height() / 2)
