"""A page with Markdown of somebody else: no picture, no colours of code and no file is ever loaded for it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QUrl, Signal
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
        self.setObjectName("card_text")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._on_anchor_clicked)
        document, idle, formats = _Document(self), _Idle(), Formats(theme)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(2)
        document.setDefaultFont(formats.text_font)
        self._colours = CodeColours(document, idle)
        self._formulas = Formulas(idle, document)
        self._images = Images(idle, document, lambda: 1.0)
        self._renderer = Renderer(formats, self._colours, self._formulas, self._images)
        self.setDocument(document)

    def show_text(self, text: str) -> bool:
        """Show a text; return whether that was all of it."""
        self.document().clear()
        for part in (self._colours, self._formulas, self._images):
            part.clear()
        shown = text if len(text) <= _MOST else text[:_MOST].rpartition("\n")[0] or text[:_MOST]
        self._renderer.render(shown, QTextCursor(self.document()), True, {})
        self.moveCursor(QTextCursor.MoveOperation.Start)
        return shown == text

    def _on_anchor_clicked(self, address: QUrl) -> None:
        if safe_link(address.toString()):
            self.link_chosen.emit(address.toString())
