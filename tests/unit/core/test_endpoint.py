"""Where the model hub is."""

import pytest

from desktopchat.core.endpoint import endpoint, endpoints, page_of, setting_with, setting_without
from desktopchat.core.errors import UserError


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("huggingface.co", "https://huggingface.co"),
        ("https://hf-mirror.com/", "https://hf-mirror.com"),
        ("https://mirror.example/hf/", "https://mirror.example/hf"),
        ("mirror.example/hf", "https://mirror.example/hf"),
        ("localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9"),
    ],
)
def test_endpoint(text: str, base: str) -> None:
    assert endpoint(text).base == base


@pytest.mark.parametrize("text", ["http://huggingface.co", "ftp://x.example", "https://user:pw@x.example", ""])
def test_no_endpoint(text: str) -> None:
    with pytest.raises(UserError):
        endpoint(text)


def test_the_first_is_asked() -> None:
    def bases(*given: str) -> list[str]:
        return [one.base for one in endpoints(*given)]

    assert bases("") == ["https://huggingface.co"]
    assert bases("a.example b.example a.example") == ["https://a.example", "https://b.example"]
    assert bases("a.example", "b.example") == ["https://b.example", "https://a.example"]
    assert bases("", "b.example") == ["https://b.example"]


def test_settings_are_changed() -> None:
    def added(setting: str, text: str) -> str:
        return setting_with(setting, endpoint(text))

    assert added("", "a.example") == "https://a.example"
    assert added("https://a.example", "b.example") == "https://b.example https://a.example"
    assert added("https://b.example https://a.example", "a.example") == "https://a.example https://b.example"
    assert added("https://a.example", "huggingface.co") == "https://huggingface.co https://a.example"
    assert added("", "huggingface.co") == ""
    assert setting_without("a.example b.example", endpoint("a.example")) == "https://b.example"
    assert setting_without("a.example", endpoint("a.example")) == ""
    assert setting_without("huggingface.co a.example", endpoint("a.example")) == ""


def test_page_of_a_repository() -> None:
    assert page_of(endpoint("huggingface.co"), "a/b") == "https://huggingface.co/a/b"
