import struct
import zlib

import pytest

from desktopchat.core.errors import PictureError
from desktopchat.core.picture import MAX_SIZE, Picture, PictureShape, shape_of
from tests import pictures


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (pictures.png(7, 5), PictureShape("png", 7, 5)),
        (pictures.gif(7, 5), PictureShape("gif", 7, 5)),
        (pictures.bmp(7, 5), PictureShape("bmp", 7, 5)),
        (pictures.bmp(7, -5), PictureShape("bmp", 7, 5)),
        (pictures.jpeg(7, 5), PictureShape("jpeg", 7, 5)),
        (pictures.jpeg(7, 5, turned=6), PictureShape("jpeg", 7, 5, 6)),
        (pictures.jpeg(7, 5, turned=99), PictureShape("jpeg", 7, 5)),
    ],
)
def test_the_header_tells_kind_and_size(data: bytes, shape: PictureShape) -> None:
    assert shape_of(data) == shape


def rows(width: int, height: int, more: int = 0) -> bytes:
    return zlib.compress(bytes(height * (1 + 3 * width) + more))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "PNG, JPEG, GIF and BMP"),
        (b"hello", "PNG, JPEG, GIF and BMP"),
        (b"RIFF\1\0\0\0WEBPVP8 ", "PNG, JPEG, GIF and BMP"),
        (pictures.png_of(0, 5, rows(1, 1)), "damaged"),
        (pictures.png_of(40_000, 2, b""), "40,000 x 2 pixels"),
        (pictures.png_of(9_000, 9_000, b""), "9,000 x 9,000 pixels"),
        (pictures.png_of(4, 4, rows(4, 4, more=1)), "damaged"),
        (pictures.png_of(4, 4, rows(4, 3)), "damaged"),
        (pictures.png_of(4, 4, b"no zlib"), "damaged"),
        (pictures.png(8, 8)[:-60], "damaged"),
        (pictures.gif(0, 0), "damaged"),
        (b"GIF89a\1", "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8" + b"\xff" * 90, "damaged"),
        (b"\xff\xd8\xff\xe0\0\1" + bytes(20), "damaged"),
        (b"\xff\xd8\xff\xe0\0\4\0\0\xff\xd9\0\2", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "damaged"),
        (bytes(MAX_SIZE + 1), "too large"),
    ],
)
def test_what_no_model_can_be_shown_is_refused_with_a_cure(data: bytes, words: str) -> None:
    with pytest.raises(PictureError) as refused:
        shape_of(data)
    assert words in refused.value.cause
    assert refused.value.cure


def test_every_cut_of_a_picture_ends_in_a_sentence_or_a_shape() -> None:
    for data in (pictures.png(9, 9), pictures.jpeg(9, 9, turned=3), pictures.gif(), pictures.bmp()):
        for length in range(len(data)):
            try:
                shape = shape_of(data[:length])
            except PictureError as error:
                assert error.cure  # noqa: PT017, both ends are right
            else:
                assert shape.width > 0


def test_a_bomb_is_found_without_being_unpacked() -> None:
    bomb = pictures.png_of(100, 100, zlib.compress(bytes(400 << 20), 9))
    assert len(bomb) < 1 << 20
    with pytest.raises(PictureError, match="damaged"):
        shape_of(bomb)


def test_interlaced_pictures_may_be_a_little_longer() -> None:
    plain = pictures.png_of(5, 5, rows(5, 5, more=9))
    head = struct.pack(">IIBBBBB", 5, 5, 8, 2, 0, 0, 1)
    interlaced = plain[:16] + head + plain[29:]
    assert shape_of(interlaced) == PictureShape("png", 5, 5)
    with pytest.raises(PictureError):
        shape_of(plain)


def test_a_picture_is_known_by_its_content() -> None:
    one, same = Picture.of(b"a"), Picture.of(b"a")
    assert one == same == Picture(one.digest)
    assert one != Picture.of(b"b")
    assert "data" not in repr(one)
