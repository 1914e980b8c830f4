"""A request on the thread of the engine."""

import logging
from collections.abc import Callable

from desktopchat.core.errors import EngineCrashedError, NoModelError, UserError
from desktopchat.engine.api import Engine, GenerationEvent, GenerationFinished, GenerationRequest
from desktopchat.server.queue import DroppedError

_log = logging.getLogger(__name__)


class TriedJob:
    """What jobs that ask have in common: an engine that is dead when they come is given one more try.

    Args:
        number: Of the generation.
    """

    def __init__(self, number: int) -> None:
        self.id = number
        self.is_told = False
        self.was_tried = False

    def begin(self, engine: Engine, ended: Callable[[], None]) -> None:
        """Do it, or begin to, and tell what went wrong.

        Args:
            ended: Called when it is over.

        Raises:
            EngineCrashedError, NoModelError: The engine has to be loaded again.
        """
        try:
            self._begin(engine, ended)
        except (EngineCrashedError, NoModelError) as error:
            self._fail(error, ended)
            raise
        except UserError as error:
            self._fail(error, ended)
        except Exception:
            self._refuse(RuntimeError("the engine's thread failed"))
            _log.exception("a request failed")
            ended()

    def dropped(self) -> None:
        """Tell that it will never run."""
        self._refuse(DroppedError())

    @property
    def _has_begun(self) -> bool:
        return False

    def _begin(self, engine: Engine, ended: Callable[[], None]) -> None:
        raise NotImplementedError

    def _fail(self, error: UserError, ended: Callable[[], None]) -> None:
        is_dead = isinstance(error, EngineCrashedError | NoModelError)
        if not is_dead or self._has_begun or self.was_tried:
            self._refuse(error)
        self.was_tried = True
        ended()

    def _refuse(self, error: Exception) -> None:
        self.is_told = True
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        raise NotImplementedError


class AnsweredJob(TriedJob):
    """A request that is answered beside others."""

    def __init__(self, request: GenerationRequest) -> None:
        super().__init__(request.id)
        self._request = request

    def _begin(self, engine: Engine, ended: Callable[[], None]) -> None:
        def take(outcome: GenerationEvent | UserError) -> None:
            if isinstance(outcome, UserError):
                self._fail(outcome, ended)
                return
            if not self._take(outcome):
                engine.cancel(self.id)
            if isinstance(outcome, GenerationFinished):
                self.is_told = True
                self._finish()
                ended()

        engine.join(self._request, take)

    def _take(self, event: GenerationEvent) -> bool:
        """Hear of a part of the answer; return whether more is wanted."""
        raise NotImplementedError

    def _finish(self) -> None:
        """Hear that all is there."""
        raise NotImplementedError
