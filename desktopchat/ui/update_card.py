"""What a look for updates has found."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLocale, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QTextBrowser, QWidget

from desktopchat.controllers.words import said
from desktopchat.core.release import Offer, ReleaseFile
from desktopchat.core.sentence import Sentence
from desktopchat.ui.announcer import announce
from desktopchat.ui.language import language_of
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_LEAST_HEIGHT = 40  # pixels at zoom 1
_FRAME = 16  # pixels around the text


class UpdateCard(Overlay):
    """Says that it asks, then what came of it, with the files to choose from. Keys that move a page scroll it.

    Attributes:
        copied: The address of a file is in the clipboard; its name.
    """

    copied = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        heading = QCoreApplication.translate("UpdateCard", "Updates")
        super().__init__(heading, parent)
        self._theme = theme
        self.page = QTextBrowser(self.card)
        self.page.setObjectName("card_text")
        self.page.setAccessibleName(heading)
        self.page.setTabChangesFocus(True)
        self.page.setMinimumWidth(min(theme.px(660), parent.width() - 110))
        self.column.addWidget(self.page)
        self.setFocusProxy(self.page)
        self._say([self.tr("Asking for the newest version…")])

    def show_asking(self, host: str) -> None:
        """Say who is being asked."""
        self._say([self.tr("Asking {host} for the newest version…").format(host=host)])

    def show_error(self, sentence: Sentence) -> None:
        """Say why nothing came of it."""
        self._say([said(sentence)])

    def show_offer(self, offer: Offer, language: str) -> None:
        """Say which version there is.

        Args:
            language: The value of the setting of that name.
        """
        parts = [said(offer.sentence)]
        if offer.is_newer:
            news = offer.release.news_in(language_of(language, QLocale.system()))
            parts.append("\n".join(f"• {visible(one)}" for one in news))
        words = self.tr("{name}, {size} bytes\n{address}\nSHA-256 {hash}")
        for one in offer.files:
            parts.append(words.format(name=one.name, size=f"{one.size:,}", address=one.address, hash=one.sha256))
            self._add_button(one)
        if offer.files:
            parts.append(
                self.tr("Nothing was fetched. Install it as you did this one; your conversations stay where they are.")
            )
        self._say(parts)

    def _say(self, parts: Iterable[str]) -> None:
        self.page.setPlainText("\n\n".join(parts))
        document = self.page.document()
        document.setTextWidth(self.page.minimumWidth() - _FRAME)
        room = self._under.height() - 160 - self._theme.px(44) * (self.column.count() - 2)
        wanted = int(document.size().height()) + _FRAME
        self.page.setFixedHeight(max(self._theme.px(_LEAST_HEIGHT), min(wanted, room)))
        self.column.activate()  # the card is as large as what it now holds
        self._cover()
        announce(self, self.page.toPlainText())

    def _add_button(self, file: ReleaseFile) -> None:
        button = QPushButton(self.tr("Copy the address of {name}").format(name=file.name), self.card)
        button.clicked.connect(lambda: self._copy(file))
        self.column.addWidget(button)
        button.show()  # else it would be shown later, and the card has to know its height now

    def _copy(self, file: ReleaseFile) -> None:
        QGuiApplication.clipboard().setText(file.address)
        self.close_overlay()
        self.copied.emit(file.name)
