"""What a person may type as the address of a server."""

import pytest

from desktopchat.core.address import Place, ServerAddress, is_address, is_loopback
from desktopchat.core.errors import UserError


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("localhost:8080", "http://localhost:8080/v1"),
        ("127.0.0.1:8080/", "http://127.0.0.1:8080/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/v1"),
        ("HTTP://LocalHost:8080/v1/", "http://localhost:8080/v1"),
        ("192.168.1.7:8080", "http://192.168.1.7:8080/v1"),
        ("gpu-box:8080", "http://gpu-box:8080/v1"),
        ("http://gpu.local", "http://gpu.local/v1"),
        ("http://100.64.0.3:80", "http://100.64.0.3/v1"),
        ("api.example.com", "https://api.example.com/v1"),
        (" https://api.example.com:443/v1/chat/completions ", "https://api.example.com/v1"),
        ("https://example.com/openai/v1", "https://example.com/openai/v1"),
        ("https://example.com/v1#meta/llama-3 8b", "https://example.com/v1#meta/llama-3%208b"),
        ("localhost:8080#a#b", "http://localhost:8080/v1#a%23b"),
    ],
)
def test_an_address_is_completed(typed: str, whole: str) -> None:
    address = ServerAddress.parse(typed)
    assert str(address) == whole
    assert ServerAddress.parse(whole) == address
    assert is_address(whole)


@pytest.mark.parametrize(
    "typed", ["", "   ", "http://", "ftp://x", "http://a b", "http://x:99999", "http://[::1", "x" * 3000, "https://#m"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="is not the address of a server"):
        ServerAddress.parse(typed)


@pytest.mark.parametrize("typed", ["http://me:key@localhost", "http://key@localhost", "https://x.com/v1?key=1"])
def test_an_address_holds_no_secrets(typed: str) -> None:
    with pytest.raises(UserError, match="holds no name, no key"):
        ServerAddress.parse(typed)


@pytest.mark.parametrize("typed", ["http://api.example.com", "http://8.8.8.8:8080"])
def test_nothing_goes_to_the_internet_unencrypted(typed: str) -> None:
    with pytest.raises(UserError, match="everyone could read"):
        ServerAddress.parse(typed)


@pytest.mark.parametrize(
    ("typed", "place", "is_open"),
    [
        ("http://localhost:8080", Place.BESIDE, False),
        ("http://127.8.9.1", Place.BESIDE, False),
        ("http://[::1]", Place.BESIDE, False),
        ("http://192.168.1.7", Place.AWAY, True),
        ("https://192.168.1.7", Place.AWAY, False),
        ("https://localhost.example.com", Place.AWAY, False),
        ("https://127.0.0.1.example.com", Place.AWAY, False),
    ],
)
def test_an_address_tells_whether_words_leave_the_machine(typed: str, place: Place, is_open: bool) -> None:
    address = ServerAddress.parse(typed)
    assert (address.place, address.is_open) == (place, is_open)


def test_names_that_only_look_like_this_machine() -> None:
    assert not any(map(is_loopback, ["localhost.com", "128.0.0.1", "", "mylocalhost", "0.0.0.0"]))
