"""Any tree of messages made into one that the database takes: question and answer take turns."""

from dataclasses import dataclass, replace

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import TransferMessage
from desktopchat.exchange.records import MAX_RECORD, BadRecordError

NO_ANSWER = Sentence("There was no answer.")
_SAME_ID = Sentence("Messages had the same id, or none; all are kept.")
_NO_PARENT = Sentence("The message before another one was missing; that one begins the conversation.")
_CIRCLE = Sentence("Messages stood in a circle; it is cut at one of them.")


@dataclass(frozen=True, slots=True)
class Orderly:
    """What came of a tree.

    Attributes:
        messages: As `TransferConversation.messages` has to be.
        tip_uid: The leaf nearest to the one that was wanted.
        system_texts: What the system said, each text once.
        mended: What was wrong with the tree, as sentences.
    """

    messages: tuple[TransferMessage, ...]
    tip_uid: str | None
    system_texts: tuple[str, ...]
    mended: tuple[Sentence, ...]


def is_orderly(messages: tuple[TransferMessage, ...], tip_uid: str | None) -> bool:
    """Return whether the database takes these messages as they are."""
    roles: dict[str, Role] = {}
    parents = {message.parent_uid for message in messages}
    for message in messages:
        parent_role = roles.get(message.parent_uid) if message.parent_uid is not None else Role.SYSTEM
        if (
            message.role in (Role.SYSTEM, Role.TOOL)
            or not message.uid
            or message.uid in roles
            or parent_role in (None, message.role)
            or message.state is MessageState.STREAMING
            or (message.role is Role.USER and message.state is not MessageState.COMPLETE)
        ):
            return False
        roles[message.uid] = message.role
    return (tip_uid in roles and tip_uid not in parents) if messages else tip_uid is None


def put_in_order(messages: list[TransferMessage], tip_uid: str | None, created_at: float) -> Orderly:
    """Bring a tree of any shape into order; nothing that was said is lost.

    What the system says is taken out. Answers that follow one another become one; where such a row forks, its
    beginning is in every branch. Between two questions comes an answer that says that there was none. A message
    whose parent is missing, or that stands in a circle, begins the conversation anew.

    Args:
        messages: In any order. Uids that stand twice are told apart. SYSTEM is taken as a role, also for what only
            holds the tree together.
        tip_uid: The message that is shown; None takes the last one.
        created_at: Time of messages that have none, which is 0.

    Raises:
        BadRecordError: The texts would come to more than a record may have.
    """
    if is_orderly(tuple(messages), tip_uid) and all(message.created_at for message in messages):
        return Orderly(tuple(messages), tip_uid, (), ())
    return _Walk(messages, created_at).orderly(tip_uid)


