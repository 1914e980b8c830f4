"""The card that says how far something is that takes long."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible


class ModelWorkCard(Overlay):
    """A bar with words. Esc hides it, and what it tells of goes on; Delete ends that.

    Attributes:
        stop_wanted: It is to end.
    """

    stop_wanted = Signal()

    def __init__(self, title: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(title, parent)
        self._words = QLabel(self.card)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setMinimumWidth(theme.px(520))
        self._bar = QProgressBar(self.card)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedHeight(theme.px(6))
        self._bar.setAccessibleName(title)
        hint = QLabel(self.tr("Esc hides this, and it goes on · Delete stops it"), self.card)
        hint.setObjectName("hint")
        for widget in (self._words, self._bar, hint):
            self.column.addWidget(widget)

    def show_progress(self, words: str, share: float) -> None:
        """Say how far it is.

        Args:
            share: From 0 to 1.
        """
        line = f"{visible(words)} · {round(100 * share)} %" if share else f"{visible(words)}…"
        room = self._words.width() or self._words.minimumWidth()
        self._words.setText(self._words.fontMetrics().elidedText(line, Qt.TextElideMode.ElideMiddle, room))
        self._bar.setValue(round(1000 * share))
        self._bar.setAccessibleDescription(line)
        self._cover()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys of its own."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.stop_wanted.emit()
        else:
            super().keyPressEvent(event)
