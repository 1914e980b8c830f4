"""A selection as Markdown and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextCursor, QTextFrame, QTextListFormat

from desktopchat.core.chat import Role
from desktopchat.ui.transcript.document import TranscriptDocument, fragments, list_marker
from desktopchat.ui.transcript.folding import language_of, whole_box
from desktopchat.ui.transcript.formats import Property
from desktopchat.ui.transcript.parser import formula_source, make_parser

if TYPE_CHECKING:
    from markdown_it.token import Token

_SPECIAL = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)")
_STEP = "   "  # of a list in a list


def selection_as_markdown(page: TranscriptDocument, selection: QTextCursor) -> str:
    """Return the selected text as Markdown; a message that is selected as a whole as it was written."""
    start, end = selection.selectionStart(), selection.selectionEnd()
    touched = [block for block in page.blocks if block.start < end and block.end > start]
    parts = []
    for block in touched:
        first, last = block.content_range()
        if start <= first and end >= last:
            text = block.text
        elif block.message.role != Role.ASSISTANT:
            text = "\n".join(piece for piece in page.lines_between(max(start, first), min(end, last)))
        else:
            text = _Writer(max(start, first), min(end, last)).write(page)
        if len(touched) > 1:
            text = f"**{page.who(block)}**\n\n{text}"
        parts.append(text.strip("\n"))
    return "\n\n".join(parts)


def as_html(markdown: str) -> str:
    """Return Markdown as HTML that other programs take: formulas as their source, HTML as text."""
    parser = make_parser()
    for kind, rule in _RULES.items():
        parser.add_render_rule(kind, rule)
    return str(parser.render(markdown))


def _formula(_: Any, tokens: Sequence[Token], place: int, *_rest: Any) -> str:
    return f"<code>{escape(formula_source(tokens[place]))}</code>"


def _note(_: Any, tokens: Sequence[Token], place: int, *_rest: Any) -> str:
    label = f"<sup>{escape(tokens[place].meta['label'])}</sup>"
    return label if tokens[place].nesting == 0 else f"<div>{label}"


def _note_end(*_: Any) -> str:
    return "</div>"


_RULES = {
    "math_inline": _formula,
    "math_block": _formula,
    "footnote_ref": _note,
    "footnote_reference_open": _note,
    "footnote_reference_close": _note_end,
}


@dataclass(slots=True)
class _Writer:
    """Writes a part of one answer."""

    start: int
    end: int
    _lines: list[str] = field(default_factory=list)
    _kind: str = ""

    def write(self, page: TranscriptDocument) -> str:
        block = page.findBlock(self.start)
        first, last = _box(block, self.start), _box(page.findBlock(self.end), self.end)
        inside_code = first is not None and last is not None and first.firstPosition() == last.firstPosition()
        while block.isValid() and block.position() < self.end:
            form = block.blockFormat()
            if not form.boolProperty(Property.OURS) and not (block.length() == 1 and form.lineHeightType() == 2):
                self._block(block, inside_code)
            block = block.next()
        if self._kind.startswith("code"):
            self._lines.append("```")
        return "\n".join(self._lines)

    def _block(self, block: QTextBlock, inside_code: bool) -> None:
        cursor = QTextCursor(block)
        box = _box(block, block.position())
        if inside_code:
            self._lines.append(self._plain(block))
            return
        if box is not None:
            self._begin(f"code {box.firstPosition()}", f"```{language_of(box)}")
            self._lines.append(self._plain(block))
            return
        quote = "> " * _quotes(cursor.currentFrame())
        table = cursor.currentTable()
        if table is not None:
            cell = table.cellAt(cursor)
            self._begin(f"table {table.firstPosition()}")
            if cell.column() == 0 or not self._lines[-1].startswith("|"):
                self._lines.append("|")
            self._lines[-1] += f" {self._inline(block)} |"
            if cell.row() == 0 and cell.column() == table.columns() - 1:
                self._lines.append("|" + "---|" * table.columns())
            return
        items = block.textList()
        level = block.blockFormat().headingLevel()
        if items is not None:
            kind = "ordered" if items.format().style() != QTextListFormat.Style.ListDisc else "bullets"
            self._begin(self._kind if _depth(block) and self._kind.startswith("list") else f"list {kind}")
            self._lines.append(quote + _STEP * _depth(block) + list_marker(block) + self._inline(block))
            return
        self._begin("")
        text = self._inline(block)
        self._lines += [quote + line for line in ("#" * level + " " + text if level else text).split("\n")]

    def _begin(self, kind: str, opening: str = "") -> None:
        """Go on with a block of this kind, or begin one: with a blank line before it."""
        if kind and kind == self._kind:
            return
        if self._kind.startswith("code"):
            self._lines.append("```")
        if self._lines:
            self._lines.append("")
        if opening:
            self._lines.append(opening)
        self._kind = kind

    def _plain(self, block: QTextBlock) -> str:
        return "".join(text for text, _, _ in fragments(block, self.start, self.end))

    def _inline(self, block: QTextBlock) -> str:
        bold = not block.blockFormat().headingLevel() and not _is_table_head(block)
        return "".join(_marked(fragments(block, self.start, self.end), bold))


def _marked(pieces: Iterable[tuple[str, str, QTextCharFormat]], bold: bool) -> Iterator[str]:
    for text, original, form in pieces:
        if original:
            yield original
            continue
        words = text.strip()
        if not words:
            yield text
            continue
        if form.fontFixedPitch():
            fence = "``" if "`" in words else "`"
            words = f"{fence}{words}{fence}"
        else:
            words = _SPECIAL.sub(r"\\\g<0>", words)
        if form.fontStrikeOut():
            words = f"~~{words}~~"
        if form.fontItalic():
            words = f"*{words}*"
        if bold and form.fontWeight() >= QFont.Weight.Bold:
            words = f"**{words}**"
        if form.isAnchor():
            words = f"[{words}]({form.anchorHref()})"
        yield text.replace(text.strip(), words, 1)


def _box(block: QTextBlock, position: int) -> QTextFrame | None:
    cursor = QTextCursor(block)
    cursor.setPosition(min(position, block.position() + block.length() - 1))
    frame = whole_box(cursor.currentFrame())
    return frame if frame.frameFormat().stringProperty(Property.BOX) == "code" else None


def _quotes(frame: QTextFrame | None) -> int:
    count = 0
    while frame is not None:
        count += frame.frameFormat().stringProperty(Property.BOX) == "quote"
        frame = frame.parentFrame()
    return count


def _depth(block: QTextBlock) -> int:
    return max(0, block.blockFormat().intProperty(Property.DEPTH) - 1)


def _is_table_head(block: QTextBlock) -> bool:
    cursor = QTextCursor(block)
    table = cursor.currentTable()
    return table is not None and table.cellAt(cursor).row() == 0
