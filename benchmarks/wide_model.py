"""A model with the vocabulary of a large one and random weights: it answers nonsense at a real model's cost."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

VOCABULARY = 262_144
_EMBEDDING, _HEADS, _FEED_FORWARD, _BLOCKS = 640, 10, 1728, 4
_ALIGNMENT = 32
_F32, _Q8_0 = 0, 8  # ggml_type
_BLOCK = 32  # weights in a block of Q8_0, which share a scale


def write_wide(path: Path) -> Path:
    """Write the model, some 190 MB: Gemma 3 270M's vocabulary and width, four of its layers."""
    random = np.random.default_rng(1)
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    tokens += [f"\u2581w{number}" for number in range(VOCABULARY - len(tokens))]
    kinds = [2, 3, 3, *[6] * 256, *[1] * (VOCABULARY - 259)]
    metadata: dict[str, Any] = {
        "general.architecture": "llama",
        "general.file_type": 7,
        "llama.context_length": 4096,
        "llama.embedding_length": _EMBEDDING,
        "llama.block_count": _BLOCKS,
        "llama.feed_forward_length": _FEED_FORWARD,
        "llama.attention.head_count": _HEADS,
        "llama.attention.head_count_kv": _HEADS,
        "llama.rope.dimension_count": _EMBEDDING // _HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": np.arange(0, -VOCABULARY, -1, dtype="<f4"),
        "tokenizer.ggml.token_type": np.array(kinds, dtype="<i4"),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
    }
    shapes = {"token_embd.weight": (_EMBEDDING, VOCABULARY), "output_norm.weight": (_EMBEDDING,)}
    for block in range(_BLOCKS):
        shapes |= {f"blk.{block}.{name}_norm.weight": (_EMBEDDING,) for name in ("attn", "ffn")}
        shapes |= {f"blk.{block}.attn_{name}.weight": (_EMBEDDING, _EMBEDDING) for name in ("q", "k", "v", "output")}
        shapes |= {f"blk.{block}.ffn_{name}.weight": (_EMBEDDING, _FEED_FORWARD) for name in ("gate", "up")}
        shapes[f"blk.{block}.ffn_down.weight"] = (_FEED_FORWARD, _EMBEDDING)
    head, offset = b"", 0
    for name, shape in shapes.items():
        head += _text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        head += struct.pack("<IQ", _Q8_0 if len(shape) == 2 else _F32, offset)
        offset += _padded(_size(shape))
    start = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(metadata))
    start += b"".join(_text(key) + _value(value) for key, value in metadata.items()) + head
    with path.open("wb") as file:
        file.write(start + bytes(_padded(len(start)) - len(start)))
        for shape in shapes.values():
            data = _weights(shape, random)
            file.write(data + bytes(_padded(len(data)) - len(data)))
    return path


def _size(shape: Sequence[int]) -> int:
    return 4 * shape[0] if len(shape) == 1 else shape[0] * shape[1] // _BLOCK * (2 + _BLOCK)


def _weights(shape: Sequence[int], random: np.random.Generator) -> bytes:
    if len(shape) == 1:
        return np.ones(shape, dtype="<f4").tobytes()
    blocks = np.empty(shape[0] * shape[1] // _BLOCK, dtype=[("scale", "<f2"), ("weights", "i1", _BLOCK)])
    blocks["scale"] = 0.001
    blocks["weights"] = random.integers(-100, 100, size=(len(blocks), _BLOCK), dtype=np.int8)
    return blocks.tobytes()


def _padded(length: int) -> int:
    return length + -length % _ALIGNMENT


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Any) -> bytes:
    match value:
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + _text(value)
        case np.ndarray():
            kind = 6 if value.dtype == np.float32 else 5
            return struct.pack("<IIQ", 9, kind, len(value)) + value.tobytes()
    return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_text, value))
