import io
import struct

import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import ContextOverflowError, error_classes
from desktopchat.core.params import SamplingParams
from desktopchat.engine import wire
from desktopchat.engine.api import Delta, GenerationRequest


def reader(data: bytes, kinds: tuple[type, ...] = wire.ANSWERS) -> wire.FrameReader:
    return wire.FrameReader(io.BytesIO(data), kinds)


def test_frames_come_back_as_they_were() -> None:
    request = GenerationRequest(7, (ChatMessage(Role.USER, "天气\x00"),), SamplingParams(stop=("a", "b"), seed=3))
    stream = reader(wire.encode(1, wire.Generate(request)) + wire.encode(2, wire.Close()), wire.COMMANDS)
    assert stream.read() == (1, wire.Generate(request))
    assert stream.read() == (2, wire.Close())
    assert stream.read() is None


def test_errors_keep_their_kind_and_words() -> None:
    failed = wire.Failed.of(ContextOverflowError("Too long.", "Shorten it.", "9"))
    frame = reader(wire.encode(1, failed)).read()
    assert frame is not None
    error = frame[1].error()
    assert type(error) is ContextOverflowError
    assert (error.cause, error.cure, error.details) == ("Too long.", "Shorten it.", "9")


def test_error_codes_are_distinct() -> None:
    classes = error_classes()
    assert len(classes) == len(set(classes.values()))
    assert all(kind.code == code for code, kind in classes.items())


GOOD = wire.encode(1, Delta(0, "hello"))


@pytest.mark.parametrize(
    "data",
    [
        GOOD[:2],
        GOOD[:-1],
        struct.pack("<I", wire.MAX_FRAME + 1) + b"x",
        struct.pack("<I", 3) + b"abc",
        struct.pack("<I", 2) + b"[]",
        wire.encode(1, wire.Close()),
        GOOD.replace(b'"text"', b'"txet"'),
        GOOD.replace(b'"hello"', b"12345  "),
        b"\xff" * 64,
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        reader(data).read()
