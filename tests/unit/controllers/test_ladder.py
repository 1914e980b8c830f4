"""The ladder goes down in the promised order, and each rung keeps what the ones before have lowered."""

from desktopchat.controllers.ladder import rungs
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams

FILE = ModelFile("/m.gguf", "m", 0, "llama", n_ctx_train=32_768, n_layer=30)


def test_on_a_gpu_all_steps_are_there() -> None:
    steps = rungs(LoadParams(), FILE, 16_384, on_gpu=True)
    assert [(s.params.n_ctx, s.params.kv_type, s.params.n_gpu_layers) for s in steps] == [
        (8192, "f16", -1),
        (8192, "q8_0", -1),
        (8192, "q8_0", 15),
        (8192, "q8_0", 0),
    ]
    assert "8,192" in steps[0].words
    assert "15 of its layers" in steps[2].words


def test_without_a_gpu_its_layers_are_no_matter() -> None:
    steps = rungs(LoadParams(), FILE, 0, on_gpu=False)
    assert [(s.params.n_ctx, s.params.kv_type) for s in steps] == [(4096, "f16"), (4096, "q8_0")]


def test_what_is_low_already_is_left_out() -> None:
    assert rungs(LoadParams(n_ctx=512, kv_type="q8_0"), FILE, 512, on_gpu=False) == ()
    (last,) = rungs(LoadParams(n_ctx=512, kv_type="q8_0", n_gpu_layers=1), FILE, 512, on_gpu=True)
    assert last.params.n_gpu_layers == 0
