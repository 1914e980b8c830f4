"""Files that come with a message: what is taken of them, and who refuses them."""

import codecs
from dataclasses import dataclass

from desktopchat.core.errors import AttachmentError
from desktopchat.core.picture import shape_of
from desktopchat.core.sentence import Sentence

MAX_SIZE = 16 << 20  # bytes of one file
TEXT_TYPE = "text/plain"

_PICTURES = {b"\x89PNG\r\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"BM": "bmp"}
# The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
_MOST_CONTROLS = 0.01  # of a text; more of them are in no text


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file with a message, or with a draft.

    Attributes:
        name: File name without folders.
        size: Bytes.
        text: What the model reads; empty for a picture.
        data: The bytes of a picture that is not stored yet.
        stored_id: Where the store keeps it, once it came with a message.
    """

    name: str
    media_type: str
    size: int
    text: str = ""
    data: bytes = b""
    stored_id: int | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it is one."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wrote, with the files for it."""

    text: str
    files: tuple[AttachedFile, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.files)


def attach(name: str, data: bytes) -> AttachedFile:
    """Return a file that was read.

    Raises:
        AttachmentError: It is too large, or neither text nor a picture.
        PictureError: It is a picture that is damaged, too large or of a kind that models are not shown.
    """
    check_size(name, len(data))
    if media_type := _picture_type(data):
        shape_of(data)  # what cannot be shown to a model is refused now, not when it is sent
        return AttachedFile(name, media_type, len(data), data=data)
    text = decode(data)
    if text is None:
        raise AttachmentError(
            Sentence("{name} is no text.", name=name), "Save its text as a plain text file and attach that."
        )
    return AttachedFile(name, TEXT_TYPE, len(data), text)


def attach_text(name: str, text: str) -> AttachedFile:
    """Return a text that was pasted, as a file.

    Raises:
        AttachmentError: It is too large.
    """
    size = len(text.encode("utf-8", "replace"))
    check_size(name, size)
    return AttachedFile(name, TEXT_TYPE, size, _unix(text))


def check_size(name: str, size: int) -> None:
    """Refuse what is too large to be read.

    Raises:
        AttachmentError: It is.
    """
    if size > MAX_SIZE:
        raise AttachmentError(
            Sentence("{name} is too large: {size} MB.", name=name, size=f"{size / 1e6:,.0f}"),
            Sentence("Attach a part of it, at most {most} MB.", most=f"{MAX_SIZE / 1e6:,.0f}"),
        )


def decode(data: bytes) -> str | None:
    """Return the text of a file in any of the usual encodings; None when it is no text."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" in data:
        return None
    text = _decoded(data, "utf-8")
    if text is None and len(data) - len(data.translate(None, _CONTROLS)) <= _MOST_CONTROLS * len(data):
        text = _decoded(data, "cp1252") or _decoded(data, "latin-1")
    return text


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return _unix(data.decode(encoding))
    except UnicodeDecodeError:
        return None


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _picture_type(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((f"image/{kind}" for mark, kind in _PICTURES.items() if data.startswith(mark) and b"\0" in data), "")
