"""A row of a list that one chooses from: a name, what it is, and its key or kind."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktopchat.ui.transcript.marks import visible

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
_MOST_MARKS = 64  # of a name; nobody sees more

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """What is painted.

    Attributes:
        text: Its name.
        about: Muted words after it.
        detail: Muted words at the right.
        marks: Places in `text` of the characters that were typed.
        muted: It cannot be chosen now.
    """

    text: str
    about: str = ""
    detail: str = ""
    marks: tuple[int, ...] = ()
    muted: bool = False


class RowDelegate(QStyledItemDelegate):
    """Paints a `Row` from ROW_ROLE."""

    def row_of(self, index: Index) -> Row:
        """Return what stands in a row."""
        row: Row = index.data(ROW_ROLE)
        return row

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, row_height(option.widget))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row = self.row_of(index)
        palette = option.palette
        text_colour = palette.color(QPalette.ColorRole.Text)
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(palette.color(QPalette.ColorRole.Accent)))
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside, metrics = option.rect.adjusted(10, 0, -10, 0), painter.fontMetrics()
        # Drawing at a point takes half the time of drawing into a rectangle, and rows are painted at each key.
        base = inside.top() + (inside.height() + metrics.ascent() - metrics.descent()) // 2
        right = inside.right() + 1
        painter.setPen(muted)
        if row.detail:
            detail = _elided(metrics, visible(row.detail), inside.width() // 2)
            right -= metrics.horizontalAdvance(detail)
            painter.drawText(right, base, detail)
            right -= 16
        text = _elided(metrics, row.text.replace("\n", " "), right - inside.left())
        painter.setPen(muted if row.muted else text_colour)
        left = self._paint_name(painter, inside.left(), base, text, row.marks) + 12
        if row.about and right - left > 40:
            painter.setPen(muted)
            painter.drawText(left, base, _elided(metrics, visible(row.about).replace("\n", " "), right - left))
        painter.restore()

    def _paint_name(self, painter: QPainter, left: int, base: int, text: str, marks: tuple[int, ...]) -> int:
        """Paint a name with its marked characters bold, and return where it ends."""
        plain, bold = painter.font(), QFont(painter.font())
        bold.setWeight(QFont.Weight.Bold)
        fonts = ((plain, QFontMetrics(plain)), (bold, QFontMetrics(bold)))
        for piece, marked in pieces(text, marks[:_MOST_MARKS]):
            font, metrics = fonts[marked]
            shown = visible(piece)
            painter.setFont(font)
            painter.drawText(left, base, shown)
            left += metrics.horizontalAdvance(shown)
        painter.setFont(plain)
        return left


def _elided(metrics: QFontMetrics, text: str, width: int) -> str:
    if metrics.horizontalAdvance(text) <= width:
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def pieces(text: str, marks: tuple[int, ...]) -> list[tuple[str, bool]]:
    """Return the parts of a text in order, each with whether it is marked."""
    found: list[tuple[str, bool]] = []
    marked = set(marks)
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or (place in marked) != (start in marked):
            found.append((text[start:place], start in marked))
            start = place
    return found


def row_height(widget: QWidget) -> int:
    """Return the height of a row in pixels."""
    return round(widget.fontMetrics().height() * 1.75)
