"""From stored messages to the turns that the engine is asked with."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from desktopchat.core.attached import AttachedFile
from desktopchat.core.chat import ChatMessage, Message, Role
from desktopchat.core.lore import called
from desktopchat.core.picture import Picture

_TICKS = re.compile("`{3,}")


def turns(
    path: Iterable[Message], system_prompt: str = "", picture_of: Callable[[AttachedFile], Picture | None] | None = None
) -> tuple[ChatMessage, ...]:
    """Return the turns of a path from the root, in strict alternation.

    Answers that failed before their first letter are left out; what the person then wrote in several
    messages is one turn, because many chat templates refuse two user turns in a row.

    Args:
        system_prompt: Of its paragraphs with a mark those are told that the talk is of (`core.lore`).
        picture_of: Returns the picture in a file; without it, pictures are left out.
    """
    result: list[ChatMessage] = []
    messages = list(path)
    last = messages[-1] if messages else None
    system_prompt = called(system_prompt, (message.content for message in messages))
    if system_prompt.strip():
        result.append(ChatMessage(Role.SYSTEM, system_prompt))
    for message in messages:
        # One that was cut while the model thought can only be gone on with.
        if message.role is Role.ASSISTANT and not message.content and not (message.reasoning and message is last):
            continue
        content = worded(message.content, message.files) if message.files else message.content
        pictures = tuple(filter(None, map(picture_of, message.files))) if picture_of else ()
        if result and result[-1].role is message.role:
            last_turn = result[-1]
            joined = "\n\n".join(filter(None, (last_turn.content, content)))
            result[-1] = ChatMessage(message.role, joined, pictures=last_turn.pictures + pictures)
        else:
            result.append(ChatMessage(message.role, content, message.reasoning, pictures))
    return tuple(result)


def blind(messages: Iterable[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return turns for a model that cannot see: it is told where pictures were, and their words go on."""
    return tuple(
        replace(message, content="\n\n".join(filter(None, ("[picture]", message.content))), pictures=())
        if message.pictures
        else message
        for message in messages
    )


def worded(text: str, files: Iterable[AttachedFile]) -> str:
    """Return what the model reads of a message: its files, each in a fence under its name, then its words."""
    parts = [_fenced(file) for file in files if file.text]
    return "\n\n".join([*parts, text] if text else parts)


def _fenced(file: AttachedFile) -> str:
    # Longer than any in the file, so that the file cannot end it. Most have none, which is found out much faster.
    longest = max(map(len, _TICKS.findall(file.text))) + 1 if "```" in file.text else 3
    fence = "`" * longest
    name = " ".join(file.name.replace("`", "'").split())
    content = file.text.removesuffix("\n")
    return f"{name}:\n{fence}\n{content}\n{fence}"
