"""Reading by key: from block to block, folding, and what is copied."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QTextBlock, QTextCursor, QTextFrame, QTextTable

from desktopchat.ui.transcript import folding
from desktopchat.ui.transcript.copying import as_html, selection_as_markdown
from desktopchat.ui.transcript.document import TranscriptDocument
from desktopchat.ui.transcript.formats import Property
from desktopchat.ui.transcript.message_block import MessageBlock

if TYPE_CHECKING:
    from desktopchat.ui.transcript.view import TranscriptView


_MOST_RICH = 200_000  # characters; more is copied as text alone


class Reading(QObject):
    """What can be done with the text under the caret of a page."""

    def __init__(self, view: "TranscriptView", page: TranscriptDocument) -> None:
        super().__init__(view)
        self._view = view
        self._page = page
        self.is_active = False

    def begin(self) -> None:
        """Take the focus so that letters are keys, with the caret in what is seen."""
        view = self._view
        self.is_active = True
        if not view.viewport().rect().intersects(view.cursorRect()):
            view.setTextCursor(view.cursorForPosition(QPoint(0, view.viewport().height() // 3)))
        view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        view.caret_message_changed.emit()

    def leave(self) -> None:
        """Let letters go to the composer again."""
        if self.is_active:
            self.is_active = False
            self._view.caret_message_changed.emit()

    # From block to block

    def step_block(self, step: int) -> None:
        """Go to the block below (+1) or above (-1), also in the next message."""
        position = self._view.textCursor().position()
        block = self._page.block_at(position)
        if block is None:
            return
        starts = _starts(block)
        wanted = [start for start in starts if start > position] if step > 0 else [s for s in starts if s < position]
        if wanted:
            self._view.go_to_position(wanted[0] if step > 0 else wanted[-1])
            return
        following = self._view.neighbour(block, step)
        if following is not None:
            starts = _starts(following) or [following.start]
            self._view.go_to_position(starts[0] if step > 0 else starts[-1])

    def unit(self) -> QRectF:
        """Return where the block under the caret stands on the page; a box or a table is one."""
        cursor = self._view.textCursor()
        frames: list[QTextFrame] = []
        frame: QTextFrame | None = cursor.currentFrame()
        while frame is not None and not frame.frameFormat().hasProperty(Property.MESSAGE_ID):
            frames.append(frame)
            frame = frame.parentFrame()
        layout = self._page.documentLayout()
        boxes = [frame for frame in frames if not is_part(frame)]
        return layout.frameBoundingRect(boxes[-1]) if boxes else layout.blockBoundingRect(cursor.block())

    def go_to_top(self) -> None:
        """Go to the first message of the conversation."""
        messages = self._view.messages()
        block = self._view.lay_out(messages[0].id) if messages else None
        if block is not None:
            self._view.go_to_position(block.start)
            self._view.stay()

    def go_to_bottom(self) -> None:
        """Go to the last block of the conversation."""
        self._view.scroll_to_end()
        if self._page.blocks:
            last = self._page.blocks[-1]
            cursor = self._view.textCursor()
            cursor.setPosition((_starts(last) or [last.start])[-1])
            self._view.setTextCursor(cursor)
            self._view.scroll_to_end()
            self._view.caret_message_changed.emit()

    def show_place(self, position: int) -> None:
        """Put the caret there and let it be seen, without the focus."""
        view = self._view
        cursor = view.textCursor()
        cursor.setPosition(position)
        view.setTextCursor(cursor)
        rect, height = view.cursorRect(cursor), view.viewport().height()
        if rect.top() < 40 or rect.bottom() > height - 60:
            bar = view.verticalScrollBar()
            bar.setValue(bar.value() + rect.top() - height // 3)
        view.stay()

    # Code

    def toggle_fold(self, block: MessageBlock) -> bool:
        """Fold or unfold the box under the caret, else all long ones of a message; return whether there is one."""
        cursor = self._view.textCursor()
        under_caret = folding.box_at(cursor) if self._view.hasFocus() else None
        boxes = [under_caret] if under_caret is not None else list(folding.boxes(block.frame()))
        if not boxes:
            return False
        self._fold(boxes, not any(folding.is_folded(box) for box in boxes))
        return True

    def show_hidden(self, cursor: QTextCursor) -> None:
        """Unfold the box that a place stands in, when its line is hidden."""
        box = folding.box_at(cursor)
        if box is not None and not cursor.block().isVisible():
            self._fold([box], False)

    def _fold(self, boxes: list[QTextFrame], wanted: bool) -> None:
        words = self._page.words.more_lines()
        with self._view.changing():
            for box in boxes:
                if folding.is_folded(box) == wanted:
                    continue
                if wanted and len(folding.lines(box)) > folding.kept(box):
                    folding.fold(self._page, box, words, self._page.formats)
                elif not wanted:
                    folding.unfold(self._page, box)
        cursor = self._view.textCursor()
        if not cursor.block().isVisible():
            cursor.setPosition(boxes[0].firstPosition())
            self._view.setTextCursor(cursor)

    def toggle_wrap(self) -> bool:
        """Break long lines of code or let them run on; return whether they are broken now."""
        wraps = not self._page.wraps_code
        with self._view.changing():
            self._page.set_wraps_code(wraps)
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if wraps else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._view.setHorizontalScrollBarPolicy(policy)
        return wraps

    # Copying

    def markdown(self, fallback: MessageBlock | None) -> str:
        """Return what is selected as Markdown, else the message that is given."""
        cursor = self._view.textCursor()
        if cursor.hasSelection():
            return selection_as_markdown(self._page, cursor)
        return fallback.text if fallback is not None else ""

    def plain(self, fallback: MessageBlock | None) -> str:
        """Return what is selected as text, else the message that is given."""
        cursor = self._view.textCursor()
        if not cursor.hasSelection() and fallback is not None:
            first, last = fallback.content_range()
            return "\n".join(self._page.lines_between(first, last)).strip("\n")
        return self._page.selected_text(cursor)

    def rich(self, fallback: MessageBlock | None) -> QMimeData:
        """Return what is selected, else the message that is given, as HTML and as text."""
        data = QMimeData()
        data.setText(self.plain(fallback))
        # X11 asks for it with every selection.
        if len(data.text()) <= _MOST_RICH:
            data.setHtml(as_html(self.markdown(fallback)))
        return data

    def code_at_caret(self) -> str:
        """Return the block of code under the caret; empty when there is none."""
        box = folding.box_at(self._view.textCursor()) if self._view.hasFocus() else None
        if box is None:
            return ""
        return "\n".join("".join(self._page.lines_between(*_range(line))) for line in folding.lines(box))


def _range(line: QTextBlock) -> tuple[int, int]:
    return line.position(), line.position() + line.length() - 1


def _starts(block: MessageBlock) -> list[int]:
    """Return where the blocks of a message begin; a box or a table is one."""
    return [start for content in block.frame().childFrames() for start in _starts_in(content)]


def _starts_in(frame: QTextFrame) -> list[int]:
    if not is_part(frame):
        return [frame.firstPosition()]
    found = []
    place = frame.begin()
    while not place.atEnd():
        inner, line = place.currentFrame(), place.currentBlock()
        if inner is not None:
            found += _starts_in(inner)
        elif line.isValid() and line.length() > 1:
            found.append(line.position())
        place += 1
    return found


def is_part(frame: QTextFrame) -> bool:
    """Return whether a frame holds blocks of a message that have nothing else in common."""
    return frame.frameFormat().stringProperty(Property.BOX) in ("", "user") and not isinstance(frame, QTextTable)


def cursor_in_sight(view: "TranscriptView") -> QTextCursor:
    """Return a cursor in the first line that is seen. Between two blocks, Qt finds one far away."""
    cursor = QTextCursor(view.document())
    for y in range(0, view.viewport().height(), 12):
        cursor = view.cursorForPosition(QPoint(view.viewport().width() // 2, y))
        if 0 <= view.cursorRect(cursor).top() < view.viewport().height():
            break
    return cursor
