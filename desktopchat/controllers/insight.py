"""What looks into answers: their cost, how they come about, how sure they are."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.storage.stores import Stores

if TYPE_CHECKING:
    from desktopchat.controllers.doubt import DoubtController
    from desktopchat.controllers.explain import ExplainController
    from desktopchat.controllers.glass import GlassController
    from desktopchat.controllers.ledger import LedgerController


class Insight(QObject):
    """Each part is made when it is asked for, as few starts need it."""

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        worker: EngineWorker,
        storage: TaskRunner,
        io: TaskRunner,
        stores: Stores,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._worker = worker
        self._storage = storage
        self._io = io
        self._stores = stores
        self._preferences = preferences

    @cached_property
    def explain(self) -> "ExplainController":
        """How sure a model was of each token, and the other ways from there."""
        from desktopchat.controllers.explain import ExplainController

        store = self._stores.conversations
        return ExplainController(self._chat, self._models, self._worker, self._storage, store, self)

    @cached_property
    def ledger(self) -> "LedgerController":
        """What answers cost."""
        from desktopchat.controllers.ledger import LedgerController

        return LedgerController(self._storage, self._stores.database, self._preferences, self)

    @cached_property
    def glass(self) -> "GlassController":
        """How an answer comes about."""
        from desktopchat.controllers.glass import GlassController

        return GlassController(self._chat, self._models, self._worker, self)

    @cached_property
    def doubt(self) -> "DoubtController":
        """How far a model agrees with itself."""
        from desktopchat.controllers.doubt import DoubtController

        return DoubtController(
            self._chat,
            self._models,
            self._worker,
            self._storage,
            self._io,
            self._stores.conversations,
            self._preferences,
            self,
        )

    def close(self) -> None:
        """Ask the engine for nothing more."""
        if "doubt" in self.__dict__:
            self.doubt.stop()
