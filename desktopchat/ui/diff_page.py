"""Two texts with what they differ in, side by side or one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QColor,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLength,
    QTextTable,
    QTextTableCell,
    QTextTableCellFormat,
    QTextTableFormat,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from desktopchat.controllers.branches import Differences
from desktopchat.core.chat import Message
from desktopchat.core.difference import DiffRow, Piece
from desktopchat.ui.theme import Theme, Tokens
from desktopchat.ui.transcript.marks import soft_broken, visible
from desktopchat.ui.transcript.words import MessageWords

_AROUND = 2  # equal lines that are shown above and below a change
_MOST_ROWS = 1_200  # more would hold the window up, and nobody reads them
_MINUS, _PLUS = "−", "+"


@dataclass(slots=True)
class Change:
    """Lines next to each other that differ.

    Attributes:
        positions: Where its lines stand in the document.
        removed, added: What only one of the texts has.
    """

    positions: list[int]
    removed: str = ""
    added: str = ""


class DiffPage(QTextBrowser):
    """Shows differences; what is removed is struck through behind a minus, what is added underlined behind a plus.

    Attributes:
        changes: In the order of reading.
        is_cut: There was more than is shown.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card_text")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setOpenLinks(False)
        self.document().setDefaultFont(theme.font(14))
        self.document().setUndoRedoEnabled(False)
        self._theme = theme
        self._formats = _Formats(theme.tokens)
        self._words = MessageWords({}, self)
        self._heading = QTextBlockFormat()
        self._heading.setTopMargin(theme.gap(14))
        self.changes: list[Change] = []
        self.is_cut = False
        self._tinted: list[tuple[QTextTableCell, QColor]] = []  # what is marked, and the ground that it had

    def show_differences(self, found: Differences, *, unified: bool) -> None:
        """Show what two branches differ in."""
        self.clear()
        self.changes, self.is_cut = [], False
        self._tinted.clear()
        self.setExtraSelections([])
        rows = self._rows(found)
        if len(rows) > _MOST_ROWS:
            rows, self.is_cut = rows[:_MOST_ROWS], True
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        if unified:
            self._write_unified(cursor, rows)
        else:
            self._write_beside(cursor, rows)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def show_change(self, place: int) -> None:
        """Go to a change and mark its lines."""
        selections: list[QTextEdit.ExtraSelection] = []
        for cell, ground in self._tinted:
            self._paint_cell(cell, ground)
        self._tinted.clear()
        for position in self.changes[place].positions:
            here = QTextCursor(self.document())
            here.setPosition(position)
            if (table := here.currentTable()) is not None:
                # A selection would end with the words.
                cell = table.cellAt(here)
                self._tinted.append((cell, cell.format().background().color()))
                self._paint_cell(cell, QColor(self._theme.tokens.selection))
                continue
            selection = QTextEdit.ExtraSelection()
            selection.cursor = here
            selection.format.setBackground(QColor(self._theme.tokens.selection))
            selection.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
            selections.append(selection)
        self.setExtraSelections(selections)
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.changes[place].positions[0])
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(0)
        top = self.cursorRect(cursor).top()
        self.verticalScrollBar().setValue(round(top) - self.viewport().height() // 3)

    def loadResource(self, _type: int, _name: QUrl | str) -> object:
        """Load nothing."""
        return None

    def _rows(self, found: Differences) -> list["DiffRow | str | tuple[Message | None, Message | None]"]:
        """Return rows, in place of long equal parts a sentence, and above each pair of messages the two."""
        rows: list[DiffRow | str | tuple[Message | None, Message | None]] = []
        for one, other, lines in found:
            rows.append((one, other))
            start = 0
            while start < len(lines):
                end = start
                while end < len(lines) and lines[end].same == lines[start].same:
                    end += 1
                part = lines[start:end]
                first, last = start == 0, end == len(lines)
                head, tail = (0 if first else _AROUND), (0 if last else _AROUND)
                if part[0].same and len(part) > head + tail + 1:
                    hidden = len(part) - head - tail
                    words = self.tr("… {count} equal lines").format(count=f"{hidden:,}")
                    rows += [*part[:head], words, *part[len(part) - tail :]]
                else:
                    rows += part
                start = end
        return rows

    def _write_beside(
        self, cursor: QTextCursor, rows: Sequence["DiffRow | str | tuple[Message | None, Message | None]"]
    ) -> None:
        shape = QTextTableFormat()
        shape.setBorder(0)
        shape.setCellPadding(self._theme.px(3))
        shape.setCellSpacing(0)
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        half = QTextLength(QTextLength.Type.PercentageLength, 50)
        shape.setColumnWidthConstraints([half, half])
        table = cursor.insertTable(max(1, len(rows)), 2, shape)
        in_change = False
        for number, row in enumerate(rows):
            left = table.cellAt(number, 0).firstCursorPosition()
            right = table.cellAt(number, 1).firstCursorPosition()
            if isinstance(row, DiffRow):
                self._write_line(left, row.left, "" if row.same else _MINUS, self._formats.removed)
                self._write_line(right, row.right, "" if row.same else _PLUS, self._formats.added)
                if not row.same:
                    self._tint(table, number, row)
                    sides = ((0, row.left), (1, row.right))
                    positions = [
                        table.cellAt(number, side).firstPosition() for side, pieces in sides if pieces is not None
                    ]
                    self._note(row, positions, goes_on=in_change)
                in_change = not row.same
            else:
                in_change = False
                words = (row, row) if isinstance(row, str) else tuple(self._title(one) for one in row)
                left.insertText(words[0], self._formats.muted)
                right.insertText(words[1], self._formats.muted)
                if number and isinstance(row, tuple):
                    for column in (0, 1):
                        shape_of_cell = QTextTableCellFormat()
                        shape_of_cell.setTopPadding(self._theme.gap(16))
                        table.cellAt(number, column).setFormat(shape_of_cell)

    def _write_unified(
        self, cursor: QTextCursor, rows: Sequence["DiffRow | str | tuple[Message | None, Message | None]"]
    ) -> None:
        in_change = False
        for number, row in enumerate(rows):
            if not isinstance(row, DiffRow):
                in_change = False
                words = row if isinstance(row, str) else " → ".join(filter(None, map(self._title, row)))
                self._begin_block(cursor, number == 0, None)
                if number and isinstance(row, tuple):
                    cursor.setBlockFormat(self._heading)
                cursor.insertText(words, self._formats.muted)
            elif row.same:
                in_change = False
                self._begin_block(cursor, number == 0, None)
                self._write_line(cursor, row.left, "", self._formats.plain)
            else:
                positions: list[int] = []
                for pieces, sign, form, ground in (
                    (row.left, _MINUS, self._formats.removed, self._formats.removed_ground),
                    (row.right, _PLUS, self._formats.added, self._formats.added_ground),
                ):
                    if pieces is not None:
                        self._begin_block(cursor, number == 0 and not positions, ground)
                        positions.append(cursor.position())
                        self._write_line(cursor, pieces, sign, form)
                self._note(row, positions, goes_on=in_change)
                in_change = True

    def _begin_block(self, cursor: QTextCursor, is_first: bool, ground: QColor | None) -> None:
        block = QTextBlockFormat()
        if ground is not None:
            block.setBackground(ground)
        if is_first:
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)

    def _write_line(
        self, cursor: QTextCursor, pieces: tuple[Piece, ...] | None, sign: str, changed: QTextCharFormat
    ) -> None:
        if pieces is None:
            return
        if sign:
            cursor.insertText(f"{sign} ", self._formats.sign(changed))
        for piece in pieces:
            text = soft_broken(visible(piece.text))
            cursor.insertText(text, changed if piece.changed and sign else self._formats.plain)

    def _tint(self, table: QTextTable, number: int, row: DiffRow) -> None:
        for column, pieces, ground in (
            (0, row.left, self._formats.removed_ground),
            (1, row.right, self._formats.added_ground),
        ):
            if pieces is not None:
                self._paint_cell(table.cellAt(number, column), ground)

    def _paint_cell(self, cell: QTextTableCell, ground: QColor) -> None:
        form = cell.format()
        form.setBackground(ground)
        cell.setFormat(form)

    def _note(self, row: DiffRow, positions: list[int], *, goes_on: bool) -> None:
        if not goes_on:
            self.changes.append(Change([]))
        change = self.changes[-1]
        change.positions += positions
        change.removed = " … ".join(filter(None, (change.removed, _changed(row.left))))
        change.added = " … ".join(filter(None, (change.added, _changed(row.right))))

    def _title(self, message: Message | None) -> str:
        return f"{self._words.who(message)} · {self._words.header(message)}" if message is not None else ""


