"""Frames on the engine's pipe: a length, then JSON. Never pickle, for the child runs untrusted model files.

A frame is four bytes of length (little endian) and `[serial, name, payload]`: the serial of the command that
it belongs to, the name of a dataclass below, and its fields.
"""

import itertools
import struct
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import IO, Any

import msgspec

from desktopchat.core.adapter import Adapter
from desktopchat.core.chat import ChatMessage
from desktopchat.core.device import Device
from desktopchat.core.distribution import MOST_CANDIDATES, Distribution
from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import EngineError, UserError, error_classes
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.sentence import Sentence, pack, unpack
from desktopchat.core.token import Token
from desktopchat.engine.api import (
    PLAIN_PROMPT,
    Adapted,
    BackendInfo,
    ChoiceFinished,
    Delta,
    GenerationFinished,
    GenerationRequest,
    LoadPlanned,
    LoadProgress,
    ModelLoaded,
    PromptProgress,
    PromptScored,
    PromptSettings,
)

MAX_FRAME = 64 << 20  # bytes; a prompt of the longest context is far below
EMBED_SLICE = 64  # vectors in one frame
_TOKEN_SLICE = 1 << 16  # tokens in one frame
_LONGEST_VECTOR = 1 << 19  # bytes; the largest models have 64 KiB
_LENGTH = struct.Struct("<I")


class WireError(Exception):
    """The other side sent something that is no frame."""


class CutOffError(WireError):
    """The other side ended in the middle of a frame."""


@dataclass(frozen=True, slots=True)
class Load:
    """Command: load a model."""

    model: ModelFile
    params: LoadParams


@dataclass(frozen=True, slots=True)
class Generate:
    """Command: answer."""

    request: GenerationRequest


@dataclass(frozen=True, slots=True)
class Join:
    """Command: answer beside others, when nothing else is to be done."""

    request: GenerationRequest


@dataclass(frozen=True, slots=True)
class CountTokens:
    """Command: count the tokens of a prompt."""

    messages: tuple[ChatMessage, ...]
    settings: PromptSettings = PLAIN_PROMPT


@dataclass(frozen=True, slots=True)
class Render:
    """Command: tell text and tokens of a prompt."""

    messages: tuple[ChatMessage, ...]
    settings: PromptSettings = PLAIN_PROMPT


@dataclass(frozen=True, slots=True)
class Tokenize:
    """Command: tell the tokens of a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Expect:
    """Command: tell what may follow these tokens."""

    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    """Command: make vectors of texts."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Describe:
    """Command: tell build and devices."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Command: remove the KV states of a conversation."""

    conversation: str


