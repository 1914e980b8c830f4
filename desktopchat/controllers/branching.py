"""What works on the tree of a conversation; made when it is asked for, as few starts need it."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.storage.stores import Stores

if TYPE_CHECKING:
    from desktopchat.controllers.branches import BranchController
    from desktopchat.controllers.comparison import Comparison


class Branching(QObject):
    """The outline of the open conversation, and answers of several models side by side."""

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        storage: TaskRunner,
        stores: Stores,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._storage = storage
        self._stores = stores

    @cached_property
    def branches(self) -> "BranchController":
        """What is done to branches."""
        from desktopchat.controllers.branches import BranchController

        return BranchController(self._chat, self._storage, self._stores.branches, self)

    @cached_property
    def comparison(self) -> "Comparison":
        """Answers to one question by several models or with several parameters."""
        from desktopchat.controllers.comparison import Comparison

        return Comparison(self._chat, self._models, self)
