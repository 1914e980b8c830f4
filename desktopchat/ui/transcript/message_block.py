"""One message in the document: a header line, its content, a footer line, and how it grows."""

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument, QTextFrame

from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.markdown import closes_fence, has_definitions, opening_fence, opening_maths, stable_prefix
from desktopchat.ui.transcript.code_colours import CodeBox, CodeColours
from desktopchat.ui.transcript.folding import whole_box
from desktopchat.ui.transcript.formats import Formats
from desktopchat.ui.transcript.renderer import LONG_CODE, Renderer, code_language
from desktopchat.ui.transcript.thoughts import Thoughts
from desktopchat.ui.transcript.words import MessageWords

CARET = "▌"
_GAP = 22
_LONG_PART = 40  # blocks


@dataclass(slots=True)
class OpenCode:
    """A block of code whose end has not come yet.

    Attributes:
        line: The last line in the document.
        offset: Where that line begins in the text.
        box: Its colours, when it gets any.
        is_plain: Whether the lines stand on the page as they are in the text.
    """

    line: QTextCursor
    fence: str
    language: str
    offset: int
    box: CodeBox | None = None
    is_plain: bool = True


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
        colours: CodeColours,
    ) -> None:
        self.message = message
        self._document = document
        self._formats = formats
        self._renderer = renderer
        self._words = words
        self._colours = colours
        self._text = ""
        self._thoughts = Thoughts(document, formats, renderer, words)
        self._header_words = ("", "")
        self._stable = 0
        self._exact = True
        self._known: dict[str, Any] = {}
        self._code: OpenCode | None = None
        self._build(position)

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

    def current(self) -> Message:
        """Return the message with the text that has come since it was shown."""
        return replace(self.message, content=self._text, reasoning=self._thoughts.text)

    def open_block(self) -> QTextBlock:
        """Return the first line that more text may change."""
        return (self._tail if self._text else self._header).block()

    def append(self, text: str, reasoning: str = "") -> None:
        """Show more text at the end of a streaming message, and more reasoning above it."""
        if reasoning:
            self._grow_reasoning(reasoning)
        if text:
            self._text += text
            self._flow()
        if text and self._thoughts.text:
            self._thoughts.relabel(self._thoughts_box(), self.current())

    def change(self, message: Message) -> None:
        """Show another state of the same message."""
        # An answer that goes on may go on inside of its last block.
        resumed = message.state == MessageState.STREAMING != self.message.state
        if has_definitions(self._text):
            self._exact = False
        same = message.content == self._text and self._exact and message.role == Role.ASSISTANT and not resumed
        self.message = message
        self._write_header()
        self._write_reasoning()
        if same:
            self._flow()
        else:
            self._write_content()
        self._write_footer()

    def frame(self) -> QTextFrame:
        """Return the frame of this message. Do not keep it: Qt deletes it when it likes."""
        return self._header.currentFrame()

    def content_range(self) -> tuple[int, int]:
        """Return the first and last position of the content."""
        content = self._content()
        return content.firstPosition(), content.lastPosition()

    def _content(self) -> QTextFrame:
        """Return the frame around the content; reasoning has one before it."""
        return self.frame().childFrames()[-1]

    def _build(self, position: int) -> None:
        cursor = QTextCursor(self._document)
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
        self._write_reasoning()
        self._write_content()
        self._write_footer()
        cursor.setPosition(frame.lastPosition() + 1)
        cursor.setBlockFormat(self._formats.spacer(_GAP))
        cursor.setBlockCharFormat(self._formats.spacer_char)

    def _write_header(self) -> None:
        words = self._words.who(self.message), self._words.header(self.message)
        if words == self._header_words:
            return  # a change here would let Qt lay out the whole message again
        self._header_words = words
        cursor = _cursor_at(self._header)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.setBlockFormat(self._formats.small_block(below=4))
        cursor.insertText(words[0], self._formats.who)
        cursor.insertText("  " + words[1], self._formats.muted)

    def _write_reasoning(self) -> None:
        """Show what the model thought first, folded, between header and content."""
        if self.message.reasoning != self._thoughts.text:
            if self._thoughts.text:
                self._thoughts.remove(self._thoughts_box())
            if self.message.reasoning:
                cursor = _cursor_at(self._header)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
                self._thoughts.write(self.message, cursor)
        elif self._thoughts.text:
            self._thoughts.relabel(self._thoughts_box(), self.message)

    def _grow_reasoning(self, text: str) -> None:
        message = self.current()
        grown = replace(message, reasoning=message.reasoning + text)
        if message.reasoning:
            self._thoughts.grow(self._thoughts_box(), text)
            self._thoughts.relabel(self._thoughts_box(), grown)
        else:
            cursor = _cursor_at(self._header)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            self._thoughts.write(grown, cursor)

    def _thoughts_box(self) -> QTextFrame:
        return self.frame().childFrames()[0]

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
        if self._code is not None and self._code.box is not None:
            self._colours.drop(self._code.box)
        self._code = None
        self._exact = True
        self._known = {}
        self._stable = 0
        self._tail.setPosition(self._content().firstPosition())
        self._tail_fresh = True
        cursor = self._cleared_tail()
        if self.message.role == Role.ASSISTANT:
            self._flow()
        else:
            self._renderer.files(self.message.files, cursor, fresh=True)
            pictures = any(file.is_picture and file.stored_id is not None for file in self.message.files)
            if self._text or not pictures:
                self._renderer.literal(self._text, cursor, fresh=not pictures)

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
        elif self._opens_maths():
            cursor = self._cleared_tail()
            self._renderer.source(self._text[self._stable :], cursor, self._tail_fresh)
            self._draw_caret(cursor, False)
        else:
            cursor = self._cleared_tail()
            fresh = self._renderer.render(self._text[self._stable :], cursor, self._tail_fresh, deepcopy(self._known))
            self._draw_caret(cursor, fresh)

    def _finish(self) -> None:
        self._commit(len(self._text))

    def _commit(self, end: int) -> None:
        """Write the text up to `end` for good; the tail begins behind it."""
        code, self._code = self._code, None
        if code is not None and code.is_plain:
            self._close_code(code)
        elif code is not None and code.box is not None:
            self._colours.drop(code.box)
        cursor = self._cleared_tail()
        self._tail_fresh = self._renderer.render(self._text[self._stable : end], cursor, self._tail_fresh, self._known)
        self._tail.setPosition(cursor.position())
        self._stable = max(self._stable, end)
        if self.message.state == MessageState.STREAMING:
            self._begin_part(cursor)

    def _begin_part(self, cursor: QTextCursor) -> None:
        """Go on in a frame of its own when this one is long: Qt places all blocks of a frame with each change of it."""
        first = cursor.currentFrame().firstCursorPosition().blockNumber()
        if cursor.blockNumber() - first < _LONG_PART:
            return
        cursor.setPosition(self._content().lastPosition())
        if self._tail_fresh or cursor.block().length() == 1:
            cursor.setBlockFormat(self._formats.spacer())
            cursor.setBlockCharFormat(self._formats.spacer_char)
        part = cursor.insertFrame(self._formats.box("", 0))
        self._tail.setPosition(part.firstPosition())
        self._tail_fresh = True
        cursor.setPosition(part.lastPosition() + 1)
        cursor.setBlockFormat(self._formats.spacer())
        cursor.setBlockCharFormat(self._formats.spacer_char)

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

    def _opens_maths(self) -> bool:
        tail = self._text[self._stable :]
        closer = opening_maths(tail.partition("\n")[0])
        return bool(closer) and closer not in tail.lstrip()[2:]

    def _open_code(self) -> None:
        line, _, code = self._text[self._stable :].partition("\n")
        cursor = self._cleared_tail()
        inside = self._renderer.open_code(code_language(line), cursor, self._tail_fresh)
        self._code = OpenCode(inside, opening_fence(line), code_language(line), len(self._text) - len(code))
        self._code.is_plain = not line[:1].isspace()
        self._code.box = self._colours.add(QTextCursor(inside), self._code.language, is_open=True)
        self._flow_code(self._code)

    def _flow_code(self, code: OpenCode) -> None:
        """Write the last line of the open code again, and all that came behind it."""
        text = self._text[code.offset :]
        self._begin_lines(code, text)
        last = text.rpartition("\n")[2]
        # What may become the closing fence is not shown yet.
        shown = text.removesuffix(last) if last and not last.strip("`~ ") else text
        cursor = self._write_code(code, shown)
        code.offset = len(self._text) - len(last)
        code.line.setPosition(cursor.block().position())
        cursor.insertText(CARET, QTextCharFormat(self._formats.caret))
        if code.box is not None:
            self._colours.grow(code.box)

    def _begin_lines(self, code: OpenCode, text: str) -> None:
        """Let the line that is written again go on in a frame of its own when there are many before it."""
        cursor = _cursor_at(code.line)
        first = cursor.currentFrame().firstCursorPosition().blockNumber()
        # A fence may still remove an empty line.
        if cursor.blockNumber() - first < LONG_CODE or not text.partition("\n")[0].strip("`~ "):
            return
        is_next = code.box is not None and code.box.line.position() >= cursor.position()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.deletePreviousChar()
        self._renderer.begin_lines(cursor)
        code.line.setPosition(cursor.position())
        if code.box is not None and is_next:
            code.box.line.setPosition(cursor.position())

    def _write_code(self, code: OpenCode, text: str) -> QTextCursor:
        """Write the last line of the open code again with what follows; return where it ends."""
        code.is_plain = code.is_plain and "\r" not in text and "\0" not in text
        cursor = _cursor_at(code.line)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._renderer.code_lines(text, code.language, cursor)
        return cursor

    def _close_code(self, code: OpenCode) -> None:
        """Let the box of code stand as it is: writing a long one again would hold the window up."""
        end = len(self._text)
        position = code.offset
        rest = self._text[position:]
        for line in rest.splitlines(keepends=True):
            if closes_fence(line, code.fence):
                rest, end = self._text[code.offset : position], position + len(line)
                break
            position += len(line)
        cursor = self._write_code(code, rest.removesuffix("\n"))
        if not rest and code.offset > self._stable + self._text[self._stable :].index("\n") + 1:
            cursor.deletePreviousChar()  # the empty line in which the fence stands
        if code.box is not None:
            self._colours.close(code.box)
        self._tail.setPosition(whole_box(cursor.currentFrame()).lastPosition() + 1)
        self._tail_fresh = True
        self._stable = end


def _cursor_at(kept: QTextCursor) -> QTextCursor:
    """Return a new cursor at the place of one that keeps its position: the anchor of that one has moved."""
    cursor = QTextCursor(kept)
    cursor.setKeepPositionOnInsert(False)
    cursor.setPosition(kept.position())
    return cursor
