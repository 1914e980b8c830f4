"""Frames on the pipe from the child that reads foreign files: a length, then MessagePack. Never pickle.

A frame is four bytes of length (little endian) and `[name, payload]`: the name of a dataclass below, and its fields.
"""

import struct
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from desktopchat.core.errors import ImportFileError, UserError, error_classes
from desktopchat.core.sentence import Sentence, pack, unpack
from desktopchat.core.transfer import Mended, Skipped, TransferConversation

# Bytes; a record of `records.MAX_RECORD` and what its text is worth as an object.
MAX_FRAME = 96 << 20
_LENGTH = struct.Struct("<I")


class WireError(Exception):
    """The child sent something that is no frame."""


@dataclass(frozen=True, slots=True)
class Done:
    """All has been read."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Reading raised an error."""

    code: str
    cause: Sentence
    cure: Sentence
    details: str

    @classmethod
    def of(cls, error: UserError) -> "Failed":
        """Describe an error."""
        return cls(error.code, error.cause, error.cure, error.details)

    def error(self) -> UserError:
        """Return the error that was described."""
        return error_classes().get(self.code, ImportFileError)(self.cause, self.cure, self.details)


_KINDS: tuple[type, ...] = (TransferConversation, Skipped, Mended, Done, Failed)


def encode(item: Any) -> bytes:
    """Return a frame.

    Raises:
        WireError: It is over `MAX_FRAME`.
    """
    body = msgspec.msgpack.encode((type(item).__name__, item), enc_hook=pack)
    if len(body) > MAX_FRAME:
        raise WireError(f"a frame of {len(body):,} bytes")
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Reads frames."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._envelope = msgspec.msgpack.Decoder(tuple[str, msgspec.Raw])
        self._decoders: dict[str, Any] = {
            kind.__name__: msgspec.msgpack.Decoder(kind, dec_hook=unpack) for kind in _KINDS
        }

    def read(self) -> Any:
        """Return the next item, or None at the end of the stream.

        Raises:
            WireError: What arrived is too long, cut off or malformed.
        """
        head = self._stream.read(_LENGTH.size)
        if not head:
            return None
        if len(head) < _LENGTH.size:
            raise WireError("a cut-off frame")
        (length,) = _LENGTH.unpack(head)
        if length > MAX_FRAME:
            raise WireError(f"a frame of {length:,} bytes")
        body = self._stream.read(length)
        if len(body) < length:
            raise WireError("a cut-off frame")
        try:
            name, payload = self._envelope.decode(body)
            return self._decoders[name].decode(payload)
        except (msgspec.DecodeError, KeyError, RecursionError) as error:
            raise WireError(f"a malformed frame: {error}") from error
