import io
import struct
from dataclasses import replace

import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.device import Device
from desktopchat.core.errors import ContextOverflowError, EngineError, error_classes
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import Token
from desktopchat.engine import wire
from desktopchat.engine.api import (
    BackendInfo,
    Delta,
    GenerationRequest,
    LoadProgress,
    ModelInfo,
    ModelLoaded,
)


def reader(data: bytes, kinds: tuple[type, ...] = wire.ANSWERS) -> wire.FrameReader:
    return wire.FrameReader(io.BytesIO(data), kinds)


def test_frames_come_back_as_they_were() -> None:
    request = GenerationRequest(7, (ChatMessage(Role.USER, "天气\x00"),), SamplingParams(stop=("a", "b"), seed=3))
    stream = reader(wire.encode(1, wire.Generate(request)) + wire.encode(2, wire.Close()), wire.COMMANDS)
    assert stream.read() == (1, wire.Generate(request))
    assert stream.read() == (2, wire.Close())
    assert stream.read() is None


def test_bytes_that_are_no_letters_cross_the_pipe() -> None:
    tokens = wire.Tokens((Token(1, b"\xe5\xa4"), Token(-1, b"")))
    assert reader(wire.encode(1, tokens)).read() == (1, tokens)


def test_errors_keep_their_kind_and_words() -> None:
    failed = wire.Failed.of(ContextOverflowError("Too long.", "Shorten it.", "9"))
    frame = reader(wire.encode(1, failed)).read()
    assert frame is not None
    error = frame[1].error()
    assert type(error) is ContextOverflowError
    assert (error.cause, error.cure, error.details) == ("Too long.", "Shorten it.", "9")


def test_what_errors_and_models_say_can_still_be_said_in_another_language() -> None:
    cause = Sentence("{name} is too long: {why}.", name="{a}", why=Sentence("{count} tokens", count=9))
    info = ModelInfo(
        ModelFile("a.gguf", "a", 5, "llama"), 8, 9, Sentence("CPU, 1 thread"), "none", 0.5, warnings=(cause,)
    )
    stream = reader(wire.encode(1, wire.Failed.of(ContextOverflowError(cause))) + wire.encode(2, ModelLoaded(info)))
    failed, loaded = stream.read(), stream.read()
    assert failed is not None
    assert loaded is not None
    assert loaded[1] == ModelLoaded(info)
    for found in (failed[1].error().cause, loaded[1].info.warnings[0]):
        assert (found, found.template, found.values) == (cause, cause.template, cause.values)
        assert found.said(str.upper) == "{NAME} IS TOO LONG: {WHY}."


def test_error_codes_are_distinct() -> None:
    classes = error_classes()
    assert len(classes) == len(set(classes.values()))
    assert all(kind.code == code for code, kind in classes.items())


def framed(body: bytes) -> bytes:
    return struct.pack("<I", len(body)) + body


GOOD = wire.encode(1, Delta(0, "hello"))


def changed(cause: bytes) -> bytes:
    """Return the frame of an error with another cause."""
    return framed(wire.encode(1, wire.Failed.of(EngineError("Bad.")))[4:].replace(b'["Bad.",{}]', cause))


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
        changed(b'["Bad."]'),
        changed(b'["Bad.",{"a":3}]'),
        changed(b'["{a}",{"a":' * 20 + b'"x"' + b"}]" * 20),
        changed(b"[" * 100_000 + b"]" * 100_000),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        reader(data).read()


MODEL = ModelFile("a.gguf", "a", 5, "llama")
LOADED = ModelInfo(MODEL, 512, 512, Sentence("CPU, 1 thread"), "none", 0.1)


@pytest.mark.parametrize(
    ("command", "answer", "possible"),
    [
        (wire.Load(MODEL, LoadParams()), LoadProgress(1.0), True),
        (wire.Load(MODEL, LoadParams()), LoadProgress(1.1), False),
        (wire.Load(MODEL, LoadParams()), LoadProgress(-1e300), False),
        (wire.Load(MODEL, LoadParams()), ModelLoaded(LOADED), True),
        (wire.Load(MODEL, LoadParams()), ModelLoaded(replace(LOADED, n_ctx=2**31)), False),
        (wire.Load(MODEL, LoadParams()), ModelLoaded(replace(LOADED, file=replace(MODEL, size=6))), False),
        (wire.CountTokens(()), wire.TokenCount(2**31 - 1), True),
        (wire.CountTokens(()), wire.TokenCount(-1), False),
        (wire.Tokenize("a"), wire.Tokens((Token(0, b"\xff"), Token(2**31 - 1, b""))), True),
        (wire.Tokenize("a"), wire.Tokens((Token(2**31, b"a"),)), False),
        (wire.Tokenize("a"), wire.Tokens((Token(-2, b"a"),)), False),
        (wire.Tokenize("a"), wire.PromptText("a"), False),
        (wire.Render(()), wire.PromptText("a"), True),
        (wire.Describe(), BackendInfo("a", "1", "b", (Device("a", "b", "gpu", 1, 2**40),), True), True),
        (wire.Describe(), BackendInfo("a", "1", "b", (Device("a", "b", "gpu", 1, 2**63),), True), False),
        (wire.Describe(), wire.Failed.of(EngineError("Bad.")), True),
        (wire.Forget("1"), wire.TokenCount(1), False),
    ],
)
def test_only_possible_answers_are_answers(command: object, answer: object, possible: bool) -> None:
    assert wire.answers(command, answer) is possible
