"""What the commands about the model hub do to the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.address import ServerAddress
from desktopchat.core.hub_file import HubFile
from desktopchat.ui.chooser import Chooser, ChooserItem

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class HubCommands(QObject):
    """Opens the card in which one finds a model, and asks for the token."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._hub = window.controllers.hub
        self._hub.noticed.connect(window.show_notice)
        self._hub.token_wanted.connect(self._ask_token)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "model.find": self.find,
            "model.hub": self._choose_hub,
            "model.hub_token": self._ask_token,
            "model.hub_test": self._hub.test,
        }

    def find(self) -> None:
        """Open the card."""
        # Not at the start: the window is to be there first.
        from desktopchat.ui.hub_card import HubCard

        card = HubCard(self._hub, self._window.controllers.fits, self._window.theme, self._window)
        card.download_wanted.connect(self._on_card_download_wanted)
        card.link_chosen.connect(self._commands.ask_link)
        card.token_wanted.connect(self._ask_token)
        self._commands.open_overlay(card)

    def _choose_hub(self) -> None:
        asked = self.tr("is asked")
        items = [ChooserItem(one, one.base, "" if place else asked) for place, one in enumerate(self._hub.choices())]
        hint = self.tr("Type to narrow the list, or an address like hf-mirror.com")
        chooser = Chooser(self.tr("Which model hub is asked"), items, self._window, allow_new=True, hint=hint)
        chooser.chosen.connect(self._on_hub_chosen)
        chooser.created.connect(self._hub.use)
        self._commands.open_overlay(chooser)

    def _on_hub_chosen(self, address: ServerAddress) -> None:
        self._hub.use(address.base)

    def _ask_token(self, why: str = "") -> None:
        from desktopchat.ui.secret_entry import SecretEntry

        kept = self.tr("The token is kept in the keyring of the system, and sent to {host} alone.")
        words = " ".join(filter(None, (said(why), kept.format(host=self._hub.host))))
        card = SecretEntry(self.tr("Token of the model hub"), words, self.tr("Token"), self._window)
        card.entered.connect(self._hub.give_token)
        self._commands.open_overlay(card)

    def _on_card_download_wanted(self, files: tuple[HubFile, ...]) -> None:
        self._commands.close_overlay()
        self._commands.downloads.fetch(files)
