"""Remembers what models took, so that the next prediction is better and `desktopchat doctor` can tell."""

from typing import Any

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.memory import DeviceMemory, together
from desktopchat.core.memory_words import report, shared_report
from desktopchat.core.modelfile import ModelFile
from desktopchat.engine.api import ModelInfo
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import LAST_LOAD, MODEL_MEMORY

Ratios = tuple[float, float, float]
_NONE: Ratios = (1.0, 1.0, 1.0)
# A ratio outside of this says that something else was measured, such as a load on another device.
_LEAST, _MOST = 0.5, 2.0
_KEPT = 100  # models


class MemoryLog:
    """By how much the parts of each model were larger than predicted, with the size of its file."""

    def __init__(self, storage: TaskRunner, store: ConversationStore) -> None:
        self._storage = storage
        self._store = store
        self._known: dict[str, list[Any]] = {}

    def start(self) -> None:
        """Read what was remembered."""
        self._storage.run(lambda: self._store.get_state(MODEL_MEMORY, {}), self._on_read, _ignore)

    def learned(self, file: ModelFile) -> Ratios:
        """Return what a prediction for this file is to be multiplied with: weights, KV cache, compute buffers."""
        match self._known.get(file.path):
            case [file.size, float(weights), float(kv), float(compute)]:
                return _bounded(weights), _bounded(kv), _bounded(compute)
        return _NONE

    def note(self, info: ModelInfo) -> None:
        """Remember a load that worked."""
        if not info.took:
            return
        if info.plan is None:
            shared = shared_report(info.n_ctx, str(info.device), together(info.took, info.adapted.took))
            self._keep({"model": info.file.name, **shared})
            return
        planned, took = _together(info.plan.memory), _together(info.took)
        before = self.learned(info.file)
        ratios = tuple(
            old * (real / predicted if real and predicted else 1.0)
            for old, real, predicted in zip(before, took, planned, strict=True)
        )
        self._known.pop(info.file.path, None)
        self._known[info.file.path] = [info.file.size, *(_bounded(ratio) for ratio in ratios)]
        self._keep({"model": info.file.name, **report(info.plan, together(info.took, info.adapted.took))})

    def _keep(self, last: dict[str, Any]) -> None:
        known = dict(list(self._known.items())[-_KEPT:])

        def keep() -> None:
            self._store.set_state(MODEL_MEMORY, known)
            self._store.set_state(LAST_LOAD, last)

        self._storage.run(keep, failed=_ignore)

    def _on_read(self, known: dict[str, list[Any]]) -> None:
        self._known = {**known, **self._known}


def _together(memory: tuple[DeviceMemory, ...]) -> tuple[int, int, int]:
    return (
        sum(part.weights for part in memory),
        sum(part.kv for part in memory),
        sum(part.compute for part in memory),
    )


def _bounded(ratio: float) -> float:
    return min(max(ratio, _LEAST), _MOST)


def _ignore(_error: UserError) -> None:
    """A better prediction is a comfort; a disk that fails is reported where text is at stake."""
