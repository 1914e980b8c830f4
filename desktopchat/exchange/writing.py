"""Conversations written in the formats that can be exported."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import TransferConversation, TransferMessage
from desktopchat.exchange import html_page, markdown_text
from desktopchat.exchange.branches import leaves, only_branch
from desktopchat.exchange.formats import own


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be written.

    Attributes:
        name: As it is asked for.
        ending: Of its files, with the dot.
        title: For a person to choose by.
        writes_tree: Whether all branches are written when nobody says so.
        in_one: Whether one file can hold many conversations.
    """

    name: str
    ending: str
    title: Sentence
    writes_tree: bool = False
    in_one: bool = True


FORMATS = {
    one.name: one
    for one in (
        Format("md", ".md", Sentence("Markdown"), in_one=False),
        Format("html", ".html", Sentence("Web page"), in_one=False),
        Format("json", ".json", Sentence("desktopchat, whole and lossless"), writes_tree=True),
        Format("jsonl", ".jsonl", Sentence("desktopchat, a conversation a line"), writes_tree=True),
        Format("openai", ".jsonl", Sentence("OpenAI messages, for training")),
        Format("sharegpt", ".jsonl", Sentence("ShareGPT, for training")),
    )
}


def write(conversation: TransferConversation, format_name: str, whole_tree: bool) -> Iterator[str]:
    """Return the text of a conversation, piece by piece; written one after the other they are a file.

    Args:
        conversation: What to write.
        format_name: A key of FORMATS.
        whole_tree: All branches instead of the one that is shown.
    """
    match format_name:
        case "md":
            return markdown_text.write(conversation, whole_tree)
        case "html":
            return html_page.write(conversation, whole_tree)
        case "json" | "jsonl":
            kept = conversation if whole_tree else only_branch(conversation)
            return iter((own.encoded(kept).decode(), "\n"))
        case "openai":
            return _lines(conversation, whole_tree, _openai)
        case "sharegpt":
            return _lines(conversation, whole_tree, _sharegpt)
    raise ValueError(format_name)


def write_all(conversations: Iterator[TransferConversation], format_name: str, whole_tree: bool) -> Iterator[str]:
    """Return the text of a file with many conversations, for a format that can hold them."""
    if format_name != "json":
        for conversation in conversations:
            yield from write(conversation, format_name, whole_tree)
        return
    before = "[\n"
    for conversation in conversations:
        yield before
        yield "".join(write(conversation, format_name, whole_tree)).rstrip("\n")
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _lines(conversation: TransferConversation, whole_tree: bool, record: Any) -> Iterator[str]:
    """Return a line for each branch that has words."""
    by_uid = {message.uid: message for message in conversation.messages}
    for leaf in leaves(conversation) if whole_tree else [conversation.tip_uid]:
        path: list[TransferMessage] = []
        uid = leaf
        while uid is not None:
            message = by_uid[uid]
            if message.content or message.state is not MessageState.FAILED:
                path.append(message)
            uid = message.parent_uid
        if path:
            yield json.dumps(record(conversation, path[::-1]), ensure_ascii=False) + "\n"


def _openai(conversation: TransferConversation, path: list[TransferMessage]) -> dict[str, Any]:
    messages = [{"role": message.role.value, "content": message.content} for message in path]
    if conversation.system_prompt:
        messages.insert(0, {"role": "system", "content": conversation.system_prompt})
    return {"messages": messages}


def _sharegpt(conversation: TransferConversation, path: list[TransferMessage]) -> dict[str, Any]:
    turns = [{"from": "human" if message.role is Role.USER else "gpt", "value": message.content} for message in path]
    if conversation.system_prompt:
        turns.insert(0, {"from": "system", "value": conversation.system_prompt})
    return {"id": conversation.uid, "conversations": turns}
