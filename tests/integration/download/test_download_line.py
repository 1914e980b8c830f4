"""One file is fetched over a line and from a hub that do everything wrong."""

import contextlib
import json
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from desktopchat.core.download import DownloadState
from desktopchat.core.errors import (
    AbandonedError,
    DownloadError,
    GatedError,
    HubError,
    HubTokenError,
    LineError,
    NetworkError,
    PassingNetworkError,
    UserError,
)
from desktopchat.core.hub_file import HubFile
from desktopchat.library.part import Record, part_of
from desktopchat.network.fetching import Fetcher
from tests.download_rig import CONTENT, NAME, Rig
from tests.file_server import TOKEN, FileServer


def test_file_arrives_and_says_where_it_comes_from(rig: Rig, file: HubFile) -> None:
    made = rig.fetch(file)
    assert rig.holds(file)
    assert (made.done, made.fetched) == (len(CONTENT), len(CONTENT))
    assert Record.of(rig.target(file)) == Record(file, '"the-file"')
    assert [state for state, _ in rig.states] == [DownloadState.VERIFYING, DownloadState.DONE]
    assert rig.target(file).stat().st_mode & 0o777 == 0o600


def test_token_reaches_the_hub_alone(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.gated.add(file.repo)
    rig.fetch(file, token=TOKEN)
    assert [one.headers.get("authorization") for one in server.asked["hub"]] == [f"Bearer {TOKEN}"]
    assert server.asked["cdn"]
    assert not any(TOKEN in str(one) for one in server.asked["cdn"])
    assert TOKEN not in rig.ledger_file.read_text()


def test_token_stays_at_home_when_the_hub_sends_to_a_third_server(rig: Rig, server: FileServer, file: HubFile) -> None:
    with FileServer() as third:
        third.add(NAME, CONTENT)
        server.fail("hub", headers={"Location": f"{third.url}/{file.repo}/resolve/main/{NAME}"})
        rig.fetch(file, token=TOKEN)
        assert rig.holds(file)
        assert not any(TOKEN in str(one) for who in third.asked.values() for one in who)
        assert third.asked["hub"]


def test_each_hop_stands_in_the_ledger_without_the_signature(rig: Rig, server: FileServer, file: HubFile) -> None:
    rig.fetch(file)
    asked = [entry for line in rig.ledger_file.read_text().splitlines() if "request" in (entry := json.loads(line))]
    assert [(one["to"], one["purpose"]) for one in asked] == [
        (server.url, "download a model"),
        (server.cdn_url, "download a model"),
    ]
    assert "signature" not in rig.ledger_file.read_text()


@pytest.mark.parametrize("how", [{"reset": True}, {}], ids=["reset", "closed"])
def test_dropped_connection_goes_on_where_it_was(rig: Rig, server: FileServer, file: HubFile, how: Any) -> None:
    for _ in range(4):
        server.fail("cdn", drop_after=1_100_000, **how)
    made = rig.fetch(file)
    assert rig.holds(file)
    assert made.fetched == len(CONTENT)
    assert len(server.asked["cdn"]) == 5
    assert all(one.headers["if-range"] == '"the-file"' for one in server.asked["cdn"][1:])


def test_ignored_range_costs_the_line_but_no_byte_on_the_disk(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", drop_after=3_000_000)
    server.fail("cdn", drop_after=1_000_000, ignores_range=True)  # less than is there
    server.fail("cdn", ignores_range=True)
    made = rig.fetch(file)
    assert rig.holds(file)
    assert made.fetched == 3_000_000 + 1_000_000 + len(CONTENT)


@pytest.mark.parametrize(
    "how",
    [
        {"status": 416},
        {"status": 416, "headers": {"Content-Range": f"bytes */{len(CONTENT)}"}},
        {"begins_at": 17},
        {"headers": {"Content-Range": "nonsense"}},
    ],
    ids=["416", "416 with length", "another range", "nonsense"],
)
def test_range_that_is_not_understood_is_not_asked_for_again(
    rig: Rig, server: FileServer, file: HubFile, how: Any
) -> None:
    server.fail("cdn", drop_after=2_000_000)
    server.fail("cdn", **how)
    rig.fetch(file)
    assert rig.holds(file)
    assert rig.asked_ranges() == ["", "bytes=2000000-", ""]


def test_file_without_a_told_length_arrives(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", chunked=True)
    rig.fetch(file)
    assert rig.holds(file)


def test_silent_server_is_left(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", stall_after=2_000_000)
    rig.fetch(file, silence=0.2)
    assert rig.holds(file)
    assert any("fell silent" in reason for state, reason in rig.states if state is DownloadState.WAITING)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("who", ["hub", "cdn"])
def test_trouble_of_the_server_passes(rig: Rig, server: FileServer, file: HubFile, who: Any, status: int) -> None:
    server.fail(who, status=status, times=2)
    rig.fetch(file)
    assert rig.holds(file)
    assert any(str(status) in reason for _, reason in rig.states)


def test_busy_server_is_given_the_time_that_it_wants_up_to_a_limit(
    rig: Rig, server: FileServer, file: HubFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(Fetcher, "pause", lambda _fetcher, seconds: waited.append(seconds))
    server.fail("hub", status=429, headers={"Retry-After": "7"})
    server.fail("hub", status=429, headers={"Retry-After": "3600"})
    server.fail("cdn", status=503, headers={"Retry-After": "9"})
    rig.fetch(file)
    assert rig.holds(file)
    assert waited == [7, 60, 9]
    assert any("takes no more questions" in reason for _, reason in rig.states)


def test_signed_link_that_has_expired_is_renewed(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", drop_after=2_000_000)
    server.fail("cdn", status=403)
    rig.fetch(file)
    assert rig.holds(file)
    assert len({one.path for one in server.asked["cdn"]}) == 3  # never the same link twice
    assert any("has expired" in reason for _, reason in rig.states)


@pytest.mark.parametrize("status", [401, 403])
def test_gated_repository_says_where_to_accept(rig: Rig, server: FileServer, file: HubFile, status: int) -> None:
    server.gated.add(file.repo)
    with pytest.raises(GatedError) as caught:
        rig.fetch(file, token="hf_of_somebody_else" if status == 403 else "")
    assert caught.value.page.endswith(file.repo)
    assert not rig.target(file).exists()


@pytest.mark.parametrize(
    ("status", "headers", "kind", "words"),
    [
        (401, {"X-Error-Message": "Invalid credentials"}, HubTokenError, "token"),
        (404, {"X-Error-Code": "EntryNotFound"}, HubError, "does not have this file"),
        (404, {"X-Error-Code": "RepoNotFound"}, HubError, "no repository"),
        (403, {}, HubError, "refuses"),
        (410, {}, HubError, "taken"),
        (204, {}, HubError, "204"),
        (418, {}, HubError, "418"),
    ],
)
def test_refusal_of_the_hub_has_its_sentence_and_is_final(
    rig: Rig, server: FileServer, file: HubFile, status: int, headers: Any, kind: type[Exception], words: str
) -> None:
    server.fail("hub", status=status, headers=headers)
    with pytest.raises(kind, match=words):
        rig.fetch(file)
    assert len(server.asked["hub"]) == 1


def test_part_survives_a_refusal(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", drop_after=2_000_000)
    server.fail("hub")
    server.fail("hub", status=404, headers={"X-Error-Code": "EntryNotFound"})
    with pytest.raises(HubError):
        rig.fetch(file)
    assert part_of(rig.target(file)).stat().st_size == 2_000_000
    made = rig.fetch(file)
    assert rig.holds(file)
    assert made.fetched == len(CONTENT) - 2_000_000


def test_dead_line_is_given_up_and_what_came_is_kept(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", drop_after=2_000_000)
    server.fail("cdn", drop_after=0, times=100)
    with pytest.raises(LineError, match="2 MB of 5 MB are here"):
        rig.fetch(file)
    assert len(server.asked["cdn"]) == 1 + 6
    assert part_of(rig.target(file)).stat().st_size == 2_000_000


def test_hub_that_is_not_there_is_told(rig: Rig, server: FileServer, file: HubFile) -> None:
    made = rig.make(file)
    server.close()
    with pytest.raises(LineError, match="No server answers"):
        made.run()


def test_next_mirror_is_asked_when_a_hub_cannot_be_reached(rig: Rig, server: FileServer, file: HubFile) -> None:
    with FileServer() as mirror:
        mirror.add(NAME, CONTENT)
        # What came from the first one is not fetched again, whatever the second calls it.
        server.fail("cdn", drop_after=2_000_000)
        server.fail("cdn", times=100, status=503)
        made = rig.make(file, TOKEN, mirrors=[mirror])
        made.run()
        assert rig.holds(file)
        assert mirror.sent == len(CONTENT) - 2_000_000
        assert "authorization" in server.asked["hub"][0].headers
        assert all("authorization" not in asked.headers for asked in (*mirror.asked["hub"], *mirror.asked["cdn"]))
        assert len(server.asked["hub"]) == 1 + 2


def test_mirror_that_has_not_the_file_is_passed_over(rig: Rig, server: FileServer, file: HubFile) -> None:
    with FileServer() as empty, FileServer() as mirror:
        mirror.add(NAME, CONTENT)
        server.fail("hub", times=100, status=503)
        rig.make(file, mirrors=[empty, mirror]).run()
        assert rig.holds(file)
        with pytest.raises(PassingNetworkError, match=r"trouble|503"):
            rig.make(server.add("other.gguf", CONTENT), mirrors=[empty]).run()


def test_mirror_with_other_content_is_found_out(rig: Rig, server: FileServer, file: HubFile) -> None:
    with FileServer() as mirror:
        mirror.add(NAME, CONTENT[::-1])
        server.fail("hub", times=100, status=503)
        with pytest.raises(DownloadError, match="damaged or was changed"):
            rig.make(file, mirrors=[mirror]).run()
        assert not rig.target(file).exists()


def test_mirror_is_not_asked_for_what_has_no_hash(rig: Rig, server: FileServer, file: HubFile) -> None:
    with FileServer() as mirror:
        server.fail("hub", times=100, status=503)
        with pytest.raises(NetworkError):
            rig.make(replace(file, sha256=""), mirrors=[mirror]).run()
    assert not mirror.asked["hub"]


@pytest.mark.parametrize(
    "how",
    [{"length": len(CONTENT) - 5}, {"length": len(CONTENT) + 5}],
    ids=["shorter", "longer"],
)
def test_other_size_than_the_hub_says_is_told_before_anything_is_written(
    rig: Rig, server: FileServer, file: HubFile, how: Any
) -> None:
    server.fail("cdn", **how)
    with pytest.raises(DownloadError, match="should have 5,020,000 bytes"):
        rig.fetch(file)
    assert part_of(rig.target(file)).stat().st_size == 0


def test_file_that_does_not_end_is_cut_at_its_size(rig: Rig, server: FileServer) -> None:
    whole = server.add(NAME, CONTENT)
    file = replace(whole, size=3_000_000)
    server.fail("cdn", chunked=True)
    with pytest.raises(DownloadError, match="should have 3,000,000 bytes"):
        rig.fetch(file)
    assert part_of(rig.target(file)).stat().st_size <= 3_000_000
    assert not rig.target(file).exists()


def test_range_of_a_longer_file_is_told(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", drop_after=2_000_000)
    server.fail("cdn", headers={"Content-Range": f"bytes 2000000-{len(CONTENT)}/{len(CONTENT) + 1}"})
    with pytest.raises(DownloadError, match="should have"):
        rig.fetch(file)
    assert part_of(rig.target(file)).stat().st_size == 2_000_000


@pytest.mark.parametrize("where", [0, 3_141_592, len(CONTENT) - 1])
def test_flipped_byte_is_found_and_never_becomes_a_model(
    rig: Rig, server: FileServer, file: HubFile, where: int
) -> None:
    server.fail("cdn", flip=where)
    with pytest.raises(DownloadError, match="SHA-256") as caught:
        rig.fetch(file)
    folder = rig.target(file).parent
    assert not rig.target(file).exists()
    assert f"{NAME}.1.bad" in caught.value.cure
    assert (folder / f"{NAME}.1.bad").stat().st_size == len(CONTENT)
    assert not list(folder.glob("*.gguf"))
    rig.fetch(file)
    assert rig.holds(file)


def test_hash_that_the_hub_has_wrong_is_told(rig: Rig, server: FileServer) -> None:
    file = server.add(NAME, CONTENT, digest="0" * 64)
    with pytest.raises(DownloadError, match="SHA-256"):
        rig.fetch(file)
    assert not rig.target(file).exists()


def test_compressed_answer_is_refused(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("cdn", headers={"Content-Encoding": "gzip"})
    with pytest.raises(DownloadError, match="compressed"):
        rig.fetch(file)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("file:///etc/passwd", "not a safe place"),
        ("http://example.com/x", "not a safe place"),
        ("ftp://example.com/x", "not a safe place"),
        ("https://user:word@example.com/x", "not a safe place"),
        ("http://[::1", "not a safe place"),
    ],
)
def test_redirect_to_where_nobody_should_go_is_refused(
    rig: Rig, server: FileServer, file: HubFile, target: str, words: str
) -> None:
    server.fail("hub", headers={"Location": target})
    with pytest.raises(NetworkError, match=words):
        rig.fetch(file)
    assert not server.asked["cdn"]


def test_redirects_without_end_are_left(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("hub", headers={"Location": f"/{file.repo}/resolve/main/{NAME}"}, times=50)
    with pytest.raises(NetworkError, match="for ever"):
        rig.fetch(file)
    assert len(server.asked["hub"]) == 6


def test_offline_asks_nobody(rig: Rig, server: FileServer, file: HubFile) -> None:
    rig.offline = True
    with pytest.raises(NetworkError, match="offline"):
        rig.fetch(file)
    assert not server.asked["hub"]
    assert not rig.ledger_file.exists()


@pytest.mark.parametrize("how", [{"stall_after": 2_000_000}, {"pace": 100_000}], ids=["silent", "slow"])
def test_stop_ends_it_at_once_and_the_next_goes_on(rig: Rig, server: FileServer, file: HubFile, how: Any) -> None:
    server.fail("cdn", **how)
    made = rig.make(file, silence=60)
    caught: list[BaseException] = []
    thread = threading.Thread(target=lambda: _keep_error(made.run, caught))
    thread.start()
    wait_for(lambda: made.done >= min(2_000_000, 20_000))
    made.stop()
    thread.join(2)
    assert not thread.is_alive()
    assert isinstance(caught[0], AbandonedError)
    kept = part_of(rig.target(file)).stat().st_size
    assert kept == made.done > 0
    assert rig.fetch(file).fetched == len(CONTENT) - kept
    assert rig.holds(file)


def test_stop_ends_a_wait(rig: Rig, server: FileServer, file: HubFile) -> None:
    server.fail("hub", status=429, headers={"Retry-After": "50"})
    made = rig.make(file)
    caught: list[BaseException] = []
    thread = threading.Thread(target=lambda: _keep_error(made.run, caught))
    thread.start()
    wait_for(lambda: made.state is DownloadState.WAITING)
    made.stop()
    thread.join(2)
    assert isinstance(caught[0], AbandonedError)


def test_speed_limit_holds(rig: Rig, server: FileServer) -> None:
    file = server.add(NAME, CONTENT[:600_000])
    waited: list[float] = []
    made = rig.make(file, rate=1_000_000)
    made._fetcher.pause = waited.append  # type: ignore[method-assign]
    made.run()
    assert max(waited) == pytest.approx(0.6, abs=0.2)


def test_file_of_which_the_hub_keeps_no_hash_arrives(rig: Rig, server: FileServer) -> None:
    file = server.add(NAME, CONTENT, digest="")
    server.fail("cdn", drop_after=2_000_000)
    rig.fetch(file)
    assert rig.holds(file)


@pytest.mark.parametrize("seed", range(40))
def test_any_row_of_faults_ends_with_the_file_or_a_sentence(
    rig: Rig, server: FileServer, file: HubFile, seed: int
) -> None:
    draw = random.Random(seed)
    faults: list[tuple[Any, dict[str, Any]]] = [
        ("cdn", {"drop_after": draw.randrange(len(CONTENT))}),
        ("cdn", {"drop_after": draw.randrange(2_000_000), "reset": True}),
        ("cdn", {"drop_after": draw.randrange(2_000_000), "ignores_range": True}),
        ("cdn", {"chunked": True, "drop_after": draw.randrange(len(CONTENT))}),
        ("cdn", {"stall_after": draw.randrange(2_000_000)}),
        ("cdn", {"flip": draw.randrange(len(CONTENT))}),
        ("cdn", {"length": draw.randrange(2 * len(CONTENT))}),
        ("cdn", {"begins_at": draw.randrange(len(CONTENT))}),
        ("cdn", {"headers": {"Content-Range": f"bytes 5-{draw.randrange(99)}/{draw.randrange(99)}"}}),
        ("cdn", {"headers": {"Content-Encoding": "gzip"}}),
        ("cdn", {"headers": {"ETag": draw.choice(["", "W/weak", '"other"'])}}),
        (draw.choice(["hub", "cdn"]), {"status": draw.choice([200, 204, 301, 401, 403, 404, 416, 429, 500, 503])}),
        ("hub", {"headers": {"Location": draw.choice(["/", "http://[", "//", "https://127.0.0.1:1/x", "\\x"])}}),
    ]
    for who, how in draw.choices(faults, k=8):
        server.fail(who, **how)
    for _ in range(12):
        with contextlib.suppress(UserError):
            rig.fetch(file, silence=0.1)
            break
        assert not rig.target(file).exists()
    assert rig.holds(file)
    assert {path.suffix for path in rig.target(file).parent.iterdir()} <= {".gguf", ".json", ".bad"}


def _keep_error(work: Callable[[], None], caught: list[BaseException]) -> None:
    try:
        work()
    except BaseException as error:
        caught.append(error)


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    waiter = threading.Event()
    for _ in range(round(seconds * 200)):
        if condition():
            return
        waiter.wait(0.005)
    raise AssertionError("it did not come")
