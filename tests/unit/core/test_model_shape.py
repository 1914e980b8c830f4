"""What decides how much memory a model takes is read from its header, whatever stands there."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopchat.core.device import Device
from desktopchat.core.gguf import GGUFHeader, TensorInfo, read_header
from desktopchat.core.load_plan import plan_load
from desktopchat.core.model_shape import ModelShape, shape_of
from desktopchat.core.params import LoadParams
from tests.model_zoo import BLOCKS, EMBEDDING, HEAD, HEADS, KV_HEADS, VOCABULARY, write_model


def shape(tmp_path: Path, architecture: str, **changes: Any) -> ModelShape:
    return shape_of(read_header(write_model(tmp_path / "model.gguf", architecture, **changes)))


def test_a_dense_model(tmp_path: Path) -> None:
    found = shape(tmp_path, "llama")
    assert len(found.blocks) == BLOCKS
    assert found.vocabulary == VOCABULARY
    assert {(block.heads, block.query, block.key, block.value) for block in found.blocks} == {
        (HEADS, HEADS * HEAD, KV_HEADS * HEAD, KV_HEADS * HEAD)
    }
    assert found.size == (tmp_path / "model.gguf").stat().st_size - read_header(tmp_path / "model.gguf").data_offset
    assert not found.is_tied
    assert found.expert_blocks == 0


def test_a_table_that_is_shared_is_counted_once(tmp_path: Path) -> None:
    found = shape(tmp_path, "qwen3")
    assert found.is_tied
    assert found.output_size > VOCABULARY * EMBEDDING * 4
    assert (
        found.size == read_header(tmp_path / "model.gguf").file_size - read_header(tmp_path / "model.gguf").data_offset
    )


def test_experts_are_told_apart(tmp_path: Path) -> None:
    found = shape(tmp_path, "deepseek2")
    assert [bool(block.expert_size) for block in found.blocks] == [False, *[True] * (BLOCKS - 1)]
    assert {block.value for block in found.blocks} == {0}, "the value lies inside the compressed key"


def windows(found: ModelShape) -> list[bool]:
    return [block.window for block in found.blocks]


def test_sliding_windows_lie_where_the_architecture_puts_them(tmp_path: Path) -> None:
    assert windows(shape(tmp_path, "gemma3")) == [True] * 5 + [False]
    assert windows(shape(tmp_path, "gpt-oss")) == [True, False] * 3
    assert windows(shape(tmp_path, "llama", **{"attention.sliding_window": 64})) == [False] * 6


def test_a_file_may_say_where_they_lie(tmp_path: Path) -> None:
    assert windows(shape(tmp_path, "gemma3", **{"attention.sliding_window_pattern": 3})) == [True, True, False] * 2
    pattern = [False, True, True, False, True, False]
    assert windows(shape(tmp_path, "gemma3", **{"attention.sliding_window_pattern": pattern})) == pattern


def test_recurrent_and_hybrid_models(tmp_path: Path) -> None:
    alone = shape(tmp_path, "mamba").blocks
    assert all(block.scan_state and not block.heads and not block.key for block in alone)
    mixed = shape(tmp_path, "jamba").blocks
    assert [bool(block.heads) for block in mixed] == [False, True] * 3
    assert [bool(block.scan_state) for block in mixed] == [True, False] * 3


def test_a_block_that_only_drafts_has_no_cache_and_is_not_loaded(tmp_path: Path) -> None:
    last = shape(tmp_path, "llama", nextn_predict_layers=1).blocks[-1]
    assert (last.size, last.key, last.heads) == (0, 0, 0)


NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats() | st.booleans() | st.text(max_size=3)
KEYS = (
    "block_count",
    "embedding_length",
    "attention.head_count",
    "attention.head_count_kv",
    "attention.key_length",
    "attention.key_length_mla",
    "attention.kv_lora_rank",
    "attention.sliding_window",
    "attention.sliding_window_pattern",
    "attention.shared_kv_layers",
    "nextn_predict_layers",
    "expert_used_count",
    "ssm.conv_kernel",
    "ssm.inner_size",
    "ssm.state_size",
    "ssm.group_count",
    "kda.head_dim",
    "wkv.head_size",
    "shortconv.l_cache",
    "context_length",
)
NAMES = (
    "token_embd.weight",
    "blk.0.ffn_down.weight",
    "blk.1.ffn_up_exps.weight",
    "blk.0.ssm_in.weight",
    "blk.99999999.x",
    "",
)


@settings(max_examples=60)
@given(
    architecture=st.sampled_from(["llama", "gemma3", "deepseek2", "falcon-h1", "lfm2", ""]),
    values=st.dictionaries(st.sampled_from(KEYS), NUMBERS | st.lists(NUMBERS, max_size=4).map(tuple)),
    shapes=st.dictionaries(st.sampled_from(NAMES), st.lists(st.integers(1, 2**40), max_size=4).map(tuple)),
)
def test_no_header_leads_to_more_than_64_bits_hold(
    architecture: str, values: dict[str, Any], shapes: dict[str, tuple[int, ...]]
) -> None:
    metadata = {f"{architecture}.{key}": value for key, value in values.items()}
    tensors = tuple(TensorInfo(name, lengths, "F32", 0, 4) for name, lengths in shapes.items())
    found = shape_of(GGUFHeader(3, {"general.architecture": architecture, **metadata}, tensors, 0, 0))
    devices = (Device("CPU", "", "cpu", 0, 0), Device("CUDA0", "", "gpu", 10**9, 10**9))
    for params in (LoadParams(), LoadParams(n_ctx=2**27, n_gpu_layers=3, kv_type="q8_0")):
        for part in plan_load(found, params, devices).memory:
            assert 0 <= min(part.weights, part.kv, part.compute) <= part.total < 2**63


@pytest.mark.parametrize("count", [0, 511, 513])
def test_an_array_with_a_number_for_each_block_is_kept_as_far_as_llama_cpp_knows_blocks(
    count: int, tmp_path: Path
) -> None:
    path = write_model(tmp_path / "model.gguf", "llama", **{"attention.head_count_kv": [1] * count})
    kept = read_header(path).metadata["llama.attention.head_count_kv"]
    assert isinstance(kept, tuple) is (count <= 512)
