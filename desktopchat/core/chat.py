"""A conversation is a tree of messages; its tip is the leaf that is shown."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktopchat.core.attached import AttachedFile
from desktopchat.core.params import SamplingParams
from desktopchat.core.picture import Picture


class Role(StrEnum):
    """Who speaks. A tool does so to the engine alone; none of its results is stored."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class MessageState(StrEnum):
    """How far a message has come. STREAMING at start-up becomes INTERRUPTED."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class FinishReason(StrEnum):
    """Why an answer ended. STOP is an end-of-generation token or a stop string."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool that an answer asks for.

    Attributes:
        id: What the model calls it, else made up; no two of an answer are the same.
        arguments: JSON object, as text.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn as the engine sees it.

    Attributes:
        reasoning: What the model thought before it said the content.
        pictures: What comes before the content.
        calls: Of an assistant: the tools that it called behind the content.
        answers: Of a tool: the call that the content is the result of.
    """

    role: Role
    content: str
    reasoning: str = ""
    pictures: tuple[Picture, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    answers: ToolCall | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one answer.

    Attributes:
        prompt_tokens: Length of the prompt after the chat template.
        cached_tokens: How many of them were reused from the KV cache.
        completion_tokens: Generated tokens, over all `n` answers.
        left_out_messages: Oldest messages that were left out because the context window was full.
        shifted_tokens: Tokens that were dropped from the context window while it answered.
        drafted_tokens: Tokens that speculative decoding proposed.
        accepted_tokens: How many of those were right.
        repeatable: Whether the same request with the same seed gives the same answer again. Sums that are
            rounded in another order differ in their last bits, so a prompt that was partly in the KV cache
            may lead to another answer than one that was evaluated as a whole, and so may drafts and fewer threads.
        reasoning_tokens: Tokens of the reasoning of this answer.
        answers: How many answers the counts are of: those that were generated at once.
        earlier_prompt_tokens, earlier_completion_tokens: What this answer took before it was gone on with.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    left_out_messages: int = 0
    shifted_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    repeatable: bool = True
    reasoning_tokens: int = 0
    answers: int = 1
    earlier_prompt_tokens: int = 0
    earlier_completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, measured in the engine with a monotonic clock.

    Attributes:
        prompt_seconds: Evaluation of the prompt tokens that were not cached.
        first_token_seconds: From the request until the first token was sampled.
        generation_seconds: From the first to the last token.
        reasoning_seconds: How long the model thought.
        earlier_seconds: What this answer took before it was gone on with.
        joules: Energy, in all that it was gone on with; 0 when nobody knows, as of a server.
        watts: What the energy was estimated from, beside the seconds; 0 when it was measured (RAPL).
    """

    prompt_seconds: float = 0.0
    first_token_seconds: float = 0.0
    generation_seconds: float = 0.0
    reasoning_seconds: float = 0.0
    earlier_seconds: float = 0.0
    joules: float = 0.0
    watts: float = 0.0

    @property
    def seconds(self) -> float:
        """From the request to the last token."""
        return self.first_token_seconds + self.generation_seconds


def tokens_per_second(usage: Usage, timings: Timings) -> float:
    """Return the speed of generation in tokens/s; 0 when there was too little to measure."""
    if usage.completion_tokens < 2 or timings.generation_seconds <= 0:
        return 0.0
    return (usage.completion_tokens - 1) / timings.generation_seconds


@dataclass(frozen=True, slots=True)
class ContextParts:
    """What the next prompt consists of, in tokens. The template's own tokens count with their part.

    Attributes:
        draft: What is written, with its files.
        n_ctx: The context window.
        queued: What is to be sent after the present answer.
        counting: Whether something is not counted yet.
        estimated: The counts are estimates.
    """

    system: int
    history: int
    draft: int
    n_ctx: int
    queued: int = 0
    counting: bool = False
    estimated: bool = False

    @property
    def room(self) -> int:
        """Tokens that are left for the answer; negative when the prompt does not fit."""
        return self.n_ctx - self.system - self.history - self.draft - self.queued


@dataclass(frozen=True, slots=True)
class Message:
    """One stored turn. The fields after `created_at` belong to assistant messages.

    Attributes:
        parent_id: The message that this one follows; the silent root of the conversation for the first ones.
        created_at: Seconds since the epoch.
        model: Name of the model that answered.
        seed: The seed that was used, also when it was drawn.
        error: Why a FAILED message failed, as shown to the person.
        sibling: Place among the messages with the same parent, from 1, in order of creation.
        siblings: Number of messages with the same parent.
        branch: What the person called the branch that begins with it.
        files: What came with it, in the order in which it was attached.
    """

    id: int
    conversation_id: int
    parent_id: int
    role: Role
    content: str
    state: MessageState
    created_at: float
    reasoning: str = ""
    model: str = ""
    sampling: SamplingParams | None = None
    seed: int | None = None
    finish_reason: FinishReason | None = None
    usage: Usage = field(default_factory=Usage)
    timings: Timings = field(default_factory=Timings)
    error: str = ""
    sibling: int = 1
    siblings: int = 1
    branch: str = ""
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a conversation apart from its messages.

    Attributes:
        title: Empty until the first message names it or the person does.
        tip_id: The active leaf; None while there is no message.
        draft: What stands unsent in the composer.
        sampling: Parameters for the next answer.
        note: What the person noted about it.
        scroll: Where one was reading: message id and the part of that message, 0 to 1, that lies above the window;
            None at the end.
        tags: In alphabetical order.
    """

    id: int
    title: str
    created_at: float
    updated_at: float
    tip_id: int | None = None
    system_prompt: str = ""
    sampling: SamplingParams = field(default_factory=SamplingParams)
    draft: str = ""
    note: str = ""
    scroll: tuple[int, float] | None = None
    folder_id: int | None = None
    pinned: bool = False
    archived: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of conversations.

    Attributes:
        count: How many conversations stand in it, without those in the archive.
    """

    id: int
    name: str
    count: int


class TrashKind(StrEnum):
    """What was deleted in one act."""

    MESSAGE = "message"
    CONVERSATION = "conversation"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class TrashItem:
    """What one deletion took away and a restore brings back.

    Attributes:
        title: The conversation's title, the folder's name, or how the message begins.
        deleted_at: Seconds since the epoch.
        conversation_id: Where to look for it once it is restored; None for a folder.
        message_id: The message that was deleted with all that follows it; None for the other kinds.
    """

    id: int
    kind: TrashKind
    title: str
    deleted_at: float
    conversation_id: int | None = None
    message_id: int | None = None


def title_from(text: str, limit: int = 60) -> str:
    """Return a title made of the first line of a message, cut at a word where there is one.

    Args:
        limit: Longest title in characters.
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) <= limit:
        return line
    cut = line[:limit].rsplit(" ", 1)[0]
    return (cut if len(cut) > limit // 2 else line[:limit]).rstrip() + "…"
