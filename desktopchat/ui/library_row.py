"""A row of the models that are here: its name and whose it is, and below it what it is."""

from PySide6.QtWidgets import QWidget

from desktopchat.controllers.library import MODEL_ROLE
from desktopchat.core.local_model import Kind, LocalModel
from desktopchat.ui.library_words import aside, short_facts
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.two_line_row import Lines, TwoLineRow


class LibraryRow(TwoLineRow):
    """Paints a LocalModel."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, MODEL_ROLE, parent)

    def lines(self, item: LocalModel) -> Lines:
        """Return what to paint for a model."""
        tokens = self.theme.tokens
        opens = item.facts.kind is Kind.MODEL and not item.facts.trouble
        return Lines(
            visible(item.called),
            aside(item),
            visible(short_facts(item)),
            tokens.text if opens else tokens.muted,
            tokens.warning if item.facts.trouble else tokens.muted,
        )
