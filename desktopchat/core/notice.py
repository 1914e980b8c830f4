"""Something that the person should know and need not answer."""

from dataclasses import dataclass
from typing import Literal

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence, joined


@dataclass(frozen=True, slots=True)
class Notice:
    """A banner over the composer, or a toast when `level` is "info".

    Attributes:
        level: A "hint" is a suggestion: nothing is wrong, and it stays until somebody has read it.
        cause: One sentence.
        cure: One sentence; may be empty.
        command: Id of the command that does the cure; may be empty.
        details: Technical text, folded away; may be empty.
        others: Ids of further commands that would do.
    """

    level: Literal["info", "hint", "warning", "error"]
    cause: str
    cure: str = ""
    command: str = ""
    details: str = ""
    others: tuple[str, ...] = ()

    @classmethod
    def from_error(cls, error: UserError, command: str = "") -> "Notice":
        """Make a banner of an error."""
        return cls("error", error.cause, error.cure, command, error.details)

    @property
    def sentence(self) -> Sentence:
        """Cause and cure."""
        return joined(self.cause, self.cure)
