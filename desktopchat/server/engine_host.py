"""EngineHost: an engine of its own for what is asked where no window has one."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from desktopchat.core.adapter import Adapter
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
        model: What is loaded.
        params: How.
        said: Hears what the person should know.
        adapters: Applied to it, or it is not loaded.

    Attributes:
        engine: It belongs to the thread that calls the methods here.
        queue: For what is to be done.
        info: The loaded model; None while there is none.
    """

    def __init__(
        self,
        engine: Engine,
        model: ModelFile,
        params: LoadParams,
        said: Callable[[str], None] = lambda _: None,
        adapters: Sequence[Adapter] = (),
    ) -> None:
        self.engine = engine
        self._model = model
        self._params = params
        self._said = said
        self._adapters = adapters
        self._loads_again = False
        self.queue = EngineQueue()
        self.info: ModelInfo | None = None

    def load(self) -> ModelInfo:
        """Load the model.

        Raises:
            UserError: As of `Engine.load` and `Engine.adapt`.
        """
        # Who asks while it is loaded again waits, and is not told that there is no model.
        for event in self.engine.load(self._model, self._params):
            if isinstance(event, ModelLoaded):
                info = event.info
        if self._adapters:
            info = replace(info, adapted=self.engine.adapt(self._adapters))
        self.info = info
        return info

    def run(self) -> None:
        """Do what is in the queue until it is closed and nothing runs any more."""
        while not (self.queue.is_closed and self.queue.is_idle):
            try:
                self.queue.run_next(self.engine, _PATIENCE)
            except (EngineCrashedError, NoModelError) as error:
                if not self.queue.is_closed:
                    _log.info("the model is loaded again: %s", error.cause)
                    self._said(f"{error.cause} The model is loaded again.")
                    self._load_again()

    def stop(self) -> None:
        """Take nothing more, and end what runs, a load too. From any thread."""
        self.queue.close()
        if self._loads_again:
            self.engine.interrupt()

    def interrupt(self) -> None:
        """Abandon a load. From any thread."""
        self.engine.interrupt()

    def close(self) -> None:
        """Give everything back, once nothing runs any more."""
        self.engine.close()

    def _load_again(self) -> None:
        self._loads_again = True
        try:
            self.load()
        except UserError as error:
            self.info = None
            _log.info("the model could not be loaded again: %s", error)
            if not self.queue.is_closed:
                self._said(str(error))
        finally:
            self._loads_again = False
