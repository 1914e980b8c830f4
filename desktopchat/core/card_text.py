"""The text about a model (its card), made fit to be read: what only a browser could show is taken out."""

import re

# What programs read, at the beginning.
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?\r?\n---[ \t]*(\r?\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>]{0,2000})?/?>")
_PICTURE = re.compile(r"!\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)")
_LINKED_NOTHING = re.compile(r"\[\s*\]\([^)\n]{0,500}\)")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def card_text(text: str) -> str:
    """Return a card as plain Markdown: without front matter, HTML and pictures; code stays as it is."""
    text = _FRONT.sub("", text, count=1).replace("\r\n", "\n")
    pieces: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            pieces.append(line)
            if found and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif found:
            pieces += [_plain("\n".join(prose)), line]
            prose, fence = [], found[1]
        else:
            prose.append(line)
    pieces.append(_plain("\n".join(prose)))
    return _EMPTY_LINES.sub("\n\n", "\n".join(pieces)).strip() + "\n"


def _plain(text: str) -> str:
    text = _COMMENT.sub("", text)
    return _LINKED_NOTHING.sub("", _TAG.sub("", _PICTURE.sub(r"\1", text)))
