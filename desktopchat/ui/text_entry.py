"""A card with a field to fill in."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from desktopchat.ui.overlay import Overlay


class TextEntry(Overlay):
    """Asks for a text. Enter keeps it, Esc leaves everything as it was.

    Args:
        title: What is asked for.
        text: What stands there at first.
        hint: A muted line below the field; may be empty.
        lines: It may have several lines; then Shift+Enter begins one.
        large: It may have many.
    """

    entered = Signal(str)

    def __init__(
        self, title: str, text: str, hint: str, parent: QWidget, *, lines: bool = False, large: bool = False
    ) -> None:
        super().__init__(title, parent)
        self._field: QLineEdit | QPlainTextEdit
        if lines:
            self._field = QPlainTextEdit(text, self.card)
            self._field.setTabChangesFocus(True)
            self._field.setMinimumHeight(420 if large else 160)
            self._field.moveCursor(self._field.textCursor().MoveOperation.End)
        else:
            self._field = QLineEdit(text, self.card)
            self._field.selectAll()
        self._field.setAccessibleName(title)
        self._field.setMinimumWidth(760 if large else 420)
        self._field.installEventFilter(self)
        self.column.addWidget(self._field)
        keys = self.tr("Enter keeps it, Shift+Enter begins a line") if lines else self.tr("Enter keeps it")
        for words in (hint, self.tr("{keys} · Esc cancels").format(keys=keys)):
            if words:
                label = QLabel(words, self.card)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setObjectName("hint")
                label.setWordWrap(True)
                self.column.addWidget(label)
        self.setFocusProxy(self._field)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc from the field."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
                field = self._field
                text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
                self.close_overlay()
                self.entered.emit(text)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_overlay()
                return True
        return super().eventFilter(watched, event)
