"""From stored messages to the turns that the engine is asked with."""

import re
from collections.abc import Iterable

from desktopchat.core.attached import AttachedFile
from desktopchat.core.chat import ChatMessage, Message, Role

_TICKS = re.compile("`{3,}")


def turns(path: Iterable[Message], system_prompt: str = "") -> tuple[ChatMessage, ...]:
    """Return the turns of a path from the root, in strict alternation.

    Answers that failed before their first letter are left out; what the person then wrote in several
    messages is one turn, because many chat templates refuse two user turns in a row.
    """
    result: list[ChatMessage] = []
    messages = list(path)
    last = messages[-1] if messages else None
    if system_prompt.strip():
        result.append(ChatMessage(Role.SYSTEM, system_prompt))
    for message in messages:
        # One that was cut while the model thought can only be gone on with.
        if message.role is Role.ASSISTANT and not message.content and not (message.reasoning and message is last):
            continue
        content = worded(message.content, message.files) if message.files else message.content
        if result and result[-1].role is message.role:
            result[-1] = ChatMessage(message.role, f"{result[-1].content}\n\n{content}")
        else:
            result.append(ChatMessage(message.role, content, message.reasoning))
    return tuple(result)


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
