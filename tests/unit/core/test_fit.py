from dataclasses import replace

import pytest
from shapes import DENSE, GB, MIXED, cpu, gpu

from desktopchat.core.device import Device
from desktopchat.core.fit import Fit, FitPlace, fit_of, recommended, scaled, speed_of
from desktopchat.core.load_plan import plan_load
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.params import LoadParams

OPEN = LoadParams()


def place_of(shape: ModelShape, *devices: Device) -> FitPlace:
    return fit_of(shape, OPEN, devices, {}).place


def test_place_follows_the_memory() -> None:
    assert place_of(DENSE, cpu(), gpu(24 * GB)) is FitPlace.GPU
    assert place_of(DENSE, cpu(), gpu(4 * GB)) is FitPlace.PARTLY
    assert place_of(DENSE, cpu()) is FitPlace.CPU
    assert place_of(DENSE, cpu(3 * GB)) is FitPlace.NOWHERE
    assert place_of(MIXED, cpu(), gpu(8 * GB)) is FitPlace.PARTLY, "its experts are on the CPU"


@pytest.mark.parametrize("devices", [(cpu(16 * GB),), (cpu(), gpu(8 * GB))], ids=["cpu", "gpu"])
def test_largest_context_is_the_last_that_stays_there(devices: tuple[Device, ...]) -> None:
    found = fit_of(DENSE, OPEN, devices, {})
    at, above = (
        fit_of(DENSE, replace(OPEN, n_ctx=n_ctx, kv_type=found.plan.kv_type), devices, {})
        for n_ctx in (found.most_n_ctx, found.most_n_ctx + 256)
    )
    assert found.plan.n_ctx <= found.most_n_ctx < DENSE.n_ctx_train
    assert at.place is found.place
    assert above.place is not found.place


def test_context_is_at_most_what_it_was_trained_for() -> None:
    assert fit_of(DENSE, OPEN, [cpu()], {}).most_n_ctx == DENSE.n_ctx_train
    assert fit_of(DENSE, OPEN, [cpu(3 * GB)], {}).most_n_ctx == 0


def test_speed_is_what_is_read_over_how_fast() -> None:
    processor, card = cpu(), gpu(24 * GB)
    read = 32 * DENSE.blocks[0].size + DENSE.output_size
    assert fit_of(DENSE, OPEN, [processor], {}).speed == 0
    assert fit_of(DENSE, OPEN, [processor], {"A processor": 20e9}).speed == pytest.approx(20e9 / read)
    assert fit_of(DENSE, OPEN, [processor, card], {"A card": 500e9}).speed == pytest.approx(500e9 / read)
    partly = plan_load(DENSE, OPEN, [processor, gpu(4 * GB)])
    assert speed_of(partly, {"A card": 500e9}) == 0, "nobody knows how fast the processor is"
    on_cpu, on_gpu = partly.reads
    assert on_cpu
    assert on_gpu
    seconds = on_cpu / 20e9 + on_gpu / 500e9
    assert speed_of(partly, {"A processor": 20e9, "A card": 500e9}) == pytest.approx(1 / seconds)


def test_experts_that_are_not_used_are_not_read() -> None:
    block = replace(MIXED.blocks[0], idle_size=MIXED.blocks[0].expert_size * 7 // 8)
    mixed = replace(MIXED, blocks=(block,) * 32)
    (read,) = plan_load(mixed, OPEN, [cpu()]).reads
    assert read == 32 * (block.size - block.idle_size) + mixed.output_size
    on_cpu, on_gpu = plan_load(mixed, replace(OPEN, n_gpu_layers=33, n_cpu_experts=32), [cpu(), gpu(24 * GB)]).reads
    assert on_cpu == 32 * (block.expert_size - block.idle_size)
    assert on_cpu + on_gpu == read


def test_another_quantization_has_the_same_caches() -> None:
    half = scaled(DENSE, DENSE.size // 2)
    assert half.size == pytest.approx(DENSE.size / 2, rel=1e-6)
    one, other = (plan_load(shape, OPEN, [cpu()]).memory[0] for shape in (DENSE, half))
    assert (one.kv, one.compute) == (other.kv, other.compute)
    assert other.weights == pytest.approx(one.weights / 2, rel=1e-6)


def test_the_largest_in_the_best_place_is_recommended() -> None:
    def fits(*speeds: tuple[str, FitPlace, float]) -> list[tuple[str, Fit]]:
        plan = plan_load(DENSE, OPEN, [cpu()])
        return [(quant, Fit(place, plan, 4096, speed)) for quant, place, speed in speeds]

    gpu_, partly, on_cpu, nowhere = FitPlace
    assert recommended(fits(("Q2_K", gpu_, 0), ("Q4_K_M", gpu_, 0), ("Q8_0", partly, 0))) == 1
    assert recommended(fits(("Q4_K_M", on_cpu, 9), ("Q6_K", on_cpu, 6), ("Q8_0", on_cpu, 4))) == 1
    assert recommended(fits(("Q4_K_M", on_cpu, 3), ("Q8_0", on_cpu, 2))) == 1, "slow, whatever one takes"
    assert recommended(fits(("Q8_0", gpu_, 0), ("F16", gpu_, 0))) == 0, "nobody can tell the answers apart"
    assert recommended(fits(("F16", on_cpu, 0))) == 0
    assert recommended(fits(("Q4_K_M", nowhere, 0))) == -1
    assert recommended([]) == -1
