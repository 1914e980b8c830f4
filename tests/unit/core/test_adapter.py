"""What is no adapter, or none for this model, is refused in words before llama.cpp sees it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopchat.core.adapter import Adapter, AdapterFile, check_fit, check_kind, check_layers, read_adapter, read_base
from desktopchat.core.adapter_choices import AdapterChoice, adapted_name, applied, pack, unpack
from desktopchat.core.errors import AdapterError
from tests.adapter_maker import Array, directions, pairs, write_control_vector, write_lora
from tests.gguf_maker import Typed
from tests.tiny_models import EMBEDDING, FEED_FORWARD, VOCABULARY, write_tiny

NAME = "blk.0.attn_q.weight"
TOKENS = "token_embd.weight"


def part(*shape: int) -> Array:
    return np.ones(shape, "<f4")


def pair(a: Array, b: Array, name: str = NAME) -> dict[str, Array]:
    return {f"{name}.lora_a": a, f"{name}.lora_b": b}


def fit(path: Path, tmp_path: Path, **base: Any) -> AdapterFile:
    file = read_adapter(path)
    check_fit(file, read_base(write_tiny(tmp_path / "base.gguf", **base)))
    return file


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(AdapterError) as caught:
        work()
    assert caught.value.cure
    for sentence in (caught.value.cause, caught.value.cure):
        assert sentence.endswith(".")
        assert "\n" not in sentence
    return str(caught.value)


def test_a_lora_adapter_is_told_by_its_header(tmp_path: Path) -> None:
    file = fit(write_lora(tmp_path / "pirate.gguf", {**pairs(rank=3), "output_norm.weight": part(64)}), tmp_path)
    assert (file.kind, file.name, file.architecture, file.rank) == ("lora", "pirate", "llama", 3)
    assert "output_norm.weight" not in file.tensors


def test_a_control_vector_is_told_by_its_header(tmp_path: Path) -> None:
    file = fit(write_control_vector(tmp_path / "kind.gguf", directions()), tmp_path)
    assert (file.kind, file.name, file.architecture, file.rank) == ("control_vector", "kind", "", 0)


def test_what_is_no_adapter_is_named(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "model.gguf")
    assert "model.gguf is a model, not an adapter." in refusal(lambda: read_adapter(model))
    assert "missing.gguf does not exist." in refusal(lambda: read_adapter(tmp_path / "missing.gguf"))
    assert "is a folder, not an adapter." in refusal(lambda: read_adapter(tmp_path))
    assert "does not exist" in refusal(lambda: read_adapter(Path("a\0b")))
    (tmp_path / "text.gguf").write_text("I am no adapter.")
    assert "is not a GGUF model" in refusal(lambda: read_adapter(tmp_path / "text.gguf"))
    projector = write_lora(tmp_path / "clip.gguf", pairs(), **{"general.type": "mmproj"})
    assert "neither a LoRA adapter nor a control vector" in refusal(lambda: read_adapter(projector))
    cut = write_lora(tmp_path / "cut.gguf", pairs())
    cut.write_bytes(cut.read_bytes()[:-1000])
    assert "cut off" in refusal(lambda: read_adapter(cut))


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"adapter.type": "ia3"}, "“ia3”"),
        ({"adapter.type": None}, "“”"),
        ({"adapter.type": 3}, "“”"),
        ({"general.type": Typed("u32", 1)}, "is a model"),
        ({"alpha": 8}, "no sound adapter"),
        ({"alpha": Typed("f64", 8.0)}, "no sound adapter"),
        ({"alpha": float("nan")}, "no sound adapter"),
        ({"alpha": [8.0]}, "no sound adapter"),
        ({"adapter.alora.invocation_tokens": [1, 2]}, "activated LoRA"),
    ],
)
def test_what_llama_cpp_would_take_otherwise_is_refused(metadata: Mapping[str, Any], says: str, tmp_path: Path) -> None:
    assert says in refusal(lambda: read_adapter(write_lora(tmp_path / "lora.gguf", pairs(), **metadata)))


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({}, "nothing in it"),
        ({f"{NAME}.lora_a": part(4, 64)}, "not whole"),
        ({f"{NAME}.lora_b": part(64, 4)}, "not whole"),
        ({"blk.0.attn_q.weight": part(64, 64)}, "no sound adapter"),
        ({"lora_a": part(64, 64), "lora_b": part(64, 64)}, "no sound adapter"),
    ],
)
def test_parts_without_their_other_half_are_refused(parts: Mapping[str, Array], says: str, tmp_path: Path) -> None:
    assert says in refusal(lambda: read_adapter(write_lora(tmp_path / "lora.gguf", parts)))


@pytest.mark.parametrize(
    "parts",
    [
        pair(part(4, 63), part(64, 4)),
        pair(part(4, 64), part(65, 4)),
        pair(part(4, 64), part(64, 5)),
        pair(part(64, 4), part(4, 64)),
        pair(part(2, 4, 64), part(64, 4)),
        pair(part(2, 4, 64), part(2, 64, 4)),
        pair(part(4, EMBEDDING), part(VOCABULARY, 4), TOKENS),
        pair(part(VOCABULARY, 4), part(EMBEDDING, 3), TOKENS),
        pair(part(4, 64), part(1, 4), "output_norm.weight"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(parts: Mapping[str, Array], tmp_path: Path) -> None:
    path = write_lora(tmp_path / "lora.gguf", parts)
    assert "has another shape there" in refusal(lambda: fit(path, tmp_path))


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    foreign = write_lora(tmp_path / "foreign.gguf", pairs(), **{"general.architecture": "qwen2"})
    assert "qwen2, but base is of llama" in refusal(lambda: fit(foreign, tmp_path))
    deeper = write_lora(tmp_path / "deeper.gguf", pairs({"blk.9.attn_q.weight": (EMBEDDING, EMBEDDING)}))
    assert "blk.9.attn_q.weight, which base does not have" in refusal(lambda: fit(deeper, tmp_path))


def test_the_table_of_the_tokens_can_be_adapted_only_where_it_stands_alone(tmp_path: Path) -> None:
    path = write_lora(tmp_path / "lora.gguf", pair(part(VOCABULARY, 4), part(EMBEDDING, 4), TOKENS))
    fit(path, tmp_path)
    assert "which llama.cpp cannot do" in refusal(lambda: fit(path, tmp_path, without="output.weight"))


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"direction.0": part(64)}, "no sound adapter"),
        ({"direction.01": part(64)}, "no sound adapter"),
        ({"direction.-1": part(64)}, "no sound adapter"),
        ({"direction.one": part(64)}, "no sound adapter"),
        ({"direction.999999999999": part(64)}, "no sound adapter"),
        ({"direction.1": part(2, 64)}, "no sound adapter"),
        ({"direction.1": part(64).astype(np.float16)}, "type F16"),
        ({"direction.1": part(32)}, "32 numbers, not 64"),
        ({"direction.2": part(64)}, "layers 1 to 1"),
        ({}, "nothing in it"),
    ],
)
def test_a_control_vector_must_fit_too(parts: Mapping[str, Array], says: str, tmp_path: Path) -> None:
    path = write_control_vector(tmp_path / "vector.gguf", parts)
    assert says in refusal(lambda: fit(path, tmp_path))


def test_the_other_kind_is_not_taken(tmp_path: Path) -> None:
    lora = read_adapter(write_lora(tmp_path / "lora.gguf", pairs()))
    assert "is a LoRA adapter, not a control vector" in refusal(lambda: check_kind(lora, "control_vector"))
    check_kind(lora, "lora")


def test_of_a_model_in_parts_all_are_read(tmp_path: Path) -> None:
    first, second = (tmp_path / f"big-0000{number}-of-00002.gguf" for number in (1, 2))
    write_tiny(first, without="blk.1.ffn_down.weight", **{"split.no": 0, "split.count": 2})
    write_tiny(second, **{"split.no": 1, "split.count": 2})
    assert read_base(first).tensors["blk.1.ffn_down.weight"].shape == (FEED_FORWARD, EMBEDDING)


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), -float("inf"), 101, -1e30])
def test_an_impossible_scale_is_refused(scale: float) -> None:
    assert "from -100 to 100" in refusal(lambda: Adapter("/a.gguf", "lora", scale))


@pytest.mark.parametrize("layers", [(-1, 0), (0, -1), (5, 4)])
def test_impossible_layers_are_refused(layers: tuple[int, int], tmp_path: Path) -> None:
    assert "cannot work from layer" in refusal(lambda: Adapter("/a.gguf", "control_vector", 1, *layers))
    base = read_base(write_tiny(tmp_path / "base.gguf"))
    check_layers(Adapter("/a.gguf", "control_vector", 1, 1, 1), base)
    assert "layers 1 to 1" in refusal(lambda: check_layers(Adapter("/a.gguf", "control_vector", 1, 2), base))


def test_choices_are_remembered_as_they_were() -> None:
    choices = (
        AdapterChoice(Adapter("/models/pirate.gguf", "lora", 0.5)),
        AdapterChoice(Adapter("/models/kind.gguf", "control_vector", -2, 3, 9), on=False),
    )
    assert unpack(pack(choices)) == choices
    assert applied(choices) == (choices[0].adapter,)
    bad = [["/a", "lora", "1", 0, 0, True], ["/a", "lora", 1e9, 0, 0, True], ["/a", "ia3", 1, 0, 0, True], 5, None]
    assert unpack([*pack(choices), *bad]) == choices
    assert unpack({"no": "list"}) == ()


def test_a_model_is_called_by_its_adapters_too() -> None:
    adapters = (Adapter("/pirate.gguf", "lora"), Adapter("/off.gguf", "lora", 0), Adapter("/b.gguf", "lora", -0.25))
    assert adapted_name("SmolLM2", adapters) == "SmolLM2 + pirate + b×\N{MINUS SIGN}0.25"
    assert adapted_name("SmolLM2", ()) == "SmolLM2"
