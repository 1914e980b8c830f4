"""Jan's threads: a folder for each, with `thread.json` and `messages.jsonl`.

Follows Jan's published specification of threads and messages and what its extension writes: `content` is an array
of parts, a text in `text.value`; times are in seconds in older versions, in milliseconds in newer ones, which also
keep thoughts as a part of type "reasoning" and calls of tools in `metadata.tool_calls`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, items, mapping, seconds, text
from desktopchat.exchange.formats.fences import labelled

KIND = "jan"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM, "tool": Role.ASSISTANT}


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a message of Jan."""
    return (
        text(record, "role") in _ROLES and bool(text(record, "thread_id")) and isinstance(record.get("content"), list)
    )


def is_thread(record: dict[str, Any]) -> bool:
    """Return whether this is a `thread.json`, whose messages lie beside it."""
    return isinstance(record.get("assistants"), list) and (
        text(record, "object") == "thread" or bool(text(record, "id"))
    )


def read_lines(lines: Sequence[dict[str, Any]], origin: Origin, thread: dict[str, Any]) -> Iterator[Item]:
    """Read the messages of one thread.

    Args:
        lines: The messages.
        origin: Where from.
        thread: What the `thread.json` beside them says; empty when there is none.
    """
    assistant = mapping(next(iter(items(thread, "assistants")), None))
    draft = Draft(
        origin,
        KIND,
        uid=f"{KIND}:{text(thread, 'id') or text(lines[0], 'thread_id')}",
        title=text(thread, "title", "summary"),
        created_at=seconds(thread.get("created")),
        updated_at=seconds(thread.get("updated")),
        system_prompt=text(assistant, "instructions"),
        pinned=mapping(thread, "metadata").get("is_favorite") is True,
    )
    last = None
    for line in lines:
        last = _add(draft, line, last, text(mapping(assistant, "model"), "id"))
    yield from draft.finished()


def _add(draft: Draft, line: dict[str, Any], parent: str | None, model: str) -> str:
    said, thoughts, attachments = [], [], []
    for part in items(line, "content"):
        value = text(mapping(part, "text"), "value") or text(part, "text")
        match text(part, "type"):
            case "reasoning":
                thoughts.append(value)
            case "image_url" | "image_file" | "file" | "audio":
                name = text(mapping(part, "file"), "filename", "name") or text(part, "name", "type")
                attachments.append(Attachment(name))
            case _:
                said.append(value)
    for call in items(mapping(line, "metadata"), "tool_calls"):
        function = mapping(call, "tool", "function") or mapping(call, "function")
        result = "\n".join(text(part, "text") for part in items(mapping(call, "response"), "content"))
        said.append(labelled(f"Call of {text(function, 'name') or 'a tool'}", text(function, "arguments")))
        said.append(labelled("Result of a tool", result))
    role = _ROLES[line["role"]]
    error = text(line, "error") if role is Role.ASSISTANT else ""
    stopped = role is Role.ASSISTANT and text(line, "status") == "stopped"
    return draft.add(
        role,
        "\n\n".join(part for part in said if part),
        parent=parent,
        uid=text(line, "id"),
        created_at=seconds(line.get("created_at")) or seconds(line.get("created")),
        reasoning="\n\n".join(part for part in thoughts if part),
        model=text(mapping(line, "metadata"), "modelId", "model") or model,
        state=MessageState.FAILED if error else MessageState.INTERRUPTED if stopped else MessageState.COMPLETE,
        error=error,
        attachments=attachments,
    )
