"""The prompts that one can begin with."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.core.prompt_text import Prompt
from desktopchat.core.sentence import Sentence
from desktopchat.library.prompts import list_prompts, save_prompt


class PromptLibrary(QObject):
    """Reads and writes prompts on another thread.

    Args:
        folders: Where they lie. New ones are kept in the last one, whose prompts take the place of the others'.

    Attributes:
        noticed: Notice.
    """

    noticed = Signal(object)

    def __init__(self, io: TaskRunner, folders: Sequence[Path], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._io = io
        self._folders = tuple(folders)

    def list(self, done: Callable[[list[Prompt]], None]) -> None:
        """Read all prompts, then call `done`."""
        self._io.run(lambda: list_prompts(self._folders), done)

    def save(self, name: str, text: str) -> None:
        """Keep a new prompt."""
        self._io.run(lambda: save_prompt(self._folders[-1], name, text), self._on_saved, self._on_failed)

    def _on_saved(self, path: Path) -> None:
        self.noticed.emit(Notice("info", Sentence("Prompt kept as {name}.", name=path.name), "Type / to use it."))

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
