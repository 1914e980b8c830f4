"""A look for updates: asked only when somebody wants to, over a real connection, believed when it is signed."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from update_server import UpdateServer, told

from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import AbandonedError, NetworkError, UpdateError
from desktopchat.core.secret import Secret
from desktopchat.network.connection import Connection
from desktopchat.network.ledger import Ledger
from desktopchat.network.updates import UpdateCheck


@pytest.fixture
def server() -> Iterator[UpdateServer]:
    with UpdateServer() as made:
        yield made


@pytest.fixture
def check(server: UpdateServer, tmp_path: Path) -> Callable[..., UpdateCheck]:
    """Makes a look, by 1.0.0 on linux-x86_64."""

    def make(address: str = "", *, keys: tuple[str, ...] = (), offline: bool = False) -> UpdateCheck:
        def connect(to: ServerAddress, key: Secret | None) -> Connection:
            return Connection(to, Ledger(tmp_path / "connections.jsonl"), key, is_offline=lambda: offline)

        return UpdateCheck(address or server.address, connect, "1.0.0", "linux-x86_64", keys or (server.maker,))

    return make


def test_a_newer_version_is_named_with_all_that_one_needs(
    server: UpdateServer, check: Callable[..., UpdateCheck], tmp_path: Path
) -> None:
    offer = check().run()
    assert offer.is_newer
    assert str(offer.sentence) == "desktopchat 1.1.0 of 2026-11-27 is there; this is 1.0.0."
    (file,) = offer.files
    assert (file.name, file.size) == ("desktopchat_1.1.0_amd64.deb", 56_123_456)
    assert file.address == "https://example.com/desktopchat_1.1.0_amd64.deb"
    assert offer.release.news_in("zh_CN") == ("可以查找新版本。",)
    assert offer.release.news_in("fr") == ("It looks for updates.",)
    assert server.asked == ["/desktopchat.update"]
    begun, ended = map(json.loads, (tmp_path / "connections.jsonl").read_text().splitlines())
    assert (begun["purpose"], begun["to"]) == ("look for updates", server.origin)
    assert ended["outcome"] == "200"


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("1.0.0", "This is desktopchat 1.0.0, the newest version."),
        ("1.0", "This is desktopchat 1.0.0, the newest version."),
        ("0.9.12", "This is desktopchat 1.0.0, newer than 0.9.12 of 2026-11-27, the newest one that was announced."),
    ],
)
def test_what_is_not_newer_offers_nothing(
    server: UpdateServer, check: Callable[..., UpdateCheck], version: str, words: str
) -> None:
    server.body = server.signed(told(version))
    offer = check().run()
    assert str(offer.sentence) == words
    assert not offer.is_newer
    assert offer.files == ()


def test_numbers_are_compared_and_not_letters(server: UpdateServer, check: Callable[..., UpdateCheck]) -> None:
    server.body = server.signed(told("1.0.10"))
    assert check().run().is_newer


def test_another_system_has_to_wait(server: UpdateServer, check: Callable[..., UpdateCheck]) -> None:
    server.body = server.signed(told(system="darwin-arm64"))
    offer = check().run()
    assert offer.files == ()
    assert "not for this system, linux-x86_64; this is 1.0.0." in offer.sentence


def test_nothing_unsigned_is_believed(server: UpdateServer, check: Callable[..., UpdateCheck]) -> None:
    good = server.body
    first, _, rest = good.partition(b"\n")
    for body in (rest, b"", b"<html>", first[:60] + b"\n" + rest, b"desktopchat-update 2" + good[20:]):
        server.body = body
        with pytest.raises(UpdateError, match="is not signed, so nothing of it is believed"):
            check().run()


def test_a_signature_of_others_or_of_another_text_is_not_believed(
    server: UpdateServer, check: Callable[..., UpdateCheck]
) -> None:
    good = server.body
    changed = [good.replace(b"1.1.0", b"9.9.9"), good + b" ", good.replace(b"example.com", b"example.org")]
    with UpdateServer() as stranger:
        changed.append(stranger.body)
        for body in changed:
            server.body = body
            with pytest.raises(UpdateError, match="was not signed by the makers of desktopchat, or was changed"):
                check().run()
        server.body = good
        assert check(keys=(stranger.maker, server.maker)).run().is_newer  # a new key before the old one goes


def wrong(**changes: object) -> dict[str, object]:
    return {**told(), **changes}


@pytest.mark.parametrize(
    "what",
    [
        wrong(version="1.0-beta"),
        wrong(version=2),
        wrong(day="tomorrow"),
        wrong(news={"de": ["Neu."]}),
        wrong(news={"en": ["a\x1b[2Jb"]}),
        wrong(news={"en": ["x"] * 21}),
        wrong(news=["x"]),
        wrong(files=[]),
        wrong(files=[{**told()["files"][0], "address": "http://example.com/x"}]),
        wrong(files=[{**told()["files"][0], "name": "../x"}]),
        wrong(files=[{**told()["files"][0], "size": True}]),
        wrong(files=[{**told()["files"][0], "sha256": "0" * 63}]),
        {"version": "1.1.0"},
    ],
)
def test_what_makes_no_sense_is_told(
    server: UpdateServer, check: Callable[..., UpdateCheck], what: dict[str, object]
) -> None:
    server.body = server.signed(what)
    with pytest.raises(UpdateError, match="cannot be read by this version") as raised:
        check().run()
    assert raised.value.details


def test_what_is_no_json_is_told(server: UpdateServer, check: Callable[..., UpdateCheck]) -> None:
    server.body = server.signed({"x": "y" * (300 << 10)})
    with pytest.raises(NetworkError, match="sent more than any answer has"):
        check().run()


def test_a_place_without_a_list_is_told(server: UpdateServer, check: Callable[..., UpdateCheck]) -> None:
    server.status = 404
    with pytest.raises(UpdateError, match="has no list of versions at that address: it answered 404"):
        check().run()


def test_offline_asks_nobody(server: UpdateServer, check: Callable[..., UpdateCheck], tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="set to be offline"):
        check(offline=True).run()
    assert server.asked == []
    assert not (tmp_path / "connections.jsonl").exists()


def test_without_an_address_nobody_is_asked(check: Callable[..., UpdateCheck]) -> None:
    with pytest.raises(UpdateError, match="does not know where new versions are announced"):
        UpdateCheck("", lambda *_: pytest.fail("asked"), "1.0.0", "linux-x86_64", ())


def test_it_is_sent_on_to_another_server(server: UpdateServer, check: Callable[..., UpdateCheck]) -> None:
    with UpdateServer() as other:
        server.location = f"{other.origin}/elsewhere"
        other.body = server.body
        assert check().run().is_newer
        assert other.asked == ["/elsewhere"]


def test_a_look_is_abandoned_at_once(server: UpdateServer, check: Callable[..., UpdateCheck]) -> None:
    server.held = threading.Event()
    look = check()
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            look.run()
        except AbandonedError as error:
            ended.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert server.reached.wait(10)
    look.abandon()
    thread.join(5)
    assert not thread.is_alive()
    assert ended
