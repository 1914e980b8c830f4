"""The box with the reasoning of a message, folded below a line that says how much it is."""

from PySide6.QtGui import QTextCursor, QTextDocument, QTextFrame

from desktopchat.core.chat import Message
from desktopchat.ui.transcript.folding import fold, is_folded, say_more
from desktopchat.ui.transcript.formats import Formats
from desktopchat.ui.transcript.renderer import Renderer
from desktopchat.ui.transcript.words import MessageWords


class Thoughts:
    """Writes the reasoning of one message, and lets it grow. Folded or not, it stays so.

    Attributes:
        text: What is written.
    """

    def __init__(self, document: QTextDocument, formats: Formats, renderer: Renderer, words: MessageWords) -> None:
        self._document = document
        self._formats = formats
        self._renderer = renderer
        self._words = words
        self._label = ""
        self.text = ""

    def write(self, message: Message, cursor: QTextCursor) -> None:
        """Write the reasoning of a message behind the line of `cursor`."""
        self.text = message.reasoning
        box = cursor.insertFrame(self._formats.box("reasoning", 0, 16))
        self._label = self._words.reasoning(message)
        self._renderer.thoughts(self._label, self.text, cursor)
        fold(self._document, box, self._words.more_lines(), self._formats)
        cursor.setPosition(box.lastPosition() + 1)
        cursor.setBlockFormat(self._formats.spacer(6))
        cursor.setBlockCharFormat(self._formats.spacer_char)

    def remove(self, box: QTextFrame) -> None:
        """Take the reasoning off the page."""
        cursor = QTextCursor(self._document)
        cursor.setPosition(box.firstPosition() - 1)
        cursor.setPosition(box.lastPosition() + 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self.text = ""

    def grow(self, box: QTextFrame, text: str) -> None:
        """Write more of it."""
        self.text += text
        folded, last = is_folded(box), box.lastCursorPosition().block()
        self._renderer.more_thoughts(text, box.lastCursorPosition())
        if not folded:
            return
        first = block = last.next()
        while block.isValid() and block.position() <= box.lastPosition():
            block.setVisible(False)
            block = block.next()
        if first.isValid() and first.position() <= box.lastPosition():
            say_more(box, self._words.more_lines(), self._formats)
        self._document.markContentsDirty(last.position(), box.lastPosition() - last.position())

    def relabel(self, box: QTextFrame, message: Message) -> None:
        """Say how much it is now."""
        label = self._words.reasoning(message)
        if label == self._label:
            return
        self._label = label
        cursor = box.firstCursorPosition()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(label, self._formats.muted)
