"""An answer that takes another way from one of its tokens on."""

import codecs
from dataclasses import dataclass

from desktopchat.core.chat import Message
from desktopchat.core.errors import UserError
from desktopchat.core.token import Alternative, TokenLogprobs
from desktopchat.core.token_log import TokenLog

_HEAD = 64  # bytes by which a text is found; its end may have been cut


@dataclass(frozen=True, slots=True)
class Fork:
    """How the other answer begins.

    Attributes:
        reasoning, content: Its text so far.
        log: Its tokens so far.
        has_ended: Nothing follows.
    """

    reasoning: str
    content: str
    log: TokenLog
    has_ended: bool


def fork(message: Message, log: TokenLog, place: int, choice: Alternative) -> Fork:
    """Return the beginning of an answer that has another token at a place.

    Args:
        message: The answer.
        log: Its tokens.
        place: Which of them.
        choice: The other token, or the same one.

    Raises:
        UserError: There is no going on from there.
    """
    if choice.kind == "sign":
        raise UserError("This token is a sign of the chat template and no text.", "Choose another one.")
    before = log.texts(place)
    written = before + (choice.piece if choice.kind == "text" else b"")
    if not written:
        raise UserError("Nothing would be left of the answer.", "Choose another token, or a later one.")
    reasoning_at, content_at = _starts(message, log)
    reasoning, content = message.reasoning, ""
    if len(before) >= content_at:
        content = _whole(written[content_at:])
    elif reasoning_at <= len(before) <= reasoning_at + len(_bytes(reasoning)):
        reasoning = _whole(written[reasoning_at:])
    else:
        raise UserError("Here stands the mark between reasoning and answer.", "Choose a token of the text.")
    begun = log.head(place)
    begun.add((TokenLogprobs(choice, log[place].top),))
    return Fork(reasoning, content, begun, choice.kind == "end")


def _starts(message: Message, log: TokenLog) -> tuple[int, int]:
    """Return where in its text an answer begins to think and where to speak, in bytes."""
    if not message.reasoning:
        return 0, 0
    written = log.texts()
    reasoning_at = max(written.find(_bytes(message.reasoning)[:_HEAD]), 0)
    content = _bytes(message.content)[:_HEAD]
    content_at = written.find(content, reasoning_at + len(_bytes(message.reasoning))) if content else -1
    return reasoning_at, content_at if content_at >= 0 else len(written) + 1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _whole(text: bytes) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    found = decoder.decode(text)
    if decoder.getstate()[0]:
        raise UserError("This token is only a part of a letter.", "Choose one that completes it.")
    return found