@dataclass(frozen=True, slots=True)
class Adapt:
    """Command: apply these adapters and no others."""

    adapters: tuple[Adapter, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Command: write what is to be kept, and end."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Command, obeyed at once: tell that the process is alive."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Command, obeyed at once: end a generation."""

    generation_id: int


@dataclass(frozen=True, slots=True)
class UpdateSampling:
    """Command, obeyed at once: other parameters from the next token on."""

    generation_id: int
    sampling: SamplingParams


@dataclass(frozen=True, slots=True)
class HoldPicture:
    """Command, obeyed at once: keep a picture, for messages name pictures by their digest alone."""

    data: bytes


@dataclass(frozen=True, slots=True)
class DropPicture:
    """Command, obeyed at once: forget a picture."""

    digest: str


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Answer to `CountTokens`."""

    tokens: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Answer to `Render` and `Tokenize`: the next tokens."""

    tokens: tuple[Token, ...]


def slices(tokens: Sequence[Token]) -> Iterator[Tokens]:
    """Yield answers with these tokens that fit into frames."""
    for start in range(0, len(tokens), _TOKEN_SLICE):
        yield Tokens(tuple(tokens[start : start + _TOKEN_SLICE]))


@dataclass(frozen=True, slots=True)
class PromptText:
    """Answer to `Render`, after the tokens."""

    text: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """Answer to `Embed`: the vectors of the next few texts."""

    embeddings: tuple[Embedding, ...]


@dataclass(frozen=True, slots=True)
class Pong:
    """Answer to `Ping`."""


@dataclass(frozen=True, slots=True)
class Done:
    """Answer to a command that has no other result."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Answer to a command that raised an error."""

    code: str
    cause: Sentence
    cure: Sentence
    details: str

    @classmethod
    def of(cls, error: UserError) -> "Failed":
        """Describe an error."""
        return cls(error.code, error.cause, error.cure, error.details)

    def error(self) -> UserError:
        """Return the error that was described."""
        kind = error_classes().get(self.code, EngineError)
        return kind(self.cause, self.cure, self.details)


COMMANDS: tuple[type, ...] = (
    Load,
    Generate,
    Join,
    CountTokens,
    Render,
    Tokenize,
    Expect,
    Describe,
    Forget,
    Close,
    Ping,
    Cancel,
    UpdateSampling,
    Adapt,
    Embed,
    HoldPicture,
    DropPicture,
)
# What each command that is not obeyed at once may be answered with; the last one ends it, and so does `Failed`.
_ANSWERS_TO: dict[type, tuple[type, ...]] = {
    Load: (LoadPlanned, LoadProgress, ModelLoaded),
    Generate: (PromptProgress, PromptScored, Delta, ChoiceFinished, GenerationFinished),
    Join: (PromptProgress, PromptScored, Delta, ChoiceFinished, GenerationFinished),
    CountTokens: (TokenCount,),
    Render: (Tokens, PromptText),
    Tokenize: (Tokens, Done),
    Expect: (Distribution,),
    Describe: (BackendInfo,),
    Forget: (Done,),
    Adapt: (Adapted,),
    Embed: (Embedded, Done),
}
ANSWERS: tuple[type, ...] = (*itertools.chain.from_iterable(_ANSWERS_TO.values()), Pong, Failed)


def answers(command: Any, answer: Any) -> bool:
    """Return whether this may be an answer to that command: a broken child sends anything."""
    return isinstance(answer, (*_ANSWERS_TO[type(command)], Failed)) and _is_possible(command, answer)


def _is_possible(command: Any, answer: Any) -> bool:
    """Return whether an answer's numbers are ones that signals, progress bars and the database can hold."""
    match answer:
        case LoadProgress(fraction):
            return 0 <= fraction <= 1
        case LoadPlanned(plan):
            return _is_possible_plan(plan)
        case ModelLoaded(info):
            counts = _are_counts(info.n_ctx, info.n_vocab, info.seats) and _are_sizes(
                *_sizes((*info.took, *info.adapted.took))
            )
            return info.file == command.model and counts and (info.plan is None or _is_possible_plan(info.plan))
        case PromptProgress(done, total, cached):
            return _are_counts(done, total, cached)
        case Delta(index, _, tokens):
            return 0 <= index < command.request.sampling.n and _are_counts(tokens)
        case ChoiceFinished(index, _, seed):
            is_possible = 0 <= index < command.request.sampling.n and 0 <= seed < 1 << 32
            return is_possible and _are_counts(answer.reasoning_tokens) and answer.reasoning_seconds >= 0
        case GenerationFinished(usage, timings):
            return _are_counts(*astuple(usage)) and all(seconds >= 0 for seconds in astuple(timings))
        case TokenCount(tokens):
            return _are_counts(tokens)
        case Tokens(tokens):
            return len(tokens) <= _TOKEN_SLICE and all(-1 <= token.id < 1 << 31 for token in tokens)
        case Distribution(top, tail):
            return 0 < len(top) <= MOST_CANDIDATES and _are_counts(*(one.token for one in top), *(n for _, n in tail))
        case Adapted(adapters, took):
            return adapters == command.adapters and _are_sizes(*_sizes(took))
        case Embedded(embeddings):
            return len(embeddings) <= EMBED_SLICE and all(map(_is_possible_embedding, embeddings))
        case BackendInfo():
            return _are_sizes(*_sizes_of(answer.devices))
        case _:
            return True


def _is_possible_embedding(one: Embedding) -> bool:
    return 0 < len(one.data) <= _LONGEST_VECTOR and len(one.data) % 4 == 0 and _are_counts(one.tokens)


def _is_possible_plan(plan: LoadPlan) -> bool:
    sizes = [*_sizes(plan.memory), *_sizes_of(plan.devices), *plan.reads]
    for one in plan.beside:
        sizes += [one.inputs, *one.layers, one.weights, one.compute, *_sizes(one.memory)]
    counts = _are_counts(plan.n_ctx, plan.n_gpu_layers, plan.n_cpu_experts)
    return _are_sizes(*sizes) and counts and len(plan.memory) == len(plan.devices)


def _sizes(memory: Sequence[DeviceMemory]) -> list[int]:
    return [size for part in memory for size in (part.weights, part.kv, part.compute)]


def _sizes_of(devices: Sequence[Device]) -> list[int]:
    return [size for device in devices for size in (device.free, device.total)]


def _are_sizes(*numbers: int) -> bool:
    return all(0 <= number < 1 << 63 for number in numbers)


def _are_counts(*numbers: int) -> bool:
    return all(0 <= number < 1 << 31 for number in numbers)


def ends(command: Any, answer: Any) -> bool:
    """Return whether this is the last answer to that command."""
    return isinstance(answer, (_ANSWERS_TO[type(command)][-1], Failed))


def encode(serial: int, item: Any) -> bytes:
    """Return a frame.

    Raises:
        WireError: The frame is over `MAX_FRAME`.
    """
    body = msgspec.json.encode((serial, type(item).__name__, item), enc_hook=pack)
    if len(body) > MAX_FRAME:
        raise WireError(f"a frame of {len(body):,} bytes")
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Reads frames of the given kinds.

    Args:
        kinds: The dataclasses that may arrive; anything else is an error.
    """

    def __init__(self, stream: IO[bytes], kinds: tuple[type, ...]) -> None:
        self._stream = stream
        self._envelope = msgspec.json.Decoder(tuple[int, str, msgspec.Raw])
        self._decoders: dict[str, Any] = {kind.__name__: msgspec.json.Decoder(kind, dec_hook=unpack) for kind in kinds}

    def read(self) -> tuple[int, Any] | None:
        """Return serial and item of the next frame, or None at the end of the stream.

        Raises:
            WireError: What arrived is too long, cut off or malformed.
        """
        head = self._stream.read(_LENGTH.size)
        if not head:
            return None
        if len(head) < _LENGTH.size:
            raise CutOffError("a cut-off frame")
        (length,) = _LENGTH.unpack(head)
        if length > MAX_FRAME:
            raise WireError(f"a frame of {length:,} bytes")
        body = self._stream.read(length)
        if len(body) < length:
            raise CutOffError("a cut-off frame")
        try:
            serial, name, payload = self._envelope.decode(body)
            return serial, self._decoders[name].decode(payload)
        except (msgspec.DecodeError, KeyError, RecursionError) as error:
            raise WireError(f"a malformed frame: {error}") from error
