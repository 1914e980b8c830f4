"""A card that takes as much of the window as it has use for, and all keys that mean something on it."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme


class WideCard(Overlay):
    """Keys go to `take_key` first, wherever the focus is on the card, and before they are keys of the window.

    Args:
        size: Of the card at most, in pixels at zoom 1.
    """

    def __init__(self, title: str, theme: Theme, size: tuple[int, int], parent: QWidget) -> None:
        self.theme = theme
        self._size = size
        super().__init__(title, parent)

    def take_key(self, event: QKeyEvent, *, try_only: bool = False) -> bool:
        """Return whether a key means something here, and do it unless it is only tried."""
        raise NotImplementedError

    def watch(self, *widgets: QWidget) -> None:
        """Take the keys of parts of the card."""
        for widget in widgets:
            widget.installEventFilter(self)

    def label(self, text: str = "", name: str = "hint") -> QLabel:
        """Return a line of words."""
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setObjectName(name)
        label.setWordWrap(True)
        return label

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take keys of the parts."""
        if watched is not self._under and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and self.take_key(event, try_only=True):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and self.take_key(event):
                return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Keep keys that mean something here from the window."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and self.take_key(event, try_only=True):  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take keys while no part has the focus."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def _cover(self) -> None:
        area, px = self._under.rect(), self.theme.px
        self.setGeometry(area)
        width = min(px(self._size[0]), area.width() - 48)
        height = min(px(self._size[1]), area.height() - 40)
        self.card.setGeometry(QRect((area.width() - width) // 2, (area.height() - height) // 2, width, height))
