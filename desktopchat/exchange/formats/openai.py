"""Messages as OpenAI's API has them: an object with `messages` a line, or an array of the messages themselves."""

from collections.abc import Iterator, Sequence
from typing import Any

from desktopchat.core.chat import Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, items, mapping, seconds, text
from desktopchat.exchange.formats.fences import labelled
from desktopchat.exchange.records import NO_SPEAKER

KIND = "openai"
_ROLES = {
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "tool": Role.ASSISTANT,
    "function": Role.ASSISTANT,
}


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a conversation as OpenAI's API has it."""
    return any(is_message(one) for one in items(record, "messages"))


def is_message(record: Any) -> bool:
    """Return whether this is one message."""
    return text(record, "role") in _ROLES and any(key in record for key in ("content", "tool_calls"))


def read(record: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """Read one conversation."""
    uid = text(record, "id", "conversation_id", "uuid")
    draft = Draft(
        origin,
        KIND,
        uid=f"{KIND}:{uid}" if uid else "",
        title=text(record, "title", "name"),
        created_at=seconds(record.get("created_at")) or seconds(record.get("created")),
    )
    yield from _read(draft, record["messages"])


def read_lines(lines: Sequence[dict[str, Any]], origin: Origin) -> Iterator[Item]:
    """Read the messages of one conversation."""
    yield from _read(Draft(origin, KIND), lines)


def _read(draft: Draft, messages: Sequence[Any]) -> Iterator[Item]:
    last = None
    for number, message in enumerate(messages, 1):
        if not is_message(message):
            draft.skip(Sentence("message {number}", number=str(number)), NO_SPEAKER)
            continue
        parts = items(message, "content")
        said = text(message, "content") or "\n\n".join(filter(None, (text(part, "text") for part in parts)))
        if message["role"] in ("tool", "function"):
            said = labelled(f"Result of {text(message, 'name') or 'a tool'}", said)
        functions = [mapping(call, "function") for call in items(message, "tool_calls")]
        calls = [labelled(f"Call of {text(one, 'name') or 'a tool'}", text(one, "arguments")) for one in functions]
        last = draft.add(
            _ROLES[message["role"]],
            "\n\n".join(filter(None, [said, *calls])),
            parent=last,
            created_at=seconds(message.get("created_at")) or seconds(message.get("timestamp")),
            reasoning=text(message, "reasoning_content", "reasoning"),
            model=text(message, "model"),
            attachments=[
                Attachment(text(mapping(part, "file"), "filename") or text(part, "type"))
                for part in parts
                if text(part, "type") not in ("", "text", "input_text", "output_text")
            ],
        )
    yield from draft.finished()
