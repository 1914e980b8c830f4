"""The adapters that are at hand for the loaded model: found, added, put on and off, remembered."""

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import LoadedModel, ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.adapter import Adapter, AdapterFile
from desktopchat.core.adapter_choices import AdapterChoice, applied, pack
from desktopchat.core.errors import EngineCrashedError, NoModelError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence
from desktopchat.library import adapters as library
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import MODEL_ADAPTERS


class AdapterController(QObject):
    """Changes what is applied to the model in memory, one change after the other.

    Attributes:
        listed: All choices for the model, as asked for with `look`.
        changed: The same, after one of them was added or could not be applied.
        noticed: Notice.

    Args:
        folder: Where models and adapters lie.
    """

    listed = Signal(object)
    changed = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        worker: EngineWorker,
        models: ModelController,
        io: TaskRunner,
        storage: TaskRunner,
        store: ConversationStore,
        folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._models = models
        self._io = io
        self._storage = storage
        self._store = store
        self._folder = folder
        self._wanted: tuple[Adapter, ...] | None = None  # while it is being applied
        models.model_loaded.connect(self._on_models_model_loaded)
        models.adapted.connect(self._on_models_adapted)
        worker.adapt_failed.connect(self._on_worker_adapt_failed)

    def use_folder(self, folder: str) -> None:
        """Look for adapters there from now on."""
        self._folder = Path(folder)

    @property
    def choices(self) -> tuple[AdapterChoice, ...]:
        """What is known to be at hand for the present model."""
        return self._models.adapters.get(self._models.name, ())

    def look(self) -> None:
        """Look for adapters that fit the model, beside those that are known."""
        if self._models.is_elsewhere:
            cause = Sentence("Adapters cannot be applied to the model of a server.")
            self.noticed.emit(Notice("info", cause, "Open a model of this machine.", "model.open"))
            return
        model, known = Path(self._models.identity.path), self.choices

        def work() -> tuple[AdapterChoice, ...]:
            found = library.list_fitting(self._folder, model)
            there = {choice.adapter.path for choice in known}
            kept = tuple(choice for choice in known if choice.on or Path(choice.adapter.path).is_file())
            new = (_choice(file) for file in found if file.path not in there)
            return tuple(sorted((*kept, *new), key=lambda choice: choice.adapter.name.casefold()))

        self._io.run(work, self.listed.emit, self._on_refused)

    def add(self, path: str) -> None:
        """Put an adapter beside the model, and on."""
        model = Path(self._models.identity.path)

        def done(file: AdapterFile) -> None:
            others = tuple(choice for choice in self.choices if choice.adapter.path != file.path)
            self.set((*others, _choice(file, on=True)))
            self.changed.emit(self.choices)

        self._io.run(lambda: library.inspect(Path(os.path.abspath(path)), model), done, self._on_refused)  # noqa: PTH100

    def set(self, choices: Sequence[AdapterChoice]) -> None:
        """Remember these choices, and apply those that are on."""
        self._keep(tuple(choices))
        self._apply()

    def _keep(self, choices: tuple[AdapterChoice, ...]) -> None:
        # An adapter that was never touched is found again.
        choices = tuple(one for one in choices if one.on or one != AdapterChoice(_plain(one.adapter), on=False))
        name = self._models.name
        others = {key: value for key, value in self._models.adapters.items() if key != name}
        self._models.adapters = others | ({name: choices} if choices else {})
        packed = {key: pack(value) for key, value in self._models.adapters.items()}
        self._storage.run(lambda: self._store.set_state(MODEL_ADAPTERS, packed), failed=self._on_refused)

    def _apply(self) -> None:
        """Apply what is on, when nothing is being applied: keys come faster than files are read."""
        loaded = self._models.loaded
        if loaded is not None and self._wanted is None and loaded.adapters != applied(self.choices):
            self._wanted = applied(self.choices)
            self._worker.adapt(self._wanted)

    def _on_models_model_loaded(self, model: LoadedModel) -> None:
        # What could not be applied is off; the next start tries it again.
        choices = tuple(
            AdapterChoice(choice.adapter, choice.on and choice.adapter in model.adapters) for choice in self.choices
        )
        if choices != self.choices:
            self._models.adapters = {**self._models.adapters, self._models.name: choices}
        self._wanted = None
        self._apply()

    def _on_models_adapted(self, _model: LoadedModel) -> None:
        self._wanted = None
        self._apply()

    def _on_worker_adapt_failed(self, error: UserError) -> None:
        self._wanted = None
        if isinstance(error, NoModelError | EngineCrashedError):
            return  # the next load applies them
        if (loaded := self._models.loaded) is not None:
            held = {adapter.path: adapter for adapter in loaded.adapters}
            paths = ((choice.adapter.path, choice.adapter) for choice in self.choices)
            self._keep(tuple(AdapterChoice(held.get(path, one), path in held) for path, one in paths))
            self.changed.emit(self.choices)
        self._on_refused(error)

    def _on_refused(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error, ""))


def _choice(file: AdapterFile, *, on: bool = False) -> AdapterChoice:
    return AdapterChoice(Adapter(file.path, file.kind), on)


def _plain(adapter: Adapter) -> Adapter:
    return Adapter(adapter.path, adapter.kind)
