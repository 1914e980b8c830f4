"""Folds long code and reasoning to their first lines, and unfolds them. The lines stay in the document."""

from collections.abc import Iterator

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextFormat, QTextFrame

from desktopchat.ui.transcript.formats import Formats, Property

LONG = 30  # lines; less is not worth a fold
_KEPT = {"code": 12, "reasoning": 0}


def boxes(frame: QTextFrame) -> Iterator[QTextFrame]:
    """Yield the boxes inside of a frame that can be folded."""
    for child in frame.childFrames():
        if can_fold(child) and len(lines(child)) > (LONG if kept(child) else 0):
            yield child
        else:
            yield from boxes(child)


def box_at(cursor: QTextCursor) -> QTextFrame | None:
    """Return the box of code or reasoning that a cursor stands in."""
    frame = whole_box(cursor.currentFrame())
    return frame if can_fold(frame) else None


def whole_box(frame: QTextFrame) -> QTextFrame:
    """Return the box that a frame belongs to: very long code that streamed stands in several frames."""
    return frame.parentFrame() if frame.frameFormat().stringProperty(Property.BOX) == "lines" else frame


def lines(box: QTextFrame) -> list[QTextBlock]:
    """Return the lines of a box without those that we put there."""
    found = []
    block, end = box.firstCursorPosition().block(), box.lastPosition()
    while block.isValid() and block.position() <= end:
        if not block.blockFormat().boolProperty(Property.OURS):
            found.append(block)
        block = block.next()
    return found


def is_folded(box: QTextFrame) -> bool:
    """Return whether lines of a box are hidden."""
    return not lines(box)[-1].isVisible()


def fold(page: QTextDocument, box: QTextFrame, words: str, formats: Formats) -> None:
    """Hide all but the first lines of a box, and say so in a line of our own.

    Args:
        words: What this line says, with a place for `{count}`.
    """
    hidden = lines(box)[kept(box) :]
    cursor = QTextCursor(hidden[0].previous())
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
    cursor.insertBlock(formats.ours(), formats.language)
    cursor.insertText(words.format(count=f"{len(hidden):,}"), formats.language)
    _show(page, box, hidden[0], False)


def say_more(box: QTextFrame, words: str, formats: Formats) -> None:
    """Tell anew how many lines of a folded box are hidden; `words` as of `fold`."""
    hidden = lines(box)[kept(box) :]
    cursor = QTextCursor(hidden[0].previous())
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(words.format(count=f"{len(hidden):,}"), formats.language)


def unfold(page: QTextDocument, box: QTextFrame) -> None:
    """Show all lines of a box again."""
    _show(page, box, lines(box)[0], True)
    line = lines(box)[kept(box)].previous()
    if line.blockFormat().boolProperty(Property.OURS):
        cursor = QTextCursor(line)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.deletePreviousChar()


def can_fold(frame: QTextFrame) -> bool:
    """Return whether a frame is such a box."""
    return frame.frameFormat().stringProperty(Property.BOX) in _KEPT


def kept(box: QTextFrame) -> int:
    """Return how many lines of a box stay when it is folded."""
    return _KEPT[box.frameFormat().stringProperty(Property.BOX)]


def _show(page: QTextDocument, box: QTextFrame, block: QTextBlock, visible: bool) -> None:
    """Show or hide all lines of a box from one on."""
    while block.isValid() and block.position() <= box.lastPosition():
        block.setVisible(visible)
        block = block.next()
    page.markContentsDirty(box.firstPosition(), box.lastPosition() - box.firstPosition())


def language_of(box: QTextFrame) -> str:
    """Return the language of a box of code; empty when it has none."""
    name = lines(box)[0].blockFormat().stringProperty(QTextFormat.Property.BlockCodeLanguage)
    return "" if name == "text" else name
