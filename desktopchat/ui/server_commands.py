"""What the commands about servers do to the window."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.address import ServerAddress
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.notice import Notice
from desktopchat.core.request import MadeRequest
from desktopchat.core.sentence import Sentence
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.overlay import TextCard
from desktopchat.ui.place_badge import place_words
from desktopchat.ui.request_words import end_words, purpose_words, request_text, when_words
from desktopchat.ui.text_entry import TextEntry

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class ServerCommands(QObject):
    """Asks for the server, for its model and for the key that it wants."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._servers = servers = window.controllers.servers
        servers.models_listed.connect(self._on_servers_models_listed)
        servers.connections_read.connect(self._on_servers_connections_read)
        servers.key_wanted.connect(self._on_servers_key_wanted)
        servers.noticed.connect(window.show_notice)
        servers.asking_changed.connect(self._on_servers_asking_changed)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "model.connect": self._choose_server,
            "model.server_key": self._ask_present_key,
            "model.forget_server": self._choose_forgotten,
            "model.connections": self._servers.read_connections,
        }

    def _choose_server(self) -> None:
        saved = self._servers.saved()
        title = self.tr("Use a model of a server")
        if not saved:
            hint = self.tr(
                "The address of an OpenAI-compatible server, like localhost:8080 or https://api.example.com/v1. "
                "What you write then goes there."
            )
            entry = TextEntry(title, "", hint, self._window)
            entry.entered.connect(self._on_address_entered)
            self._commands.open_overlay(entry)
            return
        hint = self.tr("Type to narrow the list, or an address")
        chooser = Chooser(title, self._items(saved), self._window, allow_new=True, hint=hint)
        chooser.chosen.connect(self._on_server_chosen)
        chooser.created.connect(self._on_address_entered)
        self._commands.open_overlay(chooser)

    def _choose_forgotten(self) -> None:
        saved = self._servers.saved()
        if not saved:
            self._window.show_notice(Notice("info", self.tr("No server is remembered.")))
            return
        chooser = Chooser(self.tr("Forget a server and its key"), self._items(saved), self._window)
        chooser.chosen.connect(self._servers.forget)
        self._commands.open_overlay(chooser)

    def _ask_present_key(self) -> None:
        address = self._servers.present or next(iter(self._servers.saved()), None)
        if address is None:
            self._choose_server()
        else:
            self._ask_key(address, "")

    def _ask_key(self, address: ServerAddress, why: str) -> None:
        from desktopchat.ui.secret_entry import SecretEntry

        kept = self.tr("The key is kept in the keyring of the system, and sent to {host} alone.")
        words = " ".join(filter(None, (why, kept.format(host=address.label))))
        card = SecretEntry(self.tr("Key for a server"), words, self.tr("Key"), self._window)
        card.entered.connect(partial(self._servers.give_key, address))
        self._commands.open_overlay(card)

    def _on_address_entered(self, text: str) -> None:
        if text.strip():
            self._servers.connect_to(text)

    def _on_server_chosen(self, address: ServerAddress) -> None:
        self._servers.connect_to(str(address))

    def _on_servers_models_listed(self, address: ServerAddress, models: Sequence[Any]) -> None:
        if not models:
            return
        items = [ChooserItem(address.of_model(one.id), one.id, self._context(one.n_ctx)) for one in models]
        chooser = Chooser(self.tr("Models of {host}").format(host=address.label), items, self._window)
        chooser.chosen.connect(self._servers.use)
        self._commands.open_overlay(chooser)

    def _on_servers_key_wanted(self, address: ServerAddress, why: Sentence) -> None:
        self._ask_key(address, said(why))

    def _on_servers_connections_read(self, made: Sequence[MadeRequest]) -> None:
        if not made:
            self._window.show_notice(Notice("info", self.tr("No connection was made yet.")))
            return
        items = [
            ChooserItem(one, f"{when_words(one)}  {one.to} · {purpose_words(one)}", end_words(one)) for one in made
        ]
        chooser = Chooser(self.tr("Connections that were made"), items, self._window)
        chooser.chosen.connect(self._show_connection)
        self._commands.open_overlay(chooser)

    def _show_connection(self, made: MadeRequest) -> None:
        self._commands.open_overlay(TextCard(purpose_words(made), request_text(made), self._window))

    def _on_servers_asking_changed(self, host: str) -> None:
        self._window.show_asking(self.tr("Asking {host} for its models").format(host=host) if host else "")

    def _context(self, n_ctx: int) -> str:
        return self.tr("{count} tokens").format(count=f"{n_ctx:,}") if n_ctx else ""

    @staticmethod
    def _items(saved: Sequence[ServerAddress]) -> list[ChooserItem]:
        return [
            ChooserItem(
                one, f"{ModelFile.at(one).name} · {one.label}" if one.model else one.label, place_words(one.place)
            )
            for one in saved
        ]
