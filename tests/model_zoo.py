"""Small models of many architectures, without weights: what they take is real, what they say is not."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.gguf_maker import Typed, write_weightless

EMBEDDING, HEADS, KV_HEADS, HEAD, FEED_FORWARD, BLOCKS, EXPERTS, USED = 256, 8, 2, 32, 704, 6, 8, 2
VOCABULARY, TRAINED = 4096, 32_768
Shapes = dict[str, tuple[int, ...]]
Made = tuple[dict[str, Any], Shapes]


def write_model(path: Path, architecture: str, **changes: Any) -> Path:
    """Write a model; `changes` adds to the keys of its architecture or replaces."""
    values, shapes = MAKERS[architecture]()
    common = {
        "block_count": BLOCKS,
        "context_length": TRAINED,
        "embedding_length": EMBEDDING,
        "feed_forward_length": FEED_FORWARD,
        "attention.layer_norm_rms_epsilon": 1e-5,
        "attention.layer_norm_epsilon": 1e-5,
    }
    outer: Shapes = {
        "token_embd.weight": (EMBEDDING, VOCABULARY),
        "output_norm.weight": (EMBEDDING,),
        "output.weight": (EMBEDDING, VOCABULARY),
    }
    metadata = {
        "general.architecture": architecture,
        **{f"{architecture}.{key}": thing for key, thing in {**common, **values, **changes}.items()},
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", *(f"token{number}" for number in range(3, VOCABULARY))],
        "tokenizer.ggml.scores": [0.0] * VOCABULARY,
        "tokenizer.ggml.token_type": [Typed("i32", kind) for kind in (2, 3, 3, *[1] * (VOCABULARY - 3))],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
    }
    return write_weightless(path, metadata, {name: shape for name, shape in {**outer, **shapes}.items() if shape})


def _blocks(*makers: Callable[[], Shapes]) -> Shapes:
    """Name the tensors of each block; the makers take turns."""
    return {
        f"blk.{block}.{name}": shape for block in range(BLOCKS) for name, shape in makers[block % len(makers)]().items()
    }


def _attention(kv_heads: int = KV_HEADS, head: int = HEAD) -> Shapes:
    return {
        "attn_norm.weight": (EMBEDDING,),
        "attn_q.weight": (EMBEDDING, HEADS * head),
        "attn_k.weight": (EMBEDDING, kv_heads * head),
        "attn_v.weight": (EMBEDDING, kv_heads * head),
        "attn_output.weight": (HEADS * head, EMBEDDING),
    }


def _dense() -> Shapes:
    return {
        "ffn_norm.weight": (EMBEDDING,),
        "ffn_gate.weight": (EMBEDDING, FEED_FORWARD),
        "ffn_up.weight": (EMBEDDING, FEED_FORWARD),
        "ffn_down.weight": (FEED_FORWARD, EMBEDDING),
    }


def _experts(width: int = FEED_FORWARD // 2) -> Shapes:
    return {
        "ffn_norm.weight": (EMBEDDING,),
        "ffn_gate_inp.weight": (EMBEDDING, EXPERTS),
        "ffn_gate_exps.weight": (EMBEDDING, width, EXPERTS),
        "ffn_up_exps.weight": (EMBEDDING, width, EXPERTS),
        "ffn_down_exps.weight": (width, EMBEDDING, EXPERTS),
    }


def _mamba(inner: int = 2 * EMBEDDING, state: int = 16, rank: int = 16, *, norms: bool = False) -> Shapes:
    extra = {"ssm_dt_norm.weight": (rank,), "ssm_b_norm.weight": (state,), "ssm_c_norm.weight": (state,)}
    return {
        "attn_norm.weight": (EMBEDDING,),
        "ssm_in.weight": (EMBEDDING, 2 * inner),
        "ssm_conv1d.weight": (4, inner),
        "ssm_conv1d.bias": (inner,),
        "ssm_x.weight": (inner, rank + 2 * state),
        "ssm_dt.weight": (rank, inner),
        "ssm_dt.bias": (inner,),
        "ssm_a": (state, inner),
        "ssm_d": (inner,),
        "ssm_out.weight": (inner, EMBEDDING),
        **(extra if norms else {}),
    }


_HEADS: Mapping[str, Any] = {
    "attention.head_count": HEADS,
    "attention.head_count_kv": KV_HEADS,
    "rope.dimension_count": HEAD,
}
_MIXED: Mapping[str, Any] = {"expert_count": EXPERTS, "expert_used_count": USED}
_STATE: Mapping[str, Any] = {
    "ssm.conv_kernel": 4,
    "ssm.inner_size": 2 * EMBEDDING,
    "ssm.state_size": 16,
    "ssm.time_step_rank": 16,
}


def _llama() -> Made:
    return dict(_HEADS), _blocks(lambda: {**_attention(), **_dense()})


def _qwen3() -> Made:
    norms = {"attn_q_norm.weight": (64,), "attn_k_norm.weight": (64,)}
    heads = {"attention.key_length": 64, "attention.value_length": 64, "rope.dimension_count": 64}
    shapes = _blocks(lambda: {**_attention(head=64), **norms, **_dense()})
    return {**_HEADS, **heads}, {"output.weight": (), **shapes}


def _gpt2() -> Made:
    def block() -> Shapes:
        return {
            "attn_norm.weight": (EMBEDDING,),
            "attn_norm.bias": (EMBEDDING,),
            "attn_qkv.weight": (EMBEDDING, 3 * EMBEDDING),
            "attn_qkv.bias": (3 * EMBEDDING,),
            "attn_output.weight": (EMBEDDING, EMBEDDING),
            "attn_output.bias": (EMBEDDING,),
            "ffn_norm.weight": (EMBEDDING,),
            "ffn_norm.bias": (EMBEDDING,),
            "ffn_up.weight": (EMBEDDING, 4 * EMBEDDING),
            "ffn_up.bias": (4 * EMBEDDING,),
            "ffn_down.weight": (4 * EMBEDDING, EMBEDDING),
            "ffn_down.bias": (EMBEDDING,),
        }

    outer = {"position_embd.weight": (EMBEDDING, TRAINED), "output_norm.bias": (EMBEDDING,)}
    return {"attention.head_count": HEADS, "feed_forward_length": 4 * EMBEDDING}, {**outer, **_blocks(block)}


def _phi3() -> Made:
    def block() -> Shapes:
        return {
            "attn_norm.weight": (EMBEDDING,),
            "attn_qkv.weight": (EMBEDDING, (HEADS + 2 * KV_HEADS) * HEAD),
            "attn_output.weight": (EMBEDDING, EMBEDDING),
            "ffn_norm.weight": (EMBEDDING,),
            "ffn_up.weight": (EMBEDDING, 2 * FEED_FORWARD),
            "ffn_down.weight": (FEED_FORWARD, EMBEDDING),
        }

    return dict(_HEADS), _blocks(block)


def _gemma3() -> Made:
    norms = {
        "attn_q_norm.weight": (64,),
        "attn_k_norm.weight": (64,),
        "post_attention_norm.weight": (EMBEDDING,),
        "post_ffw_norm.weight": (EMBEDDING,),
    }
    values = {"attention.key_length": 64, "attention.value_length": 64, "attention.sliding_window": 128}
    return {**_HEADS, **values}, _blocks(lambda: {**_attention(head=64), **norms, **_dense()})


def _qwen3moe() -> Made:
    norms = {"attn_q_norm.weight": (HEAD,), "attn_k_norm.weight": (HEAD,)}
    values = {**_HEADS, **_MIXED, "expert_feed_forward_length": FEED_FORWARD // 2}
    return values, _blocks(lambda: {**_attention(), **norms, **_experts()})


def _gpt_oss() -> Made:
    width = FEED_FORWARD // 2
    extra = {
        "attn_sinks.weight": (HEADS,),
        "attn_output.bias": (EMBEDDING,),
        "attn_q.bias": (HEADS * HEAD,),
        "attn_k.bias": (KV_HEADS * HEAD,),
        "attn_v.bias": (KV_HEADS * HEAD,),
        "post_attention_norm.weight": (EMBEDDING,),
        "ffn_gate_inp.bias": (EXPERTS,),
        "ffn_gate_exps.bias": (width, EXPERTS),
        "ffn_up_exps.bias": (width, EXPERTS),
        "ffn_down_exps.bias": (EMBEDDING, EXPERTS),
        "ffn_norm.weight": (),
    }
    values = {**_HEADS, **_MIXED, "expert_feed_forward_length": width, "attention.sliding_window": 128}
    blocks = _blocks(lambda: {**_attention(), **_experts(), **extra})
    return values, {name: shape for name, shape in blocks.items() if shape}


def _deepseek2() -> Made:
    low, rope, nope, value = 128, 32, 32, 32

    def attention() -> Shapes:
        return {
            "attn_norm.weight": (EMBEDDING,),
            "attn_q_a.weight": (EMBEDDING, 96),
            "attn_q_a_norm.weight": (96,),
            "attn_q_b.weight": (96, HEADS * (nope + rope)),
            "attn_kv_a_mqa.weight": (EMBEDDING, low + rope),
            "attn_kv_a_norm.weight": (low,),
            "attn_k_b.weight": (nope, low, HEADS),
            "attn_v_b.weight": (low, value, HEADS),
            "attn_output.weight": (HEADS * value, EMBEDDING),
        }

    def mixed() -> Shapes:
        width = FEED_FORWARD // 2
        shared = {
            "ffn_gate_shexp.weight": (EMBEDDING, width),
            "ffn_up_shexp.weight": (EMBEDDING, width),
            "ffn_down_shexp.weight": (width, EMBEDDING),
        }
        return {**attention(), **_experts(width), **shared}

    shapes = _blocks(mixed)
    first = {f"blk.0.{name}": shape for name, shape in {**attention(), **_dense()}.items()}
    shapes = first | {name: shape for name, shape in shapes.items() if not name.startswith("blk.0.")}
    values = {
        "attention.head_count": HEADS,
        "attention.head_count_kv": 1,
        "attention.key_length": low + rope,
        "attention.value_length": low,
        "attention.key_length_mla": nope + rope,
        "attention.value_length_mla": value,
        "attention.q_lora_rank": 96,
        "attention.kv_lora_rank": low,
        "rope.dimension_count": rope,
        "leading_dense_block_count": 1,
        "expert_feed_forward_length": FEED_FORWARD // 2,
        "expert_shared_count": 1,
        **_MIXED,
    }
    return values, shapes


def _mamba_alone() -> Made:
    return {**_STATE, "feed_forward_length": 0, "attention.head_count": 0}, _blocks(_mamba)


def _mamba2() -> Made:
    inner, state, heads, groups = 2 * EMBEDDING, 64, 8, 1

    def block() -> Shapes:
        return {
            "attn_norm.weight": (EMBEDDING,),
            "ssm_in.weight": (EMBEDDING, 2 * inner + 2 * groups * state + heads),
            "ssm_conv1d.weight": (4, inner + 2 * groups * state),
            "ssm_conv1d.bias": (inner + 2 * groups * state,),
            "ssm_dt.bias": (heads,),
            "ssm_a": (1, heads),
            "ssm_d": (1, heads),
            "ssm_norm.weight": (inner // groups, groups),
            "ssm_out.weight": (inner, EMBEDDING),
        }

    values = {"ssm.state_size": state, "ssm.time_step_rank": heads, "ssm.group_count": groups}
    return {**_STATE, **values, "feed_forward_length": 0, "attention.head_count": 0}, _blocks(block)


def _jamba() -> Made:
    shapes = _blocks(
        lambda: {**_mamba(norms=True), **_dense()},
        lambda: {**_attention(), **_experts(FEED_FORWARD)},
    )
    values = {**_HEADS, **_MIXED, **_STATE, "attention.head_count_kv": [0, KV_HEADS] * (BLOCKS // 2)}
    return values, shapes


def _lfm2() -> Made:
    def convolution() -> Shapes:
        return {
            "attn_norm.weight": (EMBEDDING,),
            "shortconv.conv.weight": (3, EMBEDDING),
            "shortconv.in_proj.weight": (EMBEDDING, 3 * EMBEDDING),
            "shortconv.out_proj.weight": (EMBEDDING, EMBEDDING),
            **_dense(),
        }

    norms = {"attn_q_norm.weight": (HEAD,), "attn_k_norm.weight": (HEAD,)}
    shapes = _blocks(convolution, convolution, lambda: {**_attention(), **norms, **_dense()})
    values = {**_HEADS, "shortconv.l_cache": 3, "attention.head_count_kv": [0, 0, KV_HEADS] * (BLOCKS // 3)}
    return values, {"output_norm.weight": (), "token_embd_norm.weight": (EMBEDDING,), **shapes}


def _qwen35() -> Made:
    state, groups, heads = 64, 4, 8

    def linear() -> Shapes:
        return {
            "attn_norm.weight": (EMBEDDING,),
            "post_attention_norm.weight": (EMBEDDING,),
            "attn_qkv.weight": (EMBEDDING, 2 * state * groups + state * heads),
            "attn_gate.weight": (EMBEDDING, state * heads),
            "ssm_conv1d.weight": (4, 2 * state * groups + state * heads),
            "ssm_dt.bias": (heads,),
            "ssm_a": (heads,),
            "ssm_beta.weight": (EMBEDDING, heads),
            "ssm_alpha.weight": (EMBEDDING, heads),
            "ssm_norm.weight": (state,),
            "ssm_out.weight": (state * heads, EMBEDDING),
            **_dense(),
        }

    def full() -> Shapes:
        return {
            **_attention(head=64),
            "attn_q.weight": (EMBEDDING, 2 * HEADS * 64),
            "attn_q_norm.weight": (64,),
            "attn_k_norm.weight": (64,),
            "post_attention_norm.weight": (EMBEDDING,),
            **_dense(),
        }

    values = {
        "attention.key_length": 64,
        "attention.value_length": 64,
        "rope.dimension_sections": [Typed("i32", width) for width in (8, 4, 4, 0)],
        "rope.dimension_count": 32,
        "ssm.conv_kernel": 4,
        "ssm.inner_size": state * heads,
        "ssm.state_size": state,
        "ssm.time_step_rank": heads,
        "ssm.group_count": groups,
        "full_attention_interval": 3,
    }
    shapes = {name: shape for name, shape in _blocks(linear, linear, full).items() if "ffn_norm" not in name}
    return {**_HEADS, **values}, shapes


def _biased(shapes: Shapes) -> Shapes:
    """Give each of these tensors its bias."""
    return shapes | {f"{name.removesuffix('weight')}bias": shape[-1:] for name, shape in shapes.items()}


def _without(shapes: Shapes, *parts: str) -> Shapes:
    return {name: shape for name, shape in shapes.items() if not any(part in name for part in parts)}


def _fused(kv_heads: int) -> Shapes:
    separate = _without(_attention(), "attn_q", "attn_k", "attn_v")
    return {**separate, "attn_qkv.weight": (EMBEDDING, (HEADS + 2 * kv_heads) * HEAD)}


_NORM_BIAS: Mapping[str, tuple[int, ...]] = {"output_norm.bias": (EMBEDDING,)}
_UNTIED: Mapping[str, tuple[int, ...]] = {"output.weight": ()}


def _qwen2() -> Made:
    biases = {f"attn_{name}.bias": (heads * HEAD,) for name, heads in (("q", HEADS), ("k", KV_HEADS), ("v", KV_HEADS))}
    return dict(_HEADS), {**_UNTIED, **_blocks(lambda: {**_attention(), **biases, **_dense()})}


def _gemma2() -> Made:
    norms = {"post_attention_norm.weight": (EMBEDDING,), "post_ffw_norm.weight": (EMBEDDING,)}
    values = {"attention.key_length": 64, "attention.value_length": 64, "attention.sliding_window": 128}
    caps = {"attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0}
    return {**_HEADS, **values, **caps}, {**_UNTIED, **_blocks(lambda: {**_attention(head=64), **norms, **_dense()})}


def _phi2() -> Made:
    wide = {"ffn_up.weight": (EMBEDDING, 4 * EMBEDDING), "ffn_down.weight": (4 * EMBEDDING, EMBEDDING)}
    block = _biased({**_attention(HEADS), **wide})
    outer = {**_NORM_BIAS, "output.bias": (VOCABULARY,)}
    values = {**_HEADS, "attention.head_count_kv": HEADS, "feed_forward_length": 4 * EMBEDDING}
    return values, {**outer, **_blocks(lambda: block)}


def _stablelm() -> Made:
    block = {**_attention(), **_dense(), "attn_norm.bias": (EMBEDDING,), "ffn_norm.bias": (EMBEDDING,)}
    values = {**_HEADS, "use_parallel_residual": False, "rope.dimension_count": HEAD // 4}
    return values, {**_NORM_BIAS, **_blocks(lambda: block)}


def _starcoder2() -> Made:
    block = _biased({**_attention(), **_without(_dense(), "gate")})
    return dict(_HEADS), {**_NORM_BIAS, **_UNTIED, **_blocks(lambda: block)}


def _falcon() -> Made:
    block = {**_fused(1), **_without(_dense(), "gate", "norm"), "attn_norm.bias": (EMBEDDING,)}
    return {**_HEADS, "attention.head_count_kv": 1}, {**_NORM_BIAS, **_blocks(lambda: block)}


def _command_r() -> Made:
    return {**_HEADS, "logit_scale": 0.0625}, {
        **_UNTIED,
        **_blocks(lambda: {**_attention(), **_without(_dense(), "norm")}),
    }


def _olmo2() -> Made:
    norms = {
        "attn_q_norm.weight": (EMBEDDING,),
        "attn_k_norm.weight": (KV_HEADS * HEAD,),
        "post_attention_norm.weight": (EMBEDDING,),
        "post_ffw_norm.weight": (EMBEDDING,),
    }
    inside = {**_without(_attention(), "norm"), **_without(_dense(), "norm")}
    return dict(_HEADS), _blocks(lambda: {**inside, **norms})


def _granite() -> Made:
    scales = {"logit_scale": 8.0, "residual_scale": 0.22, "embedding_scale": 12.0, "attention.scale": 0.015625}
    return {**_HEADS, **scales}, {**_UNTIED, **_blocks(lambda: {**_attention(), **_dense()})}


def _glm4() -> Made:
    block = {
        **_attention(),
        **_without(_dense(), "gate"),
        "ffn_up.weight": (EMBEDDING, 2 * FEED_FORWARD),
        "post_attention_norm.weight": (EMBEDDING,),
        "post_ffw_norm.weight": (EMBEDDING,),
    }
    return {**_HEADS, "rope.dimension_count": HEAD // 2}, _blocks(lambda: block)


def _bloom() -> Made:
    block = _biased({**_fused(HEADS), **_without(_dense(), "gate")})
    norm = {"token_embd_norm.weight": (EMBEDDING,), "token_embd_norm.bias": (EMBEDDING,)}
    values = {"attention.head_count": HEADS, "attention.head_count_kv": HEADS}
    return values, {**_NORM_BIAS, **norm, **_UNTIED, **_blocks(lambda: block)}


def _falcon_h1() -> Made:
    values, shapes = _mamba2()
    both = {**_attention(), **_dense(), "ffn_norm": (EMBEDDING,), "ffn_norm.weight": ()}
    shapes |= {f"blk.{block}.{name}": shape for block in range(BLOCKS) for name, shape in both.items()}
    return {**values, **_HEADS, "feed_forward_length": FEED_FORWARD}, shapes


def _rwkv7() -> Made:
    low, wide = 32, (EMBEDDING, EMBEDDING)
    narrow, broad = (EMBEDDING, low), (low, EMBEDDING)
    block = {
        **_biased({f"{name}.weight": (EMBEDDING,) for name in ("attn_norm", "attn_norm_2", "time_mix_ln")}),
        **{f"time_mix_{name}.weight": (EMBEDDING,) for name in ("w0", "a0", "v0", "k_k", "k_a", "r_k")},
        **{f"time_mix_{name}.weight": narrow for name in ("w1", "a1", "v1", "g1")},
        **{f"time_mix_{name}.weight": broad for name in ("w2", "a2", "v2", "g2")},
        **{f"time_mix_{name}.weight": wide for name in ("key", "value", "receptance", "output")},
        "time_mix_lerp_fused.weight": (EMBEDDING, 1, 1, 6),
        "channel_mix_lerp_k.weight": (EMBEDDING, 1, 1),
        "channel_mix_key.weight": (EMBEDDING, 4 * EMBEDDING),
        "channel_mix_value.weight": (4 * EMBEDDING, EMBEDDING),
    }
    ranks = ("decay", "iclr", "value_residual_mix", "gate")
    values = {f"attention.{name}_lora_rank": low for name in ranks}
    values |= {"wkv.head_size": 64, "attention.head_count": 0, "feed_forward_length": 4 * EMBEDDING}
    norm = {"token_embd_norm.weight": (EMBEDDING,), "token_embd_norm.bias": (EMBEDDING,)}
    return values, {**_NORM_BIAS, **norm, **_blocks(lambda: block)}


MAKERS: Mapping[str, Callable[[], Made]] = {
    "llama": _llama,
    "qwen3": _qwen3,
    "gpt2": _gpt2,
    "phi3": _phi3,
    "gemma3": _gemma3,
    "qwen3moe": _qwen3moe,
    "gpt-oss": _gpt_oss,
    "deepseek2": _deepseek2,
    "mamba": _mamba_alone,
    "mamba2": _mamba2,
    "jamba": _jamba,
    "lfm2": _lfm2,
    "qwen35": _qwen35,
    "qwen2": _qwen2,
    "gemma2": _gemma2,
    "phi2": _phi2,
    "stablelm": _stablelm,
    "starcoder2": _starcoder2,
    "falcon": _falcon,
    "command-r": _command_r,
    "olmo2": _olmo2,
    "granite": _granite,
    "glm4": _glm4,
    "bloom": _bloom,
    "falcon-h1": _falcon_h1,
    "rwkv7": _rwkv7,
}
