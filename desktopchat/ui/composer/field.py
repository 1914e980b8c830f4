"""The field in which a message is written."""

from collections.abc import Iterator
from typing import Literal

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QImage, QInputMethodEvent, QKeyEvent, QKeySequence, QResizeEvent, QTextBlock, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from desktopchat.core.hub_link import linked_repository
from desktopchat.core.prompt_text import fields_in
from desktopchat.ui.composer.blanks import Blanks

SendKey = Literal["enter", "ctrl+enter"]
LONG_PASTE = 20_000  # characters; more of them are attached, as laying them out takes longer than a frame

_MOST_BYTES = 4  # of a character in UTF-8

# Longer lines are laid out in pieces, as Qt stops for seconds at a line of a megabyte.
_LONGEST_LINE = 4000
# State of a block that continues the line of the block before it.
_CONTINUES = 1
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MessageField(QPlainTextEdit):
    """A plain text field that grows and leaves keys to the input method while it composes.

    Attributes:
        files_pasted: Paths.
        picture_pasted: QImage.
        repository_pasted: Name of a repository whose address was pasted; it stands in the field too.
        long_text_pasted: Text that is too long to be laid out at once, as bytes in UTF-8.
    """

    send_requested = Signal()
    edit_requested = Signal()
    starter_requested = Signal(int)
    scroll_requested = Signal(QKeyEvent)
    files_pasted = Signal(list)
    repository_pasted = Signal(str)
    picture_pasted = Signal(QImage)
    long_text_pasted = Signal(object)

    def __init__(self, send_key: SendKey, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._send_key = send_key
        self._reserved: set[str] = set()
        self._preedit = ""
        self._most_height = 200
        self._growing = False
        self._blanks = Blanks(self)
        self.undo_elsewhere = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(0)
        self.setCursorWidth(2)  # it does not blink, and must be found
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Lines are wrapped; only a space at the end of one may stand out.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Message"))
        self.textChanged.connect(self._on_self_text_changed)

    def reserve_keys(self, keys: set[str]) -> None:
        """Leave these keys to the window, though a text field knows them too."""
        self._reserved = keys

    def text(self) -> str:
        """Return what was written."""
        lines: list[str] = []
        for block in self._blocks():
            if block.userState() == _CONTINUES and lines:
                lines[-1] += block.text()
            else:
                lines.append(block.text())
        return "\n".join(lines)

    def set_text(self, text: str) -> None:
        """Replace all text; it can be undone."""
        self._blanks.clear()
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        self.setTextCursor(cursor)
        self.insert_text(text)

    def insert_text(self, text: str) -> None:
        """Insert at the caret; very long lines go in pieces that stay one line in `text()`."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if len(text) <= _LONGEST_LINE:
            cursor.insertText(text)
        else:
            for number, line in enumerate(text.split("\n")):
                if number:
                    cursor.insertBlock()
                cursor.insertText(line[:_LONGEST_LINE])
                for start in range(_LONGEST_LINE, len(line), _LONGEST_LINE):
                    cursor.insertBlock()
                    cursor.block().setUserState(_CONTINUES)
                    cursor.insertText(line[start : start + _LONGEST_LINE])
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def insert_prompt(self, text: str) -> None:
        """Insert a prompt at the caret and select its first field; Tab goes to the next one."""
        plain, fields = fields_in(text.replace("\r\n", "\n"))
        start = self.textCursor().selectionStart()
        self._blanks.clear()
        self.insert_text(plain)
        self._blanks.begin(start, fields)

    @property
    def has_blanks(self) -> bool:
        """Whether fields of a prompt are left to be filled in."""
        return bool(self._blanks)

    def begins_with(self) -> str:
        """Return the text up to the caret while it is one short line; else nothing."""
        cursor = self.textCursor()
        if cursor.blockNumber() or cursor.hasSelection() or cursor.positionInBlock() > 200:
            return ""
        return cursor.block().text()[: cursor.positionInBlock()]

    def is_empty(self) -> bool:
        """Return whether nothing is written and nothing is being composed."""
        return self.document().isEmpty() and not self._preedit

    def is_composing(self) -> bool:
        """Return whether an input method holds text that is not yet committed."""
        return bool(self._preedit)

    def set_most_height(self, height: int) -> None:
        """Grow up to this height in pixels."""
        self._most_height = height
        self._grow()

    def _on_self_text_changed(self) -> None:
        self.undo_elsewhere = False
        if self.document().isEmpty():
            self._blanks.clear()
        self._blanks.copy_answer()
        self._grow()

    def _grow(self) -> None:
        spacing = self.fontMetrics().lineSpacing()
        height: float = self.document().blockCount() * spacing
        if height < self._most_height:
            # Few blocks, and each of them short: measuring them is cheap. Other scripts have taller lines.
            height = sum((self.blockBoundingRect(block).height() for block in self._blocks()), 0.0)
        # Never "as needed": a bar that goes makes the lines longer, and with other lines may come again, without end.
        # Nor is it decided anew while it comes or goes, when the lines are not measured yet.
        self._growing = True
        full = max(spacing, height) + 2 > self._most_height
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn if full else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        # A pixel more, or Qt thinks that it must scroll.
        self.setFixedHeight(round(min(max(spacing, height) + 2, self._most_height)))
        self._growing = False

    def _blocks(self) -> Iterator[QTextBlock]:
        block = self.document().firstBlock()
        while block.isValid():
            yield block
            block = block.next()

    # Qt's overrides

    def sizeHint(self) -> QSize:
        """Return the wished size."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to lines of another length."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and not self._growing:
            self._grow()

    def event(self, event: QEvent) -> bool:
        """Claim or leave a key before shortcuts see it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._preedit:
                event.accept()
                return True
            key = QKeySequence(event.keyCombination())
            is_undo = key.matches(QKeySequence(QKeySequence.StandardKey.Undo))
            undo_here = is_undo and self.document().isUndoAvailable() and not self.undo_elsewhere
            if key.toString(QKeySequence.SequenceFormat.PortableText) in self._reserved and not undo_here:
                event.ignore()
                return False
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember what is being composed."""
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys of its own."""
        key = event.key()
        if self._preedit:
            if key in (*_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab):
                event.accept()
                return
            super().keyPressEvent(event)
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ENTER:
            self._enter(modifiers)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.scroll_requested.emit(event)
        elif self.is_empty() and modifiers == Qt.KeyboardModifier.NoModifier and self._on_empty(event):
            return
        else:
            super().keyPressEvent(event)

    def _enter(self, modifiers: Qt.KeyboardModifier) -> None:
        wanted = Qt.KeyboardModifier.NoModifier if self._send_key == "enter" else Qt.KeyboardModifier.ControlModifier
        if modifiers == wanted:
            self.send_requested.emit()
        elif not self.isReadOnly():
            self.textCursor().insertBlock()
            self.ensureCursorVisible()

    def _on_empty(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Up:
            self.edit_requested.emit()
        elif key in (Qt.Key.Key_End, Qt.Key.Key_Home):
            self.scroll_requested.emit(event)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_3:
            self.starter_requested.emit(key - Qt.Key.Key_1)
            return not self.is_empty()
        else:
            return False
        return True

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go to the next field of a prompt before the next widget."""
        if forward and self._blanks:
            self._blanks.step()
            return True
        return super().focusNextPrevChild(forward)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text, but no files."""
        # A dropped file is for the window.
        return source.hasText() and not local_files(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text; what cannot stand in a field is handed on."""
        if paths := local_files(source):
            self.files_pasted.emit(paths)
        elif source.hasImage() and not source.hasText():
            self.picture_pasted.emit(QImage(source.imageData()))
        elif (data := source.data("text/plain")).size() > _MOST_BYTES * LONG_PASTE:
            # To make a string of it takes too long here.
            self.long_text_pasted.emit(data.data())
        elif len(text := source.text()) > LONG_PASTE:
            self.long_text_pasted.emit(text.encode("utf-8", "replace"))
        else:
            self.insert_text(text)
            if repository := linked_repository(text):
                self.repository_pasted.emit(repository)


def local_files(data: QMimeData) -> list[str]:
    """Return the paths of what was copied or dropped; none when something else is among it."""
    urls = data.urls()
    return [url.toLocalFile() for url in urls] if all(url.isLocalFile() for url in urls) else []
