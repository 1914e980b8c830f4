"""Nothing blinks, and nothing moves where the system asks for that."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle


def wants_stillness(style: QStyle) -> bool:
    """Return whether the system asks for less motion: as a style without animations, or as a caret that stands."""
    duration = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)
    return duration == 0 or QGuiApplication.styleHints().cursorFlashTime() <= 0


def be_still(style: QStyle) -> None:
    """Let the caret stand, and everything appear at once where the system asks for that.

    A caret that blinks draws the eye from the text, and wakes a window that rests twice a second for as long as it is
    open. Menus, lists and tool tips may slide or fade. The window's own parts appear and go at once, and its bars only
    tell how far something has come.
    """
    if wants_stillness(style):
        QApplication.setEffectEnabled(Qt.UIEffect.UI_General, False)
    QGuiApplication.styleHints().setCursorFlashTime(0)
