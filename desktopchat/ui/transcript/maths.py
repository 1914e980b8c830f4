"""Formulas as pictures: made away from the window, in the colour of the text; their source until they are there."""

import re
from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from desktopchat.ui.transcript.formats import Formats
from desktopchat.ui.transcript.pictures import Pictures
from desktopchat.ui.transcript.runner import Runner

# What is longer, or larger than a few screens, stays source.
LONGEST_DRAWN = 1_000
_LARGEST = 8_000
_IMAGES = 200  # that are kept as pixels
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

    svg: bytes
    size: int
    width: float
    ascent: float
    descent: float


def measured(svg: str, formula: Formula) -> Drawing | None:
    """Return a drawing with its sizes; None when there is none or it is too large."""
    found = _VIEW_BOX.search(svg[:400])
    if found is None:
        return None
    top, width, height = (float(number) for number in found.groups())
    if max(width, height) > _LARGEST or min(width, height) <= 0:
        return None
    return Drawing(svg.encode(), formula.size, width, -top, top + height)


class Formulas(Pictures):
    """The drawings of a page; the source of a formula stands in its place until it is drawn."""

    def __init__(self, runner: Runner, page: QTextDocument) -> None:
        super().__init__(_SCHEME, runner, page)
        self._images: OrderedDict[tuple[str, float], QImage] = OrderedDict()

    def insert(self, cursor: QTextCursor, source: str, original: str, base: QTextCharFormat, formats: Formats) -> None:
        """Write a formula at the cursor: its picture when there is one, else its source.

        Args:
            original: The source with its marks, as it was written.
            base: The format of the text around it.
        """
        formula = Formula(
            source, original.startswith(("$$", "\\[")), base.font().pixelSize(), base.foreground().color().name()
        )
        wanted = formula if len(source) <= LONGEST_DRAWN else None
        self._insert(cursor, wanted, original, original, base, formats.inline_code(base))

    def _make(self, formula: Formula) -> Drawing | None:
        svg = self._runner.formula(formula.source, formula.size, formula.colour, formula.is_display)
        return measured(svg, formula)

    def _size(self, drawing: Drawing, font: QFont) -> tuple[float, float]:
        width, _, height = _sizes(drawing, font)
        return width, height

    def image(self, name: str, font: QFont, ratio: float) -> QImage | None:
        """Return the picture with this name for a screen; None when there is none."""
        drawing: Drawing | None = self._named.get(name)
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
    with QPainter(image) as painter:
        QSvgRenderer(QByteArray(drawing.svg)).render(painter, QRectF(0, above, width, drawing.ascent + drawing.descent))
    return image
