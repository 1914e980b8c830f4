"""One message in the document: a header line, its content, a footer line, and how it grows."""

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextFrame

from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.markdown import opening_fence, stable_prefix
from desktopchat.ui.transcript.formats import Formats
from desktopchat.ui.transcript.renderer import Renderer
from desktopchat.ui.transcript.words import MessageWords

CARET = "▌"
_GAP = 22


class MessageBlock:
    """Writes one message into a frame of its own.

    While the answer streams, finished blocks stay; only the tail, the block that is still open, is
    written again. An open block of code only gets its last line written again.
    """

    def __init__(
        self,
        document: QTextDocument,
        position: int,
        message: Message,
        formats: Formats,
        renderer: Renderer,
        words: MessageWords,
    ) -> None:
        self.message = message
        self._formats = formats
        self._renderer = renderer
        self._words = words
        self._text = ""
        self._stable = 0
        self._exact = True
        self._code: QTextCursor | None = None
        self._code_offset = 0
        self._build(document, position)

    @property
    def text(self) -> str:
        """The content as it was written, including what came since the message was shown."""
        return self._text

    @property
    def start(self) -> int:
        """Position of the header line."""
        return self._header.position()

    @property
    def end(self) -> int:
        """First position behind the frame of this message."""
        return self.frame().lastPosition() + 1

    def append(self, text: str) -> None:
        """Show more text at the end of a streaming message."""
        self._text += text
        self._flow()

    def change(self, message: Message) -> None:
        """Show another state of the same message."""
        # An answer that goes on may go on inside of its last block.
        resumed = message.state == MessageState.STREAMING != self.message.state
        same = message.content == self._text and self._exact and message.role == Role.ASSISTANT and not resumed
        self.message = message
        self._write_header()
        if same:
            self._code = None
            self._flow()
        else:
            self._write_content()
        self._write_footer()

    def frame(self) -> QTextFrame:
        """Return the frame of this message. Do not keep it: Qt deletes it when it likes."""
        return self._header.currentFrame()

    def _build(self, document: QTextDocument, position: int) -> None:
        cursor = QTextCursor(document)
        cursor.setPosition(position)
        frame = cursor.insertFrame(self._formats.message_frame(self.message.id))
        self._header = QTextCursor(cursor)
        self._header.setKeepPositionOnInsert(True)
        is_own = self.message.role != Role.ASSISTANT
        content = cursor.insertFrame(self._formats.box("user" if is_own else "", 12 if is_own else 0))
        self._tail = QTextCursor(cursor)
        self._tail.setKeepPositionOnInsert(True)
        self._tail_fresh = True
        cursor.setPosition(content.lastPosition() + 1)
        self._write_header()
        self._write_content()
        self._write_footer()
        cursor.setPosition(frame.lastPosition() + 1)
        cursor.setBlockFormat(self._formats.spacer(_GAP))
        cursor.setBlockCharFormat(self._formats.spacer_char)

    def _write_header(self) -> None:
        cursor = _cursor_at(self._header)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.setBlockFormat(self._formats.small_block(below=4))
        cursor.insertText(self._words.who(self.message), self._formats.who)
        cursor.insertText("  " + self._words.header(self.message), self._formats.muted)

    def _write_footer(self) -> None:
        frame = self.frame()
        cursor = frame.lastCursorPosition()
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        ending, footer = self._words.ending(self.message), self._words.footer(self.message)
        if not ending and not footer:
            cursor.setBlockFormat(self._formats.spacer())
            cursor.setBlockCharFormat(self._formats.spacer_char)
            return
        cursor.setBlockFormat(self._formats.small_block(above=2))
        failed = self.message.state == MessageState.FAILED
        if ending:
            cursor.insertText(ending, self._formats.failure if failed else self._formats.word)
        if footer:
            cursor.insertText(("  " if ending else "") + footer, self._formats.muted)

    def _write_content(self) -> None:
        self._text = self.message.content
        self._code = None
        self._exact = True
        self._stable = 0
        content = self._tail.currentFrame()
        self._tail.setPosition(content.firstPosition())
        self._tail_fresh = True
        cursor = self._cleared_tail()
        if self.message.role == Role.ASSISTANT:
            self._flow()
        else:
            self._renderer.literal(self._text, cursor)

    def _flow(self) -> None:
        """Bring the page up to the text."""
        if self.message.state != MessageState.STREAMING:
            self._finish()
            return
        stable = stable_prefix(self._text, self._stable)
        if stable > self._stable:
            if not self._text.startswith("\n", stable - 1):
                self._exact = False  # a very long paragraph was cut
            self._commit(stable)
        if self._code is not None:
            self._flow_code(self._code)
        elif self._opens_code():
            self._open_code()
        else:
            cursor = self._cleared_tail()
            fresh = self._renderer.render(self._text[self._stable :], cursor, self._tail_fresh)
            self._draw_caret(cursor, fresh)

    def _finish(self) -> None:
        self._code = None
        self._commit(len(self._text))

    def _commit(self, end: int) -> None:
        """Write the text up to `end` for good; the tail begins behind it."""
        self._code = None
        cursor = self._cleared_tail()
        self._tail_fresh = self._renderer.render(self._text[self._stable : end], cursor, self._tail_fresh)
        self._tail.setPosition(cursor.position())
        self._stable = end

    def _cleared_tail(self) -> QTextCursor:
        """Remove the tail and return a cursor where it was."""
        cursor = _cursor_at(self._tail)
        last = self._tail.currentFrame().lastPosition()
        if last > cursor.position():
            # Qt lets the joined block take the format of the last one.
            form = cursor.blockFormat()
            cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            cursor.setBlockFormat(form)
        return cursor

    def _draw_caret(self, cursor: QTextCursor, fresh: bool) -> None:
        if fresh:
            cursor.setBlockFormat(self._formats.block())
        cursor.insertText(CARET, self._formats.caret)

    def _opens_code(self) -> bool:
        line, newline, _ = self._text[self._stable :].partition("\n")
        return bool(newline and opening_fence(line))

    def _open_code(self) -> None:
        line, _, code = self._text[self._stable :].partition("\n")
        info = line.strip().lstrip("`~").split()
        cursor = self._cleared_tail()
        self._renderer.code("", info[0] if info else "", cursor, self._tail_fresh)
        # The cursor stands behind the box now; its last line is the block before.
        inside = QTextCursor(cursor.block().previous())
        inside.setKeepPositionOnInsert(True)
        self._code = inside
        self._code_offset = len(self._text) - len(code)
        self._flow_code(inside)

    def _flow_code(self, line: QTextCursor) -> None:
        """Write the last line of the open code again, and all that came behind it."""
        cursor = _cursor_at(line)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        code = self._text[self._code_offset :]
        last = code.rpartition("\n")[2]
        # What may become the closing fence is not shown yet.
        shown = code.removesuffix(last) if last and not last.strip("`~ ") else code
        self._renderer.code_lines(shown, cursor)
        self._code_offset = len(self._text) - len(last)
        line.setPosition(cursor.block().position())
        cursor.insertText(CARET, QTextCharFormat(self._formats.caret))


def _cursor_at(kept: QTextCursor) -> QTextCursor:
    """Return a new cursor at the place of one that keeps its position: the anchor of that one has moved."""
    cursor = QTextCursor(kept)
    cursor.setKeepPositionOnInsert(False)
    cursor.setPosition(kept.position())
    return cursor
