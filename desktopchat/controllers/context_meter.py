"""How full the context window is, and what the next prompt would put into it."""

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.core.chat import ContextParts, Message, Role, Usage
from desktopchat.core.prompt import turns


class ContextMeter(QObject):
    """Counts with the loaded model.

    Attributes:
        context_changed: Tokens in the context window and its size; (0, 0) when unknown.
        parts_counted: ContextParts of the prompt that the draft would make; None when unknown.
    """

    context_changed = Signal(int, int)
    parts_counted = Signal(object)

    def __init__(self, worker: EngineWorker, models: ModelController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._models = models
        worker.parts_counted.connect(self._on_worker_parts_counted)

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

    def count(self, path: tuple[Message, ...], system_prompt: str, draft: str) -> None:
        """Count what the next prompt would be. Not to be called while the engine's thread is busy with an answer."""
        if self._models.loaded is not None:
            self._worker.count(turns(path, system_prompt), draft)

    def _on_worker_parts_counted(self, system: int, history: int, draft: int) -> None:
        if self._models.loaded is not None:
            self.parts_counted.emit(ContextParts(system, history, draft, self._models.loaded.n_ctx))
