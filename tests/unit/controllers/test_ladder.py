"""The ladder goes down in the promised order, and each rung keeps what the ones before have lowered."""

from dataclasses import replace

from desktopchat.controllers.ladder import Way, rungs, told, ways
from desktopchat.core.device import Device
from desktopchat.core.load_plan import plan_load
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from tests.shapes import DENSE, GB, cpu, gpu

FILE = ModelFile("/m.gguf", "m", 0, "llama", n_ctx_train=32_768, n_layer=30)


def test_on_a_gpu_all_steps_are_there() -> None:
    steps = rungs(LoadParams(), FILE, 16_384, on_gpu=True)
    assert [(s.params.n_ctx, s.params.kv_type, s.params.n_gpu_layers) for s in steps] == [
        (8192, "auto", -1),
        (8192, "q8_0", -1),
        (8192, "q8_0", 15),
        (8192, "q8_0", 0),
    ]
    assert "8,192" in steps[0].words
    assert "15 of its layers" in steps[2].words


def test_without_a_gpu_its_layers_are_no_matter() -> None:
    steps = rungs(LoadParams(), FILE, 0, on_gpu=False)
    assert [(s.params.n_ctx, s.params.kv_type) for s in steps] == [(4096, "auto"), (4096, "q8_0")]


def test_what_is_low_already_is_left_out() -> None:
    assert rungs(LoadParams(n_ctx=512, kv_type="q8_0"), FILE, 512, on_gpu=False) == ()
    (last,) = rungs(LoadParams(n_ctx=512, kv_type="q8_0", n_gpu_layers=1), FILE, 512, on_gpu=True)
    assert last.params.n_gpu_layers == 0


def found(params: LoadParams, *devices: Device) -> dict[str, Way]:
    plan = plan_load(DENSE, params, devices)
    assert plan.lacking is not None
    return {way.command: way for way in ways(DENSE, params, plan)}


def test_what_would_fit_is_offered_one_way_for_each_thing_that_can_be_lowered() -> None:
    params = LoadParams(n_ctx=32_768)
    offered = found(params, cpu(9 * GB))
    assert list(offered) == ["model.load_shorter", "model.load_quantised"]
    shorter, quantised = (offered[name].params for name in offered)
    assert (shorter.n_ctx, shorter.kv_type) == (8192, "auto")
    assert (quantised.n_ctx, quantised.kv_type) == (32_768, "q8_0")
    for way in offered.values():
        assert plan_load(DENSE, way.params, (cpu(9 * GB),)).total <= 0.9 * 9 * GB, "others need memory too"


def test_the_context_is_no_shorter_than_it_must_be() -> None:
    params = LoadParams(n_ctx=65_536)
    shorter = found(params, cpu(8 * GB))["model.load_shorter"].params
    twice = plan_load(DENSE, replace(params, n_ctx=2 * shorter.n_ctx), (cpu(8 * GB),))
    assert twice.total > 0.9 * 8 * GB


def test_with_a_gpu_fewer_layers_and_the_cpu_are_ways_too() -> None:
    params = LoadParams(n_ctx=8192, n_gpu_layers=33, kv_type="q8_0")
    offered = found(params, cpu(), gpu(4 * GB))
    assert list(offered) == ["model.load_fewer_layers", "model.load_on_cpu"]
    assert "layers on the GPU" in offered["model.load_fewer_layers"].words
    assert offered["model.load_on_cpu"].params.n_gpu_layers == 0


def test_a_model_that_is_too_large_by_itself_has_no_way() -> None:
    assert found(LoadParams(), cpu(2 * GB)) == {}


def test_flash_attention_that_is_off_does_not_hinder_a_smaller_cache() -> None:
    offered = found(LoadParams(n_ctx=32_768, flash_attn="off"), cpu(9 * GB))
    assert offered["model.load_quantised"].params.flash_attn == "auto"


def test_the_ways_are_one_sentence() -> None:
    words = told(tuple(found(LoadParams(n_ctx=32_768), cpu(9 * GB)).values()))
    assert words.startswith("It would fit with a context of 8,192 tokens (")
    assert "), or with a KV cache in q8_0 (" in words
