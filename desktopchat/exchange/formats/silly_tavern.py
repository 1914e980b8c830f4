"""SillyTavern's chats: lines of JSON, first a header, then a message each.

Follows SillyTavern's own source: `swipes` are the versions of an answer, of which `swipe_id` is shown and goes on;
`extra.reasoning` holds the thoughts; `send_date` has had several forms. What is hidden from the prompt has
`is_system`, but only comments and the narrator's words were never part of the talk.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from desktopchat.core.chat import Role
from desktopchat.core.transfer import Item
from desktopchat.exchange.draft import Draft, Origin, items, mapping, seconds, text

KIND = "silly-tavern"
_HUMANIZED = re.compile(r"(\d{1,4})-(\d\d?)-(\d\d?)\s?@\s?(\d\d?)h\s?(\d\d?)m\s?(\d\d?)s(?:\s?(\d{1,3})ms)?")


def matches(record: dict[str, Any]) -> bool:
    """Return whether this is a line of SillyTavern."""
    return is_header(record) or (isinstance(record.get("mes"), str) and "is_user" in record)


def is_header(record: dict[str, Any]) -> bool:
    """Return whether this is the first line of a chat."""
    return "chat_metadata" in record or ("user_name" in record and "character_name" in record)


def read_lines(lines: Sequence[dict[str, Any]], origin: Origin) -> Iterator[Item]:
    """Read one chat."""
    header = next((line for line in lines if is_header(line)), {})
    name = text(header, "character_name")
    uid = text(mapping(header, "chat_metadata"), "integrity")
    draft = Draft(
        origin,
        KIND,
        uid=f"{KIND}:{uid}" if uid else "",
        title="" if name == "unused" else name,  # newer versions write "unused"
        created_at=_time(header.get("create_date")),
    )
    parent = None
    for line in lines:
        if not is_header(line):
            parent = _add(draft, line, parent)
    draft.tip = parent
    yield from draft.finished()


def _add(draft: Draft, line: dict[str, Any], parent: str | None) -> str:
    extra = mapping(line, "extra")
    role = Role.USER if line.get("is_user") is True else Role.ASSISTANT
    if line.get("is_system") is True and text(extra, "type"):
        role = Role.SYSTEM
    shown = text(line, "mes")
    swipes = [swipe for swipe in items(line, "swipes") if isinstance(swipe, str)]
    infos = items(line, "swipe_info")
    selected = line.get("swipe_id")
    if role is not Role.ASSISTANT or not isinstance(selected, int) or not 0 <= selected < len(swipes):
        swipes, selected, infos = [shown], 0, []
    swipes[selected] = shown  # edits are kept here alone
    added = []
    for number, swipe in enumerate(swipes):
        info = infos[number] if number < len(infos) else {}
        own = extra if number == selected else mapping(info, "extra")
        uid = draft.add(
            role,
            swipe,
            parent=parent,
            created_at=_time(line.get("send_date") if number == selected else mapping(info).get("send_date")),
            reasoning=text(own, "reasoning"),
            model=text(own, "model"),
        )
        added.append(uid)
    return added[selected]


def _time(value: Any) -> float:
    if found := seconds(value):
        return found
    try:
        if isinstance(value, str) and (match := _HUMANIZED.match(value.strip())):
            year, month, day, hour, minute, second, thousandth = (int(part or 0) for part in match.groups())
            moment = datetime(year, month, day, hour, minute, second, thousandth * 1000, UTC)
            return seconds(moment.timestamp())
        if isinstance(value, str):
            return seconds(datetime.strptime(value.strip(), "%B %d, %Y %I:%M%p").replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        pass
    return 0.0
