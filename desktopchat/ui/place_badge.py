"""Says where words go: nothing while a model here answers."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QWidget

from desktopchat.core.address import Place


def place_words(place: Place) -> str:
    """Return where a model answers, in words; empty for one in this program."""
    if place is Place.AWAY:
        return QCoreApplication.translate("PlaceBadge", "leaves this machine")
    if place is Place.BESIDE:
        return QCoreApplication.translate("PlaceBadge", "on this machine, another program")
    return ""


class PlaceBadge(QLabel):
    """A word in a frame; hidden while nothing has to be said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("place_badge")
        self.hide()

    def show_place(self, place: Place) -> None:
        """Say where the model answers."""
        self.setText(place_words(place))
        self.setAccessibleName(self.text())
        self.setProperty("away", place is Place.AWAY)
        self.style().polish(self)
        self.setVisible(place is not Place.HERE)
