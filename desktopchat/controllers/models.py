"""Which model is in memory, and what is being done to change that."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.ladder import Rung, Way, rungs, told, ways
from desktopchat.controllers.memory_log import MemoryLog
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.adapter import Adapter
from desktopchat.core.adapter_choices import AdapterChoice, adapted_name, applied, pack, placed
from desktopchat.core.address import Place
from desktopchat.core.errors import (
    CancelledError,
    EngineCrashedError,
    EngineError,
    EngineMemoryError,
    NetworkError,
    NoModelError,
    ServerKeyError,
    ServerModelError,
    UserError,
)
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.memory import DeviceMemory, together
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.modelfile import ModelFile, ModelIdentity
from desktopchat.core.notice import Notice
from desktopchat.core.params import NO_PROJECTOR, LoadParams
from desktopchat.core.sentence import Sentence
from desktopchat.engine import crash
from desktopchat.engine.api import Adapted, ModelInfo
from desktopchat.library import folder, identity, starter, templates
from desktopchat.library.projector import inspect_projector
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import LAST_MODEL, MODEL_ADAPTERS, MODEL_HASHES, MODEL_PROJECTORS, MODEL_TEMPLATES


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What the window says of the model in memory.

    Attributes:
        n_ctx: Context window in tokens; 0 when a server does not tell.
        device: Where it runs, in words.
        template: Where its chat template comes from, as of `ModelInfo`.
        asks, sample: As of `ModelInfo`.
        is_starter: It is the tiny model that came with the app.
        size: Of its file, in bytes; 0 for one of a server.
        plan: How it was loaded and what that was to take; None when nobody could tell.
        took: What it took of each device, the CPU first; empty when nobody could tell.
        place: Where it answers.
        estimates: Counts of tokens before an answer are estimates.
        limited: It takes only the sampling parameters of OpenAI's API.
        adapters: What is applied to it.
        sees: It looks at pictures.
        seats: Answers that it writes together.
    """

    name: str
    n_ctx: int
    device: Sentence
    template: str
    warnings: tuple[Sentence, ...]
    is_starter: bool
    size: int = 0
    plan: LoadPlan | None = None
    took: tuple[DeviceMemory, ...] = ()
    asks: tuple[str, ...] = ()
    sample: str = ""
    place: Place = Place.HERE
    estimates: bool = False
    limited: bool = False
    adapters: tuple[Adapter, ...] = ()
    sees: bool = False
    seats: int = 1

    @property
    def full_name(self) -> str:
        """Its name with those of its adapters."""
        return adapted_name(self.name, self.adapters)


