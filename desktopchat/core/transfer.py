"""A conversation apart from any database: what importers make, exporters write and the store takes or gives."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message.

    Attributes:
        name: File name without folders.
        media_type: Such as "image/png"; empty when unknown.
        content: Its bytes; None when only the name is known.
    """

    name: str
    media_type: str = ""
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class TransferMessage:
    """One message of the tree. The fields are those of `core.chat.Message`; ids are names that hold anywhere.

    Attributes:
        uid: Unique in its conversation. The same message has the same uid whenever it is imported again.
        parent_uid: None for a message that begins the conversation.
        role: USER or ASSISTANT.
        name: What the person called the branch that begins with it.
    """

    uid: str
    parent_uid: str | None
    role: Role
    content: str
    created_at: float
    reasoning: str = ""
    state: MessageState = MessageState.COMPLETE
    model: ModelIdentity | None = None
    sampling: SamplingParams | None = None
    seed: int | None = None
    finish_reason: FinishReason | None = None
    usage: Usage = field(default_factory=Usage)
    timings: Timings = field(default_factory=Timings)
    error: str = ""
    attachments: tuple[Attachment, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class TransferConversation:
    """A whole tree. The store takes it as it is, or not at all.

    Attributes:
        uid: The same conversation has the same uid whenever it is imported again, such as "chatgpt:…".
        created_at, updated_at: Seconds since the epoch.
        tip_uid: The leaf that is shown; None when there is no message.
        folder: Name of the folder it stands in; empty for none.
        messages: Parents before children, siblings in order. A user message follows an answer or nothing, an
            answer a user message or nothing: the database takes no other order.
    """

    uid: str
    title: str
    created_at: float
    updated_at: float
    messages: tuple[TransferMessage, ...]
    tip_uid: str | None = None
    system_prompt: str = ""
    sampling: SamplingParams = field(default_factory=SamplingParams)
    draft: str = ""
    note: str = ""
    folder: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that could not be read, while the rest could.

    Attributes:
        place: Where it stands, such as "conversation 3, message 12" or "line 7".
        reason: What is wrong with it, as one sentence.
    """

    place: Sentence
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Mended:
    """A record that came in although something in it was wrong.

    Attributes:
        place: Where it stands, as in `Skipped`.
        reason: What was wrong and what became of it, as one sentence.
    """

    place: Sentence
    reason: Sentence


Item = TransferConversation | Skipped | Mended


def branch(conversation: TransferConversation) -> Iterator[TransferMessage]:
    """Return the messages from the first one to the tip."""
    by_uid = {message.uid: message for message in conversation.messages}
    path = []
    uid = conversation.tip_uid
    while uid is not None:
        path.append(by_uid[uid])
        uid = by_uid[uid].parent_uid
    return reversed(path)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a conversation that was given to the store.

    Attributes:
        conversation_id: Where it stands.
        added: Number of messages that were not here before.
        is_new: The conversation was not here before.
        is_deleted: It was, and is in the trash, where it stays.
    """

    conversation_id: int
    added: int
    is_new: bool
    is_deleted: bool = False
