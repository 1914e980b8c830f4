from pathlib import Path
from typing import Any

import pytest

from desktopchat.core.errors import ModelFileError
from desktopchat.library.folder import inspect
from desktopchat.library.projector import inspect_projector
from desktopchat.library.shelf import Library
from tests.tiny_models import EMBEDDING, write_tiny
from tests.tiny_projectors import write_projector


def paired(model: Path) -> str:
    return Path(inspect(model).projector).name


def test_a_projector_is_no_model_and_belongs_to_the_one_beside_it(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "tiny-vl-Q4_K_M.gguf")
    write_projector(tmp_path / "mmproj-F16.gguf")
    models = Library(tmp_path, tmp_path / "library.json", tmp_path / "headers.json").models()
    assert [one.name for one in models] == ["tiny-vl-Q4_K_M"]
    assert paired(model) == "mmproj-F16.gguf"
    with pytest.raises(ModelFileError, match="image projector"):
        inspect(tmp_path / "mmproj-F16.gguf")


@pytest.mark.parametrize("kind", ["mlp", "gemma3", "idefics3", "qwen2vl_merger"])
def test_the_length_of_the_vectors_decides_even_where_the_header_is_wrong(tmp_path: Path, kind: str) -> None:
    path = write_projector(tmp_path / "mmproj.gguf", kind, **{"clip.vision.projection_dim": 768})
    assert inspect_projector(path).may_fit(EMBEDDING)
    assert not inspect_projector(path).may_fit(96)


def test_one_for_another_model_is_not_taken(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "tiny.gguf")
    write_projector(tmp_path / "mmproj-F16.gguf", embedding=96)
    assert paired(model) == ""
    assert inspect(model).remarks == ()


def test_among_many_models_the_name_decides(tmp_path: Path) -> None:
    cat, dog = write_tiny(tmp_path / "cat-7b-Q4_K_M.gguf"), write_tiny(tmp_path / "dog-7b-q8_0.gguf")
    other = write_tiny(tmp_path / "bird.gguf")
    write_projector(tmp_path / "mmproj-cat-7b-f16.gguf")
    write_projector(tmp_path / "dog-7b-mmproj-f32.gguf")
    assert paired(cat) == "mmproj-cat-7b-f16.gguf"
    assert paired(dog) == "dog-7b-mmproj-f32.gguf"
    assert paired(other) == ""


def test_of_one_projector_in_several_types_the_half_precise_is_taken(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "tiny.gguf")
    for label in ("F32", "BF16", "F16"):
        write_projector(tmp_path / f"mmproj-{label}.gguf")
    assert paired(model) == "mmproj-F16.gguf"


def test_two_that_may_fit_are_told_and_none_is_taken(tmp_path: Path) -> None:
    model = write_tiny(tmp_path / "tiny.gguf")
    write_projector(tmp_path / "mmproj-one.gguf")
    write_projector(tmp_path / "mmproj-two.gguf")
    file = inspect(model)
    assert file.projector == ""
    assert file.remarks == ("There are several projectors for tiny: mmproj-one, mmproj-two.",)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"general.architecture": "llama"}, "is no projector"),
        ({"clip.has_vision_encoder": False}, "is not for pictures"),
        ({"clip.has_vision_encoder": None}, "is not for pictures"),
        ({"clip.vision.attention.head_count": 0}, "its attention.head_count is 0"),
        ({"clip.vision.patch_size": None}, "its patch_size is None"),
        ({"clip.vision.patch_size": True}, "its patch_size is True"),
        ({"clip.vision.image_size": 1 << 30}, "its image_size is 1073741824"),
        ({"clip.vision.block_count": "many"}, "its block_count is many"),
    ],
)
def test_a_header_that_would_hurt_is_refused(tmp_path: Path, metadata: dict[str, Any], words: str) -> None:
    path = write_projector(tmp_path / "mmproj.gguf", **metadata)
    with pytest.raises(ModelFileError) as refused:
        inspect_projector(path)
    assert words in refused.value.cause
    assert refused.value.cure
    assert paired(write_tiny(tmp_path / "tiny.gguf")) == ""
