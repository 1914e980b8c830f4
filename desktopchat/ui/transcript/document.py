"""The document of the transcript: messages in a row, and the text of a selection as it was written."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextListFormat,
)

from desktopchat.core.chat import Message
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.code_colours import CodeColours
from desktopchat.ui.transcript.formats import Formats, Property
from desktopchat.ui.transcript.images import Images
from desktopchat.ui.transcript.marks import SOFT_BREAK
from desktopchat.ui.transcript.maths import Formulas
from desktopchat.ui.transcript.message_block import MessageBlock
from desktopchat.ui.transcript.renderer import Renderer
from desktopchat.ui.transcript.runner import AtOnce, Runner
from desktopchat.ui.transcript.words import MessageWords

MOST = 400  # messages on the page; a longer one would cost memory, and Qt more time for each change


class TranscriptDocument(QTextDocument):
    """Holds the messages that are on the page."""

    def __init__(
        self, theme: Theme, words: MessageWords, runner: Runner | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(8)
        self._words = words
        runner = runner or AtOnce()
        self._colours = CodeColours(self, runner)
        self.formulas = Formulas(runner, self)
        self.images = Images(runner, self, lambda: self.ratio)
        self.ratio = 1.0
        self.wraps_code = True
        self._blocks: list[MessageBlock] = []
        self.set_theme(theme)

    def loadResource(self, _type: int, name: QUrl | str) -> Any:
        """Load nothing but our own pictures: what a model writes must not open a file or a connection."""
        name = name if isinstance(name, str) else name.toString()
        found = (kind.image(name, self._formats.text_font, self.ratio) for kind in (self.formulas, self.images))
        return next((image for image in found if image is not None), None)

    def place_pictures(self) -> None:
        """Show the formulas and images that have been made meanwhile."""
        self.formulas.place(self._formats)
        self.images.place(self._formats)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours and sizes; the page must be shown again."""
        self._formats = Formats(theme, wraps_code=self.wraps_code)
        self._renderer = Renderer(self._formats, self._colours, self.formulas, self.images)
        self._colours.set_formats(self._formats.kinds)
        self.setDefaultFont(self._formats.text_font)
        self.clear_messages()

    @property
    def words(self) -> MessageWords:
        """What stands around the messages."""
        return self._words

    @property
    def formats(self) -> Formats:
        """The formats of now."""
        return self._formats

    def set_wraps_code(self, wraps: bool) -> None:
        """Break long lines of code, or let them run on."""
        self.wraps_code = self._formats.wraps_code = wraps
        edit = QTextCursor(self)
        edit.beginEditBlock()
        block = self.begin()
        while block.isValid():
            form = block.blockFormat()
            if form.hasProperty(QTextFormat.Property.BlockCodeLanguage):
                form.setNonBreakableLines(not wraps)
                line = QTextCursor(block)
                line.setBlockFormat(form)
            block = block.next()
        edit.endEditBlock()

    @property
    def blocks(self) -> Sequence[MessageBlock]:
        """The messages, from the top."""
        return self._blocks

    def message_block(self, message_id: int) -> MessageBlock | None:
        """Return the message with this id when it is on the page. The newest are found first."""
        return next((block for block in reversed(self._blocks) if block.message.id == message_id), None)

    def block_at(self, position: int) -> MessageBlock | None:
        """Return the message at a position of the document."""
        place = bisect_right(self._blocks, position, key=lambda block: block.start)
        return self._blocks[place - 1] if place else None

    def blocks_above(self, bottom: float) -> Iterator[MessageBlock]:
        """Yield the messages that begin above a row of pixels, the lowest first."""
        layout = self.documentLayout()
        place = bisect_right(self._blocks, bottom, key=lambda block: layout.frameBoundingRect(block.frame()).top())
        return reversed(self._blocks[:place])

    def who(self, block: MessageBlock) -> str:
        """Return who speaks in a message."""
        return self._words.who(block.message)

    def clear_messages(self) -> None:
        """Empty the page."""
        self._blocks = []
        self._colours.clear()
        self.formulas.clear()
        self.images.clear()
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

    def trim_end(self) -> list[Message]:
        """Take the lowest messages off a page of more than MOST, and return them."""
        taken = self._messages(self._blocks[MOST:])
        self.keep_first(MOST)
        return taken

    def trim_start(self) -> list[Message]:
        """Take the highest messages off a page of more than MOST, and return them."""
        count = max(0, len(self._blocks) - MOST)
        taken = self._messages(self._blocks[:count])
        if count:
            cursor = QTextCursor(self)
            cursor.setPosition(self._blocks[0].start - 1)
            cursor.setPosition(self._blocks[count].start - 1, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            del self._blocks[:count]
        return taken

    def _make(self, position: int, message: Message) -> MessageBlock:
        return MessageBlock(self, position, message, self._formats, self._renderer, self._words, self._colours)

    def current_messages(self) -> list[Message]:
        """Return the messages with the text that has come since they were shown."""
        return self._messages(self._blocks)

    @staticmethod
    def _messages(blocks: Sequence[MessageBlock]) -> list[Message]:
        return [block.current() for block in blocks]

    def selected_text(self, selection: QTextCursor) -> str:
        """Return the selected text as it was written, without our marks and breaks; list items keep their marker."""
        return "\n".join(self.lines_between(selection.selectionStart(), selection.selectionEnd()))

    def lines_between(self, start: int, end: int) -> Iterator[str]:
        """Yield the text of each line in a range, without those that only Qt needs or that we put there."""
        block = self.findBlock(start)
        while block.isValid() and block.position() <= end:
            form = block.blockFormat()
            is_empty = (
                block.length() == 1 and form.lineHeightType() == QTextBlockFormat.LineHeightTypes.FixedHeight.value
            )
            if not is_empty and not form.boolProperty(Property.OURS):
                marker = list_marker(block) if start <= block.position() else ""
                yield marker + "".join(original or text for text, original, _ in fragments(block, start, end))
            block = block.next()


def grown(message: Message, text: str, reasoning: str) -> Message:
    """Return a message with more text and reasoning."""
    return replace(message, content=message.content + text, reasoning=message.reasoning + reasoning)


def fragments(block: QTextBlock, start: int, end: int) -> Iterator[tuple[str, str, QTextCharFormat]]:
    """Yield the pieces of a block inside a range: text, what it stands for when that is another text, and format."""
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        form = fragment.charFormat()
        first = max(start - fragment.position(), 0)
        last = min(end - fragment.position(), fragment.length())
        if first < last and not form.boolProperty(Property.CARET):
            # Qt counts in UTF-16 units, Python in characters.
            piece = fragment.text().encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le", "replace")
            yield piece.replace(SOFT_BREAK, "").replace("\u2028", "\n"), form.stringProperty(Property.ORIGINAL), form
        iterator += 1


def list_marker(block: QTextBlock) -> str:
    """Return what stands before a list item, as Markdown writes it."""
    items = block.textList()
    if items is None:
        return ""
    if items.format().style() != QTextListFormat.Style.ListDisc:
        return items.itemText(block) + " "
    marks = {QTextBlockFormat.MarkerType.Checked: "- [x] ", QTextBlockFormat.MarkerType.Unchecked: "- [ ] "}
    return marks.get(block.blockFormat().marker(), "- ")
