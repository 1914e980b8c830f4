"""Sends what is typed outside of a text field to the composer."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit


class TypingRedirect(QObject):
    """An event filter for widgets that read but do not write, and for fields that hold a number."""

    typed = Signal(str)
    paste_requested = Signal()
    help_requested = Signal()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take printable keys, except the space that scrolls or presses a button."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or _belongs_there(watched, event):
            return super().eventFilter(watched, event)
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
            return True
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        # AltGr arrives as text without modifiers, or with Ctrl and Alt together.
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        text = event.text()
        if not text or not text.isprintable() or text.isspace() or modifiers not in (Qt.KeyboardModifier(0), both):
            return super().eventFilter(watched, event)
        if text == "?":
            self.help_requested.emit()
        else:
            self.typed.emit(text)
        return True


def _belongs_there(watched: QObject, event: QKeyEvent) -> bool:
    """Return whether a key is for the field that has the focus, be it only because the field has no use for it."""
    focus = QApplication.focusWidget()
    if watched is focus and isinstance(watched, QAbstractSpinBox):
        return not (event.text().isalpha() or event.text() == "?")
    writes = isinstance(focus, QAbstractSpinBox | QLineEdit | QPlainTextEdit) and not focus.isReadOnly()
    return focus is not watched and writes
