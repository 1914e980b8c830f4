"""Makes hidden characters visible and breaks endless runs, before text reaches Qt's layout."""

import re
import unicodedata
from collections.abc import Iterator

# Qt lays a run without a place to break out in quadratic time.
LONGEST_RUN = 1000

# Zero-width joiner and non-joiner are part of emoji and of several scripts, so they stay as they are.
_HIDDEN = re.compile(
    "["
    "\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # C0 and C1 but tab and newline
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, bidi marks, zero-width space
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # separators, overrides, isolates, invisible operators
    "\ufdd0-\ufdef\ufffc"  # Qt's own frame and object marks
    "\U000e0000-\U000e007f"  # tags
    "]"
)
_FLAG_TAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
_UNBROKEN = re.compile(rf"\S{{{LONGEST_RUN}}}(?=(\S))")

SOFT_BREAK = "\u200b"
_JOINERS = "\u200d\ufe0f"


def split_hidden(text: str) -> Iterator[tuple[str, str]]:
    """Yield (shown, original) pieces of `text`; they differ where a character would be invisible.

    Joining the originals gives `text` again.
    """
    flags = [found.span() for found in _FLAG_TAGS.finditer(text)]
    position = 0
    for found in _HIDDEN.finditer(text):
        if any(start <= found.start() < end for start, end in flags):
            continue
        if found.start() > position:
            plain = text[position : found.start()]
            yield plain, plain
        yield mark_of(found[0]), found[0]
        position = found.end()
    if position < len(text):
        yield text[position:], text[position:]


def mark_of(character: str) -> str:
    """Return what stands for an invisible character, such as "U+202E"."""
    return f"[U+{ord(character):04X}]"


def visible(text: str) -> str:
    """Return `text` with a mark in place of every hidden character, for titles and names."""
    return "".join(shown for shown, _ in split_hidden(text))


def soft_broken(text: str) -> str:
    """Return `text` with a zero-width space after each 1,000 characters of an unbroken run."""
    return _UNBROKEN.sub(_broken, text)


def _broken(run: re.Match[str]) -> str:
    # Not between a letter and its accent, nor inside a joined emoji.
    text = run[0] + run[1]
    cut = len(run[0])
    while cut > 1 and (unicodedata.combining(text[cut]) or text[cut] in _JOINERS or text[cut - 1] == "\u200d"):
        cut -= 1
    return text[:cut] + SOFT_BREAK + text[cut:-1]
