"""What all routes work with."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath

from desktopchat.core.errors import NoModelError
from desktopchat.engine.api import ModelInfo
from desktopchat.server.asking import Asker
from desktopchat.server.faults import no_model


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """What the person chose for the endpoint.

    Attributes:
        aliases: Names, and patterns of names such as "gpt-*", by which the model in use may be called.
        wraps_prompts: A bare prompt for a model with a chat template is put as a person's turn.
        logs_requests: What is asked and answered is written to the log.
    """

    aliases: tuple[str, ...] = ()
    wraps_prompts: bool = True
    logs_requests: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Where requests are taken.

    Attributes:
        asker: Puts them into the queue.
        model: Tells the model in use; None while there is none.
        options: Tells what the person chose.
    """

    asker: Asker
    model: Callable[[], ModelInfo | None]
    options: Callable[[], EndpointOptions]

    def model_called(self, name: str | None) -> ModelInfo:
        """Return the model in use, if it goes by this name; without a name it does.

        Raises:
            NoModelError: No model is in use.
            ApiError: It does not.
        """
        info = self.model()
        if info is None:
            raise NoModelError("No model is loaded.", "Load one in the window, or try again in a moment.")
        if name and not self._is_called(info, name):
            raise no_model(name)
        return info

    def _is_called(self, info: ModelInfo, name: str) -> bool:
        wanted = name.casefold()
        own = {info.file.name.casefold(), PurePath(info.file.path).name.casefold()}
        return wanted in own or any(fnmatchcase(wanted, alias.casefold()) for alias in self.options().aliases)
