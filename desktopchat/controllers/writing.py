"""What the composer works with: files, queue, history, prompts and models."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from desktopchat.controllers.attaching import Attaching
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.history import History
from desktopchat.controllers.prompts import PromptLibrary
from desktopchat.controllers.send_queue import SendQueue
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.modelfile import ModelFile
from desktopchat.library import folder
from desktopchat.storage.conversations import ConversationStore


class Writing(QObject):
    """Everything around the message that is being written.

    Args:
        prompt_folders: Those of `PromptLibrary`.
        models_folder: Where models are looked for.
    """

    def __init__(
        self,
        chat: ChatController,
        storage: TaskRunner,
        io: TaskRunner,
        store: ConversationStore,
        prompt_folders: Sequence[Path],
        models_folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.attaching = Attaching(io, self)
        self.queue = SendQueue(chat, storage, store, self)
        self.history = History(chat, storage, store, self)
        self.prompts = PromptLibrary(io, prompt_folders, self)
        self._io = io
        self._models_folder = models_folder

    def list_models(self, done: Callable[[list[ModelFile]], None]) -> None:
        """Read which models there are, then call `done`."""
        self._io.run(lambda: folder.list_models(self._models_folder), done)
