"""The field one searches in: it keeps the focus while its keys move through the hits below."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_MOVES = {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp}


class SearchField(QLineEdit):
    """A line of text whose up and down keys go to somebody else."""

    move_requested = Signal(QKeyEvent)
    focus_changed = Signal(bool)
    list_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Search in all conversations"))
        self.setAccessibleDescription(self.tr("Up and Down choose a hit, Enter opens it"))

    def event(self, event: QEvent) -> bool:
        """Leave Del to the command that removes a saved search while there is nothing to delete here."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete and not self.text():
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on the keys that move."""
        if event.key() in _MOVES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.move_requested.emit(event)
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Lead to the list, which is not shown while one is about to search."""
        if forward and not self.text():
            self.list_requested.emit()
            return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell of it."""
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell of it."""
        super().focusOutEvent(event)
        self.focus_changed.emit(False)
