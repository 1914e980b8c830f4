"""What the commands that look into answers do to the window."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.cost import LedgerBy, LedgerRow
from desktopchat.core.errors import UserError

if TYPE_CHECKING:
    from desktopchat.controllers.ledger import LedgerController
    from desktopchat.ui.doubt.commands import DoubtCommands
    from desktopchat.ui.glass.commands import GlassCommands
    from desktopchat.ui.ledger_card import LedgerCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class InsightCommands(QObject):
    """Opens the cards and brings them what they show."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._ledger_card: LedgerCard | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"ledger.show": self._show_ledger, "glass.show": self._show_glass, "doubt.show": self._show_doubt}

    @cached_property
    def _doubt(self) -> "DoubtCommands":
        from desktopchat.ui.doubt.commands import DoubtCommands

        return DoubtCommands(self._window, self._commands)

    def _show_doubt(self) -> None:
        if (answer := self._commands.answer()) is not None:
            self._doubt.show(answer)

    @cached_property
    def _glass(self) -> "GlassCommands":
        from desktopchat.ui.glass.commands import GlassCommands

        return GlassCommands(self._window, self._commands)

    def _show_glass(self) -> None:
        self._glass.show()

    def _show_ledger(self) -> None:
        if self._ledger_card is not None:
            return
        from desktopchat.ui.ledger_card import LedgerCard

        card = self._ledger_card = LedgerCard(self._window.theme, self._window)
        card.wanted.connect(self._read_ledger)
        card.edit_wanted.connect(self._on_ledger_card_edit_wanted)
        card.changed.connect(self._on_ledger_card_changed)
        card.closed.connect(self._on_ledger_card_closed)
        self._commands.open_overlay(card)
        self._read_ledger(LedgerBy.DAY)

    @cached_property
    def _ledger(self) -> "LedgerController":
        ledger = self._window.insight.ledger
        ledger.noticed.connect(self._window.show_notice)
        return ledger

    def _read_ledger(self, by: LedgerBy) -> None:
        ledger = self._ledger

        def show(rows: tuple[LedgerRow, ...]) -> None:
            if self._ledger_card is not None:
                self._ledger_card.show_rows(by, rows, ledger.prices)

        ledger.read(by, show)

    def _on_ledger_card_edit_wanted(self) -> None:
        if self._ledger_card is not None:
            self._ledger_card.edit(self._ledger.values)

    def _on_ledger_card_changed(self, values: Mapping[str, str]) -> None:
        card, ledger = self._ledger_card, self._ledger
        if card is None:
            return
        try:
            ledger.change(values)
        except UserError as error:
            card.refuse(said(error.sentence))
        else:
            card.end_edit()
            self._read_ledger(card.by)

    def _on_ledger_card_closed(self) -> None:
        self._ledger_card = None
