"""Lines in our Markdown that are not seen when it is shown, and tell its messages apart whatever is in them.

    <!-- desktopchat:message {"message":2,"after":1,"role":"assistant","at":1764000000.5} -->

A line of a message that looks like one gets a backslash in front, and loses it when it is read.
"""

import json
import re
from typing import Any

_LOOKS_LIKE_ONE = re.compile(r"^(\\*)<!-- desktopchat:", re.MULTILINE)
# All but "closed", which belongs to the text before it.
_MARK = re.compile(r"^<!-- desktopchat:(?!closed)(\w+)(?: (\{.*\}))? -->$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)$")
_CLOSED = "<!-- desktopchat:closed -->"


def mark(name: str, **values: Any) -> str:
    """Return a line without its end."""
    # No ">" inside, so that nothing ends the comment.
    told = json.dumps(values, ensure_ascii=False, separators=(",", ":")).replace(">", "\\u003e") if values else ""
    return f"<!-- desktopchat:{name}{' ' if told else ''}{told} -->"


def parts(text: str) -> list[tuple[str, dict[str, Any], str]]:
    """Cut a text at its marks.

    Returns:
        For each mark its name, its values, and what stands between the end of its line and the next mark.
    """
    found = list(_MARK.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    return [(match[1], _values(match[2]), text[match.end() + 1 : end]) for match, end in zip(found, ends, strict=False)]


def _values(told: str | None) -> dict[str, Any]:
    try:
        values = json.loads(told or "{}")
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def guarded(text: str) -> str:
    """Return a text that stands on its own: no line is a mark, no block of code is open at its end."""
    text = _LOOKS_LIKE_ONE.sub(r"\\\g<0>", text)
    fence = open_fence(text)
    return f"{text}\n{fence}\n{_CLOSED}" if fence else text


def bare(text: str) -> str:
    """Return what `guarded` was given."""
    if text.endswith(f"\n{_CLOSED}"):
        text = text.removesuffix(f"\n{_CLOSED}").rpartition("\n")[0]
    return re.sub(r"^\\(\\*<!-- desktopchat:)", r"\1", text, flags=re.MULTILINE)


def open_fence(text: str) -> str:
    """Return the fence of the block of code that a text leaves open; empty when it leaves none."""
    fence = ""
    for line in text.split("\n"):
        fence = next_fence(fence, line)
    return fence


def next_fence(fence: str, line: str) -> str:
    """Return the fence that is open after a line.

    Args:
        fence: The one that is open before it; empty for none.
        line: Without its end.
    """
    match = _FENCE.match(line)
    if not match:
        return fence
    if not fence:
        return match[1]
    return "" if match[1].startswith(fence) and not match[2] else fence