@dataclass(frozen=True, slots=True)
class _Row:
    """Answers that follow one another, from the last one back."""

    last: TransferMessage
    before: "_Row | None"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message of the old tree hangs in the new one.

    Attributes:
        above: What it follows in the new tree; None at the beginning.
        row: Answers right above it that are not in the new tree yet.
    """

    above: TransferMessage | None
    row: _Row | None = None


class _Walk:
    def __init__(self, messages: list[TransferMessage], created_at: float) -> None:
        self._created_at = created_at
        self._mended: dict[Sentence, None] = {}
        self._new: dict[str, TransferMessage] = {}
        self._instead: dict[str, str] = {}  # old uid -> uid of the new message that holds its text
        self._system: dict[str, None] = {}
        self._length = 0
        self._old = self._unique(messages)
        self._children = self._linked()

    def orderly(self, tip_uid: str | None) -> Orderly:
        pending = [(uid, _Place(None)) for uid in reversed(self._children[None])]
        while pending:
            uid, place = pending.pop()
            below = self._take(self._old[uid], place)
            children = self._children.get(uid, [])
            pending += [(child, below) for child in reversed(children)]
            if not children and below.row:
                self._close(below)
        return Orderly(tuple(self._new.values()), self._tip(tip_uid), tuple(self._system), tuple(self._mended))

    def _unique(self, messages: list[TransferMessage]) -> dict[str, TransferMessage]:
        found: dict[str, TransferMessage] = {}
        numbers: dict[str, int] = {}
        for message in messages:
            if not message.uid or message.uid in found:
                if message == found.get(message.uid):
                    continue
                self._mended[_SAME_ID] = None
                uid = message.uid
                while not message.uid or message.uid in found:
                    numbers[uid] = numbers.get(uid, 1) + 1
                    message = replace(message, uid=f"{uid}~{numbers[uid]}")
            found[message.uid] = message
        return found

    def _linked(self) -> dict[str | None, list[str]]:
        """Return the children of each message, with every message reachable from None."""
        children: dict[str | None, list[str]] = {None: []}
        for uid, message in self._old.items():
            parent = message.parent_uid
            if parent is not None and parent not in self._old:
                self._mended[_NO_PARENT] = None
                parent = None
            children.setdefault(parent, []).append(uid)
        reached: set[str] = set()
        self._reach(children, list(children[None]), reached)
        for uid in self._old:
            if uid not in reached:
                self._mended[_CIRCLE] = None
                first = self._in_circle(uid)
                children[self._old[first].parent_uid].remove(first)
                children[None].append(first)
                self._reach(children, [first], reached)
        return children

    def _in_circle(self, uid: str) -> str:
        """Return a message of the circle that a message hangs at, or stands in."""
        seen = set()
        while uid not in seen:
            seen.add(uid)
            uid = str(self._old[uid].parent_uid)
        return uid

    @staticmethod
    def _reach(children: dict[str | None, list[str]], pending: list[str], reached: set[str]) -> None:
        while pending:
            uid = pending.pop()
            reached.add(uid)
            pending += children.get(uid, ())

    def _take(self, message: TransferMessage, place: _Place) -> _Place:
        """Put a message into the new tree, or into its row, and return where its children hang."""
        match message.role:
            case Role.SYSTEM:
                if message.content.strip():
                    self._system[message.content.strip()] = None
                return place
            case Role.ASSISTANT | Role.TOOL:  # what a tool gave back is a part of the answer
                return _Place(place.above, _Row(replace(message, role=Role.ASSISTANT), place.row))
        above = self._close(place) if place.row else place.above
        if above is not None and above.role is Role.USER:
            above = self._no_answer(above)
        return _Place(self._add(replace(message, state=MessageState.COMPLETE), above, message.uid))

    def _close(self, place: _Place) -> TransferMessage:
        """Put the row of a place into the new tree as one answer."""
        row: list[TransferMessage] = []
        rest = place.row
        while rest is not None:
            row.append(rest.last)
            rest = rest.before
        row.reverse()
        last = row[-1]
        if last.uid in self._new:
            return self._new[last.uid]
        state = MessageState.INTERRUPTED if last.state is MessageState.STREAMING else last.state
        answer = replace(
            last,
            content="\n\n".join(message.content for message in row if message.content),
            reasoning="\n\n".join(message.reasoning for message in row if message.reasoning),
            attachments=tuple(attachment for message in row for attachment in message.attachments),
            model=next((message.model for message in reversed(row) if message.model), None),
            created_at=row[0].created_at,
            state=state,
        )
        return self._add(answer, place.above, *(message.uid for message in row))

    def _no_answer(self, question: TransferMessage) -> TransferMessage:
        uid = f"{question.uid}/no-answer"
        if uid in self._new:
            return self._new[uid]
        answer = TransferMessage(
            uid, None, Role.ASSISTANT, "", question.created_at, state=MessageState.FAILED, error=str(NO_ANSWER)
        )
        return self._add(answer, question)

    def _add(self, message: TransferMessage, above: TransferMessage | None, *old_uids: str) -> TransferMessage:
        self._length += len(message.content) + len(message.reasoning)
        if self._length > MAX_RECORD:
            raise BadRecordError("Its branches would come to too much text.")
        created_at = message.created_at or (above.created_at if above else self._created_at)
        message = replace(message, parent_uid=above.uid if above else None, created_at=created_at)
        self._new[message.uid] = message
        self._instead |= dict.fromkeys(old_uids, message.uid)
        return message

    def _tip(self, wanted: str | None) -> str | None:
        """Return the newest leaf below what was wanted, or below the nearest message above it that there is."""
        seen = set()
        while wanted is not None and wanted not in self._instead and wanted not in seen:
            seen.add(wanted)
            wanted = self._old[wanted].parent_uid if wanted in self._old else None
        last = {message.parent_uid: message.uid for message in self._new.values()}
        tip = self._instead.get(wanted) if wanted is not None else None
        while tip in last:
            tip = last[tip]
        return tip
