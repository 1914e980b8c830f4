"""Names of a model hub."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.errors import UserError
from desktopchat.core.hub import HubModel, HubRepo
from desktopchat.core.hub_file import HubFile
from desktopchat.core.hub_names import arranged, is_safe, kind_of, quant_of, repository, usual, variant_called


def file(path: str, size: int = 10) -> HubFile:
    return HubFile("a/b", "0" * 40, path, size, "")


def repo(*paths: str) -> HubRepo:
    variants, projectors, others = arranged(file(path, place) for place, path in enumerate(paths, 1))
    return HubRepo(HubModel("a/b"), "0" * 40, variants, projectors, others)


@pytest.mark.parametrize(
    ("path", "quant"),
    [
        ("Qwen3-4B-Q4_K_M.gguf", "Q4_K_M"),
        ("qwen2.5-coder-7b-instruct-q4_k_m.gguf", "Q4_K_M"),
        ("gpt2.Q8_0.gguf", "Q8_0"),
        ("model-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("model-IQ3_XXS.gguf", "IQ3_XXS"),
        ("model.TQ1_0.gguf", "TQ1_0"),
        ("Phi-3-mini-4k-instruct-fp16.gguf", "F16"),
        ("Phi-3-mini-4k-instruct-q4.gguf", "Q4"),
        ("BF16/model-BF16-00001-of-00003.gguf", "BF16"),
        ("Q6_K/model-00001-of-00003.gguf", "Q6_K"),
        ("Q4_0/model-Q8_0.gguf", "Q8_0"),
        ("llama-3.2-1b-instruct.gguf", ""),
        ("SQ8_0ish.gguf", ""),
    ],
)
def test_quant_is_read_from_the_name(path: str, quant: str) -> None:
    assert quant_of(path) == quant


def test_kinds_are_told_apart() -> None:
    kinds = {
        "mmproj-model-f16.gguf": "projector",
        "model.imatrix.gguf": "imatrix",
        "style-lora-f16.gguf": "adapter",
        "exploration-Q4_0.gguf": "model",
        "mmproj/model-Q4_0.gguf": "model",
    }
    assert {path: kind_of(path) for path in kinds} == kinds


def test_parts_are_one_variant() -> None:
    found = repo("m-Q4_0-00002-of-00002.gguf", "m-Q4_0-00001-of-00002.gguf", "m-Q8_0-00001-of-00003.gguf").variants
    assert [(one.name, one.size, one.missing) for one in found] == [("m-Q4_0", 3, 0), ("m-Q8_0", 3, 2)]
    assert [part.path[-10:-5] for part in found[0].files] == ["-00002"[1:], "-00002"[1:]]
    assert [part.path for part in found[0].files] == ["m-Q4_0-00001-of-00002.gguf", "m-Q4_0-00002-of-00002.gguf"]


@pytest.mark.parametrize("name", ["m-00003-of-00002", "m-00000-of-00002", "m-00001-of-99999", "m-1-of-2"])
def test_numbers_that_are_no_parts_belong_to_the_name(name: str) -> None:
    (found,) = repo(f"{name}.gguf").variants
    assert (found.name, found.missing) == (name, 0)


def test_projector_comes_along() -> None:
    found = repo("m-Q4_K_M.gguf", "mmproj-BF16.gguf", "mmproj-F16.gguf")
    assert [one.path for one in found.to_download(found.variants[0])] == ["m-Q4_K_M.gguf", "mmproj-F16.gguf"]


def test_usual_choice() -> None:
    assert usual(repo("m-Q8_0.gguf", "m-Q4_K_M.gguf", "m-Q2_K.gguf")).quant == "Q4_K_M"  # type: ignore[union-attr]
    assert usual(repo("m-F32.gguf")).quant == "F32"  # type: ignore[union-attr]
    assert usual(repo("m-Q4_K_M-00001-of-00002.gguf")) is None


def test_variant_is_found_by_its_quant_or_name() -> None:
    found = repo("m-Q8_0.gguf", "sub/n-Q8_0.gguf")
    for wanted, name in (("q8_0", "m-Q8_0"), ("N-Q8_0.gguf", "sub/n-Q8_0"), ("sub/n-q8_0", "sub/n-Q8_0")):
        assert variant_called(found, wanted).name == name  # type: ignore[union-attr]
    assert variant_called(found, "Q4_0") is None


@pytest.mark.parametrize(
    "path", ["a.gguf", "Q4/a b (1)+x.gguf", "a/b/c.gguf", "模型-Q4_0.gguf", "a..b.gguf", "console.gguf"]
)
def test_good_names_are_safe(path: str) -> None:
    assert is_safe(path)


@pytest.mark.parametrize(
    "path",
    [
        *("", "a//b", "../a", "a/..", "/a", "C:a", "a\\b", "con", "Com1.gguf", "aux.x.y", "-a", ".a", "a.", "a ", " a"),
        *("a/b/c/d", "a\u202eb", "a\0", "a\n", "a" * 151, "a*b", "a?b", "a|b", "~a", "a$b", "a`b", "a;b"),
    ],
)
def test_bad_names_are_not(path: str) -> None:
    assert not is_safe(path)


@given(st.text(max_size=60))
def test_any_name_is_read_without_trouble(path: str) -> None:
    variants, projectors, others = arranged([file(path)])
    assert len(variants) + len(projectors) + len(others) == 1
    if is_safe(path):
        assert ".." not in path.split("/")


@pytest.mark.parametrize("text", ["a/b", " https://huggingface.co/a/b ", "hf.co/a/b/", "A1/b-c_d.e"])
def test_repository_is_read(text: str) -> None:
    assert repository(text).count("/") == 1


@pytest.mark.parametrize(
    "text", ["", "a", "a/b/c", "a/..", "../b", "a b/c", "https://evil.example/a/b", "a/b.git", "ä/b"]
)
def test_no_repository_is_told(text: str) -> None:
    with pytest.raises(UserError, match="owner/name"):
        repository(text)
