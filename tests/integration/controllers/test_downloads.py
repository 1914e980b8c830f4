"""Downloads of the window: real threads, a real server, and what the person is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from desktopchat.controllers.downloads import DownloadController
from desktopchat.core.download import Download, DownloadState
from desktopchat.core.endpoint import endpoint
from desktopchat.core.notice import Notice
from desktopchat.library.download_queue import DownloadQueue
from desktopchat.library.speed_limit import SpeedLimit
from desktopchat.network.connection import Connection
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Ledger
from tests.file_server import FileServer

CONTENT = bytes(range(251)) * 20_000


class Preferences(QObject):
    changed = Signal(str, object)


class Models(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def open_file(self, path: str) -> None:
        self.opened.append(path)


class Rig:
    """The controller; `restart` closes the one before."""

    def __init__(self, qtbot: QtBot, folder: Path, server: FileServer) -> None:
        self.qtbot, self.folder, self.server = qtbot, folder, server
        (folder / "models").mkdir()
        self.models_folder = "models"
        self.offline = False
        self.made = 0
        self.models, self.preferences = Models(), Preferences()
        self.notices: list[Notice] = []
        self.controller = self.make()

    def make(self) -> DownloadController:
        ledger = Ledger(self.folder / "connections.jsonl")

        def make_queue(heard: Any) -> DownloadQueue:
            self.made += 1
            return DownloadQueue(
                self.folder / self.models_folder,
                self.folder / "downloads.json",
                lambda: Fetcher(endpoint(self.server.url), lambda to, key: Connection(to, ledger, key)),
                SpeedLimit(lambda: 0),
                is_offline=lambda: self.offline,
                heard=heard,
            )

        controller = DownloadController(self.models, self.preferences, make_queue, self.folder / "downloads.json")  # type: ignore[arg-type]
        controller.noticed.connect(self.notices.append)
        controller.start()
        return controller

    def restart(self) -> None:
        self.controller.close()
        self.controller = self.make()

    def only(self) -> Download | None:
        return self.controller.downloads[0] if self.controller.downloads else None

    def wait_for(self, state: DownloadState, least: int = 0) -> Download:
        def is_so() -> bool:
            one = self.only()
            return one is not None and one.state is state and one.done >= least

        self.qtbot.waitUntil(is_so, timeout=20_000)
        one = self.only()
        assert one is not None
        return one


@pytest.fixture
def rig(qtbot: QtBot, tmp_path: Path) -> Iterator[Rig]:
    with FileServer() as server:
        made = Rig(qtbot, tmp_path, server)
        yield made
        made.controller.close()


def test_model_arrives_and_is_offered(rig: Rig) -> None:
    rig.controller.add("tiny", (rig.server.add("a.gguf", CONTENT),))
    done = rig.wait_for(DownloadState.DONE)
    (notice,) = rig.notices
    assert (notice.level, notice.command) == ("hint", "download.open")
    assert "tiny is here" in notice.cause
    rig.controller.open_newest()
    rig.controller.open(done)
    assert rig.models.opened == [str(rig.folder / "models" / "acme" / "tiny-GGUF" / "a.gguf")] * 2


def test_failure_is_told(rig: Rig) -> None:
    rig.server.gated.add("acme/tiny-GGUF")
    rig.controller.add("tiny", (rig.server.add("a.gguf", CONTENT),))
    rig.wait_for(DownloadState.FAILED)
    (notice,) = rig.notices
    assert (notice.level, notice.command) == ("error", "download.list")
    assert notice.cause.startswith("tiny was not downloaded.")


def test_toggle_pauses_and_resumes(rig: Rig) -> None:
    rig.server.fail("cdn", stall_after=2_000_000)
    rig.controller.add("tiny", (rig.server.add("a.gguf", CONTENT),))
    rig.controller.toggle(rig.wait_for(DownloadState.RUNNING, 2_000_000))
    rig.controller.toggle(rig.wait_for(DownloadState.PAUSED))
    rig.wait_for(DownloadState.DONE)


def test_window_goes_on_where_the_last_one_stopped(rig: Rig) -> None:
    rig.server.fail("cdn", stall_after=2_000_000)
    rig.controller.add("tiny", (rig.server.add("a.gguf", CONTENT),))
    rig.wait_for(DownloadState.RUNNING, 2_000_000)
    rig.restart()
    rig.wait_for(DownloadState.DONE)
    assert rig.server.asked["cdn"][-1].headers["range"] == "bytes=2000000-"
    assert len(rig.notices) == 1
    rig.restart()
    rig.wait_for(DownloadState.DONE)
    assert len(rig.notices) == 1  # it is not news any more


def test_downloads_go_on_where_the_folder_was_moved_to(rig: Rig) -> None:
    rig.server.fail("cdn", stall_after=2_000_000)
    rig.controller.add("tiny", (rig.server.add("a.gguf", CONTENT),))
    rig.controller.toggle(rig.wait_for(DownloadState.RUNNING, 2_000_000))
    rig.wait_for(DownloadState.PAUSED)
    (rig.folder / "models").rename(rig.folder / "elsewhere")
    rig.models_folder = "elsewhere"
    rig.controller.begin_anew()
    rig.qtbot.waitUntil(lambda: rig.made == 2)
    rig.controller.toggle(rig.wait_for(DownloadState.PAUSED, 2_000_000))
    assert rig.wait_for(DownloadState.DONE).place.startswith(str(rig.folder / "elsewhere"))
    assert rig.server.asked["cdn"][-1].headers["range"] == "bytes=2000000-"


def test_window_without_downloads_makes_no_queue(rig: Rig) -> None:
    rig.controller._tasks.call(lambda: None)
    assert rig.made == 0


def test_offline_in_the_settings_holds_all(rig: Rig) -> None:
    rig.server.fail("cdn", stall_after=2_000_000)
    rig.controller.add("tiny", (rig.server.add("a.gguf", CONTENT),))
    rig.wait_for(DownloadState.RUNNING, 2_000_000)
    rig.offline = True
    rig.preferences.changed.emit("network.offline", "on")
    rig.wait_for(DownloadState.WAITING)
    rig.offline = False
    rig.preferences.changed.emit("network.offline", "off")
    rig.wait_for(DownloadState.DONE)


def test_removal_and_refusal(rig: Rig) -> None:
    rig.server.fail("cdn", stall_after=2_000_000)
    file = rig.server.add("a.gguf", CONTENT)
    rig.controller.add("tiny", (file,))
    rig.controller.remove(rig.wait_for(DownloadState.RUNNING, 2_000_000))
    rig.qtbot.waitUntil(lambda: rig.only() is None)
    rig.controller.add("bad", (type(file)("acme/x", "c", "../x.gguf", 5, ""),))
    rig.qtbot.waitUntil(lambda: bool(rig.notices))
    assert "may be called" in rig.notices[0].cause
