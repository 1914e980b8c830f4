"""Formulas as pictures: made away from the window, in the colour of the text; their source until they are there."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QByteArray, QElapsedTimer, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextImageFormat,
)

from desktopchat.ui.theme import COLUMN_WIDTH
from desktopchat.ui.transcript.formats import Formats, Property
from desktopchat.ui.transcript.runner import Runner

# What is longer, or larger than a few screens, stays source.
LONGEST_DRAWN = 1_000
_LARGEST = 8_000
_IMAGES = 200  # that are kept as pixels
_SLICE_MS = 6
_SCHEME = "formula:"
_VIEW_BOX = re.compile(r'viewBox="[-\d.]+ ([-\d.]+) ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True, slots=True)
class Formula:
    """What is to be drawn.

    Attributes:
        is_display: Whether it stands on a line of its own.
        size: Of the letters, in pixels.
    """

    source: str
    is_display: bool
    size: int
    colour: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn formula: its SVG, and its sizes in pixels.

    Attributes:
        size: Of the letters.
        ascent: What stands above the baseline.
        descent: What stands below it.
    """

    name: str
    svg: bytes
    size: int
    width: float
    ascent: float
    descent: float


def measured(svg: str, formula: Formula, name: str) -> Drawing | None:
    """Return a drawing with its sizes; None when there is none or it is too large."""
    found = _VIEW_BOX.search(svg[:400])
    if found is None:
        return None
    top, width, height = (float(number) for number in found.groups())
    if max(width, height) > _LARGEST or min(width, height) <= 0:
        return None
    return Drawing(name, svg.encode(), formula.size, width, -top, top + height)


class Formulas(QObject):
    """The drawings of a page, and the places that still show source."""

    drawn = Signal()

    def __init__(self, runner: Runner, page: QTextDocument) -> None:
        super().__init__(page)
        self._page = page
        self._runner = runner
        self._numbers = count(1)
        self._drawings: dict[Formula, Drawing | None] = {}
        self._names: dict[str, Drawing] = {}
        self._images: OrderedDict[tuple[str, float], QImage] = OrderedDict()
        self._waiting: dict[Formula, list[QTextCursor]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.drawn)

    def clear(self) -> None:
        """Forget the places on a page that is emptied."""
        self._waiting = {formula: [] for formula in self._waiting}

    def insert(self, cursor: QTextCursor, source: str, original: str, base: QTextCharFormat, formats: Formats) -> None:
        """Write a formula at the cursor: its picture when there is one, else its source.

        Args:
            original: The source with its marks, as it was written.
            base: The format of the text around it.
        """
        formula = Formula(
            source, original.startswith(("$$", "\\[")), base.font().pixelSize(), base.foreground().color().name()
        )
        wanted = len(source) <= LONGEST_DRAWN
        if wanted and formula not in self._drawings and formula not in self._waiting:
            self._waiting[formula] = []
            name = f"{_SCHEME}{next(self._numbers)}"
            self._runner.run(lambda: (formula, self._draw(formula, name)), self._on_drawing_made)
        if drawing := self._drawings.get(formula):
            self._insert_picture(cursor, drawing, original, base)
            return
        form = formats.inline_code(base)
        form.setProperty(Property.ORIGINAL, original)
        start = cursor.position()
        is_awaited = wanted and formula not in self._drawings
        if is_awaited:
            form.setProperty(Property.FORMULA, original)
        cursor.insertText(original.replace("\n", "\u2028"), form)
        if is_awaited:
            place = QTextCursor(cursor)
            place.setPosition(start)
            place.setPosition(cursor.position(), QTextCursor.MoveMode.KeepAnchor)
            place.setKeepPositionOnInsert(True)
            self._waiting[formula].append(place)

    def _draw(self, formula: Formula, name: str) -> Drawing | None:
        svg = self._runner.formula(formula.source, formula.size, formula.colour, formula.is_display)
        return measured(svg, formula, name)

    def _on_drawing_made(self, made: tuple[Formula, Drawing | None]) -> None:
        formula, drawing = made
        self._drawings[formula] = drawing
        if drawing is not None:
            self._names[drawing.name] = drawing
        self.drawn.emit()

    def place(self, formats: Formats) -> None:
        """Put pictures that are there now in the place of their source; `drawn` tells when there are more."""
        clock = QElapsedTimer()
        clock.start()
        for formula in [formula for formula in self._waiting if formula in self._drawings]:
            places, drawing = self._waiting[formula], self._drawings[formula]
            while places:
                if clock.elapsed() >= _SLICE_MS:
                    self._timer.start()
                    return
                cursor = places.pop()
                original = cursor.charFormat().stringProperty(Property.FORMULA)
                if (
                    drawing is None
                    or not original
                    or cursor.selectedText().replace("\u2029", "\u2028") != original.replace("\n", "\u2028")
                ):
                    continue  # it was written again meanwhile
                start, end = cursor.selectionStart(), cursor.selectionEnd()
                # In this order, so that what stands at the end of the source stays behind the picture.
                cursor.setPosition(start)
                cursor.setKeepPositionOnInsert(False)
                self._insert_picture(cursor, drawing, original, formats.text)
                cursor.setPosition(end + 1, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
            del self._waiting[formula]

    def _insert_picture(self, cursor: QTextCursor, drawing: Drawing, original: str, base: QTextCharFormat) -> None:
        form = QTextImageFormat()
        form.setFont(base.font())
        form.setForeground(base.foreground())
        width, _, height = _sizes(drawing, base.font())
        scale = min(1.0, self._room() / width)
        form.setName(drawing.name)
        form.setWidth(width * scale)
        form.setHeight(height * scale)
        form.setProperty(QTextFormat.Property.ImageAltText, original)
        form.setProperty(Property.ORIGINAL, original)
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        cursor.insertImage(form)

    def _room(self) -> float:
        """Return how wide a picture may be; a box or a list may take some of the page."""
        width = self._page.textWidth()
        return max(100.0, (width if width > 0 else COLUMN_WIDTH) - 80)

    def image(self, name: str, font: QFont, ratio: float) -> QImage | None:
        """Return the picture with this name for a screen; None when there is none."""
        drawing = self._names.get(name)
        if drawing is None:
            return None
        if (name, ratio) not in self._images:
            self._images[name, ratio] = _paint(drawing, font, ratio)
            if len(self._images) > _IMAGES:
                self._images.popitem(last=False)
        self._images.move_to_end((name, ratio))
        return self._images[name, ratio]


def _sizes(drawing: Drawing, font: QFont) -> tuple[float, float, float]:
    """Return width, space above and height of a picture which Qt puts with its middle over the baseline.

    Qt takes (height + h) / 2 of it for what is above the baseline, where h is half the height of an x.
    """
    font = QFont(font)
    font.setPixelSize(drawing.size)
    lift = QFontMetricsF(font).xHeight() / 2
    height = max(2 * drawing.ascent - lift, 2 * drawing.descent + lift)
    return drawing.width, (height + lift) / 2 - drawing.ascent, height


def _paint(drawing: Drawing, font: QFont, ratio: float) -> QImage:
    from PySide6.QtSvg import QSvgRenderer

    width, above, height = _sizes(drawing, font)
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing.svg)).render(painter, QRectF(0, above, width, drawing.ascent + drawing.descent))
    painter.end()
    return image
