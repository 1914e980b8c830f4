"""The command for what a model sees through."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.core.params import NO_PROJECTOR
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.file_question import ask_file

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands

_FROM_FILE = object()


class ProjectorCommands(QObject):
    """Chooses the projector of the model on screen."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"model.projector": self.choose}

    def choose(self) -> None:
        """Ask for a projector; the one in use is named."""
        models = self._window.models
        now = models.projectors.get(models.name, "")
        own = Path(models.own_projector).name
        in_use = self.tr("in use")
        choices: list[tuple[object, str, str]] = [
            ("", self.tr("The one beside the model"), own or self.tr("there is none")),
            (_FROM_FILE, self.tr("From a file…"), Path(now).name if now not in ("", NO_PROJECTOR) else ""),
            (NO_PROJECTOR, self.tr("None: look at no pictures"), ""),
        ]
        used = now if now in ("", NO_PROJECTOR) else _FROM_FILE
        items = [
            ChooserItem(one, text, " · ".join(filter(None, (detail, in_use if one == used else ""))))
            for one, text, detail in choices
        ]
        chooser = Chooser(self.tr("Projector for pictures"), items, self._window)
        chooser.chosen.connect(self._on_chosen)
        self._commands.open_overlay(chooser)

    def _on_chosen(self, projector: object) -> None:
        if isinstance(projector, str):
            self._window.models.set_projector(projector)
            return
        words = self.tr("Projectors (*.gguf);;All files (*)")
        ask_file(self._window, self.tr("Open a projector"), words, self._window.models.read_projector)
