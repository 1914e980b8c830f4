"""Images that stand in an answer as data: decoded away from the window, within bounds. No other one is ever loaded."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QFont, QImage, QImageIOHandler, QImageReader, QTextCharFormat, QTextCursor, QTextDocument

from desktopchat.core.errors import PictureError
from desktopchat.core.picture import shape_of
from desktopchat.ui.transcript.pictures import Pictures
from desktopchat.ui.transcript.runner import Runner

LONGEST = 4 << 20  # characters of an address; 3 MB of image
MOST_PIXELS = 16_000_000  # of an image, before it is made as small as it is shown
MOST_FILE_PIXELS = 64_000_000  # of a picture that came with a message: cameras take such ones
MOST_MEMORY = 96 << 20  # bytes of all images of a page
_HIGHEST = 640  # pixels on the page
_WIDEST_FILE, _HIGHEST_FILE = 480, 200  # pixels, of a picture that came with a message
_LEAST_ROOM = 320  # pixels
_SCHEME = "image:"
_STORED = "stored:"
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+={0,2})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image, and how wide and high it may be, in pixels of the screen."""

    address: str
    width: int
    height: int


class Images(Pictures):
    """The images of a page.

    Args:
        ratio: Returns how many pixels the screen has for one of the page.
    """

    def __init__(self, runner: Runner, page: QTextDocument, ratio: Callable[[], float]) -> None:
        super().__init__(_SCHEME, runner, page)
        self._ratio = ratio
        self._held = 0  # bytes

    def clear(self) -> None:
        """Forget the images of a page that is emptied."""
        super().clear()
        self._made, self._named, self._held = {}, {}, 0

    def insert(self, cursor: QTextCursor, address: str, words: str, original: str, base: QTextCharFormat) -> None:
        """Write an image at the cursor: itself when it is there, else words, and for good when it is broken.

        Args:
            original: The Markdown that asks for it.
            base: The format of the text around it.
        """
        ratio = self._ratio()
        wanted = Wanted(address, round(self._room() * ratio), round(_HIGHEST * ratio))
        is_shown = len(address) <= LONGEST
        self._insert(cursor, wanted if is_shown else None, words, original, base, QTextCharFormat(base))

    def insert_file(self, cursor: QTextCursor, file_id: int, words: str, base: QTextCharFormat) -> None:
        """Write a picture that came with a message at the cursor, in the same way."""
        ratio = self._ratio()
        wanted = Wanted(f"{_STORED}{file_id}", round(_WIDEST_FILE * ratio), round(_HIGHEST_FILE * ratio))
        self._insert(cursor, wanted, words, words, base, QTextCharFormat(base))

    def image(self, name: str, _font: QFont, _ratio: float) -> QImage | None:
        """Return the image with this name."""
        return self._named.get(name)

    def _make(self, wanted: Wanted) -> QImage | None:
        most = QSize(wanted.width, wanted.height)
        if not wanted.address.startswith(_STORED):
            return decoded(wanted.address, most)
        data = self._runner.picture(int(wanted.address.removeprefix(_STORED)))
        image = thumbnail(data, most)
        if image is not None:
            image.setDevicePixelRatio(wanted.height / _HIGHEST_FILE)
        return image

    def _room(self) -> float:
        # A page that is not laid out yet is narrow, and no picture grows with it.
        return max(super()._room(), _LEAST_ROOM)

    def _has_room(self, image: QImage) -> bool:
        held = self._held + image.sizeInBytes()
        if held > MOST_MEMORY:
            return False
        self._held = held
        return True

    def _size(self, image: QImage, _font: QFont) -> tuple[float, float]:
        size = image.deviceIndependentSize()
        scale = min(1.0, self._room() / size.width(), _HIGHEST / size.height())
        return size.width() * scale, size.height() * scale


def is_data(address: str) -> bool:
    """Return whether an address is an image itself."""
    return address.startswith("data:image/")


def decoded(address: str, most: QSize) -> QImage | None:
    """Return an image that stands in its address, made as small as `most`; None when it is broken or too large."""
    found = _DATA.match(address)
    if found is None or len(address) > LONGEST:
        return None
    try:
        data = base64.b64decode(found[2], validate=True)
    except ValueError:
        return None
    return _read(data, found[1], most, MOST_PIXELS)


def thumbnail(data: bytes, most: QSize) -> QImage | None:
    """Return a picture that came with a message, made as small as `most`; None when it is broken or too large."""
    try:
        kind = shape_of(data).kind
    except PictureError:
        return None
    return _read(data, kind, most, MOST_FILE_PIXELS)


def _read(data: bytes, kind: str, most: QSize, most_pixels: int) -> QImage | None:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind.encode()))
    reader.setAutoDetectImageFormat(False)  # one that says PNG and is something else is not tried
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > most_pixels:
        return None
    if reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90:
        most = most.transposed()
    if size.width() > most.width() or size.height() > most.height():
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    image = reader.read()
    return None if image.isNull() else image
