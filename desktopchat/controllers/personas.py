"""The personas that a model can be given."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.core.persona import Persona
from desktopchat.core.sentence import Sentence, counted, joined
from desktopchat.core.tavern import Card
from desktopchat.library.personas import list_personas, take_card

# For one, and for more.
_ENTRIES = (
    Sentence("One entry of its lore book came along."),
    Sentence("{count} entries of its lore book came along."),
)
_LEFT_OUT = (
    Sentence("One entry was left out: no plain word calls it, or there was no room."),
    Sentence("{count} entries were left out: no plain word calls them, or there was no room."),
)

Listing = tuple[list[Persona], list[Sentence]]


class PersonaLibrary(QObject):
    """Reads personas, and takes in character cards, on another thread.

    Args:
        folders: Where they lie. New ones are kept in the last one, whose personas take the place of the others'.

    Attributes:
        noticed: Notice.
    """

    noticed = Signal(object)

    def __init__(self, io: TaskRunner, folders: Sequence[Path], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._io = io
        self._folders = tuple(folders)

    def list(self, done: Callable[[Sequence[Persona]], None]) -> None:
        """Read all personas, then call `done`; files that hold none are told of."""

        def read(listing: Listing) -> None:
            personas, faults = listing
            if faults:
                first, *others = faults
                self.noticed.emit(Notice("warning", first, details="\n".join(others)))
            done(personas)

        self._io.run(lambda: list_personas(self._folders), read)

    def take_card(self, path: str) -> None:
        """Keep the character of a card as a persona."""
        self._io.run(lambda: take_card(self._folders[-1], Path(path)), self._on_taken, self._on_failed)

    def _on_taken(self, card: Card) -> None:
        cause = Sentence("{name} is among the personas now.", name=card.persona.name)
        if card.entries:
            cause = joined(cause, counted(card.entries, *_ENTRIES))
        if card.left_out:
            cause = joined(cause, counted(card.left_out, *_LEFT_OUT))
        self.noticed.emit(Notice("warning" if card.left_out else "info", cause, "Choose Persona… to use it."))

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
