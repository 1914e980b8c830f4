"""What the palette does to the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.commands.command import Condition, Scope
from desktopchat.controllers.palette_entries import Entry, EntryKind, command_entry
from desktopchat.core.address import is_address
from desktopchat.core.hit import Hit
from desktopchat.core.notice import Notice
from desktopchat.ui.actions import key_text
from desktopchat.ui.palette import Palette

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class PaletteCommands(QObject):
    """Opens the palette and runs what was chosen there."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"palette.open": self.open}

    def open(self) -> None:
        """Show the palette, or close it again."""
        if isinstance(self._commands.overlay, Palette):
            self._commands.overlay.close_overlay()
            return
        window = self._window
        window.controllers.finder.open(self._entries())
        palette = Palette(window.controllers.finder, window)
        palette.chosen.connect(self._on_palette_chosen)
        self._commands.open_overlay(palette)

    def _entries(self) -> list[Entry]:
        """Return the commands as they are now, before the palette has the focus."""
        window, why = self._window, self._reasons()
        return [
            command_entry(
                command,
                key_text(command),
                "" if window.actions_by_id[command.id].isEnabled() else why.get(command.when, self.tr("Not now.")),
            )
            for command in window.keys.keymap.commands
            if command.listed and command.scope is not Scope.COMPOSER and command.id != "palette.open"
        ]

    def _reasons(self) -> dict[Condition, str]:
        """Return why commands cannot be used now, by what they need."""
        return {
            Condition.CONVERSATION: self.tr("No conversation is open."),
            Condition.MESSAGES: self.tr("There are no messages yet."),
            Condition.OWN_MESSAGE: self.tr("You have written no message here yet."),
            Condition.ANSWER: self.tr("There is no answer yet."),
            Condition.IDLE_ANSWER: self.tr("There is no answer yet, or one is being written."),
            Condition.CONTINUABLE: self.tr("The last answer is whole."),
            Condition.SIBLINGS: self.tr("There is only one version."),
            Condition.MODEL: self.tr("No model is in memory."),
            Condition.DELETED: self.tr("Nothing was deleted just now."),
            Condition.LISTED: self.tr("Nothing is chosen in the list."),
            Condition.SEARCHING: self.tr("The search field is empty."),
            Condition.SAVED_SEARCH: self.tr("No saved search is chosen."),
            Condition.HITS: self.tr("Nothing was searched for."),
            Condition.LOCKED: self.tr("There is no passphrase."),
            Condition.UNLOCKED: self.tr("There is a passphrase already."),
            Condition.PARAMETER: self.tr("No parameter has the focus."),
            Condition.OWN_PRESETS: self.tr("You have saved no preset yet."),
            Condition.THINKS: self.tr("The chat template of this model does not ask for it."),
            Condition.HAS_EFFORT: self.tr("The chat template of this model does not ask for it."),
        }

    def _on_palette_chosen(self, entry: Entry) -> None:
        window, target = self._window, entry.target
        if entry.kind is EntryKind.COMMAND:
            window.actions_by_id[str(target)].trigger()
        elif entry.kind is EntryKind.CONVERSATION and isinstance(target, int):
            self._commands.open_conversation(target)
        elif isinstance(target, Hit):
            self._commands.search.open_hit(target)
        elif entry.kind is EntryKind.MODEL and is_address(str(target)):
            window.controllers.servers.connect_to(str(target))
        elif entry.kind is EntryKind.MODEL:
            window.models.open_file(str(target))
        elif entry.kind is EntryKind.PROMPT:
            self._commands.focus_composer()
            window.page.composer.field.insert_prompt(str(target))
        else:
            window.controllers.finder.apply(entry)
            window.show_notice(Notice("info", self._said(entry)))

    def _said(self, entry: Entry) -> str:
        """Return what has become of a setting or a parameter."""
        name = str(entry.target[0]) if isinstance(entry.target, tuple) else ""
        if entry.kind is EntryKind.PARAMETER:
            words = self.tr("{name}, from the next token on.")
        elif name.startswith("model."):
            words = self.tr("{name}; it holds for the next model that is opened.")
        elif name.startswith("chat.") or name == "look.language":
            words = self.tr("{name}; it holds from the next start on.")
        else:
            words = self.tr("{name}.")
        return words.format(name=entry.name)
