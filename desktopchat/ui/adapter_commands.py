"""What the command around adapters does to the window."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.adapter_choices import AdapterChoice
from desktopchat.core.notice import Notice
from desktopchat.ui.file_question import ask_file

if TYPE_CHECKING:
    from desktopchat.ui.adapter_card import AdapterCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class AdapterCommands(QObject):
    """Opens the card of the adapters, and hands on what is chosen there."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._adapters = window.controllers.adapters
        self._card: AdapterCard | None = None
        self._adapters.listed.connect(self._on_adapters_listed)
        self._adapters.changed.connect(self._on_adapters_changed)
        self._adapters.noticed.connect(self._on_adapters_noticed)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"model.adapters": self._adapters.look}

    def _on_adapters_listed(self, choices: Sequence[AdapterChoice]) -> None:
        if self._card is not None:
            self._card.show_choices(choices)
            return
        from desktopchat.ui.adapter_card import AdapterCard

        card = self._card = AdapterCard(self._window.models.name, self._window)
        card.chosen.connect(self._adapters.set)
        card.add_requested.connect(self._ask_file)
        card.closed.connect(self._on_card_closed)
        card.show_choices(choices)
        self._commands.open_overlay(card)

    def _on_adapters_changed(self, choices: Sequence[AdapterChoice]) -> None:
        if self._card is not None:
            self._card.merge(choices)

    def _on_adapters_noticed(self, notice: Notice) -> None:
        if self._card is not None:
            self._card.tell(said(notice.sentence))
        else:
            self._window.show_notice(notice)

    def _on_card_closed(self) -> None:
        self._card = None

    def _ask_file(self) -> None:
        words = self.tr("Adapters (*.gguf);;All files (*)")
        ask_file(self._window, self.tr("Add a LoRA adapter or a control vector"), words, self._adapters.add)
