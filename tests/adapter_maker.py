"""Writes small LoRA adapters and control vectors, sound ones and, by their arguments, wrong ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.tiny_models import BLOCKS, EMBEDDING, FEED_FORWARD, write_arrays

Array = np.ndarray[Any, Any]
# Tensors of the tiny llama model: width of what they take and of what they give.
WIDTHS = {
    "blk.0.attn_q.weight": (EMBEDDING, EMBEDDING),
    "blk.0.ffn_up.weight": (EMBEDDING, FEED_FORWARD),
    "blk.1.attn_v.weight": (EMBEDDING, EMBEDDING),
    "blk.1.ffn_down.weight": (FEED_FORWARD, EMBEDDING),
}


def pairs(widths: Mapping[str, tuple[int, int]] = WIDTHS, rank: int = 4, seed: int = 1) -> dict[str, Array]:
    """Return random parts of a LoRA adapter, by the names of their tensors."""
    random = np.random.default_rng(seed)
    parts: dict[str, Array] = {}
    for name, (taken, given) in widths.items():
        parts[f"{name}.lora_a"] = random.normal(0, 0.3, size=(rank, taken)).astype("<f4")
        parts[f"{name}.lora_b"] = random.normal(0, 0.3, size=(given, rank)).astype("<f4")
    return parts


def write_lora(path: Path, parts: Mapping[str, Array], alpha: Any = 8.0, **metadata: Any) -> Path:
    """Write a LoRA adapter; `metadata` replaces, and a value of None leaves out."""
    values = {
        "general.architecture": "llama",
        "general.type": "adapter",
        "adapter.type": "lora",
        "adapter.lora.alpha": alpha,
        **metadata,
    }
    return write_arrays(path, {key: value for key, value in values.items() if value is not None}, parts)


def merged(parts: Mapping[str, Array], scale: float, alpha: float = 8.0) -> dict[str, Array]:
    """Return what an adapter adds to the weights."""
    added = {}
    for name in sorted({part[:-7] for part in parts}):
        a, b = parts[f"{name}.lora_a"].astype(float), parts[f"{name}.lora_b"].astype(float)
        added[name] = (scale * alpha / a.shape[0] * (b @ a)).astype("<f4")
    return added


def directions(
    layers: tuple[int, ...] = tuple(range(1, BLOCKS)), width: int = EMBEDDING, seed: int = 1
) -> dict[str, Array]:
    """Return random directions of a control vector."""
    random = np.random.default_rng(seed)
    return {f"direction.{layer}": random.normal(0, 0.5, size=width).astype("<f4") for layer in layers}


def write_control_vector(path: Path, parts: Mapping[str, Array], **metadata: Any) -> Path:
    """Write a control vector."""
    values = {
        "general.architecture": "controlvector",
        "controlvector.model_hint": "llama",
        "controlvector.layer_count": len(parts),
    }
    return write_arrays(path, {**values, **metadata}, parts)
