"""What an import came to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from desktopchat.core.errors import ImportFileError
from desktopchat.core.sentence import Sentence, counted
from desktopchat.core.transfer import Mended, Skipped, Taken

_MOST_LINES = 100
# For one, and for more.
_CONVERSATIONS = (Sentence("1 conversation"), Sentence("{count} conversations"))
_MESSAGES = (Sentence("1 message"), Sentence("{count} messages"))
_KNOWN = (Sentence("1 was already here"), Sentence("{count} were already here"))
_DELETED = (Sentence("1 of these is in the trash"), Sentence("{count} of these are in the trash"))
_MENDED = (Sentence("1 thing had to be mended"), Sentence("{count} things had to be mended"))
_SKIPPED = (Sentence("1 record was skipped"), Sentence("{count} records were skipped"))


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
    lines: list[Sentence] = field(default_factory=list)
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
            self.lines.append(Sentence("{place}: {reason}", place=trouble.place, reason=trouble.reason))

    def summary(self) -> Sentence:
        """Return it as one sentence."""
        whole = Sentence(
            "Imported {conversations} with {messages}",
            conversations=counted(self.conversations, *_CONVERSATIONS),
            messages=counted(self.messages, *_MESSAGES),
        )
        rest = ((self.known, _KNOWN), (self.deleted, _DELETED), (self.mended, _MENDED), (self.skipped, _SKIPPED))
        for number, forms in rest:
            if number:
                whole = Sentence("{first}; {second}", first=whole, second=counted(number, *forms))
        return Sentence("{words}.", words=whole)

    def details(self, say: Callable[[Sentence], str] = str) -> list[str]:
        """Return a line for each of the first records that were mended or skipped, and how many more there are.

        Args:
            say: Returns a sentence in the language that is wanted.
        """
        more = self.mended + self.skipped - len(self.lines)
        lines = [*self.lines, Sentence("and {count} more.", count=more)] if more else self.lines
        return [" ".join(say(line).split()) for line in lines]
