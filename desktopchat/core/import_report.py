"""What an import came to."""

from dataclasses import dataclass, field

from desktopchat.core.errors import ImportFileError
from desktopchat.core.transfer import Mended, Skipped, Taken, TransferConversation


@dataclass(slots=True)
class ImportReport:
    """Counts what was taken and keeps what could not be.

    Attributes:
        conversations: Number of those that brought something new.
        messages: Number of messages that are new.
        known: Number of conversations that brought nothing.
        deleted: Titles of those that are in the trash.
        ids: Of the conversations that brought something new.
        troubles: What was mended or skipped.
        errors: Of files that could not be read, or not to their end.
    """

    conversations: int = 0
    messages: int = 0
    known: int = 0
    deleted: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    troubles: list[Mended | Skipped] = field(default_factory=list)
    errors: list[ImportFileError] = field(default_factory=list)

    def add(self, conversation: TransferConversation, taken: Taken) -> None:
        """Count a conversation that the store took."""
        if taken.added or taken.is_new:
            self.conversations += 1
            self.messages += taken.added
            self.ids.append(taken.conversation_id)
        else:
            self.known += 1
        if taken.is_deleted:
            self.deleted.append(conversation.title)

    def summary(self) -> str:
        """Return it as one sentence without a full stop."""
        parts = [f"Imported {_count(self.conversations, 'conversation')} with {_count(self.messages, 'message')}"]
        if self.known:
            parts.append(f"{self.known} {_were(self.known)} already here")
        if self.deleted:
            parts.append(f"{len(self.deleted)} of these {'is' if len(self.deleted) == 1 else 'are'} in the trash")
        for kind, words in ((Mended, "{} had to be mended"), (Skipped, "{} {} skipped")):
            if number := sum(isinstance(trouble, kind) for trouble in self.troubles):
                parts.append(words.format(_count(number, "thing" if kind is Mended else "record"), _were(number)))
        return "; ".join(parts)

    def details(self) -> list[str]:
        """Return a line for each record that was mended or skipped."""
        return [" ".join(f"{trouble.place}: {trouble.reason}".split()) for trouble in self.troubles]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
