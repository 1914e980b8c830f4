"""What was chosen for a model by its name is there too when its file is called something else."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from PySide6.QtCore import QObject

from desktopchat.controllers.library import LibraryController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.parameters import ParameterController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.adapter_choices import pack
from desktopchat.core.errors import UserError
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import MODEL_ADAPTERS, MODEL_PROJECTORS, MODEL_TEMPLATES

T = TypeVar("T")


class Renames(QObject):
    """Copies template, projector, adapters and parameters to the new name; what that has already stays."""

    def __init__(
        self,
        library: LibraryController,
        models: ModelController,
        parameters: ParameterController,
        storage: TaskRunner,
        store: ConversationStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._parameters = parameters
        self._storage = storage
        self._store = store
        library.renamed.connect(self._on_library_renamed)

    def _on_library_renamed(self, renames: Iterable[tuple[str, str]]) -> None:
        models = self._models
        for old, new in renames:
            models.templates = _copied(models.templates, old, new)
            models.projectors = _copied(models.projectors, old, new)
            models.adapters = _copied(models.adapters, old, new)
            self._parameters.copy_defaults(old, new)
        templates, projectors = models.templates, models.projectors
        adapters = {name: pack(choices) for name, choices in models.adapters.items()}

        def write() -> None:
            self._store.set_state(MODEL_TEMPLATES, templates)
            self._store.set_state(MODEL_PROJECTORS, projectors)
            self._store.set_state(MODEL_ADAPTERS, adapters)

        self._storage.run(write, failed=_ignore)


def _copied(chosen: Mapping[str, T], old: str, new: str) -> dict[str, T]:
    return {**({new: chosen[old]} if old in chosen else {}), **chosen}


def _ignore(_error: UserError) -> None:
    """A full disk is reported where text is at stake."""
