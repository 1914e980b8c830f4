"""Says once, after the first answer of the starter model, what size of model this computer holds."""

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.bandwidth import passes_of
from desktopchat.core.chat import Message
from desktopchat.core.errors import UserError
from desktopchat.core.model_size import Memory, suggest
from desktopchat.engine import crash
from desktopchat.engine.api import BackendInfo
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import SIZE_HINT


class SizeHint(QObject):
    """Measures the first answer that is long enough, and asks the engine for its devices. It asks nobody else.

    Attributes:
        suggested: Suggestion; at most once for a data folder.
    """

    suggested = Signal(object)

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        worker: EngineWorker,
        storage: TaskRunner,
        store: ConversationStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._worker = worker
        self._storage = storage
        self._store = store
        self._is_wanted = False
        self._passes = 0.0
        chat.message_changed.connect(self._on_chat_message_changed)
        worker.devices_seen.connect(self._on_worker_devices_seen)

    def start(self) -> None:
        """Read whether it has been said already."""
        self._storage.run(lambda: self._store.get_state(SIZE_HINT, False), self._on_state_read, _ignore)

    def _on_state_read(self, told: bool) -> None:
        self._is_wanted = not told

    def _on_chat_message_changed(self, message: Message) -> None:
        model = self._models.loaded
        if not (self._is_wanted and model is not None and model.is_starter):
            return
        self._passes = passes_of(message)
        if self._passes:
            self._is_wanted = False
            self._worker.look_at_devices()

    def _on_worker_devices_seen(self, info: BackendInfo) -> None:
        model = self._models.loaded
        if not self._passes or model is None:
            return
        on_gpu = info.supports_gpu and crash.names_gpu(model.device)
        kinds = ("gpu", "igpu") if on_gpu else ("cpu",)
        device = next((device for device in info.devices if device.kind in kinds), None)
        if device is None:
            return
        memory = Memory(device.free, device.total, device.description if on_gpu else "")
        suggestion = suggest(model.size, self._passes, memory)
        self._passes = 0.0
        if suggestion is not None:
            self._chat.saving.keep((SIZE_HINT,), lambda: self._store.set_state(SIZE_HINT, True))
            self.suggested.emit(suggestion)


def _ignore(_error: UserError) -> None:
    """A hint is a comfort; a disk that fails is reported where text is at stake."""
