"""Tiny models with random weights: real architectures that llama.cpp loads in a moment and answers nonsense with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.gguf_maker import ALIGNMENT, Typed, header, string, value

EMBEDDING, HEADS, FEED_FORWARD, BLOCKS = 64, 4, 128, 2
WINDOW = 32  # tokens that the sliding attention of the gemma3 model looks back
_TEMPLATE = "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + '</s>' }}{% endfor %}<|assistant|>"
# The vocabulary: unknown, begin, end, then one token for each byte.
TOKENS = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
TOKEN_TYPES = [Typed("i32", kind) for kind in (2, 3, 3, *[6] * 256)]
VOCABULARY = len(TOKENS)


def write_tiny(
    path: Path,
    architecture: str = "llama",
    added: Mapping[str, "np.ndarray[Any, Any]"] | None = None,
    without: str = "",
    **metadata: Any,
) -> Path:
    """Write a model of one of the architectures below.

    Args:
        added: Is added to the random weights of these tensors; a tensor that there is not is made of it.
        without: A tensor that is left out.
        metadata: Adds to its header or replaces.
    """
    values, shapes = _MAKERS[architecture]()
    common = {
        "general.architecture": architecture,
        f"{architecture}.context_length": 512,
        f"{architecture}.embedding_length": EMBEDDING,
        f"{architecture}.block_count": BLOCKS,
        f"{architecture}.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": TOKENS,
        "tokenizer.ggml.scores": [0.0] * VOCABULARY,
        "tokenizer.ggml.token_type": TOKEN_TYPES,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.chat_template": _TEMPLATE,
    }
    if architecture == "bert":
        common |= _WORD_PIECES
    names = {f"{architecture}.{key}": thing for key, thing in values.items()}
    arrays = _weights(shapes)
    for name, weights in (added or {}).items():
        arrays[name] = arrays[name] + weights if name in arrays else weights
    arrays.pop(without, None)
    return write_arrays(path, {**common, **names, **metadata}, arrays)


def file_of(metadata: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> bytes:
    """Return the bytes of a file with random weights, the same each time."""
    return _bytes_of(metadata, _weights(shapes))


def _weights(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, "np.ndarray[Any, Any]"]:
    random = np.random.default_rng(1)
    arrays = {}
    for name, shape in shapes.items():
        weights = random.normal(0, 0.2, size=int(np.prod(shape))).astype("<f4")
        if name.endswith("norm.weight"):
            weights = np.ones_like(weights)
        elif name.endswith("ssm_a"):
            weights = -np.abs(weights) - 0.5  # a state must decay
        arrays[name] = weights.reshape(shape[::-1])
    return arrays


def write_arrays(path: Path, metadata: Mapping[str, Any], arrays: Mapping[str, "np.ndarray[Any, Any]"]) -> Path:
    """Write a file of tensors of the type F32 or F16; their shapes are numpy's, which are ggml's turned round."""
    path.write_bytes(_bytes_of(metadata, arrays))
    return path


def _bytes_of(metadata: Mapping[str, Any], arrays: Mapping[str, "np.ndarray[Any, Any]"]) -> bytes:
    pieces = [string(key) + value(thing) for key, thing in metadata.items()]
    data = b""
    for name, array in arrays.items():
        number = 1 if array.dtype == np.float16 else 0
        data += bytes(-len(data) % ALIGNMENT)
        dimensions = b"".join(length.to_bytes(8, "little") for length in array.shape[::-1])
        head = array.ndim.to_bytes(4, "little") + dimensions + number.to_bytes(4, "little")
        pieces.append(string(name) + head + len(data).to_bytes(8, "little"))
        data += (array if number else array.astype("<f4")).tobytes()
    start = header(pieces, len(metadata), len(arrays))
    return start + bytes(-len(start) % ALIGNMENT) + data


def _attention(block: int, key_length: int) -> dict[str, tuple[int, ...]]:
    width = key_length * HEADS
    return {
        f"blk.{block}.attn_norm.weight": (EMBEDDING,),
        f"blk.{block}.attn_q.weight": (EMBEDDING, width),
        f"blk.{block}.attn_k.weight": (EMBEDDING, width),
        f"blk.{block}.attn_v.weight": (EMBEDDING, width),
        f"blk.{block}.attn_output.weight": (width, EMBEDDING),
        f"blk.{block}.ffn_norm.weight": (EMBEDDING,),
        f"blk.{block}.ffn_gate.weight": (EMBEDDING, FEED_FORWARD),
        f"blk.{block}.ffn_up.weight": (EMBEDDING, FEED_FORWARD),
        f"blk.{block}.ffn_down.weight": (FEED_FORWARD, EMBEDDING),
    }


_OUTER: Mapping[str, tuple[int, ...]] = {
    "token_embd.weight": (EMBEDDING, VOCABULARY),
    "output_norm.weight": (EMBEDDING,),
    "output.weight": (EMBEDDING, VOCABULARY),
}


def _llama() -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    key_length = EMBEDDING // HEADS
    values = {
        "feed_forward_length": FEED_FORWARD,
        "attention.head_count": HEADS,
        "attention.head_count_kv": HEADS,
        "rope.dimension_count": key_length,
    }
    shapes = dict(_OUTER)
    for block in range(BLOCKS):
        shapes |= _attention(block, key_length)
    return values, shapes


def _gemma3() -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    key_length = 32
    values = {
        "feed_forward_length": FEED_FORWARD,
        "attention.head_count": HEADS,
        "attention.head_count_kv": HEADS,
        "attention.key_length": key_length,
        "attention.value_length": key_length,
        "attention.sliding_window": WINDOW,
    }
    shapes = dict(_OUTER)
    for block in range(BLOCKS):
        shapes |= _attention(block, key_length)
        shapes |= {
            f"blk.{block}.attn_q_norm.weight": (key_length,),
            f"blk.{block}.attn_k_norm.weight": (key_length,),
            f"blk.{block}.post_attention_norm.weight": (EMBEDDING,),
            f"blk.{block}.post_ffw_norm.weight": (EMBEDDING,),
        }
    return values, shapes


def _mamba() -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    inner, kernel, state, rank = 2 * EMBEDDING, 4, 8, 4
    values = {
        "feed_forward_length": 0,
        "attention.head_count": 0,
        "ssm.conv_kernel": kernel,
        "ssm.inner_size": inner,
        "ssm.state_size": state,
        "ssm.time_step_rank": rank,
    }
    shapes = dict(_OUTER)
    for block in range(BLOCKS):
        shapes |= {
            f"blk.{block}.attn_norm.weight": (EMBEDDING,),
            f"blk.{block}.ssm_in.weight": (EMBEDDING, 2 * inner),
            f"blk.{block}.ssm_conv1d.weight": (kernel, inner),
            f"blk.{block}.ssm_conv1d.bias": (inner,),
            f"blk.{block}.ssm_x.weight": (inner, rank + 2 * state),
            f"blk.{block}.ssm_dt.weight": (rank, inner),
            f"blk.{block}.ssm_dt.bias": (inner,),
            f"blk.{block}.ssm_a": (state, inner),
            f"blk.{block}.ssm_d": (inner,),
            f"blk.{block}.ssm_out.weight": (inner, EMBEDDING),
        }
    return values, shapes


def _qwen2vl() -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    """A llama whose positions have four parts: time, height, width and one more."""
    values, shapes = _llama()
    key_length = EMBEDDING // HEADS
    values["rope.dimension_sections"] = [Typed("i32", part) for part in (2, 3, 3, 0)]
    for block in range(BLOCKS):
        shapes |= {f"blk.{block}.attn_{part}.bias": (key_length * HEADS,) for part in "qkv"}
    return values, shapes


WORDS = ["the", "a", "cat", "dog", "sat", "ran", "on", "mat", "moon", "bright", "river", "old", "mill", ".", ","]
_PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"\u2581{word}" for word in WORDS), "s", "ing"]
_WORD_PIECES: Mapping[str, Any] = {
    "tokenizer.ggml.model": "bert",
    "tokenizer.ggml.pre": "jina-v2-en",
    "tokenizer.ggml.tokens": _PIECES,
    "tokenizer.ggml.scores": [0.0] * len(_PIECES),
    "tokenizer.ggml.token_type": [Typed("i32", kind) for kind in (3, 2, 3, 3, 3, *[1] * (len(_PIECES) - 5))],
    "tokenizer.ggml.unknown_token_id": 1,
    "tokenizer.ggml.bos_token_id": 2,
    "tokenizer.ggml.eos_token_id": 3,
    "tokenizer.ggml.seperator_token_id": 3,
    "tokenizer.ggml.padding_token_id": 0,
    "tokenizer.ggml.cls_token_id": 2,
    "tokenizer.ggml.mask_token_id": 4,
    "tokenizer.ggml.token_type_count": 2,
}


def _bert() -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    values = {
        "context_length": 64,
        "feed_forward_length": FEED_FORWARD,
        "attention.head_count": HEADS,
        "attention.layer_norm_epsilon": 1e-12,
        "attention.causal": False,
        "pooling_type": 1,
    }
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (EMBEDDING, len(_PIECES)),
        "token_types.weight": (EMBEDDING, 2),
        "position_embd.weight": (EMBEDDING, 64),
        "token_embd_norm.weight": (EMBEDDING,),
        "token_embd_norm.bias": (EMBEDDING,),
    }
    for block in range(BLOCKS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            shapes |= {f"blk.{block}.{part}.weight": (EMBEDDING, EMBEDDING), f"blk.{block}.{part}.bias": (EMBEDDING,)}
        for part in ("attn_output_norm", "layer_output_norm"):
            shapes |= {f"blk.{block}.{part}.weight": (EMBEDDING,), f"blk.{block}.{part}.bias": (EMBEDDING,)}
        shapes |= {
            f"blk.{block}.ffn_up.weight": (EMBEDDING, FEED_FORWARD),
            f"blk.{block}.ffn_up.bias": (FEED_FORWARD,),
            f"blk.{block}.ffn_down.weight": (FEED_FORWARD, EMBEDDING),
            f"blk.{block}.ffn_down.bias": (EMBEDDING,),
        }
    return values, shapes


_MAKERS = {"llama": _llama, "gemma3": _gemma3, "mamba": _mamba, "qwen2vl": _qwen2vl, "bert": _bert}
