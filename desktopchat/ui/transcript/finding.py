"""Finds words in the conversation: in what is laid out, and where else they may stand."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from desktopchat.core.chat import Message
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.document import TranscriptDocument
from desktopchat.ui.transcript.runner import Runner

if TYPE_CHECKING:
    from desktopchat.ui.transcript.view import TranscriptView

MOST = 2_000  # places that are counted
_MARKED = 300
_DELAY = 200  # ms after a change of the page
_SIGNS = re.compile(r"[\W_]+")


def may_hold(words: str, messages: Sequence[Message]) -> frozenset[int]:
    """Return the ids of messages in which words may stand; Markdown's marks between them do not count."""
    plain = _SIGNS.sub("", words.casefold())
    if not plain:
        return frozenset(message.id for message in messages if words in message.content)
    return frozenset(message.id for message in messages if plain in _SIGNS.sub("", message.content.casefold()))


class Finder(QObject):
    """The places where words stand on the page, and the one that is shown."""

    changed = Signal()

    def __init__(self, view: "TranscriptView", page: TranscriptDocument, theme: Theme, runner: Runner) -> None:
        super().__init__(view)
        self._view = view
        self._page = page
        self._theme = theme
        self._runner = runner
        self._words = ""
        self._places: list[tuple[int, int]] = []
        self._current = -1
        self._elsewhere: frozenset[int] | None = None
        self._asked = 0  # how many messages were looked through for that
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY)
        self._timer.timeout.connect(self.refresh)
        page.contentsChanged.connect(self._on_page_contents_changed)

    @property
    def number(self) -> int:
        """Which place is shown, from 1; 0 for none."""
        return self._current + 1

    @property
    def count(self) -> int:
        """How many places stand on the page; never more than `MOST`."""
        return len(self._places)

    @property
    def is_complete(self) -> bool | None:
        """Whether there is no place that is not counted; None while that is not known."""
        if len(self._places) >= MOST:
            return False
        return None if self._elsewhere is None else not self._hidden()

    def look_for(self, words: str) -> None:
        """Find words, and show the first place from the caret on."""
        self._words = words
        self._read()
        self._look_elsewhere()
        start = self._view.textCursor().selectionStart()
        self._current = next(
            (i for i, place in enumerate(self._places) if place[0] >= start), 0 if self._places else -1
        )
        self._show()

    def close(self) -> None:
        """Mark nothing any more."""
        self._words = ""
        self._timer.stop()
        self._places, self._elsewhere = [], None
        self._current = -1
        self._view.setExtraSelections([])

    def step(self, step: int) -> None:
        """Show the next place (+1) or the one before (-1); at the end of the page go on with what is not laid out."""
        if not self._words:
            return
        wanted = self._current + step
        if not 0 <= wanted < len(self._places):
            at = self._load(step)
            if at is not None:
                inside = [i for i, place in enumerate(self._places) if at[0] <= place[0] <= at[1]]
                wanted = (inside[0] if step > 0 else inside[-1]) if inside else wanted
        self._current = wanted % len(self._places) if self._places else -1
        self._show()

    def refresh(self) -> None:
        """Find the same words again, after the page has changed."""
        if self._words:
            self._read()
            if len(self._view.messages()) != self._asked:
                self._look_elsewhere()
            self._current = min(max(self._current, 0), len(self._places) - 1)
            self._mark()
            self.changed.emit()

    def _read(self) -> None:
        self._places = []
        if not self._words:
            return
        ranges = [block.content_range() for block in self._page.blocks]
        starts = [first for first, _ in ranges]
        cursor = self._page.find(self._words)
        while not cursor.isNull() and len(self._places) < MOST:
            place = cursor.selectionStart(), cursor.selectionEnd()
            index = bisect_right(starts, place[0]) - 1
            if index >= 0 and place[1] <= ranges[index][1]:
                self._places.append(place)
            cursor = self._page.find(self._words, cursor)

    def _look_elsewhere(self) -> None:
        """Ask where else the words may stand: there can be very many messages."""
        words, messages = self._words, self._view.messages()
        self._elsewhere = None if words and any(self._view.not_laid_out()) else frozenset()
        self._asked = len(messages)
        if self._elsewhere is None:
            self._runner.run(lambda: (words, may_hold(words, messages)), self._on_elsewhere_known)

    def _on_elsewhere_known(self, known: tuple[str, frozenset[int]]) -> None:
        words, ids = known
        if words == self._words:
            self._elsewhere = ids
            if not self._places and self._hidden():
                self._load(-1)
                self._current = len(self._places) - 1
                self._show()
            self.changed.emit()

    def _hidden(self) -> list[Message]:
        """Return the messages beyond the page in which the words may stand."""
        ids = self._elsewhere or ()
        return [message for part in self._view.not_laid_out() for message in part if message.id in ids]

    def _load(self, step: int) -> tuple[int, int] | None:
        """Lay out the nearest message beyond the page that may hold the words; return where it stands."""
        above, below = self._view.not_laid_out()
        messages = reversed(above) if step < 0 else iter(below)
        for message in messages:
            if message.id in (self._elsewhere or ()):
                block = self._view.lay_out(message.id)
                self._read()
                return block.content_range() if block is not None else None
        return None

    def _show(self) -> None:
        if 0 <= self._current < len(self._places):
            cursor = QTextCursor(self._page)
            cursor.setPosition(self._places[self._current][0])
            before = self._page.revision()
            self._view.reading.show_hidden(cursor)
            if self._page.revision() != before:
                self._read()
            self._view.reading.show_place(self._places[self._current][0])
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        tokens = self._theme.tokens
        found, current = QTextCharFormat(), QTextCharFormat()
        found.setBackground(QColor(tokens.selection))
        current.setBackground(QColor(tokens.accent))
        current.setForeground(QColor(tokens.on_accent))
        first = max(0, self._current - _MARKED // 2)
        marks = []
        for index, (start, end) in enumerate(self._places[first : first + _MARKED], first):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self._page)
            mark.cursor.setPosition(start)
            mark.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            mark.format = current if index == self._current else found
            marks.append(mark)
        self._view.setExtraSelections(marks)

    def _on_page_contents_changed(self) -> None:
        if self._words and not self._timer.isActive():
            self._timer.start()
