"""Markdown with a heading for each message: our own export, and that of others."""

import json
import re
from collections.abc import Iterator
from typing import Any

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.transfer import Attachment, Item
from desktopchat.exchange.draft import Draft, Origin, items, seconds, text
from desktopchat.exchange.formats import marks

KIND = "markdown"
_FRONT_MATTER = re.compile(r"---\r?\n(.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_USER = "user|you|human|me|prompt"
_ASSISTANT = r"assistant|ai|bot|model|chatgpt|gpt[-\w. ]*|claude[-\w. ]*|gemini[-\w. ]*|copilot|llama[-\w. ]*"
# "## User", "**You:** Hello", "### Assistant (gpt-4):"
_HEADING = re.compile(
    rf"^ {{0,3}}(?P<style>\#{{1,6}}[ \t]+|\*\*|__)(?:(?P<user>{_USER})|(?P<assistant>{_ASSISTANT})|(?P<system>system))"
    r"(?:[ \t]*(?:\([^)\n]*\)|[·—|][^\n*_:]*))?[ \t]*:?[ \t]*(?:\*\*|__|\#*)[ \t]*:?(?P<rest>[^\n]*)$",
    re.IGNORECASE,
)
_RULE = re.compile(r" {0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*")
_TITLE = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$")


def read(content: str, origin: Origin) -> Iterator[Item]:
    """Read one conversation; nothing comes of a text that has no messages.

    Args:
        content: The whole text.
        origin: Where from.
    """
    front = _FRONT_MATTER.match(content)
    values = _front_matter(front[1]) if front else {}
    draft = Draft(
        origin,
        KIND,
        title=text(values, "title"),
        created_at=seconds(values.get("date")),
        system_prompt=text(values, "system_prompt"),
        tags=tuple(tag for tag in items(values, "tags") if isinstance(tag, str)),
    )
    body = content[front.end() :] if front else content
    parts = marks.parts(body)
    if any(name == "message" for name, _values, _text in parts):
        _read_ours(draft, parts)
    elif not _read_others(draft, body):
        return
    yield from draft.finished()


def _front_matter(block: str) -> dict[str, Any]:
    """Return what simple YAML says: a value of JSON or a bare text for each key."""
    values: dict[str, Any] = {}
    for line in block.splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip().isidentifier():
            try:
                values[key.strip()] = json.loads(value)
            except (ValueError, RecursionError):
                values[key.strip()] = value.strip()
    return values


def _read_ours(draft: Draft, parts: list[tuple[str, dict[str, Any], str]]) -> None:
    uids: dict[Any, str] = {}
    shown: list[str] = []
    on_shown_branch = True
    for place, (name, values, said) in enumerate(parts):
        if name == "branch":
            on_shown_branch = False
        if name != "message" or text(values, "role") not in ("user", "assistant"):
            continue
        content, reasoning = said.partition("\n\n")[2], ""  # without the heading
        for inner, _values, inner_said in parts[place + 1 :]:
            if inner == "reasoning":
                reasoning = marks.bare(inner_said.removeprefix("\n").removesuffix("\n\n"))
            elif inner == "text":
                content = inner_said.removeprefix("\n")
            elif inner != "end":
                break
        state = text(values, "state")
        uid = draft.add(
            Role(values["role"]),
            marks.bare(content.removesuffix("\n\n")),
            parent=uids.get(values.get("after")),
            created_at=seconds(values.get("at")),
            reasoning=reasoning,
            model=text(values, "model"),
            state=MessageState(state) if state in list(MessageState) else MessageState.COMPLETE,
            error=text(values, "error"),
            attachments=[Attachment(name) for name in items(values, "attachments") if isinstance(name, str)],
        )
        uids[values.get("message")] = uid
        if on_shown_branch:
            shown.append(uid)
    draft.tip = shown[-1] if shown else None


def _read_others(draft: Draft, body: str) -> bool:
    """Read headings of the style of the first one; tell whether both sides speak."""
    messages: list[tuple[Role, list[str]]] = []
    style = fence = ""
    for line in body.splitlines():
        match = None if fence else _HEADING.match(line)
        if match and style in ("", match["style"].strip()) and _is_heading(match):
            style = match["style"].strip()
            role = Role.USER if match["user"] else Role.ASSISTANT if match["assistant"] else Role.SYSTEM
            messages.append((role, [match["rest"].strip()] if match["rest"].strip() else []))
            continue
        fence = marks.next_fence(fence, line)
        if messages:
            messages[-1][1].append(line)
        elif not draft.title and (title := _TITLE.match(line)):
            draft.title = title[1]
    if {Role.USER, Role.ASSISTANT} - {role for role, _lines in messages}:
        return False
    last = None
    for role, lines in messages:
        while lines and not lines[-1].strip():
            lines.pop()
        if lines and _RULE.fullmatch(lines[-1]):  # between two messages, it belongs to neither
            lines.pop()
        last = draft.add(role, "\n".join(lines).strip("\n"), parent=last)
    return True


def _is_heading(match: re.Match[str]) -> bool:
    """Text on the line of a heading follows a bold name with a colon; else the line is something else."""
    return not match["rest"].strip() or (match["style"] in ("**", "__") and ":" in match.group())
