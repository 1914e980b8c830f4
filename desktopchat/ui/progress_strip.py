"""The thin bar at the top of the transcript, with words."""

from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget


class ProgressStrip(QWidget):
    """Shows how far a load or the reading of a prompt has come; hidden when there is nothing to wait for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_strip")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedHeight(3)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._words = QLabel(self)
        self._words.setObjectName("hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._words)
        self.hide()

    def set_progress(self, words: str, fraction: float) -> None:
        """Show the bar; `fraction` goes from 0 to 1."""
        self._bar.setValue(round(1000 * fraction))
        self._words.setText(words)
        self.show()
