"""Writes small GGUF files, sound ones and, by its arguments, wrong ones."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

FORMATS = {"u8": (0, "<B"), "u16": (2, "<H"), "u32": (4, "<I"), "i32": (5, "<i"), "f32": (6, "<f"), "bool": (7, "<?")}
FORMATS |= {"u64": (10, "<Q"), "i64": (11, "<q"), "f64": (12, "<d")}
ALIGNMENT = 32


@dataclass(frozen=True)
class Typed:
    """A value with the type that it is written as, such as Typed("u16", 3)."""

    type: str
    value: Any


@dataclass(frozen=True)
class Tensor:
    """A tensor of zeros.

    Attributes:
        size: Bytes of data that are written.
        offset: Written instead of the right one when it is given.
    """

    name: str
    shape: tuple[int, ...]
    type: int = 0
    size: int = 0
    offset: int | None = None


METADATA: Mapping[str, Any] = {
    "general.architecture": "llama",
    "general.file_type": 3,
    "llama.block_count": 2,
    "llama.context_length": 2048,
    "llama.embedding_length": 64,
    "llama.rope.freq_base": 10000.0,
    "tokenizer.ggml.add_bos_token": False,
    "tokenizer.ggml.tokens": [f"token{number}" for number in range(100)],
    "tokenizer.ggml.scores": [0.0] * 100,
    "general.languages": ["en", "zh"],
    "tokenizer.chat_template": "{{ messages }}",
}
TENSORS: Sequence[Tensor] = (
    Tensor("token_embd.weight", (64, 100), 3, 64 * 100 // 32 * 20),
    Tensor("output_norm.weight", (65,), 0, 260),
    Tensor("scale", (), 0, 4),
)


def string(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(data)) + data


def value(thing: Any) -> bytes:
    """Write a value as its natural type: u32, f32, bool, string, array or what a Typed names."""
    match thing:
        case Typed():
            number, code = FORMATS[thing.type]
            return struct.pack("<I", number) + struct.pack(code, thing.value)
        case bool():
            return value(Typed("bool", thing))
        case int():
            return value(Typed("u32", thing))
        case float():
            return value(Typed("f32", thing))
        case str() | bytes():
            return struct.pack("<I", 8) + string(thing)
        case _:
            items = [value(item) for item in thing]
            kind = items[0][:4] if items else struct.pack("<I", 4)
            return struct.pack("<I", 9) + kind + struct.pack("<Q", len(items)) + b"".join(item[4:] for item in items)


def header(pieces: Iterable[bytes], key_count: int, tensor_count: int, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensor_count, key_count) + b"".join(pieces)


def gguf(metadata: Mapping[str, Any] = METADATA, tensors: Sequence[Tensor] = TENSORS, version: int = 3) -> bytes:
    """Return the bytes of a file."""
    pieces = [string(key) + value(thing) for key, thing in metadata.items()]
    data = b""
    for tensor in tensors:
        data += bytes(-len(data) % ALIGNMENT)
        offset = len(data) if tensor.offset is None else tensor.offset
        pieces.append(
            string(tensor.name)
            + struct.pack("<I", len(tensor.shape))
            + b"".join(struct.pack("<Q", length) for length in tensor.shape)
            + struct.pack("<IQ", tensor.type, offset)
        )
        data += bytes(tensor.size)
    start = header(pieces, len(metadata), len(tensors), version)
    return start + bytes(-len(start) % ALIGNMENT) + data


def write_gguf(path: Path, **changes: Any) -> Path:
    """Write a small sound file, with other metadata where `changes` names it by its last word, and return its path."""
    names = {key.rsplit(".", 1)[-1]: key for key in METADATA}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf({**METADATA, **{names[name]: thing for name, thing in changes.items()}}))
    return path


def write_weightless(path: Path, metadata: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> Path:
    """Write a model whose weights are F32 and nought, as a file with a hole in the place of them."""
    pieces = [string(key) + value(thing) for key, thing in metadata.items()]
    offset = 0
    for name, shape in shapes.items():
        offset += -offset % ALIGNMENT
        dimensions = b"".join(struct.pack("<Q", length) for length in shape)
        pieces.append(string(name) + struct.pack("<I", len(shape)) + dimensions + struct.pack("<IQ", 0, offset))
        offset += prod(shape) * 4
    start = header(pieces, len(metadata), len(shapes))
    with path.open("wb") as file:
        file.write(start)
        file.truncate(len(start) + -len(start) % ALIGNMENT + offset)
    return path
