"""A conversation while it is read from somebody else's file."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from desktopchat.core.chat import MessageState, Role, title_from
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Item, Mended, Skipped, TransferConversation, TransferMessage
from desktopchat.exchange.order import put_in_order
from desktopchat.exchange.records import BadRecordError

_THINKING = re.compile(r"\s*<think>(.*?)</think>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record comes from.

    Attributes:
        place: As in `Skipped`.
        modified: When its file was last written, in seconds since the epoch.
    """

    place: Sentence
    modified: float


@dataclass(slots=True)
class Draft:
    """Takes messages as they come and makes a conversation of them.

    Attributes:
        uid: Of the conversation, such as "chatgpt:…"; empty makes one of the first message and the time.
        kind: Name of the format; begins a uid that is made.
        tip: Uid of the message that is shown; None takes the last one.
    """

    origin: Origin
    kind: str
    uid: str = ""
    title: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0
    tip: str | None = None
    system_prompt: str = ""
    folder: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    archived: bool = False
    messages: list[TransferMessage] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    _derived: dict[str, int] = field(default_factory=dict)  # how often each uid would have been made

    def add(
        self,
        role: Role,
        content: str,
        *,
        parent: str | None,
        uid: str = "",
        created_at: float = 0.0,
        reasoning: str = "",
        model: str = "",
        state: MessageState = MessageState.COMPLETE,
        error: str = "",
        attachments: Iterable[Attachment] = (),
    ) -> str:
        """Add a message and return its uid.

        Args:
            role: SYSTEM also for what only holds the tree together.
            content: The text; `<think>` at its beginning is taken for the reasoning of an answer.
            parent: Uid of the message before it.
            uid: Empty makes one of place and content, so that it is the same whenever the file is read.
            created_at: Seconds since the epoch; 0 when unknown.
            reasoning, state, error, attachments: As in `TransferMessage`.
            model: Name of the model that answered.
        """
        if role is Role.ASSISTANT and not reasoning and (match := _THINKING.match(content)):
            reasoning, content = match[1].strip(), content[match.end() :]
        if not uid:
            uid = _digest(parent or "", role, content)
            self._derived[uid] = number = self._derived.get(uid, 0) + 1
            if number > 1:
                uid = _digest(uid, str(number))
        self.messages.append(
            TransferMessage(
                uid=uid,
                parent_uid=parent,
                role=role,
                content=_clean(content),
                created_at=created_at,
                reasoning=_clean(reasoning),
                state=state,
                model=ModelIdentity(_clean(model)) if model and role is Role.ASSISTANT else None,
                error=_clean(error),
                attachments=tuple(attachments),
            )
        )
        return uid

    def skip(self, place: Sentence, reason: Sentence) -> None:
        """Tell of a part that could not be read."""
        self.skipped.append(Skipped(Sentence("{first}, {second}", first=self.origin.place, second=place), reason))

    def finished(self) -> Iterator[Item]:
        """Return the conversation and what was wrong with it.

        Raises:
            BadRecordError: There is nothing in it, or far too much.
        """
        if not any(message.role is not Role.SYSTEM for message in self.messages):
            raise BadRecordError("It has no messages.")
        times = [message.created_at for message in self.messages if message.created_at]
        created_at = self.created_at or min(times, default=self.origin.modified)
        orderly = put_in_order(self.messages, self.tip, created_at)
        messages = orderly.messages
        prompts = dict.fromkeys([self.system_prompt.strip(), *orderly.system_texts])
        yield TransferConversation(
            uid=self.uid or f"{self.kind}:{self._made_uid(messages)}",
            title=_clean(" ".join(self.title.split())) or self._first_words(messages),
            created_at=created_at,
            updated_at=max(self.updated_at, created_at, *times),
            messages=messages,
            tip_uid=orderly.tip_uid,
            system_prompt=_clean("\n\n".join(text for text in prompts if text)),
            folder=_clean(" ".join(self.folder.split())),
            tags=tuple(dict.fromkeys(_clean(tag.strip()) for tag in self.tags if tag.strip())),
            pinned=self.pinned,
            archived=self.archived,
        )
        yield from self.skipped
        yield from (Mended(self.origin.place, reason) for reason in orderly.mended)

    def _made_uid(self, messages: tuple[TransferMessage, ...]) -> str:
        """Return what stays the same while the conversation grows, and sets it apart from others as well as it can."""
        if self.created_at:
            return _digest(str(self.created_at), messages[0].content)
        return _digest(*(message.content for message in messages[:2]))

    @staticmethod
    def _first_words(messages: tuple[TransferMessage, ...]) -> str:
        said = [message.content for message in messages if message.role is Role.USER] or [messages[0].content]
        return title_from(said[0])


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:32]


def _clean(text: str) -> str:
    """Return text without what no text has: a NUL is left by files in a wrong encoding."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


# --- what JSON holds, whatever that is: a value of the wrong type counts as missing ----------------------


def text(record: Any, *keys: str) -> str:
    """Return the first of some values that is a text and not empty; else an empty one."""
    values = (record.get(key) for key in keys) if isinstance(record, dict) else ()
    return next((value for value in values if isinstance(value, str) and value), "")


def mapping(record: Any, *path: str) -> dict[str, Any]:
    """Return the object at the end of a path of keys, or an empty one."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, dict) else {}


def items(record: Any, key: str) -> list[Any]:
    """Return the array under a key, or an empty one."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, list) else []


def seconds(value: Any) -> float:
    """Return a time as seconds since the epoch: a number in seconds, ms, µs or ns, or ISO 8601; 0 when it is none."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
            value = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e21:
        return 0.0
    while value > 1e11:
        value /= 1000
    return float(value)
