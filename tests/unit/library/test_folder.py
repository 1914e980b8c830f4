import os
from dataclasses import replace
from pathlib import Path

import pytest

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import LocalModel
from desktopchat.core.modelfile import ModelFile
from desktopchat.library.folder import inspect
from desktopchat.library.shelf import Library
from tests.gguf_maker import METADATA, TENSORS, Typed, gguf, write_gguf


def library_of(folder: Path) -> Library:
    return Library(folder, folder / "library.json", folder / "headers.json", folder / "home")


def list_models(folder: Path) -> list[LocalModel]:
    return [model for model in library_of(folder).models() if model.answers and not model.facts.trouble]


def find_model(wanted: Path | str, folder: Path) -> ModelFile:
    return library_of(folder).find(wanted)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_gguf(tmp_path / "Beta-7B.Q4_1.gguf")
    write_gguf(tmp_path / "sub" / "alpha.gguf")
    write_gguf(tmp_path / "beta-1b.GGUF")
    (tmp_path / "alpha-damaged.gguf").write_bytes(gguf()[:200])
    (tmp_path / "gamma.gguf.part").write_bytes(gguf())
    (tmp_path / "readme.txt").write_text("x")
    return tmp_path


def test_inspect_tells_what_the_header_says(tmp_path: Path):
    path = write_gguf(tmp_path / "model.Q4_K_M.gguf", file_type=15)
    found = inspect(path)
    assert found.shape is not None
    assert len(found.shape.blocks) == 2
    assert replace(found, shape=None) == ModelFile(
        path=str(path),
        name="model.Q4_K_M",
        size=path.stat().st_size,
        architecture="llama",
        quant="Q4_K_M",
        n_ctx_train=2048,
        n_layer=2,
        chat_template="{{ messages }}",
    )


def test_inspect_makes_the_path_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder / "sub")
    assert inspect("alpha.gguf").path == str(folder / "sub" / "alpha.gguf")


def test_header_that_says_little(tmp_path: Path):
    path = tmp_path / "a.gguf"
    path.write_bytes(gguf({"general.architecture": "gpt2"}))
    model = inspect(path)
    assert (model.quant, model.n_ctx_train, model.n_layer, model.chat_template) == ("", 0, 0, "")


@pytest.mark.parametrize(
    ("metadata", "cause"),
    [
        ({"general.type": "adapter"}, "a.gguf is not a model of its own, but of the kind adapter."),
        (
            {"general.architecture": "controlvector"},
            "a.gguf is not a model of its own, but of the kind control vector.",
        ),
        ({"general.architecture": "clip"}, "a.gguf is not a model of its own, but of the kind image projector."),
        (
            {"split.no": Typed("u16", 1), "split.count": Typed("u16", 3)},
            "a.gguf is part 2 of a model in 3 parts.",
        ),
        ({"general.architecture": ""}, "a.gguf has no model in it."),
    ],
)
def test_gguf_that_is_no_model(tmp_path: Path, metadata: dict[str, object], cause: str):
    path = tmp_path / "a.gguf"
    path.write_bytes(gguf({**METADATA, **metadata}))
    with pytest.raises(ModelFileError) as caught:
        inspect(path)
    assert caught.value.cause == cause
    assert list_models(tmp_path) == []


def test_vocabulary_alone_is_no_model(tmp_path: Path):
    (tmp_path / "a.gguf").write_bytes(gguf(tensors=[]))
    with pytest.raises(ModelFileError, match="has no model in it"):
        inspect(tmp_path / "a.gguf")
    (tmp_path / "a.gguf").write_bytes(gguf(tensors=TENSORS))
    assert inspect(tmp_path / "a.gguf").name == "a"


def test_list_leaves_out_what_is_no_sound_model(folder: Path):
    assert [model.name for model in list_models(folder)] == ["alpha", "beta-1b", "Beta-7B.Q4_1"]


def test_list_of_a_folder_that_is_not_there(tmp_path: Path):
    assert list_models(tmp_path / "none") == []


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_circle_of_links_ends(folder: Path):
    (folder / "sub" / "up").symlink_to(folder)
    assert len(list_models(folder)) == 3


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("alpha", "alpha"),
        ("ALPHA.GGUF", "alpha"),
        ("beta-7b", "Beta-7B.Q4_1"),
        ("Beta-7B.Q4_1.gguf", "Beta-7B.Q4_1"),
        ("beta-1", "beta-1b"),
        ("al", "alpha"),  # the other one is damaged
    ],
)
def test_find_by_name(folder: Path, wanted: str, name: str):
    assert find_model(wanted, folder).name == name


def test_find_by_path(folder: Path, tmp_path: Path):
    assert find_model(folder / "sub" / "alpha.gguf", tmp_path / "none").name == "alpha"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("delta", "There is no model called delta. Choose one of Beta-7B.Q4_1, alpha, alpha-damaged, beta-1b."),
        ("alpha-damaged", "alpha-damaged.gguf is cut off or damaged"),
        ("sub/delta.gguf", "delta.gguf does not exist."),
    ],
)
def test_not_found(folder: Path, wanted: str, told: str):
    with pytest.raises(ModelFileError) as caught:
        find_model(wanted, folder)
    assert told in str(caught.value)


def test_ambiguous_name_lists_the_files(folder: Path):
    with pytest.raises(ModelFileError) as caught:
        find_model("beta", folder)
    assert caught.value.cause == "beta fits more than one model."
    assert str(folder / "beta-1b.GGUF") in caught.value.cure
    assert str(folder / "Beta-7B.Q4_1.gguf") in caught.value.cure


def test_empty_folder_says_where_to_put_a_model(tmp_path: Path):
    with pytest.raises(ModelFileError, match=r"Put a \.gguf file into"):
        find_model("x", tmp_path)
