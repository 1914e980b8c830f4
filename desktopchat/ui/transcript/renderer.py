"""Writes Markdown into a document with our own formats, by cursor operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextLength,
    QTextListFormat,
)

from desktopchat.core.attached import AttachedFile
from desktopchat.ui.transcript.code_colours import CodeColours
from desktopchat.ui.transcript.folding import whole_box
from desktopchat.ui.transcript.formats import Formats, Property
from desktopchat.ui.transcript.images import Images, is_data
from desktopchat.ui.transcript.marks import soft_broken, split_hidden, visible
from desktopchat.ui.transcript.maths import Formulas
from desktopchat.ui.transcript.parser import formula_source, make_parser

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SAFE_SCHEMES = ("http", "https", "mailto")
_INDENT = 24
LONG_CODE = 100  # lines in one frame
_MOST_CELLS = 4000


def safe_link(address: str) -> bool:
    """Return whether an address may be offered for opening."""
    try:
        return urlsplit(address).scheme.lower() in SAFE_SCHEMES
    except ValueError:
        return False


def code_language(info: str) -> str:
    """Return the language that stands behind the marks of a fence."""
    words = info.strip().lstrip("`~").split()
    return words[0] if words else ""


class Renderer:
    """Writes blocks at a cursor.

    Qt puts an empty block before and after each frame and table. So the renderer keeps track of whether
    the cursor stands in a block that is still unused.
    """

    def __init__(self, formats: Formats, colours: CodeColours, formulas: Formulas, images: Images) -> None:
        self._formats = formats
        self._colours = colours
        self._formulas = formulas
        self._images = images
        self._parser: MarkdownIt | None = None
        self._cursor = QTextCursor()
        self._fresh = True
        self._left = 0.0
        self._item: QTextListFormat | None = None
        self._note = ""
        self._depth = 0

    def render(self, text: str, cursor: QTextCursor, fresh: bool, known: dict[str, Any]) -> bool:
        """Write `text` at `cursor`, at the end of its frame.

        Args:
            known: The links and footnotes that the text above defines; those of this one are added.
            fresh: Whether the cursor stands in an empty block that may be used.

        Returns:
            Whether it stands in one now.
        """
        if self._parser is None:
            self._parser = make_parser()
        self._start(cursor, fresh)
        self._blocks(self._parser.parse(text, known))
        return self._fresh

    def literal(self, text: str, cursor: QTextCursor, *, fresh: bool = True) -> None:
        """Write `text` as it is, line by line, into the empty block at `cursor`, or behind it when it is not empty."""
        self._start(cursor, fresh)
        for line in text.replace("\r\n", "\n").split("\n"):
            self._open_block(self._formats.block())
            self.insert(line, self._formats.text)

    def files(self, files: Iterable[AttachedFile], cursor: QTextCursor, *, fresh: bool) -> None:
        """Write the stored pictures among the files of a message side by side, on a line of ours.

        Args:
            fresh: The block at `cursor` is empty.
        """
        shown = [file for file in files if file.is_picture and file.stored_id is not None]
        if not shown:
            return
        self._start(cursor, fresh)
        self._open_block(self._formats.pictures(), self._formats.muted)
        for place, file in enumerate(shown):
            if place:
                self.insert("  ", self._formats.muted)
            assert file.stored_id is not None
            self._images.insert_file(self._cursor, file.stored_id, soft_broken(visible(file.name)), self._formats.muted)

    def thoughts(self, label: str, text: str, cursor: QTextCursor) -> None:
        """Write reasoning below a line of ours into the empty block at `cursor`."""
        self._start(cursor, True)
        self._open_block(self._formats.ours(), self._formats.muted)
        self.insert(label, self._formats.muted)
        for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
            self._open_block(self._formats.small_block(), self._formats.muted)
            self.insert(line, self._formats.muted)

    def more_thoughts(self, text: str, cursor: QTextCursor) -> None:
        """Go on with reasoning at the end of its last line."""
        self._start(cursor, False)
        first, *following = text.replace("\r\n", "\n").split("\n")
        self.insert(first, self._formats.muted)
        for line in following:
            self._open_block(self._formats.small_block(), self._formats.muted)
            self.insert(line, self._formats.muted)

    def source(self, text: str, cursor: QTextCursor, fresh: bool) -> None:
        """Write a formula whose end has not come yet."""
        self._start(cursor, fresh)
        self._open_block(self._formats.block())
        form = self._formats.inline_code(self._formats.text)
        for number, line in enumerate(text.split("\n")):
            if number:
                self._cursor.insertText("\u2028", form)
            self.insert(line, form)

    def open_code(self, language: str, cursor: QTextCursor, fresh: bool) -> QTextCursor:
        """Write a box of code with one empty line at `cursor`, which ends behind the box; return the line."""
        self._start(cursor, fresh)
        return self._code("", language)

    def code_lines(self, text: str, language: str, cursor: QTextCursor) -> None:
        """Write more code inside of a box, from the line at `cursor` on, which must be empty."""
        self._start(cursor, True)
        for line in text.split("\n"):
            self._open_block(self._formats.code_block(language), self._formats.code)
            self.insert(line, self._formats.code)

    def begin_lines(self, cursor: QTextCursor) -> None:
        """Let more code stand in a frame of its own inside of its box, where `cursor` is then.

        Qt places all lines of a frame with each change of it.
        """
        cursor.setPosition(whole_box(cursor.currentFrame()).lastPosition())
        part = cursor.insertFrame(self._formats.box("lines", 0))
        spacer = self._formats.spacer()
        spacer.setProperty(Property.OURS, True)
        cursor.setPosition(part.lastPosition() + 1)
        cursor.setBlockFormat(spacer)
        cursor.setBlockCharFormat(self._formats.spacer_char)
        cursor.setPosition(part.firstPosition())

    def insert(self, text: str, form: QTextCharFormat) -> None:
        """Insert text at the cursor; what would be invisible becomes a mark."""
        for shown, original in split_hidden(text):
            if shown == original:
                self._cursor.insertText(soft_broken(shown), form)
            else:
                self._cursor.insertText(shown, self._formats.hidden(form, original))

    def _start(self, cursor: QTextCursor, fresh: bool) -> None:
        self._cursor, self._fresh, self._left, self._item, self._note = cursor, fresh, 0.0, None, ""

    def _open_block(self, form: QTextBlockFormat, char: QTextCharFormat | None = None) -> None:
        if self._left:
            form.setLeftMargin(form.leftMargin() + self._left)
        if self._depth:
            form.setProperty(Property.DEPTH, self._depth)
        if self._fresh:
            self._cursor.setBlockFormat(form)
            self._cursor.setBlockCharFormat(char or self._formats.text)
        else:
            self._cursor.insertBlock(form, char or self._formats.text)
        self._fresh = False

    def _blocks(self, tokens: Sequence[Token]) -> None:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            end = _matching(tokens, position)
            inner = tokens[position + 1 : end]
            handler: Callable[[Token, Sequence[Token]], None] = getattr(self, f"_{token.type}")
            handler(token, inner)
            position = end + 1

    def _paragraph_open(self, token: Token, inner: Sequence[Token]) -> None:
        form = self._formats.block(below=4 if token.hidden or self._item else 10)
        children = list(inner[0].children or [])
        if self._item is not None:
            children = self._mark_task(children, form)
        self._open_block(form)
        self._take_item()
        self._take_note()
        self._inline(children, self._formats.text)
        self._turn()

    def _heading_open(self, token: Token, inner: Sequence[Token]) -> None:
        level = int(token.tag[1])
        char = self._formats.heading(level)
        form = self._formats.block(above=10 if level < 4 else 6, below=6)
        form.setHeadingLevel(level)
        self._open_block(form, char)
        self._take_item()
        self._inline(inner[0].children or [], char)

    def _bullet_list_open(self, _token: Token, inner: Sequence[Token]) -> None:
        self._list(inner, None)

    def _ordered_list_open(self, token: Token, inner: Sequence[Token]) -> None:
        self._list(inner, int(token.attrGet("start") or 1))

    def _list(self, tokens: Sequence[Token], number: int | None) -> None:
        self._left += self._indent()
        self._depth += 1
        position = 0
        while position < len(tokens):
            end = _matching(tokens, position)
            form = QTextListFormat()
            # The block's own margin makes the room, as quotes and lists share it.
            form.setIndent(0)
            if number is None:
                form.setStyle(QTextListFormat.Style.ListDisc)
            else:
                form.setStyle(QTextListFormat.Style.ListDecimal)
                form.setStart(number)
                form.setNumberSuffix("." if tokens[position].markup == "." else ")")
                number += 1
            self._item = form
            inner = tokens[position + 1 : end]
            self._blocks(inner)
            if self._item is not None:  # an empty item, or one that starts with a box
                self._open_block(self._formats.block(below=4))
                self._take_item()
            position = end + 1
        self._left -= self._indent()
        self._depth -= 1

    def _take_item(self) -> None:
        if self._item is not None:
            self._cursor.createList(self._item)
            self._item = None

    def _mark_task(self, children: list[Token], form: QTextBlockFormat) -> list[Token]:
        if children and children[0].type == "text" and (found := re.match(r"\[([ xX])\]\s+", children[0].content)):
            done = found[1] != " "
            form.setMarker(QTextBlockFormat.MarkerType.Checked if done else QTextBlockFormat.MarkerType.Unchecked)
            first = children[0].copy(content=children[0].content[found.end() :])
            return [first, *children[1:]]
        return children

    def _footnote_reference_open(self, token: Token, inner: Sequence[Token]) -> None:
        self._note = token.meta["label"]
        self._blocks(inner)
        if self._note:  # an empty one, or one that starts with a box
            self._open_block(self._formats.block(below=4))
            self._take_note()

    def _turn(self) -> None:
        """Give a paragraph from right to left its indent, and so its bullet, on its own side."""
        block = self._cursor.block()
        if self._left and block.textDirection() == Qt.LayoutDirection.RightToLeft:
            form = block.blockFormat()
            form.setRightMargin(form.leftMargin())
            form.setLeftMargin(0)
            self._cursor.setBlockFormat(form)

    def _take_note(self) -> None:
        if self._note:
            self._mark(self._note, f"[^{self._note}]: ", self._formats.note(self._formats.text))
            self._cursor.insertText(" ", self._formats.text)
            self._note = ""

    def _mark(self, shown: str, original: str, form: QTextCharFormat) -> None:
        """Insert text that stands for other text: that one is copied."""
        form.setProperty(Property.ORIGINAL, original)
        self._cursor.insertText(visible(shown), form)

    def _indent(self) -> float:
        return self._formats.theme.px(_INDENT)

    def _blockquote_open(self, _token: Token, inner: Sequence[Token]) -> None:
        self._box("quote", 0, lambda: self._blocks(inner))

    def _fence(self, token: Token, _inner: Sequence[Token]) -> None:
        language = code_language(token.info)
        self._colours.add(self._code(token.content.removesuffix("\n"), language), language)

    def _code_block(self, token: Token, _inner: Sequence[Token]) -> None:
        self._code(token.content.removesuffix("\n"), "")

    def _code(self, text: str, language: str) -> QTextCursor:
        """Write a box of code and return its first line."""
        first = QTextCursor()

        def write() -> None:
            nonlocal first
            if language:
                self._open_block(self._formats.ours(), self._formats.language)
                self.insert(language, self._formats.language)
            for number, line in enumerate(text.split("\n")):
                if number and number % LONG_CODE == 0:
                    self.begin_lines(self._cursor)
                    self._fresh = True
                self._open_block(self._formats.code_block(language), self._formats.code)
                if number == 0:
                    first = QTextCursor(self._cursor.block())
                    first.setKeepPositionOnInsert(True)
                self.insert(line, self._formats.code)

        self._box("code", 12, write)
        return first

    def _math_block(self, token: Token, _inner: Sequence[Token]) -> None:
        form = self._formats.formula_block()
        self._open_block(form)
        self._take_item()
        self._take_note()
        self._formula(token, self._formats.text)

    def _formula(self, token: Token, form: QTextCharFormat) -> None:
        original = soft_broken(visible(formula_source(token)))
        self._formulas.insert(self._cursor, visible(token.content), original, form, self._formats)

    def _image(self, token: Token, form: QTextCharFormat) -> None:
        address, words = str(token.attrGet("src") or ""), _image_line(token)
        if is_data(address):
            original = f"![{token.content}]({address})"
            self._images.insert(self._cursor, address, soft_broken(visible(words)), original, form)
        else:
            self.insert(words, self._formats.linked(form, address))

    def _hr(self, _token: Token, _inner: Sequence[Token]) -> None:
        form = self._formats.block(above=4, below=12)
        form.setProperty(
            QTextFormat.Property.BlockTrailingHorizontalRulerWidth, QTextLength(QTextLength.Type.PercentageLength, 100)
        )
        form.setBackground(QColor(self._formats.tokens.border))
        self._open_block(form)

    def _box(self, kind: str, padding: float, write: Callable[[], None]) -> None:
        if self._item is not None:
            self._open_block(self._formats.block())
            self._take_item()
        if self._fresh:
            self._cursor.setBlockFormat(self._formats.spacer())
            self._cursor.setBlockCharFormat(self._formats.spacer_char)
        form = self._formats.box(kind, padding)
        form.setLeftMargin(self._left + (self._formats.theme.px(16) if kind == "quote" else 0))
        form.setTopMargin(self._formats.theme.gap(2))
        form.setBottomMargin(self._formats.theme.gap(10))
        frame = self._cursor.insertFrame(form)
        left, self._left, self._fresh = self._left, 0.0, True
        write()
        self._left = left
        self._cursor.setPosition(frame.lastPosition() + 1)
        self._end_box()

    def _end_box(self) -> None:
        self._cursor.setBlockFormat(self._formats.spacer())
        self._cursor.setBlockCharFormat(self._formats.spacer_char)
        self._fresh = True

    def _table_open(self, _token: Token, inner: Sequence[Token]) -> None:
        rows = _table_rows(inner)
        columns = max(len(row) for row in rows)
        if len(rows) * columns > _MOST_CELLS:
            # Qt needs seconds for such a table.
            for row in rows:
                self._open_block(self._formats.block())
                for _, children in row:
                    self._inline(children, self._formats.text)
                    self.insert("\t", self._formats.text)
            return
        if self._fresh:
            self._cursor.setBlockFormat(self._formats.spacer())
            self._cursor.setBlockCharFormat(self._formats.spacer_char)
        form = self._formats.table()
        form.setLeftMargin(self._left)
        table = self._cursor.insertTable(len(rows), columns, form)
        outer = self._cursor
        block = self._formats.block()
        for y, row in enumerate(rows):
            char = QTextCharFormat(self._formats.text)
            if y == 0:
                char.setFontWeight(QFont.Weight.DemiBold)
            for x, (align, children) in enumerate(row):
                cell = table.cellAt(y, x)
                cell.setFormat(self._formats.cell)
                self._cursor = cell.firstCursorPosition()
                block.setAlignment(align)
                self._cursor.setBlockFormat(block)
                self._cursor.setBlockCharFormat(char)
                self._inline(children, char)
        self._cursor = outer
        self._cursor.setPosition(table.lastPosition() + 1)
        self._end_box()

    def _inline(self, tokens: Sequence[Token], base: QTextCharFormat) -> None:
        stack = [QTextCharFormat(base)]
        for token in tokens:
            form = stack[-1]
            match token.type:
                case "text":
                    self.insert(token.content, form)
                case "code_inline":
                    self.insert(token.content, self._formats.inline_code(form))
                case "softbreak" | "hardbreak":
                    self._cursor.insertText("\u2028", form)
                case "image":
                    self._image(token, form)
                case "math_inline":
                    self._formula(token, form)
                case "footnote_ref":
                    self._mark(token.meta["label"], f"[^{token.meta['label']}]", self._formats.note(form))
                case "link_open":
                    stack.append(self._formats.linked(form, str(token.attrGet("href") or "")))
                case "strong_open" | "em_open" | "s_open":
                    stack.append(_emphasised(form, token.type))
                case _ if token.nesting < 0:
                    stack.pop()
                case _:
                    self.insert(token.content, form)


def _emphasised(form: QTextCharFormat, kind: str) -> QTextCharFormat:
    form = QTextCharFormat(form)
    if kind == "strong_open":
        form.setFontWeight(QFont.Weight.Bold)
    elif kind == "em_open":
        form.setFontItalic(True)
    else:
        form.setFontStrikeOut(True)
    return form


def _image_line(token: Token) -> str:
    try:
        host = urlsplit(str(token.attrGet("src") or "")).hostname or ""
    except ValueError:
        host = ""
    return " ".join(part for part in ("[image:", token.content, f"({host})" if host else "") if part) + "]"


def _matching(tokens: Sequence[Token], position: int) -> int:
    """Return the index of the token that closes the one at `position`; itself when it needs none."""
    depth = 0
    for index in range(position, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _table_rows(tokens: Sequence[Token]) -> list[list[tuple[Qt.AlignmentFlag, Sequence[Token]]]]:
    rows: list[list[tuple[Qt.AlignmentFlag, Sequence[Token]]]] = []
    align = Qt.AlignmentFlag.AlignLeft
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            style = str(token.attrGet("style") or "")
            align = next((flag for word, flag in _ALIGNMENTS.items() if word in style), Qt.AlignmentFlag.AlignLeft)
        elif token.type == "inline":
            rows[-1].append((align, token.children or []))
    return rows


_ALIGNMENTS = {"center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}
