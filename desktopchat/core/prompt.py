"""From stored messages to the turns that the engine is asked with."""

from collections.abc import Iterable

from desktopchat.core.chat import ChatMessage, Message, Role


def turns(path: Iterable[Message], system_prompt: str = "") -> tuple[ChatMessage, ...]:
    """Return the turns of a path from the root, in strict alternation.

    Answers that failed before their first letter are left out; what the person then wrote in several
    messages is one turn, because many chat templates refuse two user turns in a row.
    """
    result: list[ChatMessage] = []
    if system_prompt.strip():
        result.append(ChatMessage(Role.SYSTEM, system_prompt))
    for message in path:
        if message.role is Role.ASSISTANT and not message.content:
            continue
        if result and result[-1].role is message.role:
            result[-1] = ChatMessage(message.role, f"{result[-1].content}\n\n{message.content}")
        else:
            result.append(ChatMessage(message.role, message.content))
    return tuple(result)
