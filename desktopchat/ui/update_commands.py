"""What the command that looks for updates does to the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice

if TYPE_CHECKING:
    from desktopchat.core.release import Offer
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.update_card import UpdateCard
    from desktopchat.ui.window_commands import WindowCommands


class UpdateCommands(QObject):
    """Opens the card, and brings it the answer; who closes it waits for none."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._card: UpdateCard | None = None
        self._updates = updates = window.controllers.updates
        updates.asking.connect(self._on_updates_asking)
        updates.answered.connect(self._on_updates_answered)
        updates.failed.connect(self._on_updates_failed)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"app.update": self._look}

    def _look(self) -> None:
        from desktopchat.ui.update_card import UpdateCard

        card = UpdateCard(self._window.theme, self._window)
        card.copied.connect(self._on_card_copied)
        card.closed.connect(self._on_card_closed)
        self._commands.open_overlay(card)
        self._card = card
        self._updates.look()

    def _on_updates_asking(self, host: str) -> None:
        if self._card is not None:
            self._card.show_asking(host)

    def _on_updates_answered(self, offer: "Offer") -> None:
        if self._card is not None:
            self._card.show_offer(offer, self._updates.language)

    def _on_updates_failed(self, error: UserError) -> None:
        if self._card is not None:
            self._card.show_error(error.sentence)

    def _on_card_copied(self, name: str) -> None:
        words = self.tr("The address of {name} is in the clipboard.").format(name=name)
        self._window.show_notice(Notice("info", words))

    def _on_card_closed(self) -> None:
        self._card = None
        self._updates.stop()
