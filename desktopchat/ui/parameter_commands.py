"""What the commands for defaults and presets of the parameters do to the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.commands.command import Condition
from desktopchat.core.notice import Notice
from desktopchat.core.parameter_layers import Preset, Source
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.preset_words import preset_title, preset_values

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class ParameterCommands(QObject):
    """Choosers for presets and defaults, and the reset of the parameter that has the focus."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        window.parameters.origins_changed.connect(window.panel.show_origins)
        window.parameters.noticed.connect(window.show_notice)
        window.panel.show_origins(window.parameters.origins())

    def conditions(self) -> set[Condition]:
        """Return what is true of the parameters now."""
        conditions = {Condition.PARAMETER} if self._window.panel.focused() else set()
        if any(preset.own for preset in self._window.parameters.presets):
            conditions.add(Condition.OWN_PRESETS)
        return conditions

    def choose_preset(self) -> None:
        """Ask for a preset; the one in use is named."""
        parameters = self._window.parameters
        origins = parameters.origins().values()
        state = {one.preset: self.tr("in use") for one in origins if one.source is Source.PRESET}
        state |= {one.preset: self.tr("in use, changed") for one in origins if one.source is Source.CHANGED}
        items = [
            ChooserItem(one.name, preset_title(one.name), self._detail(one, state.get(one.name, "")))
            for one in parameters.presets
        ]
        chooser = Chooser(self.tr("Preset"), items, self._window)
        chooser.chosen.connect(self._on_preset_chosen)
        self._commands.open_overlay(chooser)

    def save_preset(self) -> None:
        """Ask for a name."""
        hint = self.tr("An own preset of this name is replaced.")
        from desktopchat.ui.text_entry import TextEntry

        entry = TextEntry(self.tr("Name of the preset"), "", hint, self._window)
        entry.entered.connect(self._on_preset_named)
        self._commands.open_overlay(entry)

    def forget_preset(self) -> None:
        """Ask for one of the own presets."""
        own = [one for one in self._window.parameters.presets if one.own]
        items = [ChooserItem(one.name, one.name, preset_values(one)) for one in own]
        chooser = Chooser(self.tr("Remove a preset"), items, self._window)
        chooser.chosen.connect(self._on_forgotten_chosen)
        self._commands.open_overlay(chooser)

    def make_default(self) -> None:
        """Ask for what the present parameters are to be the default."""
        items = [ChooserItem(False, self.tr("For all new conversations"))]
        if model := self._window.parameters.model:
            items.insert(0, ChooserItem(True, self.tr("For new conversations with {model}").format(model=model)))
        chooser = Chooser(self.tr("Make these the default"), items, self._window)
        chooser.chosen.connect(self._on_default_chosen)
        self._commands.open_overlay(chooser)

    def reset(self) -> None:
        """Give the parameter that has the focus its default."""
        if name := self._window.panel.focused():
            self._window.parameters.reset(name)

    def _detail(self, preset: Preset, state: str) -> str:
        values = preset_values(preset) or self.tr("as the program comes")
        return " · ".join(part for part in (values, state) if part)

    def _on_preset_chosen(self, name: str) -> None:
        self._window.parameters.apply_preset(name)

    def _on_preset_named(self, name: str) -> None:
        self._window.parameters.save_preset(name)
        self._commands.update_conditions()

    def _on_forgotten_chosen(self, name: str) -> None:
        self._window.parameters.forget_preset(name)
        self._commands.update_conditions()

    def _on_default_chosen(self, for_model: bool) -> None:
        self._window.parameters.make_default(for_model=for_model)
        self._window.show_notice(Notice("info", self.tr("New conversations start with these parameters.")))
