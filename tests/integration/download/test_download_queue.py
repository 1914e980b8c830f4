"""Downloads in order, through restarts."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopchat.core.download import Download, DownloadState
from desktopchat.core.endpoint import endpoint
from desktopchat.core.errors import DownloadError
from desktopchat.core.hub_file import HubFile
from desktopchat.library import space
from desktopchat.library.download_queue import DownloadQueue
from desktopchat.library.part import part_of
from desktopchat.library.places import place_for
from desktopchat.library.speed_limit import SpeedLimit
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Ledger
from tests.download_rig import CONTENT
from tests.file_server import FileServer


class Rig:
    """Queues on one folder; `restart` closes the one before."""

    def __init__(self, folder: Path, server: FileServer) -> None:
        self.models = folder / "models"
        self.models.mkdir()
        self.state_file = folder / "downloads.json"
        self.server = server
        self.offline = False
        self.ledger = Ledger(folder / "connections.jsonl")
        self.queue = self.make()

    def make(self, **how: Any) -> DownloadQueue:
        def fetcher() -> Fetcher:
            return Fetcher(
                endpoint(self.server.url),
                lambda to, key: Connection(to, self.ledger, key, is_offline=lambda: self.offline),
                patience=Patience(5, 30),
            )

        return DownloadQueue(
            self.models, self.state_file, fetcher, SpeedLimit(lambda: 0), is_offline=lambda: self.offline, **how
        )

    def restart(self, **how: Any) -> None:
        self.queue.close()
        self.queue = self.make(**how)
        self.queue.open()

    def only(self) -> Download:
        (one,) = self.queue.downloads()
        return one

    def wait(self, condition: Callable[[], bool]) -> None:
        waiter = threading.Event()
        for _ in range(4000):
            if condition():
                return
            waiter.wait(0.005)
        raise AssertionError(f"it did not come: {self.queue.downloads()}")

    def wait_for(self, state: DownloadState) -> Download:
        self.wait(lambda: {one.state for one in self.queue.downloads()} == {state})
        return self.queue.downloads()[0]


@pytest.fixture
def rig(tmp_path: Path, server: FileServer) -> Iterator[Rig]:
    made = Rig(tmp_path, server)
    yield made
    made.queue.close()
    assert not [thread for thread in threading.enumerate() if thread.name in ("download", "hash")]


def test_set_of_files_is_one_download(rig: Rig, server: FileServer) -> None:
    files = [server.add(f"big-0000{number}-of-00003.gguf", CONTENT[number:]) for number in (1, 2, 3)]
    rig.queue.add("big", [*files, server.add("mmproj-F16.gguf", CONTENT[:1000])])
    done = rig.wait_for(DownloadState.DONE)
    assert (done.done, done.size) == (sum(file.size for file in done.files),) * 2
    assert done.place == str(place_for(rig.models, files[0]))
    assert all(place_for(rig.models, file).stat().st_size == file.size for file in done.files)


def test_two_files_come_at_once_and_no_more(rig: Rig, server: FileServer) -> None:
    files = [server.add(f"{name}.gguf", CONTENT) for name in "abcd"]
    server.fail("cdn", times=4, stall_after=1_000_000)
    for file in files:
        rig.queue.add(file.path, [file])
    rig.wait(lambda: [one.done for one in rig.queue.downloads()] == [1_000_000, 1_000_000, 0, 0])
    assert [one.state for one in rig.queue.downloads()] == [*[DownloadState.RUNNING] * 2, *[DownloadState.QUEUED] * 2]
    assert len(server.asked["cdn"]) == 2


def test_pause_is_at_once_and_outlives_a_restart(rig: Rig, server: FileServer) -> None:
    file = server.add("a.gguf", CONTENT)
    server.fail("cdn", stall_after=2_000_000)
    number = rig.queue.add("a", [file])
    rig.wait(lambda: rig.only().done == 2_000_000)
    rig.queue.pause(number)
    assert rig.only().state is DownloadState.PAUSED
    rig.restart()
    assert (rig.only().state, rig.only().done) == (DownloadState.PAUSED, 2_000_000)
    asked = len(server.asked["hub"])
    rig.queue.resume(rig.only().id)
    rig.wait_for(DownloadState.DONE)
    assert len(server.asked["hub"]) == asked + 1
    assert server.asked["cdn"][-1].headers["range"] == "bytes=2000000-"


def test_what_was_under_way_goes_on_by_itself_after_a_restart(rig: Rig, server: FileServer) -> None:
    first, second = server.add("a.gguf", CONTENT), server.add("b.gguf", CONTENT)
    server.fail("cdn", stall_after=2_000_000, times=2)
    rig.queue.add("a", [first])
    rig.queue.add("b", [second])
    rig.wait(lambda: all(one.done == 2_000_000 for one in rig.queue.downloads()))
    rig.restart()
    rig.wait_for(DownloadState.DONE)
    assert sorted(one.headers.get("range", "") for one in server.asked["cdn"]) == ["", "", *["bytes=2000000-"] * 2]


def test_what_is_done_is_not_asked_for_again(rig: Rig, server: FileServer) -> None:
    rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    rig.wait_for(DownloadState.DONE)
    asked = len(server.asked["hub"])
    rig.restart()
    assert rig.only().state is DownloadState.DONE
    assert len(server.asked["hub"]) == asked


def test_failure_is_told_and_outlives_a_restart(rig: Rig, server: FileServer) -> None:
    server.gated.add("acme/tiny-GGUF")
    rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    reason = rig.wait_for(DownloadState.FAILED).reason
    assert "acme/tiny-GGUF" in reason
    rig.restart()
    assert (rig.only().state, rig.only().reason) == (DownloadState.FAILED, reason)
    server.gated.clear()
    rig.queue.resume(rig.only().id)
    rig.wait_for(DownloadState.DONE)


def test_failure_of_one_part_stops_the_others(rig: Rig, server: FileServer) -> None:
    parts = [server.add(f"big-0000{number}-of-00002.gguf", CONTENT[number:]) for number in (1, 2)]
    server.fail("cdn", stall_after=1_000_000)
    rig.queue.add("big", parts)
    server.fail("hub")
    server.fail("hub", status=404, headers={"X-Error-Code": "EntryNotFound"})
    rig.wait_for(DownloadState.FAILED)
    rig.queue.close()
    assert part_of(place_for(rig.models, parts[0])).exists() or part_of(place_for(rig.models, parts[1])).exists()


def test_line_that_is_gone_is_waited_for(rig: Rig, server: FileServer) -> None:
    rig.restart(retry_after=0.05)
    server.fail("cdn", times=20, drop_after=0)
    rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    rig.wait_for(DownloadState.WAITING)
    rig.wait_for(DownloadState.DONE)
    assert len(server.asked["cdn"]) > 20


def test_wait_says_why_and_for_how_long_and_can_be_cut_short(rig: Rig, server: FileServer) -> None:
    server.fail("cdn", times=6, drop_after=0)
    number = rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    rig.wait(lambda: rig.only().until > 100)
    assert "broke off" in rig.only().reason
    rig.queue.resume(number)
    rig.wait_for(DownloadState.DONE)


def test_offline_asks_nobody_and_goes_on_later(rig: Rig, server: FileServer) -> None:
    rig.offline = True
    rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    assert "offline" in rig.wait_for(DownloadState.WAITING).reason
    rig.offline = False
    rig.queue.wake()
    rig.wait_for(DownloadState.DONE)


def test_offline_stops_what_is_under_way(rig: Rig, server: FileServer) -> None:
    server.fail("cdn", stall_after=2_000_000)
    rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    rig.wait(lambda: rig.only().done == 2_000_000)
    rig.offline = True
    rig.queue.wake()
    assert rig.wait_for(DownloadState.WAITING).done == 2_000_000
    rig.offline = False
    rig.queue.wake()
    rig.wait_for(DownloadState.DONE)


def test_removal_takes_the_part_away(rig: Rig, server: FileServer) -> None:
    file = server.add("a.gguf", CONTENT)
    server.fail("cdn", stall_after=2_000_000)
    number = rig.queue.add("a", [file])
    rig.wait(lambda: rig.only().done == 2_000_000)
    rig.queue.remove(number)
    assert not rig.queue.downloads()
    assert not list(place_for(rig.models, file).parent.iterdir())


def test_removal_of_what_is_done_leaves_the_model(rig: Rig, server: FileServer) -> None:
    file = server.add("a.gguf", CONTENT)
    rig.queue.add("a", [file])
    rig.queue.remove(rig.wait_for(DownloadState.DONE).id)
    assert place_for(rig.models, file).read_bytes() == CONTENT


def test_what_was_set_aside_is_listed_and_deleted_when_asked(rig: Rig, server: FileServer) -> None:
    folder = rig.models / "a" / "b"
    folder.mkdir(parents=True)
    for name in ("x.gguf.1.bad", "x.gguf.2.part", "y.gguf.part", "y.gguf", "notes.bad"):
        (folder / name).write_bytes(b"12345")
    rig.queue.look()
    found = {one.name: one for one in rig.queue.downloads()}
    assert sorted(found) == ["x.gguf.1.bad", "x.gguf.2.part", "y.gguf.part"]
    one = found["x.gguf.1.bad"]
    assert (one.state, one.size, one.repo, one.is_active) == (DownloadState.ASIDE, 5, "a/b", False)
    assert "not what the hub said" in one.reason
    rig.queue.resume(one.id)
    rig.queue.remove(one.id)
    assert sorted(path.name for path in folder.iterdir()) == ["notes.bad", "x.gguf.2.part", "y.gguf", "y.gguf.part"]
    (folder / "x.gguf.2.part").unlink()
    rig.queue.look()
    assert [one.name for one in rig.queue.downloads()] == ["y.gguf.part"]
    assert "x.gguf" not in rig.state_file.read_text()
    assert not server.asked["hub"]


def test_order_can_be_changed_and_outlives_a_restart(rig: Rig, server: FileServer) -> None:
    rig.offline = True
    for name in "abc":
        rig.queue.add(name, [server.add(f"{name}.gguf", CONTENT)])
    rig.queue.move_up(rig.queue.downloads()[2].id)
    rig.queue.move_up(rig.queue.downloads()[0].id)
    rig.restart()
    assert [one.name for one in rig.queue.downloads()] == ["a", "c", "b"]


def test_same_download_twice_is_one(rig: Rig, server: FileServer) -> None:
    rig.offline = True
    file = server.add("a.gguf", CONTENT)
    first = rig.queue.add("a", [file])
    rig.queue.pause(first)
    assert rig.queue.add("a", [file]) == first
    assert rig.only().state is DownloadState.WAITING


def test_room_is_needed_for_all_of_the_queue(rig: Rig, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    free = space.RESERVE + 2 * len(CONTENT)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    rig.offline = True
    for name in "ab":
        rig.queue.add(name, [server.add(f"{name}.gguf", CONTENT)])
    with pytest.raises(DownloadError, match="take 15 MB more, but only"):
        rig.queue.add("c", [server.add("c.gguf", CONTENT)])
    assert [one.name for one in rig.queue.downloads()] == ["a", "b"]


def test_hostile_name_is_refused_before_anything_is_asked(rig: Rig, server: FileServer) -> None:
    with pytest.raises(DownloadError, match="may be called"):
        rig.queue.add("x", [HubFile("acme/x", "c" * 40, "../x.gguf", 5, "")])
    assert not server.asked["hub"]


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"downloads": [{}]}', '{"downloads": [[]]}', "[" * 99_999])
def test_damaged_list_is_kept_aside_and_parts_are_found(rig: Rig, server: FileServer, text: str) -> None:
    file = server.add("a.gguf", CONTENT)
    server.fail("cdn", stall_after=2_000_000)
    rig.queue.add("a", [file])
    rig.wait(lambda: rig.only().done == 2_000_000)
    rig.queue.close()
    rig.state_file.write_text(text)
    rig.restart()
    assert (rig.only().state, rig.only().done, rig.only().name) == (DownloadState.PAUSED, 2_000_000, "a.gguf")
    assert rig.state_file.with_suffix(".bad").read_text() == text
    rig.queue.resume(rig.only().id)
    rig.wait_for(DownloadState.DONE)


def test_hostile_list_leads_nowhere(rig: Rig) -> None:
    bad = {"repo": "acme/x", "commit": "c", "path": "../../x.gguf", "size": 5, "sha256": ""}
    kept = {"name": "x", "files": [bad], "state": "queued", "reason": ["", {}]}
    rig.state_file.write_text(json.dumps({"downloads": [kept]}))
    rig.restart()
    assert not rig.queue.downloads()


def test_changes_are_heard(tmp_path: Path, server: FileServer) -> None:
    rig = Rig(tmp_path, server)
    heard = threading.Event()
    rig.restart(heard=heard.set)
    heard.clear()
    rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    assert heard.is_set()
    rig.wait_for(DownloadState.DONE)
    rig.queue.close()


def test_speed_and_time_are_told(rig: Rig, server: FileServer) -> None:
    server.fail("cdn", pace=2_000_000)
    rig.queue.add("a", [server.add("a.gguf", CONTENT)])
    rig.wait(lambda: rig.only().speed > 500_000)
    shown = rig.only()
    assert shown.left is not None
    assert shown.left == pytest.approx((shown.size - shown.done) / shown.speed)
