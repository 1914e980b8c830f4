"""A card that asks for a key without showing it."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktopchat.ui.overlay import Overlay
from desktopchat.ui.passphrase_card import PassphraseField


class SecretEntry(Overlay):
    """Enter hands it on, Esc leaves everything as it was.

    Args:
        title: What it is for.
        why: Why it is asked for, and what becomes of it.
        label: What it is.
    """

    entered = Signal(str)

    def __init__(self, title: str, why: str, label: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        words = QLabel(why, self.card)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setMinimumWidth(420)
        self.field = PassphraseField(label, self.card)
        self.field.installEventFilter(self)
        keys = QLabel(self.tr("Enter keeps it · Esc cancels"), self.card)
        keys.setObjectName("hint")
        for widget in (words, self.field, keys):
            self.column.addWidget(widget)
        self.setFocusProxy(self.field)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc from the field."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                text = self.field.text()
                if text.strip():
                    self.close_overlay()
                    self.entered.emit(text)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_overlay()
                return True
        return super().eventFilter(watched, event)
