"""What may come next, likeliest first, with bars."""

from dataclasses import dataclass
from math import exp

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopchat.core.distribution import Bent, Chance, Distribution
from desktopchat.ui.glass.pieces import piece_text
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme

_SHOWN = 100  # of a vocabulary
_BAR_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Bar:
    """A row.

    Attributes:
        before, after: Its probability without and with the parameters.
    """

    text: str
    number: str
    before: float
    after: float


class ChanceList(QListWidget):
    """One row is always chosen while there are any."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._distribution: Distribution | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_BarDelegate(theme, self))
        self.setAccessibleName(self.tr("What may come next"))
        self.setUniformItemSizes(True)

    def show_chances(self, distribution: Distribution | None, bent: Bent | None) -> None:
        """Show what may come next, bent by the parameters; the row that is chosen stays while only they change."""
        top = distribution.top[:_SHOWN] if distribution else ()
        row = max(0, self.currentRow()) if distribution is self._distribution else 0
        self._distribution = distribution
        while self.count() > len(top):
            self.takeItem(self.count() - 1)
        while self.count() < len(top):
            self.addItem(QListWidgetItem())
        for place, chance in enumerate(top):
            after = bent.shares[place] if bent and place < len(bent.shares) else 0.0
            self._fill(self.item(place), chance, after)
        self.setCurrentRow(row if top else -1)

    def chosen(self) -> Chance | None:
        """Return what the chosen row stands for."""
        row = self.currentRow()
        return self._distribution.top[row] if self._distribution and row >= 0 else None

    def _fill(self, item: QListWidgetItem, chance: Chance, after: float) -> None:
        text = self.tr("end of the text") if chance.ends else piece_text(chance.piece)
        bar = Bar(text, f"{chance.token}", _exp(chance.logprob), after)
        item.setData(_BAR_ROLE, bar)
        words = (
            self.tr("{token}: {after}, without parameters {before}")
            if after
            else self.tr("{token}: left out, {before}")
        )
        spoken = words.format(token=text, after=percent(after), before=percent(bar.before))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)


class _BarDelegate(QStyledItemDelegate):
    """The bar is what the parameters make of it, the line in it where it would end without them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._code = theme.code_font(13)
        self._small = theme.font(11)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, self._theme.gap(24))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        bar: Bar | None = index.data(_BAR_ROLE)
        if bar is None:
            return
        colours, px, rect = self._theme.tokens, self._theme.px, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(colours.accent if option.state & QStyle.StateFlag.State_HasFocus else colours.border))
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        middle = Qt.AlignmentFlag.AlignVCenter
        right = middle | Qt.AlignmentFlag.AlignRight
        painter.setFont(self._code)
        painter.setPen(QColor(colours.text if bar.after else colours.muted))
        name = rect.adjusted(px(8), 0, 0, 0)
        name.setWidth(px(130))
        painter.drawText(name, middle, painter.fontMetrics().elidedText(bar.text, Qt.TextElideMode.ElideRight, px(130)))
        painter.setFont(self._small)
        painter.setPen(QColor(colours.muted))
        number = rect.adjusted(px(142), 0, 0, 0)
        number.setWidth(px(52))
        painter.drawText(number, right, bar.number)
        figures = rect.adjusted(rect.width() - px(132), 0, -px(8), 0)
        painter.drawText(figures, right, percent(bar.before))
        painter.setFont(self._theme.font(13))
        painter.setPen(QColor(colours.text if bar.after else colours.muted))
        figures.setWidth(px(66))
        painter.drawText(figures, right, percent(bar.after) if bar.after else "–")
        room = QRectF(rect.left() + px(208), rect.top() + px(6), rect.width() - px(208 + 140), rect.height() - px(12))
        self._paint_bar(painter, room, bar)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, bar: Bar) -> None:
        colours = self._theme.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.user_block))
        painter.drawRoundedRect(room, 3, 3)
        if bar.after:
            filled = QRectF(room)
            filled.setWidth(max(2.0, room.width() * bar.after))
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(filled, 3, 3)
        mark = room.left() + max(1.0, room.width() * bar.before)
        painter.setPen(QPen(QColor(colours.text), 2))
        painter.drawLine(
            QRectF(mark, room.top() - 2, 0, room.height() + 4).topLeft(),
            QRectF(mark, room.bottom() + 2, 0, 0).topLeft(),
        )


def percent(share: float) -> str:
    """Return a probability for people."""
    if share and share < 0.0001:
        return "< 0.01 %"
    return f"{share:.1%}".replace("%", " %") if share >= 0.01 else f"{share:.2%}".replace("%", " %")


def _exp(logprob: float) -> float:
    return min(1.0, exp(logprob))
