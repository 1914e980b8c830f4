import pytest

from desktopchat.core.hub_link import linked_repository


@pytest.mark.parametrize(
    "text",
    [
        "hf.co/acme/tiny-GGUF",
        " https://huggingface.co/acme/tiny-GGUF\n",
        "https://huggingface.co/acme/tiny-GGUF/blob/main/tiny-Q4_K_M.gguf?download=true",
        "http://HF.co/acme/tiny-GGUF#files",
        "hf.co/acme/tiny-GGUF:Q4_K_M",
    ],
)
def test_link(text: str) -> None:
    assert linked_repository(text) == "acme/tiny-GGUF"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme/tiny-GGUF",
        "see hf.co/acme/tiny-GGUF",
        "hf.co/acme/tiny-GGUF and more",
        "hf.co/acme",
        "hf.co/datasets/texts",
        "hf.co/../secret",
        "hf.co/acme/../..",
        "https://evil.example/huggingface.co/acme/tiny",
        "https://huggingface.co.evil.example/acme/tiny",
        "hf.co/acme/" + "x" * 1000,
    ],
)
def test_no_link(text: str) -> None:
    assert linked_repository(text) == ""
