"""How a model is laid out on the devices that there are, and why."""

from dataclasses import replace

import pytest

from desktopchat.core.beside import Beside
from desktopchat.core.device import Device
from desktopchat.core.load_plan import LoadPlan, plan_load
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.params import LoadParams
from tests.shapes import DENSE, GB, MB, MIXED, cpu, gpu


def plan(shape: ModelShape, *devices: Device, **params: object) -> LoadPlan:
    return plan_load(shape, LoadParams(**params), devices)  # type: ignore[arg-type]


def test_without_a_gpu_everything_is_on_the_cpu_as_measured() -> None:
    found = plan(DENSE, cpu())
    assert (found.n_ctx, found.kv_type, found.flash_attn, found.n_gpu_layers) == (8192, "f16", False, 0)
    assert [part.device for part in found.memory] == ["CPU"]
    assert found.memory[0].weights == DENSE.size
    assert found.lacking is None
    assert found.warnings == ()


def test_layers_that_no_gpu_can_take_are_not_left_out_without_a_word() -> None:
    found = plan(DENSE, cpu(), n_gpu_layers=99)
    assert found.n_gpu_layers == 0
    assert "reaches no GPU" in found.warnings[0]


def test_all_layers_go_to_a_gpu_that_has_room() -> None:
    found = plan(DENSE, cpu(), gpu(12 * GB))
    assert (found.n_gpu_layers, found.kv_type, found.flash_attn) == (33, "f16", True)
    assert found.memory[1].weights == 32 * 140 * MB + 430 * MB
    assert found.memory[0].weights == 300 * MB
    assert any("All layers" in reason for reason in found.reasons)


LORA = Beside("adapter", "pirate", inputs=3 * MB, layers=(10 * MB,) * 33)
EYES = Beside("projector", "mmproj", weights=800 * MB, compute=200 * MB)


def test_what_is_beside_lies_where_the_layers_do() -> None:
    found = plan_load(DENSE, LoadParams(n_gpu_layers=10), (cpu(), gpu(12 * GB)), (LORA, EYES))
    lora, eyes = found.beside
    assert [part.total for part in lora.memory] == [3 * MB + 23 * 10 * MB, 10 * 10 * MB]
    assert [part.total for part in eyes.memory] == [0, 1000 * MB]
    assert [part.compute for part in eyes.memory] == [0, 200 * MB]
    plain = plan(DENSE, cpu(), gpu(12 * GB), n_gpu_layers=10)
    assert found.memory == plain.memory
    assert [part.total for part in found.loaded] == [
        one.total + two.total for one, two in zip(found.memory, lora.memory, strict=True)
    ]
    assert found.total == plain.total + 333 * MB + 1000 * MB
    alone = plan_load(DENSE, LoadParams(n_gpu_layers=0), (cpu(), gpu(12 * GB)), (LORA, EYES))
    assert [part.total for one in alone.beside for part in one.memory] == [333 * MB, 0, 1000 * MB, 0]


def test_what_is_beside_finds_room_too() -> None:
    full = plan(DENSE, cpu(), gpu(12 * GB)).memory[1].total
    card = gpu(int((full + 500 * MB) / 0.9))
    assert plan(DENSE, cpu(), card, kv_type="f16").n_gpu_layers == 33
    beside = plan_load(DENSE, LoadParams(kv_type="f16"), (cpu(), card), (EYES,))
    assert 0 < beside.n_gpu_layers < 33
    assert beside.whole[1].total <= 0.9 * card.free
    tight = plan_load(DENSE, LoadParams(n_ctx=512), (cpu(DENSE.size + 900 * MB),), (EYES,))
    assert tight.lacking is not None
    assert tight.lacking[1].total == tight.total


def test_a_smaller_kv_cache_is_taken_when_it_is_what_makes_all_layers_fit() -> None:
    at_once = plan(DENSE, cpu(), gpu(12 * GB), n_ctx=32_768)
    needed = int(at_once.memory[1].total / 0.9)
    found = plan(DENSE, cpu(), gpu(needed - 1000 * MB), n_ctx=32_768)
    assert (found.n_gpu_layers, found.kv_type) == (33, "q8_0")
    kept = plan(DENSE, cpu(), gpu(needed - 1000 * MB), n_ctx=32_768, kv_type="f16")
    assert kept.kv_type == "f16"
    assert kept.n_gpu_layers < 33


@pytest.mark.parametrize("free", [1, 2, 3, 4, 5])
def test_as_many_layers_as_fit_and_not_one_more(free: int) -> None:
    found = plan(DENSE, cpu(), gpu(free * GB), kv_type="f16")
    assert found.memory[1].total <= 0.9 * free * GB
    more = plan(DENSE, cpu(), gpu(free * GB), kv_type="f16", n_gpu_layers=found.n_gpu_layers + 1)
    assert more.memory[1].total > 0.9 * free * GB
    assert any(f"{found.n_gpu_layers} of 33 layers" in reason for reason in found.reasons)


