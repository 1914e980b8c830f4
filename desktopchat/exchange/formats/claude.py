"""Claude's `conversations.json`: an array of conversations with `chat_messages`.

The format has no public description. This follows public parsers: `sender` is "human" or "assistant"; `content` is
an array of blocks (text, thinking, tool_use, tool_result), `text` the same in one piece, in older exports alone;
newer ones have `parent_message_uuid`.
"""

import json
from collections.abc import Iterator
from typing import Any

from desktopchat.core.chat import Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, items, seconds, text
from desktopchat.exchange.formats.fences import labelled
from desktopchat.exchange.records import NO_SPEAKER

KIND = "claude"
_NO_PARENT = "00000000-0000-4000-8000-000000000000"


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a conversation of Claude."""
    return isinstance(record.get("chat_messages"), list)


def read(record: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Read one conversation."""
    uid = text(record, "uuid")
    draft = Draft(
        origin,
        KIND,
        uid=f"{KIND}:{uid}" if uid else "",
        title=text(record, "name"),
        created_at=seconds(record.get("created_at")),
        updated_at=seconds(record.get("updated_at")),
        tip=text(record, "current_leaf_message_uuid") or None,
        pinned=record.get("is_starred") is True,
    )
    last = None
    for number, message in enumerate(record["chat_messages"], 1):
        sender = text(message, "sender")
        if sender not in ("human", "assistant"):
            draft.skip(Sentence("message {number}", number=str(number)), NO_SPEAKER)
            continue
        said, reasoning = _said(message)
        parent = text(message, "parent_message_uuid")
        last = draft.add(
            Role.USER if sender == "human" else Role.ASSISTANT,
            said,
            parent=last if not parent else None if parent == _NO_PARENT else parent,
            uid=text(message, "uuid"),
            created_at=seconds(message.get("created_at")),
            reasoning=reasoning,
            attachments=_attachments(message),
        )
    yield from draft.finished()


def _said(message: dict[str, Any]) -> tuple[str, str]:
    said, thoughts = [], []
    for block in items(message, "content"):
        match text(block, "type"):
            case "text":
                said.append(text(block, "text"))
            case "thinking":
                thoughts.append(text(block, "thinking"))
            case "tool_use":
                given = json.dumps(block.get("input"), ensure_ascii=False, indent=1)
                said.append(labelled(f"Call of {text(block, 'name') or 'a tool'}", given, "json"))
            case "tool_result":
                result = "\n".join(text(part, "text") for part in items(block, "content")) or text(block, "content")
                said.append(labelled(f"Result of {text(block, 'name') or 'a tool'}", result))
    return "\n\n".join(part for part in said if part) or text(message, "text"), "\n\n".join(filter(None, thoughts))


def _attachments(message: dict[str, Any]) -> Iterator[Attachment]:
    for key in ("attachments", "files"):
        for one in items(message, key):
            content = text(one, "extracted_content")
            if name := text(one, "file_name", "id"):
                yield Attachment(name, text(one, "file_type"), content.encode() if content else None)
