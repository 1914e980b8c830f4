"""A row of the models that were found: whose it is and its name, and below it what it is."""

from PySide6.QtWidgets import QWidget

from desktopchat.controllers.hub_search import FOUND_ROLE
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.hub import Gate, HubModel
from desktopchat.ui.hub_words import short_facts
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.two_line_row import Lines, TwoLineRow


class HubRow(TwoLineRow):
    """Paints a HubModel or a CatalogEntry."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, FOUND_ROLE, parent)

    def lines(self, item: HubModel | CatalogEntry) -> Lines:
        """Return what to paint for what was found."""
        tokens = self.theme.tokens
        if isinstance(item, CatalogEntry):
            name, aside = item.name, item.family
        else:
            aside, _, name = item.repo.partition("/")
        gated = isinstance(item, HubModel) and item.gate is not Gate.OPEN
        words_colour = tokens.warning if gated else tokens.muted
        return Lines(visible(name), visible(aside), visible(short_facts(item)), tokens.text, words_colour)
