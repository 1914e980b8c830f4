"""What could have come in the place of a token, with its chances."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopchat.core.certainty import certainty
from desktopchat.core.token import ALTERNATIVES, Alternative, TokenLogprobs
from desktopchat.ui.explain.words import certainty_word, chance_text, mark_word, token_text
from desktopchat.ui.row_delegate import Index
from desktopchat.ui.theme import Theme

_ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class _Row:
    one: Alternative
    is_chosen: bool
    would_come: bool


class Alternatives(QListWidget):
    """The tokens of one step, likeliest first; the one that came is among them, wherever that was."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys of the text move here too
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._painter = _Painter(theme, self)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(self.tr("Alternatives"))

    def sizeHint(self) -> QSize:
        """Return the size that is wanted: all rows, and the token that was chosen from outside of them."""
        return QSize(self._theme.px(290), (ALTERNATIVES + 1) * self._painter.height + self._theme.px(4))

    def show_step(self, step: TokenLogprobs, would_come: int | None) -> None:
        """Show the alternatives of a token, with the one that came as the present one.

        Args:
            step: The token.
            would_come: Which would have come at the temperature that is tried.
        """
        self.clear()
        found = list(step.top)
        if found and step.chosen not in found:
            found.append(step.chosen)
        for place, one in enumerate(found):
            row = _Row(one, one == step.chosen, place == would_come)
            item = QListWidgetItem(self)
            item.setData(_ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, self.words(row))
            if row.is_chosen:
                self.setCurrentItem(item)

    def current(self) -> Alternative | None:
        """Return the one that the keys are on."""
        item = self.currentItem()
        row: _Row | None = item.data(_ROW) if item is not None else None
        return row.one if row else None

    def step(self, by: int) -> str:
        """Go to the next one or the one before, and return what is to be said of it."""
        row = min(max(self.currentRow() + by, 0), self.count() - 1)
        self.setCurrentRow(row)
        return self.words(self.item(row).data(_ROW)) if row >= 0 else ""

    def words(self, row: _Row) -> str:
        """Return a row as a screen reader says it."""
        parts = [token_text(row.one), chance_text(row.one.logprob), certainty_word(certainty(row.one.logprob))]
        return ", ".join(filter(None, (*parts, mark_word(came=row.is_chosen, would_come=row.would_come))))


class _Painter(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font, self._small = theme.font(14), theme.font(12)
        self._metrics, self._small_metrics = QFontMetrics(self._font), QFontMetrics(self._small)

    @property
    def height(self) -> int:
        return self._metrics.height() + self._theme.gap(10)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: _Row = index.data(_ROW)
        tokens, px = self._theme.tokens, self._theme.px
        area = option.rect.toRectF().adjusted(0.5, 1, -0.5, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(area, px(6), px(6))
        inside = area.adjusted(px(10), 0, -px(10), 0)
        bar = QRectF(inside.left(), area.bottom() - px(4), inside.width() * math.exp(row.one.logprob), px(2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent if row.is_chosen else tokens.muted))
        painter.drawRoundedRect(bar, px(1), px(1))
        base = round(area.top() + (area.height() - px(3) + self._metrics.ascent() - self._metrics.descent()) / 2)
        painter.setFont(self._small)
        painter.setPen(QColor(tokens.muted))
        chance = chance_text(row.one.logprob)
        right = inside.right() - self._small_metrics.horizontalAdvance(chance)
        painter.drawText(round(right), base, chance)
        if mark := mark_word(came=row.is_chosen, would_come=row.would_come):
            right -= self._small_metrics.horizontalAdvance(mark) + px(10)
            painter.setPen(QColor(tokens.accent))
            painter.drawText(round(right), base, mark)
        painter.setFont(self._font)
        is_text = row.one.kind == "text"
        painter.setPen(QColor(tokens.text if is_text else tokens.muted))
        room = round(right - inside.left()) - px(12)
        text = self._metrics.elidedText(token_text(row.one), Qt.TextElideMode.ElideRight, room)
        painter.drawText(round(inside.left()), base, text)
        painter.restore()
