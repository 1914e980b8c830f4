"""A conversation as a page that stands alone and does nothing: no scripts, nothing that is fetched."""

import base64
import re
from collections.abc import Iterator
from html import escape

from markdown_it import MarkdownIt

from desktopchat.core.transfer import Attachment, TransferConversation, TransferMessage
from desktopchat.exchange.branches import branches
from desktopchat.exchange.words import fork_of, heading_of, state_of, time_of

_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
article { margin: 1.25rem 0; padding: .25rem 1rem; border-left: 4px solid #8888; overflow-wrap: anywhere; }
article.user { border-color: #4a7dcf; }
article > header { font-weight: 600; }
header small, .note, summary { color: GrayText; font-weight: normal; }
h2.branch { margin-top: 3rem; border-top: 1px solid #8888; padding-top: 1rem; font-size: 1.1rem; }
pre { overflow-x: auto; padding: .75rem; background: #8882; border-radius: 4px; }
code { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; }
th, td { border: 1px solid #8888; padding: .2rem .5rem; }
img { max-width: 100%; }
"""
_HEAD = """<!DOCTYPE html>
<html lang="">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1 dir="auto">{title}</h1>
<p class="note">{note}</p>
"""


def write(conversation: TransferConversation, whole_tree: bool) -> Iterator[str]:
    """Return the page piece by piece."""
    markdown = _renderer()
    models = dict.fromkeys(message.model.name for message in conversation.messages if message.model)
    note = " · ".join(escape(part) for part in (time_of(conversation.created_at), *models))
    yield _HEAD.format(title=escape(conversation.title or "Conversation"), style=_STYLE, note=note)
    if conversation.system_prompt:
        yield f"<details><summary>System prompt</summary><pre>{escape(conversation.system_prompt)}</pre></details>\n"
    numbers: dict[str | None, int] = {}
    for number, piece in enumerate(branches(conversation, whole_tree), 1):
        if number > 1:
            after = piece.after
            label = escape(fork_of(number, after, numbers[after.uid] if after else 0))
            link = f'<a href="#message-{numbers[after.uid]}">{label}</a>' if after else label
            yield f'<h2 class="branch">{link}</h2>\n'
        for message in piece.messages:
            numbers[message.uid] = len(numbers) + 1
            yield from _message(markdown, message, numbers[message.uid])
    yield "</body>\n</html>\n"


def _message(markdown: MarkdownIt, message: TransferMessage, number: int) -> Iterator[str]:
    yield f'<article class="{message.role.value}" id="message-{number}">\n<header>{escape(heading_of(message))} '
    yield f"<small>{number} · {time_of(message.created_at)}</small></header>\n"
    for attachment in message.attachments:
        yield _attachment(attachment)
    if message.reasoning:
        yield f'<details><summary>Reasoning</summary><div dir="auto">{markdown.render(message.reasoning)}</div>'
        yield "</details>\n"
    yield f'<div dir="auto">{markdown.render(message.content)}</div>\n'
    if state := state_of(message):
        yield f'<p class="note">{escape(state)}</p>\n'
    yield "</article>\n"


def _attachment(attachment: Attachment) -> str:
    name = escape(attachment.name)
    if attachment.content is None or attachment.media_type not in _SHOWN:
        return f'<p class="note">Attachment: {name}</p>\n'
    data = base64.b64encode(attachment.content).decode()
    return f'<p><img alt="{name}" src="data:{attachment.media_type};base64,{data}"></p>\n'


def _renderer() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # An image would be loaded when the page is opened: without the rule it is a link with "!" before it.
    markdown.disable("image")
    markdown.validateLink = _is_harmless  # type: ignore[method-assign]
    return markdown


def _is_harmless(url: str) -> bool:
    return re.match(r"(?:https?://|mailto:|#)", url, re.IGNORECASE) is not None
