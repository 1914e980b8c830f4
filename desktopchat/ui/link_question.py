"""Asks before a link of an answer is opened in the browser."""

from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktopchat.ui.overlay import Question


class LinkQuestion(Question):
    """Shows the whole address; Enter opens it."""

    def __init__(self, address: str, parent: QWidget) -> None:
        host = urlsplit(address).hostname or address
        # Qt's own tr needs a widget that has been made.
        translate = QCoreApplication.translate
        text = translate("LinkQuestion", "The browser would open {host}:\n\n{address}")
        super().__init__(
            translate("LinkQuestion", "Open this link?"),
            text.format(host=host, address=address),
            translate("LinkQuestion", "Open"),
            parent,
        )
        self._address = address
        self.confirmed.connect(self._on_self_confirmed)

    def _on_self_confirmed(self) -> None:
        QDesktopServices.openUrl(QUrl(self._address))
