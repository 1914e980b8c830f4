"""The sentences of an answer, each with how many samples agree, in a colour and in words."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopchat.core.agreement import Agreement, Closest
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_AGREEMENT_ROLE = Qt.ItemDataRole.UserRole + 1
_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
_MOST = 3 / 4  # of the samples: from here on it is good
_HALF = 1 / 2
_WIDEST = Agreement("", (Closest(likeness=1.0),) * 8)


class SentenceList(QListWidget):
    """One sentence is always chosen while there are any."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setItemDelegate(_SentenceDelegate(theme, self))
        self.setAccessibleName(self.tr("Sentences of the answer"))

    def show_sentences(self, sentences: Sequence[Agreement]) -> None:
        """Show these in place of those before."""
        self.clear()
        for sentence in sentences:
            item = QListWidgetItem(self)
            item.setData(_AGREEMENT_ROLE, sentence)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{self.words(sentence)}: {visible(sentence.text)}")
        self.setCurrentRow(0 if sentences else -1)

    def fit(self, highest: int) -> None:
        """Be as high as the sentences are, up to a height in pixels."""
        rows = sum(self.sizeHintForRow(row) for row in range(self.count()))
        self.setFixedHeight(min(rows + 2, highest))

    def chosen(self) -> Agreement | None:
        """Return the chosen sentence."""
        item = self.currentItem()
        sentence: Agreement | None = item.data(_AGREEMENT_ROLE) if item is not None else None
        return sentence

    def words(self, sentence: Agreement) -> str:
        """Return how many agree."""
        words = self.tr("{agreeing} of {count} agree")
        return words.format(agreeing=sentence.agreeing, count=len(sentence.closest))


class _SentenceDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: SentenceList) -> None:
        super().__init__(parent)
        self._theme = theme
        self._list = parent
        self._small = theme.font(12)
        self._chip = QFontMetrics(self._small).horizontalAdvance(parent.words(_WIDEST)) + theme.px(4)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a row: the sentence is wrapped."""
        width = self._list.viewport().width()
        inside = self._inside(QRect(0, 0, width, 1 << 16))
        text = visible(index.data(_AGREEMENT_ROLE).text)
        height = QFontMetrics(option.font).boundingRect(inside, _WRAPPED, text).height()
        return QSize(width, height + 2 * self._theme.gap(6))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        sentence: Agreement = index.data(_AGREEMENT_ROLE)
        colours, px, rect = self._theme.tokens, self._theme.px, option.rect
        share = sentence.agreeing / max(1, len(sentence.closest))
        colour = QColor(colours.good if share >= _MOST else colours.warning if share >= _HALF else colours.danger)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(colours.accent if option.state & QStyle.StateFlag.State_HasFocus else colours.border))
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRect(rect.left() + px(4), rect.top() + px(5), px(4), rect.height() - px(10)), 2, 2)
        painter.setPen(QColor(colours.text))
        painter.drawText(self._inside(rect), _WRAPPED, visible(sentence.text))
        painter.setFont(self._small)
        painter.setPen(colour)
        chip = rect.adjusted(0, self._theme.gap(6), -px(10), 0)
        painter.drawText(chip, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self._list.words(sentence))
        painter.restore()

    def _inside(self, rect: QRect) -> QRect:
        px = self._theme.px
        return rect.adjusted(px(18), self._theme.gap(6), -self._chip - px(16), 0)
