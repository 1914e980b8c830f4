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
_TOKENS = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
_TOKEN_TYPES = [Typed("i32", kind) for kind in (2, 3, 3, *[6] * 256)]
VOCABULARY = len(_TOKENS)


def write_tiny(
    path: Path,
    architecture: str = "llama",
    added: Mapping[str, "np.ndarray[Any, Any]"] | None = None,
    without: str = "",
    **metadata: Any,
) -> Path:
    """Write a model of the architecture llama, gemma3 or mamba.

    Args:
        added: Is added to the random weights of these tensors; a tensor that there is not is made of it.
        without: A tensor that is left out.
        metadata: Adds to its header or replaces.
    """
    values, shapes = {"llama": _llama, "gemma3": _gemma3, "mamba": _mamba}[architecture]()
    common = {
        "general.architecture": architecture,
        f"{architecture}.context_length": 512,
        f"{architecture}.embedding_length": EMBEDDING,
        f"{architecture}.block_count": BLOCKS,
        f"{architecture}.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": _TOKENS,
        "tokenizer.ggml.scores": [0.0] * VOCABULARY,
        "tokenizer.ggml.token_type": _TOKEN_TYPES,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.chat_template": _TEMPLATE,
    }
    names = {f"{architecture}.{key}": thing for key, thing in values.items()}
    arrays = _weights(shapes)
    for name, weights in (added or {}).items():
        arrays[name] = arrays[name] + weights if name in arrays else weights
    arrays.pop(without, None)
    return write_arrays(path, {**common, **names, **metadata}, arrays)


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
    path.write_bytes(start + bytes(-len(start) % ALIGNMENT) + data)
    return path


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
