"""Tiny projectors with random weights, for the models of `tiny_models` to look through."""

from pathlib import Path
from typing import Any

from tests.tiny_models import EMBEDDING, file_of

WIDTH, HEADS, FEED_FORWARD, BLOCKS = 32, 2, 64, 2
PATCH, SIDE = 14, 56
PATCHES = (SIDE // PATCH) ** 2
Shapes = dict[str, tuple[int, ...]]


def write_projector(path: Path, kind: str = "mlp", embedding: int = EMBEDDING, **metadata: Any) -> Path:
    """Write a projector of the kind mlp (as of llava), gemma3, idefics3 or qwen2vl_merger.

    Args:
        embedding: Length of the vectors of the model that it is for.
        metadata: Adds to its header or replaces; None takes a key away.
    """
    values: dict[str, Any] = {
        "general.architecture": "clip",
        "general.type": "mmproj",
        "clip.projector_type": kind,
        "clip.has_vision_encoder": True,
        "clip.use_gelu": True,
        "clip.vision.image_size": SIDE,
        "clip.vision.patch_size": PATCH,
        "clip.vision.embedding_length": WIDTH,
        "clip.vision.feed_forward_length": FEED_FORWARD,
        "clip.vision.block_count": BLOCKS,
        "clip.vision.projection_dim": embedding,
        "clip.vision.attention.head_count": HEADS,
        "clip.vision.attention.layer_norm_epsilon": 1e-5,
        "clip.vision.image_mean": [0.5, 0.5, 0.5],
        "clip.vision.image_std": [0.5, 0.5, 0.5],
    }
    more, shapes = {"mlp": _mlp, "gemma3": _gemma3, "idefics3": _idefics3, "qwen2vl_merger": _qwen2vl}[kind](embedding)
    values |= {f"clip.vision.{key}": value for key, value in more.items()}
    values |= metadata
    kept = {key: value for key, value in values.items() if value is not None}
    path.write_bytes(file_of(kept, {**_encoder(), **shapes}))
    return path


def _encoder() -> Shapes:
    shapes: Shapes = {"v.patch_embd.weight": (PATCH, PATCH, 3, WIDTH)}
    for block in range(BLOCKS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            shapes |= {f"v.blk.{block}.{part}.weight": (WIDTH, WIDTH), f"v.blk.{block}.{part}.bias": (WIDTH,)}
        for part in ("ln1", "ln2"):
            shapes |= {f"v.blk.{block}.{part}.weight": (WIDTH,), f"v.blk.{block}.{part}.bias": (WIDTH,)}
        shapes |= {
            f"v.blk.{block}.ffn_up.weight": (WIDTH, FEED_FORWARD),
            f"v.blk.{block}.ffn_up.bias": (FEED_FORWARD,),
            f"v.blk.{block}.ffn_down.weight": (FEED_FORWARD, WIDTH),
            f"v.blk.{block}.ffn_down.bias": (WIDTH,),
        }
    return shapes


def _positions() -> Shapes:
    return {"v.position_embd.weight": (WIDTH, PATCHES), "v.patch_embd.bias": (WIDTH,)}


def _mlp(embedding: int) -> tuple[dict[str, Any], Shapes]:
    last: Shapes = {
        "mm.0.weight": (WIDTH, embedding),
        "mm.0.bias": (embedding,),
        "mm.2.weight": (embedding, embedding),
        "mm.2.bias": (embedding,),
    }
    return {}, {**_positions(), **last}


def _gemma3(embedding: int) -> tuple[dict[str, Any], Shapes]:
    last: Shapes = {
        "v.post_ln.weight": (WIDTH,),
        "v.post_ln.bias": (WIDTH,),
        "mm.soft_emb_norm.weight": (WIDTH,),
        "mm.input_projection.weight": (embedding, WIDTH),
    }
    return {"projector.scale_factor": 2}, {**_positions(), **last}


def _idefics3(embedding: int) -> tuple[dict[str, Any], Shapes]:
    last: Shapes = {
        "v.post_ln.weight": (WIDTH,),
        "v.post_ln.bias": (WIDTH,),
        "mm.model.fc.weight": (4 * WIDTH, embedding),
    }
    return {"projector.scale_factor": 2, "preproc_image_size": 4 * SIDE}, {**_positions(), **last}


def _qwen2vl(embedding: int) -> tuple[dict[str, Any], Shapes]:
    last: Shapes = {
        "v.patch_embd.weight.1": (PATCH, PATCH, 3, WIDTH),
        "v.post_ln.weight": (WIDTH,),
        "v.post_ln.bias": (WIDTH,),
        "mm.0.weight": (4 * WIDTH, 4 * WIDTH),
        "mm.0.bias": (4 * WIDTH,),
        "mm.2.weight": (4 * WIDTH, embedding),
        "mm.2.bias": (embedding,),
    }
    return {}, last
