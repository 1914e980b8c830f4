"""What an import came to."""

from dataclasses import dataclass, field

from desktopchat.core.errors import ImportFileError
from desktopchat.core.transfer import Mended, Skipped, Taken

_MOST_LINES = 100


@dataclass(slots=True)
class ImportReport:
    """Counts what was taken and keeps what could not be.

    Attributes:
        conversations: Number of those that brought something new.
        messages: Number of messages that are new.
        known: Number of conversations that brought nothing.
        deleted: Number of those that are in the trash.
        ids: Of the conversations that brought something new.
        mended, skipped: Number of records with something wrong in them.
        lines: What that was, for the first ones.
        errors: Of files that could not be read, or not to their end.
    """

    conversations: int = 0
    messages: int = 0
    known: int = 0
    deleted: int = 0
    ids: list[int] = field(default_factory=list)
    mended: int = 0
    skipped: int = 0
    lines: list[str] = field(default_factory=list)
    errors: list[ImportFileError] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        """Count a conversation that the store took."""
        if taken.added or taken.is_new:
            self.conversations += 1
            self.messages += taken.added
            self.ids.append(taken.conversation_id)
        else:
            self.known += 1
        if taken.is_deleted:
            self.deleted += 1

    def note(self, trouble: Mended | Skipped) -> None:
        """Count a record with something wrong in it."""
        if isinstance(trouble, Mended):
            self.mended += 1
        else:
            self.skipped += 1
        if len(self.lines) < _MOST_LINES:
            self.lines.append(" ".join(f"{trouble.place}: {trouble.reason}".split()))

    def summary(self) -> str:
        """Return it as one sentence without a full stop."""
        parts = [f"Imported {_count(self.conversations, 'conversation')} with {_count(self.messages, 'message')}"]
        if self.known:
            parts.append(f"{self.known} {_were(self.known)} already here")
        if self.deleted:
            parts.append(f"{self.deleted} of these {'is' if self.deleted == 1 else 'are'} in the trash")
        if self.mended:
            parts.append(f"{_count(self.mended, 'thing')} had to be mended")
        if self.skipped:
            parts.append(f"{_count(self.skipped, 'record')} {_were(self.skipped)} skipped")
        return "; ".join(parts)

    def details(self) -> list[str]:
        """Return a line for each of the first records that were mended or skipped, and how many more there are."""
        more = self.mended + self.skipped - len(self.lines)
        return [*self.lines, f"and {more:,} more."] if more else self.lines


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
