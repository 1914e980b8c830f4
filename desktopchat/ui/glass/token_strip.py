"""Tokens in a row, each with its number below."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktopchat.core.token import Token
from desktopchat.ui.glass.pieces import piece_text
from desktopchat.ui.theme import Theme

_ROWS = 2
_GAP = 4


class TokenStrip(QWidget):
    """As many as there is room for; the screen reader gets the first hundred."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tokens: tuple[Token, ...] = ()
        self._piece_font, self._id_font = theme.code_font(13), theme.font(10)
        self._row = QFontMetrics(self._piece_font).height() + QFontMetrics(self._id_font).height() + theme.px(6)
        self.setFixedHeight(_ROWS * (self._row + _GAP))

    def show_tokens(self, tokens: Sequence[Token]) -> None:
        """Show these in place of those before."""
        self._tokens = tuple(tokens)
        self.setAccessibleDescription(", ".join(f"{piece_text(one.piece)} {one.id}" for one in self._tokens[:100]))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint them, in as many rows as there are."""
        colours, margin = self._theme.tokens, self._theme.px(5)
        pieces, numbers = QFontMetrics(self._piece_font), QFontMetrics(self._id_font)
        x, y = 0, 0
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, token in enumerate(self._tokens):
                text, number = piece_text(token.piece), f"{token.id}"
                width = max(pieces.horizontalAdvance(text), numbers.horizontalAdvance(number)) + 2 * margin
                width = min(width, self.width())
                more = self._more(len(self._tokens) - place)
                is_last_row = y + 2 * self._row + _GAP > self.height()
                reserved = numbers.horizontalAdvance(more) + margin if place + 1 < len(self._tokens) else 0
                if x and x + width + (reserved if is_last_row else 0) > self.width():
                    if is_last_row:
                        painter.setFont(self._id_font)
                        painter.setPen(QColor(colours.muted))
                        room = QRect(x, y, self.width() - x, self._row)
                        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, more)
                        return
                    x, y = 0, y + self._row + _GAP
                box = QRect(x, y, width, self._row)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.selection if place % 2 else colours.user_block))
                painter.drawRoundedRect(box, 5, 5)
                upper = box.adjusted(margin, self._theme.px(2), -margin, -numbers.height())
                painter.setFont(self._piece_font)
                painter.setPen(QColor(colours.text))
                painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, text)
                painter.setFont(self._id_font)
                painter.setPen(QColor(colours.muted))
                lower = box.adjusted(0, box.height() - numbers.height() - self._theme.px(2), 0, -self._theme.px(2))
                painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, number)
                x += width + _GAP

    def _more(self, count: int) -> str:
        return self.tr("… {count} more").format(count=f"{count:,}")
