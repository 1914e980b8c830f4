"""Pictures on the page: made away from the window, with words in their place until they are there."""

from abc import abstractmethod
from collections.abc import Hashable
from itertools import count
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtGui import QFont, QImage, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat, QTextImageFormat

from desktopchat.ui.theme import COLUMN_WIDTH
from desktopchat.ui.transcript.formats import Formats, Property
from desktopchat.ui.transcript.runner import Runner

_SLICE_MS = 6


class Pictures(QObject):
    """The pictures of one kind on a page, and the places that still show words.

    What is wanted is told by a value of the kind's own, under which what was made of it is kept.

    Args:
        scheme: Begins the names of these pictures.
    """

    drawn = Signal()

    def __init__(self, scheme: str, runner: Runner, page: QTextDocument) -> None:
        super().__init__(page)
        self._page = page
        self._runner = runner
        self._scheme = scheme
        self._numbers = count(1)
        self._made: dict[Hashable, tuple[str, Any]] = {}  # name and what was made, None where that cannot be
        self._named: dict[str, Any] = {}
        self._waiting: dict[Hashable, list[QTextCursor]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.drawn)

    @abstractmethod
    def image(self, name: str, font: QFont, ratio: float) -> QImage | None:
        """Return the picture with this name for a screen; None when there is none."""

    @abstractmethod
    def _make(self, wanted: Any) -> Any:
        """Make a picture, away from the window; None when that cannot be."""

    @abstractmethod
    def _size(self, made: Any, font: QFont) -> tuple[float, float]:
        """Return width and height of a picture in a text with this font."""

    def clear(self) -> None:
        """Forget the places on a page that is emptied."""
        self._waiting = {wanted: [] for wanted in self._waiting}

    def _insert(
        self,
        cursor: QTextCursor,
        wanted: Hashable | None,
        words: str,
        original: str,
        base: QTextCharFormat,
        form: QTextCharFormat,
    ) -> None:
        """Write a picture at the cursor when it is there, else words.

        Args:
            wanted: None stays words.
            words: As they are shown.
            original: What is copied.
            base: The format of the text around it.
            form: The format of the words.
        """
        if wanted is not None and wanted not in self._made and wanted not in self._waiting:
            self._waiting[wanted] = []
            self._runner.run(lambda: (wanted, self._make(wanted)), self._on_picture_made)
        name, made = self._made.get(wanted, ("", None))
        if made is not None:
            self._insert_picture(cursor, name, made, words, original, base)
            return
        form.setProperty(Property.ORIGINAL, original)
        start = cursor.position()
        is_awaited = wanted is not None and wanted not in self._made
        if is_awaited:
            form.setProperty(Property.AWAITED, words)
        cursor.insertText(words.replace("\n", "\u2028"), form)
        if is_awaited:
            place = QTextCursor(cursor)
            place.setPosition(start)
            place.setPosition(cursor.position(), QTextCursor.MoveMode.KeepAnchor)
            place.setKeepPositionOnInsert(True)
            self._waiting[wanted].append(place)

    def _on_picture_made(self, result: tuple[Hashable, Any]) -> None:
        wanted, made = result
        name = f"{self._scheme}{next(self._numbers)}"
        if made is not None and not self._has_room(made):
            made = None
        self._made[wanted] = name, made
        if made is not None:
            self._named[name] = made
        self.drawn.emit()

    def _has_room(self, _made: Any) -> bool:
        """Return whether one more picture may be kept."""
        return True

    def place(self, formats: Formats) -> None:
        """Put pictures that are there now in the place of their words; `drawn` tells when there are more."""
        clock = QElapsedTimer()
        clock.start()
        for wanted in [wanted for wanted in self._waiting if wanted in self._made]:
            places, (name, made) = self._waiting[wanted], self._made[wanted]
            while places:
                if clock.elapsed() >= _SLICE_MS:
                    self._timer.start()
                    return
                cursor = places.pop()
                form = cursor.charFormat()
                words, original = form.stringProperty(Property.AWAITED), form.stringProperty(Property.ORIGINAL)
                if (
                    made is None
                    or not words
                    or cursor.selectedText().replace("\u2029", "\u2028") != words.replace("\n", "\u2028")
                ):
                    continue  # it was written again meanwhile
                start, end = cursor.selectionStart(), cursor.selectionEnd()
                # In this order, so that what stands at the end of the words stays behind the picture.
                cursor.setPosition(start)
                cursor.setKeepPositionOnInsert(False)
                self._insert_picture(cursor, name, made, words, original, formats.text)
                cursor.setPosition(end + 1, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
            del self._waiting[wanted]

    def _insert_picture(
        self, cursor: QTextCursor, name: str, made: Any, words: str, original: str, base: QTextCharFormat
    ) -> None:
        form = QTextImageFormat()
        form.setFont(base.font())
        form.setForeground(base.foreground())
        width, height = self._size(made, base.font())
        scale = min(1.0, self._room() / width)
        form.setName(name)
        form.setWidth(width * scale)
        form.setHeight(height * scale)
        form.setProperty(QTextFormat.Property.ImageAltText, words)
        form.setProperty(Property.ORIGINAL, original)
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        cursor.insertImage(form)

    def _room(self) -> float:
        """Return how wide a picture may be; a box or a list may take some of the page."""
        width = self._page.textWidth()
        return max(100.0, (width if width > 0 else COLUMN_WIDTH) - 80)
