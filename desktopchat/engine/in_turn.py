"""InTurn: what joins an engine that answers one request at a time."""

import logging
from collections import deque
from collections.abc import Callable, Iterator

from desktopchat.core.errors import EngineCrashedError, EngineError, NoModelError, UserError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.api import GenerationEvent, GenerationRequest, Take

_log = logging.getLogger(__name__)
CURE = Sentence("Try again; if it happens again, load the model again.")


class InTurn:
    """Answers those who joined in the order of their coming, each as a whole in one step.

    Args:
        generate: As of `Engine`.
    """

    def __init__(self, generate: Callable[[GenerationRequest], Iterator[GenerationEvent]]) -> None:
        self._generate = generate
        self._waiting: deque[tuple[GenerationRequest, Take]] = deque()

    def join(self, request: GenerationRequest, take: Take) -> None:
        """Take a request up."""
        self._waiting.append((request, take))

    def step(self) -> bool:
        """Answer the next one, and return whether others are left.

        Raises:
            EngineCrashedError, NoModelError: None of them can be answered, which all have heard.
        """
        if self._waiting:
            request, take = self._waiting.popleft()
            try:
                for event in self._generate(request):
                    take(event)
            except UserError as error:
                take(error)
                if isinstance(error, EngineCrashedError | NoModelError):
                    self.end(error)
                    raise
            except Exception as error:
                _log.exception("a request failed")
                take(EngineError("The engine failed inside.", CURE, f"{type(error).__name__}: {error}"))
        return bool(self._waiting)

    def end(self, error: UserError) -> None:
        """Let all who wait hear why they are not answered."""
        while self._waiting:
            _, take = self._waiting.popleft()
            take(error)
