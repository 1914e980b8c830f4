"""LM Studio's `*.conversation.json`: one file for each conversation.

The format has no public description. This follows public readers of it: each of `messages` has `versions`, of which
`currentlySelected` is shown and followed by the next message; a version is a "singleStep" with `content` or a
"multiStep" with `steps`, of which each "contentBlock" holds text, the thoughts marked by `style.type`.
"""

from collections.abc import Iterator
from typing import Any

from desktopchat.core.chat import Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, items, mapping, seconds, text
from desktopchat.exchange.formats.fences import labelled
from desktopchat.exchange.records import NO_SPEAKER

KIND = "lm-studio"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a conversation of LM Studio."""
    messages = record.get("messages")
    return isinstance(messages, list) and (
        any(isinstance(one, dict) and isinstance(one.get("versions"), list) for one in messages)
    )


def read(record: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Read one conversation."""
    draft = Draft(
        origin,
        KIND,
        title=text(record, "name"),
        created_at=seconds(record.get("createdAt")),
        updated_at=seconds(record.get("assistantLastMessagedAt")) or seconds(record.get("userLastMessagedAt")),
        system_prompt=text(record, "systemPrompt"),
        pinned=record.get("pinned") is True,
    )
    parent = None
    for number, message in enumerate(record["messages"], 1):
        versions = items(message, "versions")
        added = [_add(draft, version, parent) for version in versions if text(version, "role") in _ROLES]
        if not added:
            draft.skip(Sentence("message {number}", number=str(number)), NO_SPEAKER)
            continue
        selected = message.get("currentlySelected")
        parent = added[selected] if isinstance(selected, int) and 0 <= selected < len(added) else added[-1]
    draft.tip = parent
    yield from draft.finished()


def _add(draft: Draft, version: dict[str, Any], parent: str | None) -> str:
    said: list[str] = []
    thoughts: list[str] = []
    attachments = []
    for step in items(version, "steps") or [version]:
        thinks = text(mapping(step, "style"), "type") == "thinking"
        for part in items(step, "content"):
            match text(part, "type"):
                case "file":
                    if name := text(part, "name", "fileIdentifier"):
                        attachments.append(Attachment(name))
                case "toolCallRequest":
                    call = labelled(f"Call of {text(part, 'name') or 'a tool'}", str(part.get("parameters", "")))
                    said.append(call)
                case "toolCallResult":
                    said.append(labelled("Result of a tool", text(part, "content")))
                case _:
                    (thoughts if thinks else said).append(text(part, "text"))
    return draft.add(
        _ROLES[version["role"]],
        "\n\n".join(part for part in said if part),
        parent=parent,
        reasoning="\n\n".join(part for part in thoughts if part),
        model=text(mapping(version, "senderInfo"), "senderName"),
        attachments=attachments,
    )
