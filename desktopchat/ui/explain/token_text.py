"""The text of an answer, token by token, with a ground that says how sure the model was."""

import codecs
from bisect import bisect_right
from collections.abc import Collection

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QMouseEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktopchat.core.certainty import Certainty, certainty
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

    def sizeHint(self) -> QSize:
        """Return the size that is wanted."""
        return QSize(self._theme.px(600), self._theme.px(340))

    def show_log(self, log: TokenLog) -> None:
        """Show the tokens of an answer."""
        tokens = self._theme.tokens
        plain, muted = QTextCharFormat(), QTextCharFormat()
        plain.setForeground(QColor(tokens.text))
        muted.setForeground(QColor(tokens.muted))
        formats: dict[Certainty | None, QTextCharFormat] = {None: muted}
        letters = codecs.getincrementaldecoder("utf-8")("replace")
        lines = QTextBlockFormat()
        lines.setLineHeight(
            self._theme.line_height(self.document().defaultFont(), 1.75),
            QTextBlockFormat.LineHeightTypes.ProportionalHeight.value,
        )
        self.clear()
        self._starts = []
        cursor, run = QTextCursor(self.document()), 0
        cursor.beginEditBlock()
        cursor.setBlockFormat(lines)
        for place in range(len(log)):
            kind = log.kind(place)
            text = _END if kind == "end" else "" if kind == "sign" else letters.decode(log.piece(place))
            word = None if log.is_given(place) else certainty(log.logprob(place))
            if word not in formats:
                assert word is not None
                formats[word] = form = QTextCharFormat(plain)
                if ground := tint(tokens, word):
                    form.setBackground(ground)
                if line := line_colour(tokens, word):
                    form.setUnderlineStyle(_LINE.SingleUnderline if word is Certainty.GUESS else _LINE.DotLine)
                    form.setUnderlineColor(line)
            self._starts.append(cursor.position())
            run = 0 if any(map(str.isspace, text)) else run + len(text)
            if run > _LONGEST_RUN:
                text, run = text + SOFT_BREAK, 0
            cursor.insertText(visible(text).replace("\n", "⏎\n"), formats[word])
        cursor.endEditBlock()
        self._starts.append(cursor.position())
        self.set_current(0)

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

    def _mark(self) -> None:
        tokens = self._theme.tokens
        flipped, current = QTextCharFormat(), QTextCharFormat()
        flipped.setFontStrikeOut(True)
        flipped.setBackground(mixed(QColor(tokens.raised), QColor(tokens.accent), 0.4))
        current.setBackground(QColor(tokens.accent))
        current.setForeground(QColor(tokens.on_accent))
        marks = [self._selection(place, flipped) for place in self._flipped]
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