def _changed(pieces: tuple[Piece, ...] | None) -> str:
    return " … ".join(piece.text.strip() for piece in pieces or () if piece.changed and piece.text.strip())


class _Formats:
    """How the parts look."""

    def __init__(self, tokens: Tokens) -> None:
        self.plain, self.muted, self.removed, self.added = (QTextCharFormat() for _ in range(4))
        self.plain.setForeground(QColor(tokens.text))
        self.muted.setForeground(QColor(tokens.muted))
        self.removed.setForeground(QColor(tokens.syntax.deleted))
        self.removed.setFontStrikeOut(True)
        self.added.setForeground(QColor(tokens.syntax.inserted))
        self.added.setFontUnderline(True)
        self.removed_ground = _mixed(tokens.syntax.deleted, tokens.raised)
        self.added_ground = _mixed(tokens.syntax.inserted, tokens.raised)

    def sign(self, changed: QTextCharFormat) -> QTextCharFormat:
        """Return how the sign before a line looks."""
        form = QTextCharFormat()
        form.setForeground(changed.foreground())
        return form


def _mixed(colour: str, ground: str, part: float = 0.07) -> QColor:
    one, other = QColor(colour), QColor(ground)
    parts = ((one.redF(), other.redF()), (one.greenF(), other.greenF()), (one.blueF(), other.blueF()))
    return QColor.fromRgbF(*(part * a + (1 - part) * b for a, b in parts))
