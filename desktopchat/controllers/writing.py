"""What the composer works with: files, queue, history, prompts and models."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.attaching import Attaching
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.history import History
from desktopchat.controllers.prompts import PromptLibrary
from desktopchat.controllers.send_queue import SendQueue
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.storage.conversations import ConversationStore

if TYPE_CHECKING:
    from desktopchat.controllers.personas import PersonaLibrary
    from desktopchat.core.local_model import LocalModel
    from desktopchat.library.shelf import Library


class Writing(QObject):
    """Everything around the message that is being written.

    Args:
        prompt_folders: Those of `PromptLibrary`.
        library: Returns what knows the models.
        persona_folders: Those of `PersonaLibrary`.
    """

    def __init__(
        self,
        chat: ChatController,
        storage: TaskRunner,
        io: TaskRunner,
        store: ConversationStore,
        prompt_folders: Sequence[Path],
        library: "Callable[[], Library]",
        persona_folders: Sequence[Path] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.attaching = Attaching(io, self)
        self.queue = SendQueue(chat, storage, store, self)
        self.history = History(chat, storage, store, self)
        self.prompts = PromptLibrary(io, prompt_folders, self)
        self._io = io
        self._library = library
        self._persona_folders = persona_folders

    @cached_property
    def personas(self) -> "PersonaLibrary":
        """The personas; made when they are asked for, as few starts need them."""
        from desktopchat.controllers.personas import PersonaLibrary

        return PersonaLibrary(self._io, self._persona_folders, self)

    def list_models(self, done: "Callable[[list[LocalModel]], None]") -> None:
        """Read which models there are, then call `done`."""
        library = self._library()
        self._io.run(lambda: [model for model in library.models() if model.answers], done)
