"""ChatGPT's `conversations.json`: an array of conversations, each a `mapping` of nodes.

The format has no public description. This follows what the exports of 2023 to 2026 hold as far as public parsers
and notes tell: a node has `parent` and `children` and may have no message; `content_type` says which of `parts`,
`text`, `thoughts`, `content`, `result` holds the text; what the person does not see is a node of the system or has
`is_visually_hidden_from_conversation`; an answer is a row of nodes, with thoughts, calls of tools and their results.
"""

from collections.abc import Iterator
from typing import Any

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, items, mapping, seconds, text
from desktopchat.exchange.formats.fences import labelled

KIND = "chatgpt"
_REASONING = ("thoughts", "reasoning_recap")


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a conversation of ChatGPT."""
    return isinstance(record.get("mapping"), dict)


def read(record: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Read one conversation."""
    uid = text(record, "conversation_id", "id")
    draft = Draft(
        origin,
        KIND,
        uid=f"{KIND}:{uid}" if uid else "",
        title=text(record, "title"),
        created_at=seconds(record.get("create_time")),
        updated_at=seconds(record.get("update_time")),
        tip=text(record, "current_node") or None,
        archived=record.get("is_archived") is True,
        pinned=record.get("is_starred") is True,
    )
    for number, (node_id, node) in enumerate(record["mapping"].items(), 1):
        if isinstance(node, dict):
            _add(draft, node_id, node)
        else:
            draft.skip(Sentence("message {number}", number=str(number)), Sentence("It is no message."))
    yield from draft.finished()


def _add(draft: Draft, node_id: str, node: dict[str, Any]) -> None:
    message = mapping(node, "message")
    author = mapping(message, "author")
    metadata = mapping(message, "metadata")
    content = mapping(message, "content")
    kind = text(content, "content_type")
    said = _said(content)
    role, reasoning = Role.SYSTEM, ""
    if not message or metadata.get("is_visually_hidden_from_conversation") is True:
        pass
    elif text(author, "role") == "user":
        role = Role.USER
    elif text(author, "role") == "assistant":
        role = Role.ASSISTANT
        recipient = text(message, "recipient")
        if kind in _REASONING:
            reasoning, said = said, ""
        elif recipient not in ("", "all"):
            said = labelled(f"Call of {recipient}", said, text(content, "language").replace("unknown", ""))
    elif text(author, "role") == "tool":
        role = Role.ASSISTANT
        said = labelled(f"Result of {text(author, 'name') or 'a tool'}", said)
    draft.add(
        role,
        said,
        parent=text(node, "parent") or None,
        uid=node_id,
        created_at=seconds(message.get("create_time")),
        reasoning=reasoning,
        model=text(metadata, "model_slug"),
        state=_state(message, metadata) if role is Role.ASSISTANT else MessageState.COMPLETE,
        attachments=_attachments(metadata, content),
    )


def _said(content: dict[str, Any]) -> str:
    match text(content, "content_type"):
        case "thoughts":
            thoughts = (
                "\n".join(part for part in (text(one, "summary"), text(one, "content")) if part)
                for one in items(content, "thoughts")
            )
            return "\n\n".join(thought for thought in thoughts if thought)
        case "user_editable_context":
            return "\n\n".join(
                part for part in (text(content, "user_profile"), text(content, "user_instructions")) if part
            )
        case "tether_quote" | "sonic_webpage":
            return "\n".join(part for key in ("title", "url", "text") if (part := text(content, key)))
    parts = [part if isinstance(part, str) else text(part, "text") for part in items(content, "parts")]
    joined = "\n\n".join(part for part in parts if part)
    return joined or text(content, "text", "content", "result", "model_set_context")


def _state(message: dict[str, Any], metadata: dict[str, Any]) -> MessageState:
    stopped = text(mapping(metadata, "finish_details"), "type") == "interrupted"
    if stopped or text(message, "status") in ("finished_partial_completion", "in_progress"):
        return MessageState.INTERRUPTED
    return MessageState.COMPLETE


def _attachments(metadata: dict[str, Any], content: dict[str, Any]) -> Iterator[Attachment]:
    named = set()
    for one in items(metadata, "attachments"):
        if name := text(one, "name", "id"):
            named.add(text(one, "id"))
            yield Attachment(name, text(one, "mime_type", "mimeType"))
    for part in items(content, "parts"):
        # Such as "file-service://file-abc"; the name is told apart from it, if at all.
        pointer = text(part, "asset_pointer").rpartition("/")[2]
        if pointer and pointer not in named:
            yield Attachment(pointer)
