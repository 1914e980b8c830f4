"""Colours the code of the page, a few lines at a time, so that no block holds the window up."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat, QTextLayout

from desktopchat.ui.transcript.formats import Property
from desktopchat.ui.transcript.runner import Runner

if TYPE_CHECKING:  # Pygments is not loaded before there is code
    from desktopchat.ui.transcript.syntax import LineLexer, Span

_MOST_LINES = 2_000  # of a block; what is longer stays plain
_log = logging.getLogger(__name__)
_SLICE_MS = 4
_SLOW_MS = 100
_TOGETHER = 100  # lines that get their colours with one change
_AT_ONCE = 40  # lines that are coloured together with the change that brought them


class CodeBox:
    """One block of code that gets its colours.

    Args:
        line: A cursor at its first line.
        is_open: Whether more lines will come; then the last one is not whole.
    """

    def __init__(self, line: QTextCursor, language: str, is_open: bool) -> None:
        self.line = line
        self.line.setKeepPositionOnInsert(True)
        self.first = QTextCursor(line)
        self.first.setKeepPositionOnInsert(True)
        self.found: dict[int, list[Span]] = {}  # by number of line, what is not on the page yet
        self.language = language
        self.is_open = is_open
        self.lexer: LineLexer | None = None
        self.count = 0


class CodeColours(QObject):
    """Knows the lexers, and which boxes still want their colours: the newest first, as it stands at the bottom."""

    def __init__(self, document: QTextDocument, runner: Runner) -> None:
        super().__init__(document)
        self._document = document
        self._runner = runner
        self._formats: dict[str, QTextCharFormat] = {}
        self._lexers: dict[str, Callable[[], LineLexer] | None] = {}
        self._wanted: set[str] = set()
        self._boxes: list[CodeBox] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_timer_timeout)

    def set_formats(self, formats: dict[str, QTextCharFormat]) -> None:
        """Take the format of each kind; what was to be coloured is forgotten."""
        self._formats = formats
        self.clear()

    def clear(self) -> None:
        """Forget what was to be coloured, as the page is empty."""
        self._boxes = []
        self._timer.stop()

    def add(self, line: QTextCursor, language: str, *, is_open: bool = False) -> CodeBox | None:
        """Colour the box whose first line is at the cursor; None when its language is not known to have colours."""
        language = language.lower()
        if not language or self._lexers.get(language, ...) is None:
            return None
        box = CodeBox(line, language, is_open)
        self._boxes.append(box)
        if language in self._lexers:
            if not is_open:
                self._timer.start()
        elif language not in self._wanted:
            self._wanted.add(language)
            # A lexer compiles its expressions when it is made first.
            self._runner.run(lambda: (language, _find(language)), self._on_lexer_found)
        return box

    def grow(self, box: CodeBox) -> None:
        """Colour the lines that have come since; a call for each change of the box."""
        if box.found or not self._advance(box, _AT_ONCE, self._paint):
            self._timer.start()

    def close(self, box: CodeBox) -> None:
        """Take the last line for whole."""
        box.is_open = False
        self._timer.start()

    def drop(self, box: CodeBox) -> None:
        """Forget a box that is no longer on the page."""
        if box in self._boxes:
            self._boxes.remove(box)

    def _on_lexer_found(self, found: "tuple[str, Callable[[], LineLexer] | None]") -> None:
        language, lexer = found
        self._lexers[language] = lexer
        if lexer is None:
            self._boxes = [box for box in self._boxes if box.language != language]
        self._timer.start()

    def _on_timer_timeout(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        for box in self._boxes[::-1]:
            keep = partial(self._keep, box)
            while not self._advance(box, 10, keep):
                if len(box.found) >= _TOGETHER:
                    self._place(box)
                    return
                if clock.elapsed() >= _SLICE_MS:
                    return
            if box.found:
                self._place(box)
                return
        self._timer.stop()

    @staticmethod
    def _keep(box: CodeBox, _block: QTextBlock, back: int, spans: "list[Span]") -> None:
        box.found[box.count - back] = spans

    def _place(self, box: CodeBox) -> None:
        """Put the colours that were found on the page at once: with each change Qt places all lines of the message."""
        found, box.found = box.found, {}
        edit = QTextCursor(self._document)
        edit.beginEditBlock()
        block = box.first.block()
        for _ in range(min(found)):
            block = _neighbour(block, 1)
        for number in range(min(found), max(found) + 1):
            if not self._is_code(block):
                break
            if number in found:
                self._paint(block, 0, found[number])
            block = _neighbour(block, 1)
        edit.endEditBlock()

    def _advance(self, box: CodeBox, most: int, paint: "Callable[[QTextBlock, int, list[Span]], None]") -> bool:
        """Find the colours of some lines of a box; return whether nothing is left to do for now."""
        lexer = self._lexers.get(box.language)
        if lexer is None:
            return True
        if box.lexer is None:
            box.lexer = lexer()
        block = box.line.block()
        for _ in range(most):
            following = _neighbour(block, 1)
            is_last = not self._is_code(following)
            if not self._is_code(block) or box.count >= _MOST_LINES:
                self.drop(box)
                return True
            if is_last and box.is_open:
                return True
            found = _read(box.lexer, block.text(), is_last)
            for back, spans in found or ():
                paint(block, back, spans)
            if found is None or is_last:
                self.drop(box)
                return True
            box.count += 1
            block = following
            box.line.setPosition(block.position())
        return False

    @staticmethod
    def _is_code(block: QTextBlock) -> bool:
        return block.isValid() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeLanguage)

    def _paint(self, block: QTextBlock, back: int, spans: "list[Span]") -> None:
        for _ in range(back):
            block = _neighbour(block, -1)
        text = block.text()
        wide = not text.isascii() and any(ord(character) > 0xFFFF for character in text)
        ranges = []
        for start, length, kind in spans:
            if wide:  # Qt counts in UTF-16 units
                length = _units(text[start : start + length])
                start = _units(text[:start])
            ranges.append(_range(start, length, self._formats[kind]))
        if ranges or block.layout().formats():
            block.layout().setFormats(ranges)  # a change of the document, which is laid out again after the last one


def _find(language: str) -> "Callable[[], LineLexer] | None":
    """Return what makes a lexer for each block of a language; None when there is none."""
    from desktopchat.ui.transcript.syntax import LineLexer, find_lexer

    lexer = find_lexer(language)
    return None if lexer is None else partial(LineLexer, lexer)


def _read(lexer: "LineLexer", line: str, is_last: bool) -> "list[tuple[int, list[Span]]] | None":
    """Return what is known after a line; None when the lexer fails or is too slow, so that it is not asked again."""
    clock = QElapsedTimer()
    clock.start()
    try:
        found = lexer.feed(line) + (lexer.finish() if is_last else [])
    except Exception as error:  # there are hundreds of lexers, and a model writes what they were not made for
        _log.info("code stays plain: %r", error)
        return None
    return found if clock.elapsed() < _SLOW_MS else None


def _neighbour(block: QTextBlock, step: int) -> QTextBlock:
    """Return the line above (-1) or below (+1), without the one that stands for lines which are folded."""
    block = block.next() if step > 0 else block.previous()
    return _neighbour(block, step) if block.isValid() and block.blockFormat().boolProperty(Property.OURS) else block


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _range(start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, form
    return made