class ModelController(QObject):
    """Opens model files and keeps track of the one in memory.

    Attributes:
        load_started: Name of the model.
        load_planned: LoadPlan.
        load_progressed: Part that is loaded, 0 to 1.
        model_loaded: LoadedModel.
        load_failed: Notice.
        unloaded: No model is in memory.
        template_changed: LoadedModel, whose chat template the person has chosen.
        adapted: LoadedModel, to which other adapters are applied now.
        params: How the next model is loaded.
        inspect: Reads the header of a file.
        plan: How the model in memory or the one that was to be is laid out; None when nobody could tell.
        ways: What would fit after a model was refused.
        templates: What takes the place of a model's own chat template, by the name of the model.
        adapters: The adapters that are at hand for each model, by its name.
        projectors: What takes the place of the projector beside a model, by the name of the model.
    """

    load_started = Signal(str)
    load_planned = Signal(object)
    load_progressed = Signal(float)
    model_loaded = Signal(object)
    load_failed = Signal(object)
    unloaded = Signal()
    template_changed = Signal(object)
    adapted = Signal(object)

    def __init__(
        self,
        worker: EngineWorker,
        io: TaskRunner,
        storage: TaskRunner,
        store: ConversationStore,
        params: LoadParams,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._io = io
        self._storage = storage
        self._store = store
        self.params = params
        self.inspect: Callable[[str], ModelFile] = folder.inspect
        self.templates: dict[str, str] = {}
        self.adapters: dict[str, tuple[AdapterChoice, ...]] = {}
        self.projectors: dict[str, str] = {}
        self._chooses_template = False
        self._file: ModelFile | None = None
        self._sha256 = ""  # of that file, once it is known
        self._info: ModelInfo | None = None  # of the newest load of this file that worked
        self._ladder: tuple[Rung, ...] | None = None
        self._lowered = 0  # rungs of the ladder that were taken
        self._way: LoadParams | None = None  # that was taken after a refusal
        self._log = MemoryLog(storage, store)
        self.plan: LoadPlan | None = None
        self.ways: tuple[Way, ...] = ()
        self.loaded: LoadedModel | None = None
        self.loading = False
        worker.load_planned.connect(self._on_worker_load_planned)
        worker.load_progressed.connect(self.load_progressed)
        worker.model_loaded.connect(self._on_worker_model_loaded)
        worker.load_failed.connect(self._on_worker_load_failed)
        worker.unloaded.connect(self._on_worker_unloaded)
        worker.generation_failed.connect(self._on_worker_generation_failed)
        worker.engine_lost.connect(self._on_worker_engine_lost)
        worker.adapted.connect(self._on_worker_adapted)

    def start(self) -> None:
        """Read what is known of models."""
        self._log.start()

    @property
    def available(self) -> bool:
        """Whether there is a model that can answer, now or when it has been loaded."""
        return self.loaded is not None or self.loading or self._file is not None

    @property
    def is_elsewhere(self) -> bool:
        """Whether a server answers."""
        return self.loaded is not None and self.loaded.place is not Place.HERE

    @property
    def shape(self) -> ModelShape | None:
        """What the header of the model in memory says; None when that is unknown."""
        return self._file.shape if self._file is not None and self.loaded is not None else None

    @property
    def sees(self) -> bool:
        """Whether the model looks at pictures, as far as that is known."""
        if self.loaded is not None:
            return self.loaded.sees
        if self._file is None:
            return False
        projector = self.projectors.get(self._file.name) or self._file.projector
        return self._file.is_served or projector not in ("", NO_PROJECTOR)

    @property
    def name(self) -> str:
        """Name of the model that answers, now or when it has been loaded."""
        return self._file.name if self._file else ""

    @property
    def identity(self) -> ModelIdentity:
        """The model that answers, now or when it has been loaded, as it is stored with its answers."""
        if self._file is None:
            return ModelIdentity("")
        template = self.templates.get(self._file.name) or self._file.chat_template
        adapters = self.loaded.adapters if self.loaded else applied(self.adapters.get(self._file.name, ()))
        name = adapted_name(self._file.name, adapters)
        return replace(self._file.identity, name=name, sha256=self._sha256, template=template)

    def open_file(self, path: str) -> None:
        """Read the header of a file and load it; a file that is refused leaves the present model in place."""
        if self.loading:
            self.load_failed.emit(
                Notice("warning", "Another model is being loaded.", "Stop that first.", "message.stop")
            )
            return
        self._io.run(lambda: self.inspect(path), self.load, self._on_refused)

    def load(self, file: ModelFile) -> None:
        """Load a file whose header has been read."""
        self._info = self._ladder = self._way = None
        self._lowered = 0
        self._load(file)

    def set_template(self, template: str) -> None:
        """Load the model again with another chat template, and always from now on.

        Args:
            template: As of `LoadParams`; empty takes the file's own.
        """
        if self._file is None or self.loading:
            return
        others = {name: text for name, text in self.templates.items() if name != self._file.name}
        self.templates = others | ({self._file.name: template} if template else {})
        chosen = self.templates
        self._storage.run(lambda: self._store.set_state(MODEL_TEMPLATES, chosen), failed=self._on_refused)
        self._chooses_template = True
        self._load(self._file)

    def read_template(self, path: str) -> None:
        """Use the chat template in a file."""
        self._io.run(lambda: templates.read(path), self.set_template, self._on_refused)

    @property
    def own_projector(self) -> str:
        """Path of the projector beside the model; empty when there is none."""
        return self._file.projector if self._file else ""

    def set_projector(self, projector: str) -> None:
        """Load the model again with another projector, and always from now on.

        Args:
            projector: As of `LoadParams`; empty takes the one beside the model.
        """
        if self._file is None or self.loading:
            return
        others = {name: path for name, path in self.projectors.items() if name != self._file.name}
        chosen = self.projectors = others | ({self._file.name: projector} if projector else {})
        self._storage.run(lambda: self._store.set_state(MODEL_PROJECTORS, chosen), failed=self._on_refused)
        self._load(self._file)

    def read_projector(self, path: str) -> None:
        """Use the projector in a file."""
        self._io.run(lambda: inspect_projector(path).path, self.set_projector, self._on_refused)

    def ensure_loaded(self) -> None:
        """Load the model again that was unloaded or whose engine died."""
        if self.loaded is None and not self.loading and self._file is not None:
            self._load(self._file)

    def load_smaller(self) -> None:
        """Load the model again so that it takes less memory: one rung down the ladder."""
        if self.loading:
            return
        if self._file is None:
            self.load_failed.emit(
                Notice("warning", "There is no model to load.", "Open a GGUF model file.", "model.open")
            )
        elif self._file.is_served or self._next_rung() is None:
            cause = Sentence("This model already takes as little memory as it can.")
            self.load_failed.emit(Notice("warning", cause, "Choose a smaller model.", "model.open"))
        else:
            self._lowered += 1
            self._load(self._file)

    def load_way(self, command: str) -> None:
        """Load the model that was refused in the way of a command that was offered."""
        way = next((way for way in self.ways if way.command == command), None)
        if way is None:
            cause = Sentence("The model would not fit that way either.")
            self.load_failed.emit(Notice("warning", cause, "Choose a smaller model.", "model.open"))
        else:
            self._load_as(way.params)

    def load_anyway(self) -> None:
        """Load the model that was refused, although it is predicted not to fit."""
        if self.ways_are_open:
            self._load_as(replace(self._way or self.params, must_fit=False))

    @property
    def ways_are_open(self) -> bool:
        """Whether a model was refused and nothing was loaded since."""
        refused = self.plan is not None and self.plan.lacking is not None
        return refused and self._file is not None and self.loaded is None and not self.loading

    def _load_as(self, params: LoadParams) -> None:
        if not self.loading and self._file is not None:
            self._way, self._ladder, self._lowered = params, None, 0
            self._load(self._file)

    def notice(self, error: UserError, command: str) -> Notice:
        """Return what to tell of an engine's error; for a lack of memory the next rung of the ladder is offered.

        Args:
            command: What to offer for any other error.
        """
        if isinstance(error, NetworkError):
            cures = {ServerKeyError: "model.server_key", ServerModelError: "model.connect"}
            # Not every server can continue an answer.
            asked_again = "message.regenerate" if command == "message.continue" else command
            return Notice.from_error(error, cures.get(type(error), asked_again))
        if self._file is None or not isinstance(error, EngineMemoryError):
            return Notice.from_error(error, command)
        if self.plan is not None and self.plan.lacking is not None and not isinstance(error, EngineCrashedError):
            return self._refusal(error)
        rung = self._next_rung(error.details)
        if rung is None:
            return Notice("error", error.cause, "Choose a smaller model.", "model.open", error.details)
        return Notice("error", error.cause, rung.words, "model.load_smaller", error.details)

    def _refusal(self, error: EngineMemoryError) -> Notice:
        """Return why the model was not loaded and what would fit, with a command for each."""
        if not self.ways:
            cure = Sentence("Choose a smaller model.")
            return Notice("error", error.cause, cure, "model.open", error.details, ("model.load_anyway",))
        first, *others = (way.command for way in self.ways)
        return Notice("error", error.cause, told(self.ways), first, error.details, (*others, "model.load_anyway"))

    def _next_rung(self, details: str = "") -> Rung | None:
        if self._ladder is None:
            assert self._file is not None
            n_ctx = self._info.n_ctx if self._info else 0
            on_gpu = crash.names_gpu(f"{self._info.device if self._info else ''} {details}")
            params = self._way or self.params
            self._ladder = rungs(params, self._file, n_ctx, on_gpu=on_gpu and params.n_gpu_layers != 0)
        return self._ladder[self._lowered] if self._lowered < len(self._ladder) else None

    def _load(self, file: ModelFile) -> None:
        if self._file is None or self._file.path != file.path:
            self._sha256 = ""
        self._file = file
        self.loaded = None
        self.loading = True
        self.plan = None
        self.ways = ()
        self.load_started.emit(file.name)
        params = replace(self._params(), learned=self._log.learned(file))
        params = replace(
            params,
            template=self.templates.get(file.name, ""),
            projector=self.projectors.get(file.name, ""),
            adapters=applied(self.adapters.get(file.name, ())),
        )
        self._worker.load(file, params)

    def _params(self) -> LoadParams:
        """Return how the present file is to be loaded."""
        if self._ladder and self._lowered:
            return self._ladder[self._lowered - 1].params
        return self._way or self.params

    def reload(self) -> None:
        """Load the model in memory again, because what computes it is another one now."""
        if self.loaded is not None and self._file is not None and not self._file.is_served:
            self._load(self._file)

    def note_move(self, before: str, after: str) -> None:
        """Go on with the present model, and what was chosen for models, where all lies since its folder was moved."""

        def there(path: str) -> str:
            is_inside = bool(path) and Path(path).is_relative_to(before)
            return str(Path(after, Path(path).relative_to(before))) if is_inside else path

        if self._file is not None and (path := there(self._file.path)) != self._file.path:
            self._file = replace(self._file, path=path, projector=there(self._file.projector))
            self._storage.run(lambda: self._store.set_state(LAST_MODEL, path), failed=_ignore)
        projectors = self.projectors = {name: there(path) for name, path in self.projectors.items()}
        self.adapters = {name: placed(choices, there) for name, choices in self.adapters.items()}
        packed = {name: pack(choices) for name, choices in self.adapters.items()}
        self._storage.run(lambda: self._store.set_state(MODEL_PROJECTORS, projectors), failed=_ignore)
        self._storage.run(lambda: self._store.set_state(MODEL_ADAPTERS, packed), failed=_ignore)

    def unload(self) -> None:
        """Give the memory of the model back; the next message loads it again."""
        if self.loaded is not None:
            self._worker.unload()

    def cancel_load(self) -> None:
        """Abandon the load that is running."""
        if self.loading:
            self._worker.interrupt()

    def _on_refused(self, error: UserError) -> None:
        self.load_failed.emit(Notice.from_error(error, "model.open"))

    def _on_worker_load_planned(self, plan: LoadPlan) -> None:
        self.plan = plan
        if plan.lacking is not None and self._file is not None and self._file.shape is not None:
            params = replace(self._params(), learned=self._log.learned(self._file))
            self.ways = ways(self._file.shape, params, plan)
        self.load_planned.emit(plan)

    def _on_worker_model_loaded(self, info: ModelInfo) -> None:
        self.loading = False
        self._info = info
        self._log.note(info)
        self.loaded = LoadedModel(
            name=info.file.name,
            n_ctx=info.n_ctx,
            device=info.device,
            template=info.template,
            warnings=info.warnings,
            is_starter=not info.file.is_served and info.file.path.endswith(starter.FILE),
            size=info.file.size,
            plan=info.plan,
            took=together(info.took, info.adapted.took),
            asks=info.asks,
            sample=info.sample,
            place=info.place,
            estimates=info.estimates,
            limited=info.limited,
            adapters=info.adapted.adapters,
            sees=info.sees,
            seats=info.seats,
        )
        path = info.file.path
        if info.file.is_served:
            # The next start makes no connection by itself, and there is no file to hash.
            self._file = info.file
            self.model_loaded.emit(self.loaded)
            return
        self._storage.run(lambda: self._store.set_state(LAST_MODEL, path), failed=_ignore)
        self.model_loaded.emit(self.loaded)
        chosen, self._chooses_template = self._chooses_template, False
        if chosen:
            self.template_changed.emit(self.loaded)
        self._storage.run(lambda: self._store.get_state(MODEL_HASHES, {}), self._on_hashes_read, _ignore)

    def _on_hashes_read(self, hashes: dict[str, tuple[int, int, str]]) -> None:
        """Find out the hash of the loaded file: it is read whole only when it is not the one that was hashed before."""
        if self._file is None or not self._file.path:
            return
        path = self._file.path
        known = hashes.get(path)

        def work() -> tuple[int, int, str]:
            stamp = identity.stamp(path)
            if known and tuple(known[:2]) == stamp:
                return *stamp, known[2]
            return *stamp, identity.sha256(path)

        def done(found: tuple[int, int, str]) -> None:
            if self._file is not None and self._file.path == path:
                self._sha256 = found[2]

            def store() -> None:
                self._store.set_state(MODEL_HASHES, {**self._store.get_state(MODEL_HASHES, {}), path: found})
                self._store.set_model_hash(path, found[2])

            self._storage.run(store, failed=_ignore)

        self._io.run(work, done, _ignore)

    def _on_worker_load_failed(self, error: UserError) -> None:
        self.loading = False
        if isinstance(error, CancelledError) or not isinstance(error, EngineError | NetworkError):
            self._file = None  # after a crash or a lack of memory the same file may well load the next time
        self.unloaded.emit()
        if isinstance(error, CancelledError):
            self.load_failed.emit(Notice("info", error.cause, error.cure, "model.open"))
        else:
            self.load_failed.emit(self.notice(error, "model.connect" if self._is_served else "model.open"))

    @property
    def _is_served(self) -> bool:
        return self._file is not None and self._file.is_served

    def _on_worker_adapted(self, adapted: Adapted) -> None:
        if self.loaded is not None and self._info is not None:
            took = together(self._info.took, adapted.took)
            self.loaded = replace(self.loaded, adapters=adapted.adapters, took=took)
            self.adapted.emit(self.loaded)

    def _on_worker_unloaded(self) -> None:
        self.loaded = None
        self.unloaded.emit()

    def _on_worker_generation_failed(self, _generation_id: int, error: UserError) -> None:
        if isinstance(error, EngineCrashedError | NoModelError):
            self._on_worker_unloaded()

    def _on_worker_engine_lost(self, error: UserError) -> None:
        if self.loaded is not None:
            self._on_worker_unloaded()
            self.load_failed.emit(self.notice(error, ""))


def _ignore(_error: UserError) -> None:
    """What is remembered of models is a comfort; a full disk is reported where text is at stake."""