def test_experts_stay_on_the_cpu_before_whole_layers_do() -> None:
    found = plan(MIXED, cpu(), gpu(6 * GB))
    assert found.n_gpu_layers == 33
    assert 0 < found.n_cpu_experts < 32
    assert found.memory[1].total <= 0.9 * 6 * GB
    assert found.memory[0].weights == 300 * MB + found.n_cpu_experts * 380 * MB
    fewer = plan(MIXED, cpu(), gpu(6 * GB), n_cpu_experts=found.n_cpu_experts - 1, n_gpu_layers=33)
    assert fewer.memory[1].total > 0.9 * 6 * GB


def test_two_gpus_share_the_layers_by_their_free_memory() -> None:
    found = plan(DENSE, cpu(), gpu(16 * GB), gpu(8 * GB, "CUDA1"))
    first, second = found.memory[1:]
    assert first.weights == 22 * 140 * MB
    assert second.weights == 10 * 140 * MB + 430 * MB
    other = plan(DENSE, cpu(), gpu(16 * GB), gpu(8 * GB, "CUDA1"), tensor_split=(1.0, 3.0))
    assert other.memory[1].weights < other.memory[2].weights


def test_an_integrated_gpu_counts_only_when_it_is_alone() -> None:
    assert plan(DENSE, cpu(), gpu(12 * GB, "iGPU", "igpu")).n_gpu_layers == 33
    both = plan(DENSE, cpu(), gpu(12 * GB), gpu(12 * GB, "iGPU", "igpu"))
    assert [device.name for device in both.devices] == ["CPU", "CUDA0"]


def test_what_is_asked_for_is_done_even_when_it_does_not_fit() -> None:
    found = plan(DENSE, cpu(), gpu(2 * GB), n_gpu_layers=33, n_ctx=65_536, kv_type="f16", flash_attn="off")
    assert (found.n_gpu_layers, found.n_ctx, found.kv_type, found.flash_attn) == (33, 65_536, "f16", False)
    assert found.lacking is not None
    assert found.lacking[0].name == "CUDA0"


def test_an_automatic_context_leaves_memory_to_others_and_an_asked_one_does_not() -> None:
    found = plan(DENSE, cpu(8 * GB))
    assert found.n_ctx == 2048
    assert any("too little memory" in reason for reason in found.reasons)
    assert plan(DENSE, cpu(8 * GB), n_ctx=8192).n_ctx == 8192


def test_what_does_not_fit_is_named_with_what_it_needs() -> None:
    found = plan(DENSE, cpu(4 * GB))
    assert found.lacking == (found.devices[0], found.memory[0])
    assert plan(DENSE, cpu(0)).lacking is None, "a device that does not tell is not taken for a full one"


def test_a_cpu_attends_as_it_is_faster() -> None:
    likes = replace(cpu(), likes_flash=True)
    for device, wanted, word in ((cpu(), "off", "slower"), (likes, "on", "faster")):
        found = plan(DENSE, device)
        assert found.applied(LoadParams()).flash_attn == wanted
        assert any("Flash attention" in reason and word in reason for reason in found.reasons)
    assert not plan(DENSE, likes, flash_attn="off").flash_attn
    # A GPU has its own reasons.
    assert plan(DENSE, likes, gpu(12 * GB)).applied(LoadParams()).flash_attn == "auto"


def test_a_quantised_cache_turns_flash_attention_on() -> None:
    found = plan(DENSE, cpu(), kv_type="q8_0")
    assert found.flash_attn
    assert any("q8_0 needs it" in reason for reason in found.reasons)


def test_a_quantised_cache_that_cannot_be_is_f16_with_a_word() -> None:
    odd = plan(replace(DENSE, head=80), cpu(), kv_type="q8_0")
    assert odd.kv_type == "f16"
    assert "q8_0" in odd.warnings[0]
    without = plan(DENSE, cpu(), kv_type="q8_0", flash_attn="off")
    assert (without.kv_type, without.flash_attn) == ("f16", False)
    assert "switched off" in without.warnings[0]


def test_what_was_learned_corrects_the_next_prediction() -> None:
    before, after = plan(DENSE, cpu()), plan(DENSE, cpu(), learned=(1.0, 1.0, 1.5))
    assert after.memory[0].compute == int(before.memory[0].compute * 1.5)
    assert after.memory[0].kv == before.memory[0].kv


def test_a_plan_leaves_nothing_open() -> None:
    params = plan(MIXED, cpu(), gpu(6 * GB)).applied(LoadParams(n_threads=3))
    assert params.n_threads == 3
    assert params.n_ctx == 8192
    assert params.n_gpu_layers == 33
    assert params.n_cpu_experts > 0
    assert params.kv_type == "f16"


def test_parts_add_up_to_the_whole_wherever_the_layers_lie() -> None:
    whole = plan(DENSE, cpu())
    for layers in range(34):
        split = plan(DENSE, cpu(), gpu(24 * GB), n_gpu_layers=layers, flash_attn="off")
        assert sum(part.weights for part in split.memory) == whole.memory[0].weights
        assert sum(part.kv for part in split.memory) == whole.memory[0].kv


def test_a_model_without_blocks_takes_what_lies_around_them() -> None:
    found = plan(replace(DENSE, blocks=()), cpu(), gpu(8 * GB))
    assert [part.weights for part in found.memory] == [300 * MB, 430 * MB]
