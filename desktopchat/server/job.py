"""A request on the thread of the engine."""

import logging

from desktopchat.core.errors import EngineCrashedError, NoModelError, UserError
from desktopchat.engine.api import Engine
from desktopchat.server.outbox import DroppedError

_log = logging.getLogger(__name__)


class TriedJob:
    """What jobs that ask have in common: an engine that is dead when they come is given one more try.

    Args:
        number: Of the generation.
    """

    def __init__(self, number: int) -> None:
        self.id = number
        self.is_told = False
        self._tries = 0

    def run(self, engine: Engine) -> None:
        """Do it, and tell what went wrong.

        Raises:
            EngineCrashedError, NoModelError: The engine has to be loaded again.
        """
        self._tries += 1
        try:
            self._do(engine)
        except (EngineCrashedError, NoModelError) as error:
            if self._has_begun or self._tries > 1:
                self._refuse(error)
            raise
        except UserError as error:
            self._refuse(error)
        except Exception:
            self._refuse(RuntimeError("the engine's thread failed"))
            _log.exception("a request failed")

    def dropped(self) -> None:
        """Tell that it will never run."""
        self._refuse(DroppedError())

    @property
    def _has_begun(self) -> bool:
        return False

    def _do(self, engine: Engine) -> None:
        raise NotImplementedError

    def _refuse(self, error: Exception) -> None:
        self.is_told = True
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        raise NotImplementedError
