"""A conversation as Markdown that reads well, and that `formats.markdown` reads back."""

import json
from collections.abc import Iterator
from typing import Any

from desktopchat.core.chat import MessageState
from desktopchat.core.transfer import TransferConversation, TransferMessage
from desktopchat.exchange.branches import branches
from desktopchat.exchange.formats.marks import guarded, mark
from desktopchat.exchange.words import fork_of, heading_of, state_of, time_of


def write(conversation: TransferConversation, whole_tree: bool) -> Iterator[str]:
    """Return the text piece by piece."""
    models = dict.fromkeys(message.model.name for message in conversation.messages if message.model)
    front = {
        "title": conversation.title,
        "date": time_of(conversation.created_at),
        "updated": time_of(conversation.updated_at),
        "model": ", ".join(models),
        "tags": list(conversation.tags),
        "system_prompt": conversation.system_prompt,
    }
    yield "---\n"
    # Every text of JSON is one of YAML too.
    yield from (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in front.items() if value)
    yield "---\n\n"
    if conversation.title:
        yield f"# {' '.join(conversation.title.split())}\n\n"
    numbers: dict[str | None, int | None] = {None: None}
    for number, piece in enumerate(branches(conversation, whole_tree), 1):
        if number > 1:
            after = piece.after
            place = numbers[after.uid] if after else None
            yield f"{mark('branch')}\n---\n\n*{fork_of(number, after, place or 0)}*\n\n"
        for message in piece.messages:
            numbers[message.uid] = len(numbers)
            yield from _message(message, numbers)


def _message(message: TransferMessage, numbers: dict[str | None, int | None]) -> Iterator[str]:
    values: dict[str, Any] = {
        "message": numbers[message.uid],
        "after": numbers[message.parent_uid],
        "role": message.role,
        "at": message.created_at,
    }
    if message.model:
        values["model"] = message.model.name
    if message.state is not MessageState.COMPLETE:
        values["state"] = message.state
    if message.error:
        values["error"] = message.error
    if message.attachments:
        values["attachments"] = [attachment.name for attachment in message.attachments]
    yield f"{mark('message', **values)}\n## {heading_of(message)}\n\n"
    notes = [f"*Attachment: {_plain(attachment.name)}*\n\n" for attachment in message.attachments]
    if state := state_of(message):
        notes.append(f"*{_plain(state)}*\n\n")
    if message.reasoning:
        yield f"<details>\n<summary>Reasoning</summary>\n\n{mark('reasoning')}\n\n{guarded(message.reasoning)}\n\n"
        yield f"{mark('end')}\n\n</details>\n\n"
    yield from notes
    if message.reasoning or notes:
        yield f"{mark('text')}\n\n"
    yield f"{guarded(message.content)}\n\n"


def _plain(text: str) -> str:
    """Return a text in one line in which nothing is markup."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>&#" else char for char in " ".join(text.split()))
