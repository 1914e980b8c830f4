"""Where the focus goes back to."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


def give_back(widget: QWidget | None, reason: Qt.FocusReason) -> bool:
    """Give the focus back to what had it, and return whether that can take it still."""
    # A field in which a title was renamed is gone by now.
    can_take = widget is not None and isValid(widget) and widget.isVisible() and widget.isEnabled()
    if widget is not None and can_take:
        widget.setFocus(reason)
    return can_take
