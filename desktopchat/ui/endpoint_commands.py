"""What the commands about programs that ask do to the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from desktopchat.controllers.endpoint import EndpointState
from desktopchat.controllers.words import said
from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.core.notice import Notice

if TYPE_CHECKING:
    from desktopchat.ui.endpoint_card import EndpointCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands

_LONGEST_TITLE = 60  # characters


class EndpointCommands(QObject):
    """Opens the card, hands on what is wanted there, and keeps the line at the bottom true."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._endpoint = window.controllers.endpoint
        self._card: EndpointCard | None = None
        self._endpoint.changed.connect(self._on_endpoint_changed)
        self._endpoint.called.connect(self._on_endpoint_called)
        self._endpoint.kept.connect(commands.open_conversation)
        self._endpoint.noticed.connect(self._tell)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "endpoint.show": self._show,
            "endpoint.toggle": self._endpoint.toggle,
            "endpoint.copy_address": self._copy_address,
            "endpoint.copy_key": self._copy_key,
            "endpoint.help": self._show_help,
        }

    def _show(self) -> None:
        if self._card is not None:
            return
        from desktopchat.ui.endpoint_card import EndpointCard

        card = self._card = EndpointCard(self._window.theme, self._window)
        card.toggled.connect(self._endpoint.toggle)
        card.address_wanted.connect(self._copy_address)
        card.key_wanted.connect(self._copy_key)
        card.renewed.connect(self._endpoint.renew_key)
        card.opened_up.connect(self._endpoint.set_open)
        card.kept.connect(self._on_card_kept)
        card.stopped.connect(self._endpoint.stop)
        card.closed.connect(self._on_card_closed)
        card.show_state(self._endpoint.state)
        card.show_calls(self._endpoint.calls)
        self._commands.open_overlay(card)

    def _show_help(self) -> None:
        from desktopchat.ui.program_help import ProgramHelp

        is_on = bool(self._endpoint.state.address)
        self._commands.open_overlay(ProgramHelp(self._endpoint.address, is_on, self._window.theme, self._window))

    def _copy_address(self) -> None:
        self._copy(self._endpoint.state.address, self.tr("The address for programs is in the clipboard."))

    def _copy_key(self) -> None:
        key = self._endpoint.state.key
        self._copy(key.text if key else "", self.tr("The key for programs is in the clipboard."))

    def _copy(self, text: str, done: str) -> None:
        if not text:
            words = self.tr("No program can ask now, so there is nothing to copy.")
            self._tell(Notice("warning", words, "", "endpoint.toggle"))
            return
        QGuiApplication.clipboard().setText(text)
        self._tell(Notice("info", done))

    def _tell(self, notice: Notice) -> None:
        if self._card is not None:
            self._card.tell(said(notice.sentence))
        else:
            self._window.show_notice(notice)

    def _on_card_kept(self, call: EndpointCall) -> None:
        self._commands.close_overlay()
        self._endpoint.keep(call, call.question[:_LONGEST_TITLE])

    def _on_card_closed(self) -> None:
        self._card = None

    def _on_endpoint_changed(self, state: EndpointState) -> None:
        self._show_line()
        if self._card is not None:
            self._card.show_state(state)

    def _on_endpoint_called(self, call: EndpointCall) -> None:
        self._show_line()
        if self._card is not None and not self._card.show_call(call):
            self._card.show_calls(self._endpoint.calls)

    def _show_line(self) -> None:
        running = sum(call.runs for call in self._endpoint.calls)
        if running > 1:
            words = self.tr("{count} programs ask").format(count=running)
        elif running:
            words = self.tr("a program asks")
        else:
            words = self.tr("programs may ask") if self._endpoint.state.address else ""
        self._window.status.set_programs(words)
