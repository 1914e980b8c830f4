"""Our own JSON: a whole conversation, lossless. It is written and read here.

An object with `format`, `version`, tables of the models and sampling parameters that its messages point into, and
the conversation with the fields of `core.transfer`. Fields with their default value are left out; the contents of
attachments are in base64. Readers ignore fields that they do not know; a change that they would not survive makes
a new version.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Annotated, Any

import msgspec

from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.errors import UserError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence, joined
from desktopchat.core.transfer import Attachment, Item, Mended, TransferConversation, TransferMessage
from desktopchat.exchange.draft import Origin
from desktopchat.exchange.order import put_in_order
from desktopchat.exchange.records import BadRecordError

FORMAT = "desktopchat"
VERSION = 1


# What can be told and stored: seconds up to the year 5138, integers of SQLite.
_Time = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
_Seed = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
_Uid = Annotated[str, msgspec.Meta(min_length=1)]
_Place = Annotated[int, msgspec.Meta(ge=0)]


class _Message(msgspec.Struct, omit_defaults=True):
    """`TransferMessage`, with places in the tables for model and sampling."""

    uid: str
    role: Role
    created_at: _Time
    content: str = ""
    parent_uid: str | None = None
    reasoning: str = ""
    state: MessageState = MessageState.COMPLETE
    model: _Place | None = None
    sampling: _Place | None = None
    seed: _Seed | None = None
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    error: str = ""
    attachments: tuple[Attachment, ...] = ()
    name: str = ""


class _Conversation(msgspec.Struct, omit_defaults=True):
    """`TransferConversation`."""

    uid: _Uid
    created_at: _Time
    updated_at: _Time
    title: str = ""
    tip_uid: str | None = None
    system_prompt: str = ""
    sampling: SamplingParams = msgspec.field(default_factory=SamplingParams)
    draft: str = ""
    note: str = ""
    folder: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    archived: bool = False
    messages: tuple[_Message, ...] = ()


class _Document(msgspec.Struct):
    format: str
    version: int
    models: list[ModelIdentity]
    samplings: list[SamplingParams]
    conversation: _Conversation


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a conversation of ours."""
    return record.get("format") == FORMAT and "conversation" in record


def read(record: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Read one conversation.

    Raises:
        BadRecordError: It is from a newer desktopchat, or not as it should be.
    """
    if record.get("version") != VERSION:
        raise BadRecordError("It was written by a newer desktopchat, or is no export; update this one to read it.")
    try:
        document = msgspec.convert(record, _Document)
        models, samplings, source = document.models, document.samplings, document.conversation
        messages = [
            TransferMessage(
                **_values(message)
                | {
                    "model": None if message.model is None else models[message.model],
                    "sampling": None if message.sampling is None else samplings[message.sampling],
                    "usage": message.usage or Usage(),
                    "timings": message.timings or Timings(),
                }
            )
            for message in source.messages
        ]
    except (msgspec.ValidationError, IndexError) as error:
        raise BadRecordError(Sentence("It is not as our exports are: {error}.", error=error)) from None
    orderly = put_in_order(messages, source.tip_uid, source.created_at)
    mended = list(orderly.mended)
    try:
        sampling = source.sampling.validated()
    except UserError as error:
        sampling = SamplingParams()
        mended.append(joined(error.cause, Sentence("The parameters for the next answer are the usual ones now.")))
    prompts = [text for text in (source.system_prompt, *orderly.system_texts) if text]
    yield TransferConversation(
        **_values(source)
        | {
            "messages": orderly.messages,
            "tip_uid": orderly.tip_uid,
            "system_prompt": "\n\n".join(prompts),
            "sampling": sampling,
        }
    )
    yield from (Mended(origin.place, reason) for reason in mended)


def encoded(conversation: TransferConversation) -> bytes:
    """Return a conversation as one object in one line."""
    models: dict[ModelIdentity, int] = {}
    samplings: dict[SamplingParams, int] = {}
    messages = tuple(
        _Message(
            **_fields(message)
            | {
                "model": message.model and models.setdefault(message.model, len(models)),
                "sampling": message.sampling and samplings.setdefault(message.sampling, len(samplings)),
                "usage": None if message.usage == Usage() else message.usage,
                "timings": None if message.timings == Timings() else message.timings,
            }
        )
        for message in conversation.messages
    )
    document = _Document(
        FORMAT, VERSION, list(models), list(samplings), _Conversation(**_fields(conversation) | {"messages": messages})
    )
    return msgspec.json.encode(document)


def _fields(value: TransferMessage | TransferConversation) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _values(value: _Message | _Conversation) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}
