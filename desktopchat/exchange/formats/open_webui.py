"""Open WebUI's export of chats: an array of rows of its table, each with a `chat`.

Follows open-webui's own source: `chat.history.messages` by id with `parentId`, `chat.history.currentId`; older
chats have the branch alone, in `chat.messages`. Reasoning stands in the text, in `<details type="reasoning">`.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, items, mapping, seconds, text
from desktopchat.exchange.formats.fences import labelled
from desktopchat.exchange.records import NO_SPEAKER

KIND = "open-webui"
_REASONING = re.compile(r'<details type="reasoning"[^>]{0,500}>\s{0,9}(?:<summary>[^<]{0,500}</summary>)?')
_REASONING_END = "</details>"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM, "tool": Role.ASSISTANT}


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a chat of Open WebUI."""
    chat = mapping(record, "chat") or record
    return bool(mapping(chat, "history", "messages")) or isinstance(mapping(record, "chat").get("messages"), list)


def read(record: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Read one chat."""
    chat = mapping(record, "chat") or record
    history = mapping(chat, "history")
    uid = text(record, "id") or text(chat, "id")
    draft = Draft(
        origin,
        KIND,
        uid=f"{KIND}:{uid}" if uid else "",
        title=text(record, "title") or text(chat, "title"),
        created_at=seconds(record.get("created_at")) or seconds(chat.get("timestamp")),
        updated_at=seconds(record.get("updated_at")),
        tip=text(history, "currentId") or None,
        system_prompt=text(chat, "system") or text(mapping(chat, "params"), "system"),
        tags=tuple(tag for tag in items(mapping(record, "meta"), "tags") if isinstance(tag, str)),
        pinned=record.get("pinned") is True,
        archived=record.get("archived") is True,
    )
    messages = mapping(history, "messages")
    last = None
    listed = list(messages.items()) or [(text(one, "id"), one) for one in items(chat, "messages")]
    for number, (message_id, message) in enumerate(listed, 1):
        if text(message, "role") not in _ROLES:
            draft.skip(Sentence("message {number}", number=str(number)), NO_SPEAKER)
            continue
        last = _add(draft, message_id, message, text(message, "parentId") if messages else last)
    yield from draft.finished()


def _add(draft: Draft, uid: str, message: dict[str, Any], parent: str | None) -> str:
    role = _ROLES[text(message, "role")]
    said = text(message, "content") or "\n\n".join(text(part, "text") for part in items(message, "content"))
    thoughts: list[str] = []
    if role is Role.ASSISTANT:
        said, thoughts = _without_reasoning(said)
    if message["role"] == "tool":
        said = labelled("Result of a tool", said)
    error = message.get("error")
    failure = (text(error, "content") or "It failed.") if error else ""
    return draft.add(
        role,
        said,
        parent=parent or None,
        uid=uid,
        created_at=seconds(message.get("timestamp")),
        reasoning="\n\n".join(thoughts),
        model=text(message, "model", "modelName"),
        state=MessageState.FAILED if failure and role is Role.ASSISTANT else MessageState.COMPLETE,
        error=failure,
        attachments=[
            Attachment(name, text(one, "content_type"))
            for one in items(message, "files")
            if (name := text(one, "name") or text(mapping(one, "file"), "filename"))
        ],
    )


def _without_reasoning(said: str) -> tuple[str, list[str]]:
    """Return an answer without what it thought, and that."""
    rest, thoughts, at = [], [], 0
    while (match := _REASONING.search(said, at)) and (end := said.find(_REASONING_END, match.end())) >= 0:
        rest.append(said[at : match.start()])
        thought = html.unescape(said[match.end() : end]).strip()
        thoughts.append(re.sub(r"^> ?", "", thought, flags=re.MULTILINE))  # each line is quoted
        at = end + len(_REASONING_END)
    return "".join([*rest, said[at:].lstrip() if thoughts else said]), thoughts
