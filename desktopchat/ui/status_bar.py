"""One line at the bottom: what runs where and how fast. A number appears only when it is true."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktopchat.core.chat import Message, tokens_per_second
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.words import seconds_text

_SIDE, _ABOVE = 16, 4  # pixels around the texts


class StatusLine(QWidget):
    """Joins what is known at the left; names the keys that lead everywhere at the right."""

    def __init__(self, keys: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_line")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = ""
        self._speed = ""
        self._context = ""
        self._saved = ""
        self._download = ""
        self._programs = ""
        # Not in a layout: each word of an answer would let Qt lay out the whole window again.
        self._left = QLabel(self)
        self._left.setAccessibleName(self.tr("Status"))
        self._keys = keys
        self._right = QLabel(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._update()
        self.show_keys()

    def show_keys(self) -> None:
        """Name the keys of now."""
        words = {"palette.open": self.tr("{key} find anything"), "help.keys": self.tr("{key} keys")}
        named = (text.format(key=self._keys[command]) for command, text in words.items() if self._keys[command])
        self._right.setText("   ".join(named))
        self._place()

    def text(self) -> str:
        """Return what the left part says."""
        return self._left.text()

    def set_model(self, name: str, device: str, memory: str = "") -> None:
        """Say what is loaded, where and how much memory that takes; empty names say that nothing is."""
        self._model = " · ".join(part for part in (visible(name), device, memory) if part)
        self._speed = ""
        self._update()

    def set_answer(self, message: Message | None) -> None:
        """Say how fast an answer was; None forgets it."""
        parts = []
        if message is not None:
            if speed := tokens_per_second(message.usage, message.timings):
                parts.append(self.tr("{speed} tok/s").format(speed=f"{speed:.3g}"))
            if first := message.timings.first_token_seconds:
                parts.append(self.tr("first token {seconds} s").format(seconds=seconds_text(first)))
        self._speed = " · ".join(parts)
        self._update()

    def set_context(self, used: int, size: int) -> None:
        """Say how much of the context window is in use; 0 of 0 says nothing."""
        text = self.tr("{used} of {size} tokens").format(used=f"{used:,}", size=f"{size:,}")
        self._context = text if size else ""
        self._update()

    def set_saved(self, saved: bool) -> None:
        """Say whether everything is stored."""
        self._saved = self.tr("saved") if saved else ""
        self._update()

    def set_download(self, words: str) -> None:
        """Say how far the downloads are; empty words that there are none."""
        if words != self._download:
            self._download = words
            self._update()

    def set_programs(self, words: str) -> None:
        """Say whether programs may ask, and do; empty words that they may not."""
        if words != self._programs:
            self._programs = words
            self._update()

    def sizeHint(self) -> QSize:
        """Return the height of a line of text; the width is the window's."""
        return QSize(1, self._left.sizeHint().height() + 2 * _ABOVE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the parts in place."""
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
            self._place()

    def _place(self) -> None:
        inside = self.rect().adjusted(_SIDE, _ABOVE, -_SIDE, -_ABOVE)
        right = self._right.sizeHint().width()
        self._right.setGeometry(inside.right() + 1 - right, inside.top(), right, inside.height())
        self._left.setGeometry(inside.left(), inside.top(), max(0, inside.width() - right), inside.height())

    def _update(self) -> None:
        model, download = self._model or self.tr("No model"), visible(self._download)
        parts = (model, self._speed, self._context, self._saved, download, self._programs)
        self._left.setText(" · ".join(part for part in parts if part))
