"""Text in any of the usual encodings is taken, and everything else is refused with a cure."""

import pytest

from desktopchat.core.attached import MAX_SIZE, AttachedFile, Written, attach, attach_text
from desktopchat.core.errors import AttachmentError, PictureError
from tests import pictures

TEXT = "Müller says: 你好\nand “hello”"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings(encoding: str) -> None:
    data = TEXT.encode(encoding)
    assert attach("a.txt", data) == AttachedFile("a.txt", "text/plain", len(data), TEXT)


def test_big_endian_with_a_mark() -> None:
    assert attach("a.txt", b"\xfe\xff" + TEXT.encode("utf-16-be")).text == TEXT


def test_older_encodings() -> None:
    assert attach("a.txt", "Müller “so”".encode("cp1252")).text == "Müller “so”"
    assert attach("a.txt", "Müller\x81".encode("latin-1")).text == "Müller\x81"  # cp1252 has no such character


def test_line_ends() -> None:
    assert attach("a.txt", b"a\r\nb\rc\n").text == "a\nb\nc\n"


@pytest.mark.parametrize(
    "data", [b"\x7fELF\0\0\x01", bytes(range(1, 256)), b"\xff\xfea\0\x00\xd8", b"%PDF-1.7\n\0\xe2\xe3"]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(AttachmentError) as refused:
        attach("a.bin", data)
    assert refused.value.cause == "a.bin is no text."
    assert refused.value.cure


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pictures.png(), "png"),
        (pictures.jpeg(), "jpeg"),
        (pictures.gif(), "gif"),
        (pictures.bmp(), "bmp"),
    ],
)
def test_pictures_are_known(data: bytes, kind: str) -> None:
    file = attach("a", data)
    assert (file.is_picture, file.media_type, file.data, file.text) == (True, f"image/{kind}", data, "")


@pytest.mark.parametrize("data", [b"RIFF\1\0\0\0WEBP", pictures.png()[:-40], pictures.gif(0, 2)])
def test_a_picture_that_no_model_can_be_shown_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(PictureError) as refused:
        attach("a", data)
    assert refused.value.cure


def test_text_that_begins_like_a_picture_is_text() -> None:
    assert attach("a.txt", b"BMW and Audi").text == "BMW and Audi"


def test_size_limit_is_told() -> None:
    with pytest.raises(AttachmentError, match=r"large\.txt is too large: 17 MB\. .* at most 17 MB") as refused:
        attach_text("large.txt", "x" * (MAX_SIZE + 1))
    assert refused.value.cure


def test_size_of_a_pasted_text_is_that_of_its_bytes() -> None:
    assert attach_text("Pasted", "你好\r\n") == AttachedFile("Pasted", "text/plain", 8, "你好\n")


def test_something_is_written_when_there_is_text_or_a_file() -> None:
    assert not Written(" \n")
    assert Written("a")
    assert Written("", (attach("a", b"a"),))
