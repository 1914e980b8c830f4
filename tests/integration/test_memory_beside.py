"""What adapters and projectors will take is what llama.cpp then allocates for them."""

import ctypes
from collections.abc import Iterator
from pathlib import Path

import llama_cpp
import pytest

from desktopchat.core.adapter import Adapter, read_base
from desktopchat.core.beside import compute, projector_beside
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.gguf import read_header
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.picture import Picture
from desktopchat.engine.api import GenerationRequest, LoadPlanned, ModelInfo, ModelLoaded
from desktopchat.engine.llama.allocated import Allocated
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.library.folder import inspect
from tests import tiny_projectors
from tests.adapter_maker import directions, pairs, write_control_vector, write_lora
from tests.model_zoo import write_model
from tests.pictures import png
from tests.tiny_models import EMBEDDING, write_tiny

TOTAL = 0.05
ROUNDING = 20_000  # bytes: the log gives each buffer to a hundredth of a MiB
CHANGED = ("attn_q", "attn_v", "ffn_gate", "ffn_up", "ffn_down")
# Width, heads, inner width, patch and picture side of encoders: SmolVLM's and a small one.
ENCODERS = ((768, 12, 3072, 16, 256), (256, 4, 1024, 14, 224))


@pytest.fixture
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine()
    yield engine
    engine.close()


def load(engine: LlamaEngine, path: Path, *adapters: Adapter) -> ModelInfo:
    first, *_, last = engine.load(inspect(path), LoadParams(n_ctx=512, adapters=adapters))
    assert isinstance(first, LoadPlanned)
    assert isinstance(last, ModelLoaded)
    assert last.info.adapted.adapters == adapters
    return last.info


def lora(folder: Path, model: Path, name: str, rank: int) -> Adapter:
    tensors = read_base(model).tensors
    changed = [name for name in tensors if name.split(".")[-2] in CHANGED]
    widths = {name: tensors[name].shape[:2] for name in changed}
    parts = pairs(widths, rank=rank)  # type: ignore[arg-type]
    return Adapter(str(write_lora(folder / f"{name}.gguf", parts)), "lora")


def only(memory: tuple[DeviceMemory, ...]) -> DeviceMemory:
    (part,) = memory
    return part


@pytest.mark.parametrize("ranks", [(16,), (8, 64)])
def test_adapters_take_what_was_planned(engine: LlamaEngine, tmp_path: Path, ranks: tuple[int, ...]) -> None:
    model = write_model(tmp_path / "model.gguf", "llama")
    info = load(engine, model, *(lora(tmp_path, model, f"lora{rank}", rank) for rank in ranks))
    assert info.plan is not None
    planned = [only(one.memory).total for one in info.plan.beside]
    took = only(info.adapted.took).total
    assert min(planned) > 10 * ROUNDING
    assert sum(planned) == pytest.approx(took, rel=TOTAL, abs=ROUNDING)
    assert only(info.plan.loaded).total == pytest.approx(only(info.took).total + took, rel=TOTAL)


def test_control_vectors_are_added_up_into_one_direction_for_each_layer(engine: LlamaEngine, tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "model.gguf")
    steering = [
        Adapter(str(write_control_vector(tmp_path / f"{seed}.gguf", directions(seed=seed))), "control_vector")
        for seed in (1, 2)
    ]
    info = load(engine, model, *steering)
    assert info.plan is not None
    (vector,) = info.plan.beside
    layers = llama_cpp.llama_model_n_layer(engine._loaded.model)  # type: ignore[union-attr]
    assert only(vector.memory).weights == (layers - 1) * EMBEDDING * ctypes.sizeof(ctypes.c_float)


def test_an_adapter_that_cannot_be_read_takes_nothing(engine: LlamaEngine, tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "model.gguf")
    gone = Adapter(str(tmp_path / "gone.gguf"), "lora")
    *_, last = engine.load(inspect(model), LoadParams(n_ctx=512, adapters=(gone,)))
    assert isinstance(last, ModelLoaded)
    assert last.info.plan is not None
    assert last.info.plan.beside == ()


class Heard(Allocated):
    """Keeps what libmtmd says of its projector too."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = self.computes = 0.0

    def feed(self, line: str) -> None:
        if "model size:" in line:
            self.weights += float(line.split()[-2]) * 2**20
        elif line.startswith("reserve_compute_meta:") and "buffer size" in line:
            self.computes += float(line.split()[-2]) * 2**20
        super().feed(line)


@pytest.mark.parametrize("kind", ["mlp", "gemma3", "idefics3", "qwen2vl_merger"])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_projector_takes_what_was_planned(
    engine: LlamaEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    encoder: tuple[int, int, int, int, int],
) -> None:
    width, heads, inner, patch, side = encoder
    for name, value in {"WIDTH": width, "HEADS": heads, "FEED_FORWARD": inner, "PATCH": patch, "SIDE": side}.items():
        monkeypatch.setattr(tiny_projectors, name, value)
    monkeypatch.setattr(tiny_projectors, "PATCHES", (side // patch) ** 2)
    projector = tiny_projectors.write_projector(tmp_path / "mmproj.gguf", kind)
    model = write_tiny(tmp_path / "model.gguf", {"gemma3": "gemma3", "qwen2vl_merger": "qwen2vl"}.get(kind, "llama"))
    heard = engine._native.allocated = Heard()
    params = LoadParams(n_ctx=8192, n_batch=2048, projector=str(projector))
    *_, last = engine.load(inspect(model), params)
    assert isinstance(last, ModelLoaded)
    assert last.info.plan is not None
    (beside,) = last.info.plan.beside
    picture = Picture.of(png(side, side))
    asked = ChatMessage(Role.USER, "What is it?", pictures=(picture,))
    list(engine.generate(GenerationRequest(1, (asked,), SamplingParams(max_tokens=1))))
    patches = (side // patch) ** 2
    needed = compute(read_header(projector), patches)
    assert needed <= beside.compute
    assert (needed == beside.compute) is (kind != "qwen2vl_merger")  # which takes pictures of any size
    assert beside.weights == pytest.approx(heard.weights, abs=ROUNDING)
    assert heard.computes > 0
    what = f"planned {beside.weights:,} and {needed:,}, took {heard.weights:,.0f} and {heard.computes:,.0f}"
    assert beside.weights + needed == pytest.approx(heard.weights + heard.computes, rel=TOTAL), what


def test_the_largest_picture_of_a_projector_for_any_size_is_told_by_its_header(tmp_path: Path) -> None:
    usual = projector_beside(tiny_projectors.write_projector(tmp_path / "1.gguf", "qwen2vl_merger"))
    metadata = {"clip.vision.image_max_pixels": 28 * 28 * 256}
    small = projector_beside(tiny_projectors.write_projector(tmp_path / "2.gguf", "qwen2vl_merger", **metadata))
    assert usual.compute == 16 * small.compute
