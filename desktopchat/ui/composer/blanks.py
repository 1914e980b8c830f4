"""The fields of a prompt that stands in a text field: they are filled in one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit


class _Place:
    """A part of the text that grows with what is written into it."""

    def __init__(self, document: QTextDocument, begin: int, end: int) -> None:
        self._begin, self._end = QTextCursor(document), QTextCursor(document)
        self._begin.setKeepPositionOnInsert(True)
        self._begin.setPosition(begin)
        self._end.setPosition(end)

    @property
    def begin(self) -> int:
        return self._begin.position()

    @property
    def end(self) -> int:
        return self._end.position()

    def selected(self) -> QTextCursor:
        cursor = QTextCursor(self._begin.document())
        cursor.setPosition(self.begin)
        cursor.setPosition(self.end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def text(self) -> str:
        return self.selected().selectedText()


@dataclass(slots=True)
class _Answer:
    """What is being filled in: the places of one field.

    Attributes:
        text: What stands in the first place.
        written: What we have ever put into the others, or found there first; undo brings some of it back.
    """

    place: _Place
    others: list[_Place]
    text: str
    written: set[str]


class Blanks:
    """Selects the next field; what is written into it stands in all its places at once.

    Args:
        field: Where the prompt was inserted.
    """

    def __init__(self, field: QPlainTextEdit) -> None:
        self._field = field
        self._left: list[list[QTextCursor]] = []  # selections, which stay apart from what is written beside them
        self._answer: _Answer | None = None
        self._copying = False

    def __bool__(self) -> bool:
        return bool(self._left)

    def begin(self, start: int, fields: Sequence[Sequence[tuple[int, int]]]) -> None:
        """Select the first field.

        Args:
            start: Where the prompt begins.
            fields: The places of each field in it.
        """
        self._answer = None
        self._left = [[self._selection(start + begin, start + end) for begin, end in places] for places in fields]
        self.step()

    def step(self) -> None:
        """Select the next field."""
        if not self._left:
            return
        document = self._field.document()
        first, *others = (_Place(document, place.selectionStart(), place.selectionEnd()) for place in self._left.pop(0))
        self._answer = _Answer(first, others, first.text(), {first.text()})
        self._field.setTextCursor(first.selected())
        self._field.ensureCursorVisible()

    def clear(self) -> None:
        """Leave all fields as they are."""
        self._left = []
        self._answer = None

    def copy_answer(self) -> None:
        """Write what was written into a field into its other places; to be called when the text has changed."""
        answer = self._answer
        if answer is None or self._copying or (text := answer.place.text()) == answer.text:
            return
        self._copying = True
        answer.text = text
        answer.written.add(text)
        kept = []
        for other in answer.others:
            stands = other.text()
            if other.begin <= answer.place.end or stands not in answer.written:
                continue  # the person wrote something else there
            if stands != text:
                cursor = other.selected()
                cursor.joinPreviousEditBlock()
                cursor.insertText(text)
                cursor.endEditBlock()
            kept.append(other)
        answer.others = kept
        self._copying = False

    def _selection(self, begin: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self._field.document())
        cursor.setPosition(begin)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor
