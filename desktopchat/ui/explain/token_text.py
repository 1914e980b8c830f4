"""The text of an answer, token by token, with a ground that says how sure the model was."""

import codecs
from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import groupby

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktopchat.core.certainty import Certainty
from desktopchat.core.token_log import TokenLog
from desktopchat.ui.explain.words import line_colour, mixed, tint
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import SOFT_BREAK, visible

_LONGEST_RUN = 500  # characters without a place to break a line
_END = "∎"
_LINE = QTextCharFormat.UnderlineStyle


class TokenText(QTextEdit):
    """Read-only; one token at a time is the present one.

    Attributes:
        token_chosen: Place of a token that was clicked at.
    """

    token_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._starts: list[int] = []
        self._flipped: Collection[int] = ()
        self._current = 0
        self.setObjectName("card_text")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("Answer, token by token"))
        self.setUndoRedoEnabled(False)
        self.document().setDefaultFont(theme.font(15))
        self.document().setDocumentMargin(theme.px(4))
        # Lines are broken; one whose end is a space may be that much wider than the field.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self._mark)

    def sizeHint(self) -> QSize:
        """Return the size that is wanted."""
        return QSize(self._theme.px(600), self._theme.px(340))

    def show_log(self, log: TokenLog, words: Sequence[Certainty | None]) -> None:
        """Show the tokens of an answer.

        Args:
            log: The tokens.
            words: How sure the model was of each; None of what it was given.
        """
        letters = codecs.getincrementaldecoder("utf-8")("replace")
        formats = {word: self._format(word) for word in (*Certainty, None)}
        lines = QTextBlockFormat()
        lines.setLineHeight(
            self._theme.line_height(self.document().defaultFont(), 1.75),
            QTextBlockFormat.LineHeightTypes.ProportionalHeight.value,
        )
        self.clear()
        cursor, position, run = QTextCursor(self.document()), 0, 0
        self._starts = [0]
        cursor.beginEditBlock()
        cursor.setBlockFormat(lines)
        # Tokens that look alike are put in together: half of the pieces, and half of the time.
        for word, places in groupby(range(len(log)), words.__getitem__):
            texts = []
            for place in places:
                kind = log.kind(place)
                text = _END if kind == "end" else "" if kind == "sign" else letters.decode(log.piece(place))
                run = run + len(text) if text.isalnum() else 0
                if not text.isprintable():
                    text = visible(text).replace("\n", "⏎\n")
                if run > _LONGEST_RUN:
                    text, run = text + SOFT_BREAK, 0
                texts.append(text)
                position += len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2  # as Qt counts
                self._starts.append(position)
            cursor.insertText("".join(texts), formats[word])
        cursor.endEditBlock()
        self.set_current(0)

    def _format(self, word: Certainty | None) -> QTextCharFormat:
        tokens, form = self._theme.tokens, QTextCharFormat()
        form.setForeground(QColor(tokens.muted if word is None else tokens.text))
        if word is not None and (ground := tint(tokens, word)):
            form.setBackground(ground)
        if word is not None and (line := line_colour(tokens, word)):
            form.setUnderlineStyle(_LINE.SingleUnderline if word is Certainty.GUESS else _LINE.DotLine)
            form.setUnderlineColor(line)
        return form

    def set_current(self, place: int) -> None:
        """Make a token the present one, and bring it into sight."""
        self._current = place
        start, _end = self._span(place)
        cursor = self.textCursor()
        cursor.setPosition(start)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._mark()

    def set_flipped(self, places: Collection[int]) -> None:
        """Mark the tokens that would have come out otherwise."""
        self._flipped = places
        self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Mark what came into sight."""
        super().resizeEvent(event)
        self._mark()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the token at the mouse."""
        super().mousePressEvent(event)
        position = self.cursorForPosition(event.position().toPoint()).position()
        if len(self._starts) > 1:
            self.token_chosen.emit(min(bisect_right(self._starts, position), len(self._starts) - 1) - 1)

    def _span(self, place: int) -> tuple[int, int]:
        """Return where a token stands; one that only begins a letter stands where that one does."""
        start, end = self._starts[place], self._starts[place + 1]
        while start == end and place + 2 < len(self._starts):
            place += 1
            end = self._starts[place + 1]
        return start, end

    def _seen(self) -> range:
        """Return the tokens that are in sight: to mark a thousand others would take a tenth of a second."""
        edges = self.viewport().rect().topLeft(), self.viewport().rect().bottomRight()
        first, last = (bisect_right(self._starts, self.cursorForPosition(edge).position()) for edge in edges)
        return range(max(first - 2, 0), min(last + 1, len(self._starts) - 1))

    def _mark(self, _scrolled: int = 0) -> None:
        tokens = self._theme.tokens
        flipped, current = QTextCharFormat(), QTextCharFormat()
        flipped.setFontStrikeOut(True)
        flipped.setBackground(mixed(QColor(tokens.raised), QColor(tokens.accent), 0.4))
        current.setBackground(QColor(tokens.accent))
        current.setForeground(QColor(tokens.on_accent))
        marks = [self._selection(place, flipped) for place in self._seen() if place in self._flipped]
        if len(self._starts) > 1:
            marks.append(self._selection(self._current, current))
        self.setExtraSelections(marks)

    def _selection(self, place: int, form: QTextCharFormat) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        start, end = self._span(place)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        selection.cursor, selection.format = cursor, form
        return selection
