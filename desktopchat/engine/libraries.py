"""Which libraries of llama.cpp a child of the engine loads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence

VARIABLE = "LLAMA_CPP_LIB_PATH"  # by which the Python package is told


@dataclass(frozen=True, slots=True)
class Libraries:
    """A folder of them.

    Attributes:
        folder: None takes what LLAMA_CPP_LIB_PATH names, else what came with the Python package.
        warnings: What the person should know of this choice.
    """

    folder: Path | None = None
    warnings: tuple[Sentence, ...] = ()


class LibraryChooser(Protocol):
    """Chooses for each child anew. Called on the engine's thread."""

    def choose(self) -> Libraries:
        """Return what the next child loads."""
        ...

    def give_up(self, libraries: Libraries, error: UserError) -> bool:
        """Hear that a child could not load them; return whether there are others now."""
        ...

    def interrupt(self) -> None:
        """Come to a choice at once. From any thread."""
        ...


class Fixed:
    """Always the same ones."""

    def __init__(self, libraries: Libraries | None = None) -> None:
        self._libraries = libraries or Libraries()

    def choose(self) -> Libraries:
        """Return them."""
        return self._libraries

    def give_up(self, _libraries: Libraries, _error: UserError) -> bool:
        """There are no others."""
        return False

    def interrupt(self) -> None:
        """Nothing takes long."""
