"""Learns from each answer how fast this machine reads weights, for what is said of models that are not here yet."""

from typing import Any

from PySide6.QtCore import QObject

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.bandwidth import bandwidths, learned, passes_of
from desktopchat.core.chat import Message
from desktopchat.core.errors import UserError
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import BANDWIDTHS


class BandwidthLog(QObject):
    """What the devices of this machine reached."""

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        storage: TaskRunner,
        store: ConversationStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._storage = storage
        self._store = store
        self._known: dict[str, Any] = {}
        chat.message_changed.connect(self._on_chat_message_changed)

    @property
    def bandwidths(self) -> dict[str, float]:
        """Bytes/s by the descriptions of devices."""
        return bandwidths(self._known)

    def start(self) -> None:
        """Read what was learned before."""
        self._storage.run(lambda: self._store.get_state(BANDWIDTHS, {}), self._on_read, _ignore)

    def _on_read(self, known: Any) -> None:
        self._known = known if isinstance(known, dict) else {}

    def _on_chat_message_changed(self, message: Message) -> None:
        if self._models.plan is None or self._models.loaded is None:
            return
        known = learned(self._known, self._models.plan, passes_of(message))
        if known is not None:
            self._known = known
            self._chat.saving.keep((BANDWIDTHS,), lambda: self._store.set_state(BANDWIDTHS, known))


def _ignore(_error: UserError) -> None:
    """An estimate is a comfort; a disk that fails is reported where text is at stake."""
