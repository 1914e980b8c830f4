"""What is predicted from a header is what llama.cpp then allocates, for every kind of model."""

import ctypes
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import llama_cpp
import pytest

from desktopchat.core.device import Device
from desktopchat.core.errors import EngineMemoryError
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import LoadPlanned, ModelInfo, ModelLoaded
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.engine.llama.native import Native
from desktopchat.library.folder import inspect
from tests.model_zoo import MAKERS, write_model

CONTEXTS = (512, 4096, 16_384)
KV_TYPES = ("f16", "q8_0")
TOTAL = 0.05
# No formula follows ggml's allocator to the byte: how large a buffer is depends on which holes it finds.
COMPUTE = 0.10
ROUNDING = 20_000  # bytes: the log gives each buffer to a hundredth of a MiB


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine()
    yield engine
    engine.close()


def load(engine: LlamaEngine, path: Path, params: LoadParams) -> ModelInfo:
    first, *_, last = engine.load(inspect(path), params)
    assert isinstance(first, LoadPlanned)
    assert isinstance(last, ModelLoaded)
    assert last.info.plan == first.plan
    return last.info


def only(memory: tuple[DeviceMemory, ...]) -> DeviceMemory:
    (part,) = memory
    return part


def compare(engine: LlamaEngine, path: Path) -> None:
    for n_ctx, kv_type in itertools.product(CONTEXTS, KV_TYPES):
        info = load(engine, path, LoadParams(n_ctx=n_ctx, kv_type=kv_type))
        assert info.plan is not None
        assert (info.n_ctx, info.plan.kv_type) == (n_ctx, kv_type)
        planned, took = only(info.plan.memory), only(info.took)
        what = f"{path.stem}, {n_ctx} tokens, {kv_type}: planned {planned}, took {took}"
        assert planned.total == pytest.approx(took.total, rel=TOTAL), what
        assert planned.weights == pytest.approx(took.weights, abs=ROUNDING), what
        assert planned.kv == pytest.approx(took.kv, abs=ROUNDING), what
        assert planned.compute == pytest.approx(took.compute, rel=COMPUTE), what


@pytest.mark.parametrize("architecture", MAKERS)
def test_prediction_is_within_5_per_cent_of_what_is_allocated(
    engine: LlamaEngine, architecture: str, tmp_path: Path
) -> None:
    compare(engine, write_model(tmp_path / f"{architecture}.gguf", architecture))


def test_and_for_the_starter(engine: LlamaEngine, starter_model: Path) -> None:
    compare(engine, starter_model)


class Listening(Native):
    """Keeps the whole log, which llama.cpp writes details to at a level that we leave out."""

    def __init__(self) -> None:
        self.log = ""
        super().__init__()

    def _on_log(self, level: int, text: bytes, data: object) -> None:
        self.log += text.decode("utf-8", "replace")
        super()._on_log(level, text, data)


def test_experts_can_be_kept_on_the_cpu(engine: LlamaEngine, tmp_path: Path) -> None:
    native = Listening()
    params = llama_cpp.llama_model_default_params()
    overrides = native.experts_on_cpu(2)
    params.tensor_buft_overrides = ctypes.cast(overrides, ctypes.c_void_p)
    path = write_model(tmp_path / "model.gguf", "qwen3moe")
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
    llama_cpp.llama_log_set(engine._native._callback, ctypes.c_void_p(0))  # this one is gone after the test
    assert model
    llama_cpp.llama_model_free(model)
    kept = set(re.findall(r"tensor (\S+) .*overridden to CPU", native.log))
    assert kept == {f"blk.{block}.ffn_{part}_exps.weight" for block in range(2) for part in ("up", "down", "gate")}


def test_a_model_that_cannot_fit_is_refused_before_anything_is_allocated(
    engine: LlamaEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = inspect(write_model(tmp_path / "model.gguf", "llama"))
    full = Device("CPU", "A processor", "cpu", 50_000_000, 8 * 10**9)
    monkeypatch.setattr(Native, "devices", lambda _self: (full,))
    loading = engine.load(model, LoadParams(n_ctx=16_384))
    assert isinstance(next(loading), LoadPlanned)
    with pytest.raises(
        EngineMemoryError, match=r"model would take 356 MB of memory, but only 50 MB are free\."
    ) as caught:
        next(loading)
    assert "weights   KV cache    compute" in caught.value.details
    *_, last = engine.load(model, LoadParams(n_ctx=16_384, must_fit=False))
    assert isinstance(last, ModelLoaded)


def test_layers_for_a_gpu_that_is_not_there_are_told_of(engine: LlamaEngine, tmp_path: Path) -> None:
    if llama_cpp.llama_supports_gpu_offload():
        pytest.skip("this build reaches a GPU")
    info = load(engine, write_model(tmp_path / "model.gguf", "llama"), LoadParams(n_gpu_layers=99))
    assert any("reaches no GPU" in warning for warning in info.warnings)
