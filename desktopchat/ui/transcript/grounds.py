"""What is painted below the text: the grounds of boxes, and the marks at messages."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAbstractTextDocumentLayout, QColor, QPainter, QPen, QTextFrame

from desktopchat.ui.theme import CORNER, Theme
from desktopchat.ui.transcript.document import TranscriptDocument
from desktopchat.ui.transcript.formats import Property
from desktopchat.ui.transcript.message_block import MessageBlock


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked.

    Attributes:
        current: The message that the caret stands in.
        unit: Where the block in it stands that is read by key.
        found_id: A message that was gone to.
        width: Of the whole text; code that is not wrapped is wider than its box.
    """

    current: MessageBlock | None = None
    unit: QRectF | None = None
    found_id: int | None = None
    width: float = 0.0


def paint_grounds(
    painter: QPainter, theme: Theme, page: TranscriptDocument, marks: Marks, rows: tuple[int, int]
) -> None:
    """Paint the grounds of what the person wrote, of code and of quotes, and a bar at the caret's message.

    Args:
        rows: First and last row of pixels, in the document.
    """
    layout = page.documentLayout()
    painter.setPen(Qt.PenStyle.NoPen)
    for block in page.blocks_above(rows[1]):
        frame = block.frame()
        rect = layout.frameBoundingRect(frame)
        if rect.bottom() < rows[0]:
            break
        painter.setPen(Qt.PenStyle.NoPen)
        if block.message.id == marks.found_id:
            painter.setBrush(QColor(theme.tokens.selection))
            painter.drawRoundedRect(rect.adjusted(-7, -4, 7, 4), 8, 8)
        if block is marks.current:
            painter.setBrush(QColor(theme.tokens.border if marks.unit else theme.tokens.accent))
            painter.drawRoundedRect(QRectF(rect.left() - 7, rect.top() + 2, 3, rect.height() - 4), 1.5, 1.5)
            if marks.unit:
                painter.setBrush(QColor(theme.tokens.accent))
                painter.drawRoundedRect(QRectF(rect.left() - 7, marks.unit.top(), 3, marks.unit.height()), 1.5, 1.5)
        _paint_frame(painter, theme, layout, frame, marks.width, rows)


def _paint_frame(
    painter: QPainter,
    theme: Theme,
    layout: QAbstractTextDocumentLayout,
    frame: QTextFrame,
    width: float,
    rows: tuple[int, int],
) -> None:
    for child in reversed(frame.childFrames()):
        rect = layout.frameBoundingRect(child)
        if rect.top() > rows[1]:
            continue
        if rect.bottom() < rows[0]:
            break
        form = child.frameFormat()
        # Qt puts the leading of the last line below it.
        leading = theme.px(5) if form.padding() else 0
        rect.adjust(form.leftMargin(), form.topMargin(), 0, -form.bottomMargin() - leading)
        kind = form.stringProperty(Property.BOX)
        if kind == "code":
            rect.setRight(max(rect.right(), width))
        _paint_ground(painter, theme, kind, rect)
        _paint_frame(painter, theme, layout, child, width, rows)


def _paint_ground(painter: QPainter, theme: Theme, kind: str, rect: QRectF) -> None:
    tokens = theme.tokens
    if kind in ("quote", "reasoning"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.border))
        painter.drawRoundedRect(QRectF(rect.left() - theme.px(14), rect.top(), 3, rect.height()), 1.5, 1.5)
    elif kind in ("user", "code"):
        corner = theme.px(CORNER)
        painter.setBrush(QColor(tokens.user_block if kind == "user" else tokens.code))
        painter.setPen(QPen(QColor(tokens.border), 1) if kind == "code" else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)
