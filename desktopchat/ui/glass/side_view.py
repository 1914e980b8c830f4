"""One of the two texts of the glass box: the field, its tokens, and how many they are."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from desktopchat.core.token import Token
from desktopchat.ui.glass.token_strip import TokenStrip
from desktopchat.ui.theme import Theme

_PAUSE = 120  # ms after the last key


class SideView(QWidget):
    """Reports what is written once there is a pause.

    Attributes:
        written: The text.
    """

    written = Signal(str)

    def __init__(self, name: str, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = QLineEdit(text, self)
        self.field.setAccessibleName(name)
        self._strip = TokenStrip(theme, self)
        self._strip.setAccessibleName(self.tr("Tokens"))
        self._counts = QLabel("", self)
        self._counts.setObjectName("hint")
        self._counts.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(6))
        for widget in (self.field, self._strip, self._counts):
            column.addWidget(widget)
        self._goes_on = False
        self._told = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.field.textEdited.connect(self._timer.start)

    def show_tokens(self, text: str, tokens: Sequence[Token]) -> None:
        """Show what a text has become."""
        self._strip.show_tokens(tokens)
        words = self.tr("{tokens} tokens for {letters} characters: {each} for each")
        each = f"{len(tokens) / max(1, len(text)):.2f}"
        counts = words.format(tokens=f"{len(tokens):,}", letters=f"{len(text):,}", each=each)
        self._told = counts if text else ""
        self._show_counts()

    def mark(self, goes_on: bool) -> None:
        """Say whether it is this text that goes on below."""
        self._goes_on = goes_on
        self._show_counts()

    def _show_counts(self) -> None:
        below = self.tr("goes on below") if self._goes_on else ""
        counts = " · ".join(filter(None, (self._told, below)))
        self._counts.setText(counts)
        self.field.setAccessibleDescription(counts)

    def _on_timer_timeout(self) -> None:
        self.written.emit(self.field.text())
