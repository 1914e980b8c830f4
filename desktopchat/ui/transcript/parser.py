"""The Markdown that is understood: CommonMark without HTML, GitHub's additions, footnotes and maths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktopchat.core.markdown import MATHS, maths_closes, maths_end

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

LONGEST_FORMULA = 2_000
# "$5 and 10$" is about money.
_MONEY = re.compile(r"\d[\d.,]*\s+[^\W\d_]{2}")
# An alternative text with marks in it is left to the rule for all images.
_IMAGE_DATA = re.compile(r"!\[([^\[\]\\`<&*_$~\n]*)\]\((data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+)\)")


def make_parser() -> MarkdownIt:
    """Return the parser. Newlines are kept; formulas are tokens `math_inline` and `math_block` with their source."""
    # The window is painted before these are needed.
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.use(gfm_autolink_plugin).use(footnote_plugin, inline=False, move_to_end=False)
    parser.inline.ruler.before("escape", "math_inline", _maths_in_line)
    parser.inline.ruler.before("image", "image_data", _image_data)
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "math_block", _maths_block, {"alt": interrupts})
    return parser


def formula_source(token: Token) -> str:
    """Return a formula with its marks, as it was written."""
    original: str = token.meta["original"]
    return original


def _maths_in_line(state: StateInline, silent: bool) -> bool:
    rest = state.src[state.pos : state.pos + LONGEST_FORMULA]
    opener = next((one for one in ("$$", "$", "\\(", "\\[") if rest.startswith(one)), "")
    if not opener:
        return False
    closer = MATHS.get(opener, opener)
    end = rest.find(closer, len(opener))
    while end > 0 and opener[0] == "$" and _is_escaped(rest, end):
        end = rest.find(closer, end + 1)
    content = rest[len(opener) : end]
    if end < 0 or not re.search(r"\w", content):
        return False
    if opener == "$" and not _is_dollar_maths(state.src[: state.pos][-1:], content, rest[end + 1 : end + 2]):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.meta = content.strip(), {"original": rest[: end + len(closer)]}
    state.pos += end + len(closer)
    return True


def _image_data(state: StateInline, silent: bool) -> bool:
    """Read an image that stands in its address at once: the rule for all images looks at each of a million letters."""
    found = _IMAGE_DATA.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("image", "img", 0)
        token.attrs, token.content, token.children = {"src": found[2], "alt": ""}, found[1], []
        state.md.inline.parse(found[1], state.md, state.env, token.children)
    state.pos = found.end()
    return True


def _is_escaped(text: str, position: int) -> bool:
    before = text[:position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _is_dollar_maths(before: str, content: str, behind: str) -> bool:
    """Return whether what stands between two single dollars is a formula and not a price."""
    if content[0].isspace() or content[-1].isspace() or before.isalnum() or behind.isalnum():
        return False
    return not _MONEY.match(content)


def _maths_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line):
        return False
    lines = []
    opener = ""
    for number in range(start_line, end_line):
        line = state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()
        if number == start_line:
            opener = next((one for one in ("$$", "\\[") if line.startswith(one)), "")
            if not opener:
                return False
            lines.append(line.removeprefix(opener))
        elif not line or state.sCount[number] < state.blkIndent:
            return False
        else:
            lines.append(line)
        end = maths_end(lines[-1], MATHS[opener])
        if end < 0:
            continue
        if not maths_closes(lines[-1], MATHS[opener]):
            return False
        lines[-1] = lines[-1][:end]
        content = "\n".join(lines).strip()
        if not re.search(r"\w", content):
            return False
        if not silent:
            token = state.push("math_block", "math", 0)
            token.content, token.map = content, [start_line, number + 1]
            token.meta = {"original": opener + "\n".join(lines) + MATHS[opener]}
            state.line = number + 1
        return True
    return False
