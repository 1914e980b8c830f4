"""What the commands for personas do to the window."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.core.params import SamplingParams
from desktopchat.core.persona import Persona
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.file_question import ask_file
from desktopchat.ui.persona_card import PersonaCard
from desktopchat.ui.transcript.marks import visible

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class PersonaCommands(QObject):
    """Asks for a persona and what it has to know, and gives it to the open conversation."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._library = window.writing.personas
        self._library.noticed.connect(window.show_notice)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "persona.choose": self.choose,
            "persona.import": self.ask_card,
        }

    def choose(self) -> None:
        """Ask for a persona."""
        self._library.list(self._show)

    def ask_card(self) -> None:
        """Ask for a character card."""
        words = self.tr("Character cards (*.png *.json);;All files (*)")
        ask_file(self._window, self.tr("Import a character card"), words, self._library.take_card)

    def _show(self, personas: Sequence[Persona]) -> None:
        present = self._window.chat.sampling.persona
        in_use = self.tr("in use")
        items = [
            ChooserItem(one, one.name, " · ".join(filter(None, (one.description, in_use * (one.name == present)))))
            for one in personas
        ]
        chooser = Chooser(self.tr("Persona"), items, self._window)
        chooser.chosen.connect(self._on_chosen)
        self._commands.open_overlay(chooser)

    def _on_chosen(self, persona: Persona) -> None:
        if not persona.blanks:
            self._give(persona, {})
            return
        card = PersonaCard(persona, self._window)
        card.filled.connect(partial(self._give, persona))
        self._commands.open_overlay(card)

    def _give(self, persona: Persona, given: Mapping[str, str]) -> None:
        chat, panel = self._window.chat, self._window.panel
        prompt, sampling = panel.system_prompt, chat.sampling
        panel.write_system_prompt(persona.filled(given))
        chat.set_sampling(chat.sampling.changed(**persona.values, persona=persona.name))
        words = self.tr("The persona is {name}.").format(name=visible(persona.name))
        self._commands.composer.can_undo(partial(self._take_back, persona, prompt, sampling), words)

    def _take_back(self, persona: Persona, prompt: str, before: SamplingParams) -> None:
        values = {name: getattr(before, name) for name in persona.values}
        self._window.panel.write_system_prompt(prompt)
        self._window.chat.set_sampling(self._window.chat.sampling.changed(**values, persona=before.persona))
