"""The document of the transcript: messages in a row, and the text of a selection as it was written."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QTextBlock, QTextBlockFormat, QTextCursor, QTextDocument, QTextListFormat

from desktopchat.core.chat import Message
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.code_colours import AtOnce, CodeColours, Runner
from desktopchat.ui.transcript.formats import Formats, Property
from desktopchat.ui.transcript.marks import SOFT_BREAK
from desktopchat.ui.transcript.message_block import MessageBlock
from desktopchat.ui.transcript.renderer import Renderer, make_parser
from desktopchat.ui.transcript.words import MessageWords


class TranscriptDocument(QTextDocument):
    """Holds the messages that are on the page."""

    def __init__(self, theme: Theme, words: MessageWords, runner: Runner | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(8)
        self._words = words
        self._parser = make_parser()
        self._colours = CodeColours(self, runner or AtOnce())
        self._blocks: list[MessageBlock] = []
        self.set_theme(theme)

    def loadResource(self, _type: int, _name: QUrl | str) -> Any:
        """Load nothing: what a model writes must not open a file or a connection."""
        return None

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes; the page must be shown again."""
        self._formats = Formats(theme)
        self._renderer = Renderer(self._formats, self._parser, self._colours)
        self._colours.set_formats(self._formats.kinds)
        self.setDefaultFont(self._formats.text_font)
        self.clear_messages()

    @property
    def blocks(self) -> Sequence[MessageBlock]:
        """The messages, from the top."""
        return self._blocks

    def message_block(self, message_id: int) -> MessageBlock | None:
        """Return the message with this id when it is on the page. The newest are found first."""
        return next((block for block in reversed(self._blocks) if block.message.id == message_id), None)

    def block_at(self, position: int) -> MessageBlock | None:
        """Return the message at a position of the document."""
        return next((block for block in reversed(self._blocks) if block.start <= position), None)

    def clear_messages(self) -> None:
        """Empty the page."""
        self._blocks = []
        self._colours.clear()
        self.clear()
        cursor = QTextCursor(self)
        cursor.setBlockFormat(self._formats.spacer(16))
        cursor.setBlockCharFormat(self._formats.spacer_char)

    def append_message(self, message: Message) -> None:
        """Add a message at the end."""
        self._blocks.append(self._make(self.characterCount() - 1, message))

    def prepend_messages(self, messages: Sequence[Message]) -> None:
        """Add older messages at the top."""
        made = []
        position = 0
        for message in messages:
            made.append(self._make(position, message))
            position = made[-1].end
        self._blocks[:0] = made

    def keep_first(self, count: int) -> None:
        """Remove all but the first `count` messages of the page."""
        if count >= len(self._blocks):
            return
        cursor = QTextCursor(self)
        cursor.setPosition(self._blocks[count].start - 1)
        form = cursor.blockFormat()
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.setBlockFormat(form)
        del self._blocks[count:]

    def _make(self, position: int, message: Message) -> MessageBlock:
        return MessageBlock(self, position, message, self._formats, self._renderer, self._words, self._colours)

    def current_messages(self) -> list[Message]:
        """Return the messages with the text that has come since they were shown."""
        return [replace(block.message, content=block.text) for block in self._blocks]

    def selected_text(self, selection: QTextCursor) -> str:
        """Return the selected text as it was written, without our marks and breaks; list items keep their marker."""
        lines = []
        block = self.findBlock(selection.selectionStart())
        while block.isValid() and block.position() <= selection.selectionEnd():
            lines.append(_text_between(block, selection.selectionStart(), selection.selectionEnd()))
            block = block.next()
        return "\n".join(line for line in lines if line is not None)


def _text_between(block: QTextBlock, start: int, end: int) -> str | None:
    """Return the text of a block inside a range; None for the empty blocks that only Qt needs."""
    if block.length() == 1 and block.blockFormat().lineHeightType() == 2:
        return None
    parts = []
    if start <= block.position():
        parts.append(_marker(block))
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        form = fragment.charFormat()
        first = max(start - fragment.position(), 0)
        last = min(end - fragment.position(), fragment.length())
        if first < last and not form.boolProperty(Property.CARET):
            original = form.stringProperty(Property.ORIGINAL)
            # Qt counts in UTF-16 units, Python in characters.
            piece = fragment.text().encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le", "replace")
            parts.append(original or piece.replace(SOFT_BREAK, "").replace("\u2028", "\n"))
        iterator += 1
    return "".join(parts)


def _marker(block: QTextBlock) -> str:
    """Return what stands before a list item, as Markdown writes it."""
    items = block.textList()
    if items is None:
        return ""
    if items.format().style() != QTextListFormat.Style.ListDisc:
        return items.itemText(block) + " "
    marks = {QTextBlockFormat.MarkerType.Checked: "- [x] ", QTextBlockFormat.MarkerType.Unchecked: "- [ ] "}
    return marks.get(block.blockFormat().marker(), "- ")
