"""How full the context window is, and what the next prompt would put into it."""

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.picture_shelf import PictureShelf
from desktopchat.core.attached import Written
from desktopchat.core.chat import ChatMessage, ContextParts, Message, Role, Usage
from desktopchat.core.params import SamplingParams
from desktopchat.core.prompt import blind
from desktopchat.engine.api import PromptSettings


class ContextMeter(QObject):
    """Counts with the loaded model. Each file and each message of the queue is counted once.

    Args:
        pictures: Makes turns of a path.

    Attributes:
        context_changed: Tokens in the context window and its size; (0, 0) when unknown.
        parts_counted: ContextParts of the prompt that the draft would make; None when unknown.
        file_counted: AttachedFile of the draft and its tokens; -1 when there is no model to count with.
    """

    context_changed = Signal(int, int)
    parts_counted = Signal(object)
    file_counted = Signal(object, int)

    def __init__(
        self,
        worker: EngineWorker,
        models: ModelController,
        pictures: PictureShelf,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._worker = worker
        self._models = models
        self._files: tuple[Written, ...] = ()
        self._queue: tuple[Written, ...] = ()
        self._tokens: dict[Written, int | None] = {}  # None: asked for
        self._parts: ContextParts | None = None  # without files and queue
        worker.parts_counted.connect(self._on_worker_parts_counted)
        worker.measured.connect(self._on_worker_measured)
        models.model_loaded.connect(self._on_models_model_loaded)
        models.unloaded.connect(self._on_models_unloaded)

    def show_answered(self, path: tuple[Message, ...]) -> None:
        """Tell how full the window was after the last answer of a path."""
        loaded = self._models.loaded
        if loaded is None:
            self.context_changed.emit(0, 0)
            self.parts_counted.emit(None)
            return
        usage = next((m.usage for m in reversed(path) if m.role is Role.ASSISTANT), Usage())
        self.context_changed.emit(usage.prompt_tokens + usage.completion_tokens, loaded.n_ctx)

    def show_running(self, tokens: int) -> None:
        """Tell how full the window is while an answer is written."""
        if self._models.loaded is not None:
            self.context_changed.emit(tokens, self._models.loaded.n_ctx)

    def count(
        self,
        path: tuple[Message, ...],
        system_prompt: str,
        draft: Written,
        queue: tuple[Written, ...],
        sampling: SamplingParams,
    ) -> None:
        """Count what the next prompt would be. Not to be called while the engine's thread is busy with an answer."""
        self._files = tuple(Written("", (file,)) for file in draft.files)
        self._queue = queue
        if self._models.loaded is None:
            return
        wanted = (*self._files, *self._queue)
        self._tokens = {one: self._tokens[one] for one in wanted if one in self._tokens}

        def count(asked: tuple[ChatMessage, ...]) -> None:
            self._worker.count(asked if self._models.sees else blind(asked), draft.text, PromptSettings.of(sampling))

        self._pictures.turns(path, system_prompt, count)
        for one in wanted:
            if not self._models.sees and one in self._files and one.files[0].is_picture:
                self.file_counted.emit(one.files[0], -1)
            elif one not in self._tokens:
                self._tokens[one] = None
                self._worker.measure(one)
            elif one in self._files:
                self._tell(one)

    def _on_models_model_loaded(self, _loaded: object) -> None:
        self._tokens = {}
        self._parts = None
        if self._models.loaded is not None and not self._models.loaded.n_ctx:
            self.parts_counted.emit(None)  # a server that does not tell its window

    def _on_models_unloaded(self) -> None:
        self._tokens = {}
        self._parts = None
        for one in self._files:
            self._tell(one)

    def _on_worker_parts_counted(self, system: int, history: int, draft: int) -> None:
        loaded = self._models.loaded
        if loaded is not None and loaded.n_ctx:
            self._parts = ContextParts(system, history, draft, loaded.n_ctx, estimated=loaded.estimates)
            self._tell_parts()

    def _on_worker_measured(self, written: Written, tokens: int) -> None:
        # Another model has other tokens; what it is asked for is asked for again.
        if written in self._tokens:
            self._tokens[written] = tokens
            if written in self._files:
                self._tell(written)
            self._tell_parts()

    def _tell(self, one: Written) -> None:
        tokens = self._tokens.get(one, -1)
        if tokens is not None:
            self.file_counted.emit(one.files[0], tokens)

    def _tell_parts(self) -> None:
        parts = self._parts
        if parts is None:
            return
        files, queued = ([self._tokens.get(one) for one in group] for group in (self._files, self._queue))
        self.parts_counted.emit(
            ContextParts(
                parts.system,
                parts.history,
                parts.draft + sum(filter(None, files)),
                parts.n_ctx,
                sum(filter(None, queued)),
                None in files or None in queued,
                parts.estimated,
            )
        )
