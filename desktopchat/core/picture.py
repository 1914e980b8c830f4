"""Pictures that a model is to look at: their identity, and what their first bytes tell before anything decodes them.

A few kilobytes can claim to be a picture of gigabytes. So size and length are checked here, by the header alone, in
pieces, before a decoder sees the file.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil

from desktopchat.core.errors import PictureError
from desktopchat.core.sentence import Sentence

MAX_SIZE = 16 << 20  # bytes of a file
_MOST_PIXELS = 64_000_000  # 192 MB once it is decoded
_LONGEST_SIDE = 30_000
_EXIF_LIMIT = 64 << 10  # bytes
_PIECE = 1 << 18  # bytes inflated at a time
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by PNG's colour type
_DAMAGED = Sentence("The picture is damaged.")
_SAVE_AGAIN = Sentence("Open it in a picture program, save it as PNG or JPEG, and attach that.")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with a message.

    Attributes:
        digest: SHA-256 of its file in hexadecimal digits: the same picture has the same one.
        data: Its file; empty where whoever gets it has it already.
    """

    digest: str
    data: bytes = field(default=b"", repr=False, compare=False)

    @classmethod
    def of(cls, data: bytes) -> "Picture":
        """Return the picture in a file."""
        return cls(hashlib.sha256(data).hexdigest(), data)


@dataclass(frozen=True, slots=True)
class PictureShape:
    """What a picture's header tells.

    Attributes:
        kind: "png", "jpeg", "gif" or "bmp".
        width, height: Of the stored pixels.
        turned: EXIF's orientation, 1 to 8; 1 is upright.
    """

    kind: str
    width: int
    height: int
    turned: int = 1


def shape_of(data: bytes) -> PictureShape:
    """Return what the header of a picture tells.

    Raises:
        PictureError: It is damaged, too large, or of a kind that models are not shown.
    """
    if len(data) > MAX_SIZE:
        raise PictureError(
            Sentence("The picture is too large: {size} MB.", size=f"{len(data) / 1e6:,.0f}"),
            Sentence("Attach one of at most {most} MB.", most=f"{MAX_SIZE / 1e6:,.0f}"),
        )
    try:
        shape = _shape(data)
        if not shape.width or not shape.height:
            raise PictureError(_DAMAGED, _SAVE_AGAIN, "no width or no height")
        if shape.width * shape.height > _MOST_PIXELS or max(shape.width, shape.height) > _LONGEST_SIDE:
            raise _too_many_pixels(shape.width, shape.height)
        if shape.kind == "png":
            _check_length(data)
    except (struct.error, IndexError, zlib.error) as error:
        raise PictureError(_DAMAGED, _SAVE_AGAIN, str(error)) from error
    return shape


def _too_many_pixels(width: int, height: int) -> PictureError:
    return PictureError(
        Sentence("The picture is too large: {width} x {height} pixels.", width=width, height=height),
        "Make it smaller; models see little more than 2000 pixels a side.",
    )


def _shape(data: bytes) -> PictureShape:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        if data[12:16] != b"IHDR":
            raise PictureError(_DAMAGED, _SAVE_AGAIN, "no IHDR")
        return PictureShape("png", *struct.unpack_from(">II", data, 16))
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return PictureShape("gif", *struct.unpack_from("<HH", data, 6))
    if data.startswith(b"BM"):
        (header,) = struct.unpack_from("<I", data, 14)
        width, height = struct.unpack_from("<HH" if header == 12 else "<ii", data, 18)
        return PictureShape("bmp", abs(width), abs(height))
    raise PictureError("Models look at PNG, JPEG, GIF and BMP pictures alone.", _SAVE_AGAIN)


def _jpeg(data: bytes) -> PictureShape:
    turned, place = 1, 2
    while True:
        while data[place] == 0xFF:
            place += 1
        marker = data[place]
        (length,) = struct.unpack_from(">H", data, place + 1)
        # A start of frame; the three left out are tables.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, place + 4)
            return PictureShape("jpeg", width, height, turned)
        if marker in (0xD9, 0xDA) or length < 2:
            raise PictureError(_DAMAGED, _SAVE_AGAIN, "no frame")
        if marker == 0xE1 and data[place + 3 : place + 9] == b"Exif\0\0":
            turned = _orientation(data[place + 9 : place + 1 + min(length, _EXIF_LIMIT)])
        place += 1 + length
        if data[place] != 0xFF:
            raise PictureError(_DAMAGED, _SAVE_AGAIN, "no marker")


def _orientation(exif: bytes) -> int:
    """Return how a camera was held; what cannot be read is upright."""
    order = ">" if exif.startswith(b"MM") else "<"
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, start)
        for entry in range(start + 2, start + 2 + 12 * min(count, 512), 12):
            tag, kind, _count, value = struct.unpack_from(order + "HHIH", exif, entry)
            if tag == 0x0112 and kind == 3:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _check_length(data: bytes) -> None:
    """Refuse a PNG that inflates to more than its pixels take."""
    width, height, depth, colour, _compression, _filter, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * _CHANNELS.get(colour, 4)
    expected = height * (1 + ceil(width * bits / 8))
    # An interlaced picture has a byte more for each row of its seven small ones, which are padded each.
    most = expected + (16 * (height + 8) + expected // 2 if interlaced else 0)
    inflate, length = zlib.decompressobj(), 0
    for piece in _image_data(data):
        while piece and not inflate.eof:
            length += len(inflate.decompress(piece, _PIECE))
            piece = inflate.unconsumed_tail
            if length > most:
                raise PictureError(_DAMAGED, _SAVE_AGAIN, "more data than pixels")
    if length < expected and not interlaced:
        raise PictureError(_DAMAGED, _SAVE_AGAIN, "less data than pixels")


def _image_data(data: bytes) -> Iterator[bytes]:
    place = 8
    while place + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if name == b"IDAT":
            yield data[place + 8 : place + 8 + length]
        if name == b"IEND":
            return
        place += 12 + length
