"""EngineHost: an engine of its own for the endpoint, where no window has one."""

import logging
from collections.abc import Callable

from desktopchat.core.errors import EngineCrashedError, NoModelError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import Engine, ModelInfo, ModelLoaded
from desktopchat.server.queue import EngineQueue

_log = logging.getLogger(__name__)
_PATIENCE = 60.0  # seconds of one wait for a job


class EngineHost:
    """Runs what is in a queue, and loads the model again when the engine has died.

    Args:
        engine: It belongs to the thread that calls the methods here.
        model: What is loaded.
        params: How.
        said: Hears what the person should know.

    Attributes:
        queue: For what is to be done.
        info: The loaded model; None while there is none.
    """

    def __init__(
        self, engine: Engine, model: ModelFile, params: LoadParams, said: Callable[[str], None] = lambda _: None
    ) -> None:
        self._engine = engine
        self._model = model
        self._params = params
        self._said = said
        self.queue = EngineQueue()
        self.info: ModelInfo | None = None

    def load(self) -> ModelInfo:
        """Load the model.

        Raises:
            UserError: As of `Engine.load`.
        """
        # Who asks while it is loaded again waits, and is not told that there is no model.
        for event in self._engine.load(self._model, self._params):
            if isinstance(event, ModelLoaded):
                self.info = event.info
        assert self.info is not None
        return self.info

    def run(self) -> None:
        """Do what is in the queue until it is closed and nothing runs any more."""
        while not (self.queue.is_closed and self.queue.is_idle):
            try:
                self.queue.run_next(self._engine, _PATIENCE)
            except (EngineCrashedError, NoModelError) as error:
                _log.info("the model is loaded again: %s", error.cause)
                self._said(f"{error.cause} The model is loaded again.")
                self._load_again()

    def interrupt(self) -> None:
        """Abandon a load. From any thread."""
        self._engine.interrupt()

    def close(self) -> None:
        """Give everything back, once nothing runs any more."""
        self._engine.close()

    def _load_again(self) -> None:
        if self.queue.is_closed:
            return
        try:
            self.load()
        except UserError as error:
            self.info = None
            _log.info("the model could not be loaded again: %s", error)
            self._said(str(error))
