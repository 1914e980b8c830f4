"""A page with Markdown of somebody else: no picture, no colours of code and no file is ever loaded for it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.code_colours import CodeColours
from desktopchat.ui.transcript.formats import Formats
from desktopchat.ui.transcript.images import Images
from desktopchat.ui.transcript.maths import Formulas
from desktopchat.ui.transcript.renderer import Renderer, safe_link
from desktopchat.ui.transcript.runner import AtOnce

_MOST = 12_000  # characters; more would hold the window up, and nobody reads them here


class _Document(QTextDocument):
    def loadResource(self, _type: int, _name: QUrl | str) -> Any:
        """Load nothing."""
        return None


class _Idle(AtOnce):
    """Does no work, so that words stand for all that would have to be made."""

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do neither."""


class MarkdownPage(QTextBrowser):
    """Shows the beginning of a text.

    Attributes:
        link_chosen: Address.
    """

    link_chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("card_text")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._on_anchor_clicked)
        self.show_text("")

    def show_text(self, text: str) -> bool:
        """Show a text; return whether that was all of it."""
        document = _Document(self)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(2)
        formats = Formats(self._theme)
        document.setDefaultFont(formats.text_font)
        idle = _Idle()
        renderer = Renderer(
            formats, CodeColours(document, idle), Formulas(idle, document), Images(idle, document, lambda: 1.0)
        )
        shown = text if len(text) <= _MOST else text[:_MOST].rpartition("\n")[0] or text[:_MOST]
        renderer.render(shown, QTextCursor(document), True, {})
        before: QObject = self.document()
        self.setDocument(document)
        before.deleteLater()
        return shown == text

    def _on_anchor_clicked(self, address: QUrl) -> None:
        if safe_link(address.toString()):
            self.link_chosen.emit(address.toString())
