"""GPT4All's `.chat` files, one for each conversation.

Follows `serialize` and `deserialize` of Chat, ChatLLM, ChatModel, ChatItem and ToolCallInfo in GPT4All's source
(gpt4all-chat/src: chatlistmodel.cpp, chat.cpp, chatllm.cpp, chatmodel.cpp, tool.cpp), versions 1 to 12. The state of
the model that old versions keep is passed over, and so are the documents that a question was answered from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, seconds
from desktopchat.exchange.formats.fences import labelled
from desktopchat.exchange.formats.qdatastream import DataStream
from desktopchat.exchange.records import NO_SPEAKER, BadRecordError

KIND = "gpt4all"
MAGIC = b"\xf5\xd5\x53\xcc"
NEWEST = 12
_MAX_DEPTH = 16  # of parts of an answer in one another; GPT4All itself shows one level


def read(file: BinaryIO, size: int, origin: Origin) -> Iterator[Item]:
    """Read one chat.

    Args:
        file: At its beginning; can seek.
        size: Its length in bytes.
        origin: Where from.

    Raises:
        BadRecordError: It is of another version, or damaged.
    """
    stream = DataStream(file, size)
    stream.skip(len(MAGIC))
    version = stream.int32()
    if not 1 <= version <= NEWEST:
        raise BadRecordError(
            Sentence(
                "It is of version {version} of GPT4All's format; 1 to {newest} are known here.",
                version=str(version),
                newest=str(NEWEST),
            )
        )
    created_at = seconds(stream.int64())
    uid, name, _user_name, model = stream.text(), stream.text(), stream.text(), stream.text()
    if version >= 3:
        stream.texts()  # collections of documents
    if version < 11:
        _pass_model_state(stream, version)
    draft = Draft(origin, KIND, uid=f"{KIND}:{uid}" if uid else "", title=name, created_at=created_at)
    last = None
    for number in range(1, stream.int32() + 1):
        try:
            last = _add(draft, stream, version, last, model)
        except BadRecordError as error:
            # What follows has no beginning that could be found; what came before is whole.
            draft.skip(Sentence("message {number}", number=str(number)), error.reason)
            break
    yield from draft.finished()


def _pass_model_state(stream: DataStream, version: int) -> None:
    has_state = stream.boolean() if version >= 6 else True
    if version >= 2:
        stream.skip(8)  # type of the model, version of the state
    stream.text()  # answer
    stream.text()  # generated name
    stream.skip(4)  # tokens so far
    if has_state:
        stream.skip(4 if version < 4 else 0)  # logits of the answer
        stream.skip(4)  # n_past
        stream.skip(4 if version >= 7 else 0)  # n_ctx
        if version < 9:
            stream.skip(stream.count() * 4)  # logits
        stream.skip(stream.count() * 4)  # tokens
        stream.skip_byte_array()


@dataclass(slots=True)
class _Part:
    """What a part of an answer adds to its text, or to the thoughts before it."""

    said: str = ""
    thoughts: str = ""


def _add(draft: Draft, stream: DataStream, version: int, parent: str | None, model: str) -> str:
    if version < 12:
        stream.skip(4)  # number of the message
    kind, said = stream.text(), stream.text()
    if kind not in ("Prompt: ", "Response: ", "System: "):
        raise BadRecordError(NO_SPEAKER)
    if version < 10:
        stream.text()  # the prompt once more
    stream.text()  # an answer that the person would have wanted
    stream.boolean()  # is it being written
    stopped = stream.boolean()
    stream.skip(2)  # thumbs up, thumbs down
    failed = version >= 11 and kind == "Response: " and stream.boolean()
    if version >= 8:
        for _ in range(stream.count()):
            for _text in range(7):  # collection, path, file, title, author, date, text
                stream.text()
            stream.skip(12)  # page, from, to
    elif version >= 3:
        stream.text()  # references
        stream.texts()
    attachments = [_attachment(stream) for _ in range(stream.count())] if version >= 10 else []
    parts = [_part(stream, 1) for _ in range(stream.count())] if version >= 12 else []
    state = MessageState.FAILED if failed else MessageState.INTERRUPTED if stopped else MessageState.COMPLETE
    is_answer = kind == "Response: "
    return draft.add(
        Role.ASSISTANT if is_answer else Role.USER if kind == "Prompt: " else Role.SYSTEM,
        "\n\n".join(part.said for part in parts if part.said) or ("" if parts or failed else said),
        parent=parent,
        reasoning="\n\n".join(part.thoughts for part in parts if part.thoughts),
        model=model if is_answer else "",
        state=state if is_answer else MessageState.COMPLETE,
        error=said if failed else "",
        attachments=attachments,
    )


def _attachment(stream: DataStream) -> Attachment:
    url, content = stream.byte_array().decode("utf-8", "replace"), stream.byte_array()
    return Attachment(unquote(url).replace("\\", "/").rpartition("/")[2] or "attachment", content=content)


def _part(stream: DataStream, depth: int) -> _Part:
    """Read a part of an answer; the parts below it are never shown, but have to be read to come past them."""
    if depth > _MAX_DEPTH:
        raise BadRecordError("Its parts are nested too deep.")
    kind, said = stream.text(), stream.text()
    part = _Part()
    match kind:
        case "Text: " | "Response: ":
            part.said = said.strip("\n")
        case "ToolResponse: ":
            part.said = labelled("Result of a tool", said)
        case "ToolCall: ":
            name = stream.text()
            for _ in range(stream.count()):
                stream.text()
                stream.skip(4)  # type of the parameter
                stream.variant()
            stream.text()  # the result, which follows as a part of its own
            stream.skip(4)  # error
            stream.text()
            part.said = labelled(f"Call of {name or 'a tool'}", said)
        case "Think: ":
            stream.skip(4)  # ms that it took
            part.thoughts = said.removeprefix("<think>").removesuffix("</think>").strip()
        case _:
            raise BadRecordError("A part of an answer is of an unknown kind.")
    for _ in range(stream.count()):
        _part(stream, depth + 1)
    return part
