"""The field in which a message is written. Nothing typed here is lost before it is stored."""

from collections.abc import Iterator
from typing import Literal

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QResizeEvent, QTextBlock, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from desktopchat.core.chat import ContextParts
from desktopchat.ui.theme import Theme

SendKey = Literal["enter", "ctrl_enter"]
DRAFT_DELAY_MS = 300

# Longer lines are laid out in pieces, as Qt stops for seconds at a line of a megabyte.
_LONGEST_LINE = 4000
# State of a block that continues the line of the block before it.
_CONTINUES = 1
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MessageField(QPlainTextEdit):
    """A plain text field that grows and leaves keys to the input method while it composes."""

    send_requested = Signal()
    edit_requested = Signal()
    starter_requested = Signal(int)
    scroll_requested = Signal(QKeyEvent)

    def __init__(self, send_key: SendKey, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._send_key = send_key
        self._reserved: set[str] = set()
        self._preedit = ""
        self._most_height = 200
        self._growing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(0)
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
            undo_here = key.matches(QKeySequence(QKeySequence.StandardKey.Undo)) and self.document().isUndoAvailable()
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
        else:
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

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text, but no files."""
        # A dropped file is for the window.
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text."""
        self.insert_text(source.text())


class Composer(QWidget):
    """The message field with its hint line, drafts and editing of an earlier message."""

    send_requested = Signal(str)
    edit_sent = Signal(int, str)
    edit_requested = Signal()
    draft_changed = Signal(str)
    starter_requested = Signal(int)
    scroll_requested = Signal(QKeyEvent)

    def __init__(self, theme: Theme, send_key: SendKey = "enter", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft = ""
        self._sending: str | None = None
        self._editing: int | None = None
        self._edits: dict[int, str] = {}
        self._quiet = False
        self._left_behind: str | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DRAFT_DELAY_MS)
        self._delay.timeout.connect(self.flush_draft)

        self.field = MessageField(send_key, self)
        self._box = QFrame(self)
        self._box.setObjectName("composer_box")
        self._edit_line = QLabel(
            self.tr("Editing your message · Enter sends it as a new version · Esc goes back"), self
        )
        self._edit_line.setObjectName("edit_line")
        self._edit_line.hide()
        self._hint = QLabel(self)
        self._hint.setObjectName("hint")
        self._hint.setText(
            self.tr("Enter sends · Shift+Enter starts a new line")
            if send_key == "enter"
            else self.tr("Ctrl+Enter sends · Enter starts a new line")
        )
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(12, 10, 12, 8)
        inside.setSpacing(4)
        inside.addWidget(self._edit_line)
        inside.addWidget(self.field)
        self._count = QLabel(self)
        self._count.setObjectName("hint")
        foot = QHBoxLayout()
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._count)
        inside.addLayout(foot)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self._box)
        self.setFocusProxy(self.field)
        self.field.setPlaceholderText(self.tr("Write a message"))

        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.send_requested.connect(self.send)
        self.field.edit_requested.connect(self.edit_requested)
        self.field.starter_requested.connect(self.starter_requested)
        self.field.scroll_requested.connect(self.scroll_requested)

    @property
    def editing(self) -> bool:
        """Whether an earlier message is being edited."""
        return self._editing is not None

    def text(self) -> str:
        """Return what is written."""
        return self.field.text()

    def show_focus(self, focused: bool) -> None:
        """Mark the box while the caret is in it."""
        if self._box.property("focused") != focused:
            self._box.setProperty("focused", focused)
            self._box.style().polish(self._box)

    def send(self) -> None:
        """Hand the text on. It stays in the field until `confirm_sent`."""
        text = self.field.text()
        if self._sending is not None or not text.strip():
            return
        self._sending = text
        # A draft that is stored after the message would come back with the next start.
        self._delay.stop()
        if self._editing is None:
            self.send_requested.emit(text)
        else:
            self.edit_sent.emit(self._editing, text)

    def confirm_sent(self) -> None:
        """The text is stored: take it out of the field, but not what was typed since."""
        sent, self._sending = self._sending, None
        if self._editing is not None:
            self._edits.pop(self._editing, None)
            self._leave_edit()
            return
        if sent is None:
            return
        text = self.field.text()
        self._put(text.removeprefix(sent) if text.startswith(sent) else text)
        self._delay.stop()
        if not self.field.is_empty():
            self._delay.start()

    def refuse_sent(self) -> None:
        """The text could not be stored: it stays."""
        self._sending = None
        if self._editing is None and not self.field.document().isEmpty():
            self._delay.start()

    def show_parts(self, parts: ContextParts | None) -> None:
        """Show how many tokens the draft has and how many there is room for; None shows nothing."""
        if parts is None or not parts.draft:
            self._count.clear()
            return
        words = self.tr("{draft} tokens · room for {room}") if parts.room > 0 else self.tr("{over} tokens too long")
        self._count.setText(words.format(draft=f"{parts.draft:,}", room=f"{parts.room:,}", over=f"{1 - parts.room:,}"))

    def begin_switch(self) -> None:
        """Another conversation was asked for: what is typed from now on belongs to it."""
        self.flush_draft()
        self._keep_edit()
        self._left_behind = self.field.text()

    def leave(self) -> None:
        """Report the draft before another conversation is shown that nobody asked for here, such as a restored one."""
        if self._left_behind is None:
            self.flush_draft()

    def open_draft(self, draft: str) -> None:
        """Show the draft of another conversation, and what was typed since it was asked for."""
        left_behind, self._left_behind = self._left_behind, None
        text = self.field.text()
        if left_behind is None:
            self._keep_edit()
        elif text.startswith(left_behind) and text != left_behind:
            draft += text.removeprefix(left_behind)
        self._editing = None
        self._sending = None
        self._edit_line.hide()
        self._put(draft)
        self.field.document().clearUndoRedoStacks()
        self._delay.stop()

    def begin_edit(self, message_id: int, text: str) -> None:
        """Put an earlier message into the field; the draft comes back afterwards."""
        if self._editing is None:
            self.flush_draft()
            self._draft = self.field.text()
        else:
            self._keep_edit()
        self._editing = message_id
        self._edit_line.show()
        self._put(self._edits.get(message_id, text))
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def cancel_edit(self) -> None:
        """Go back to the draft; the edited text is kept and comes again with the next edit."""
        self._keep_edit()
        self._leave_edit()

    def insert_typed(self, text: str) -> None:
        """Take text that was typed while another widget had the focus."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.insert_text(text)

    def flush_draft(self) -> None:
        """Report the draft now, when it has changed."""
        waiting = self._delay.isActive() or self.sender() is self._delay
        self._delay.stop()
        if waiting and self._editing is None:
            self.draft_changed.emit(self.field.text())

    def _keep_edit(self) -> None:
        if self._editing is not None:
            self._edits[self._editing] = self.field.text()

    def _leave_edit(self) -> None:
        self._editing = None
        self._edit_line.hide()
        self._put(self._draft)
        self._draft = ""

    def _put(self, text: str) -> None:
        self._quiet = True
        self.field.set_text(text)
        self._quiet = False

    def _on_field_text_changed(self) -> None:
        # Not begun anew at each key: who types without a pause would never have a draft.
        if not self._quiet and self._editing is None and not self._delay.isActive():
            self._delay.start()
