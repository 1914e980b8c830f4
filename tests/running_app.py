"""The real window, controllers, storage and engine process inside the test, so that its event loop can be watched."""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

import psutil
import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from pytestqt.qtbot import QtBot

from desktopchat.controllers.adapters import AdapterController
from desktopchat.controllers.backends import BackendController
from desktopchat.controllers.bandwidth_log import BandwidthLog
from desktopchat.controllers.branching import Branching
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.conversation_list import ConversationListModel
from desktopchat.controllers.downloads import DownloadController
from desktopchat.controllers.drawing import Drawing
from desktopchat.controllers.endpoint import EndpointController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.fits import FitController
from desktopchat.controllers.hub import HubController
from desktopchat.controllers.insight import Insight
from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.library import LibraryController
from desktopchat.controllers.model_work import ModelWork
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.palette import PaletteModel
from desktopchat.controllers.parameters import ParameterController
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.reading import OpenConversation
from desktopchat.controllers.search import SearchModel
from desktopchat.controllers.servers import ServerController
from desktopchat.controllers.shelf import ShelfController
from desktopchat.controllers.store_care import StoreCare
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.transfer import TransferController
from desktopchat.controllers.updates import UpdateController
from desktopchat.controllers.writing import Writing
from desktopchat.core.address import ServerAddress
from desktopchat.core.chat import Message
from desktopchat.core.endpoint import endpoints
from desktopchat.core.notice import Notice
from desktopchat.core.params import LoadParams
from desktopchat.core.secret import Secret
from desktopchat.endpoint import OpenEndpoint
from desktopchat.engine.api import Engine
from desktopchat.engine.backends.choice import Backends
from desktopchat.engine.backends.folders import Folders
from desktopchat.engine.process import ProcessEngine
from desktopchat.engine.remote.engine import RemoteEngine
from desktopchat.engine.remote.looking import Look
from desktopchat.engine.routed import RoutedEngine
from desktopchat.library.catalog import read_catalog
from desktopchat.library.download_queue import DownloadQueue
from desktopchat.library.fitting import FitInquiry
from desktopchat.library.hub.inquiry import Inquiry
from desktopchat.library.shelf import Library
from desktopchat.library.speed_limit import SpeedLimit
from desktopchat.network.connection import Connection
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Ledger
from desktopchat.network.reading import made_requests
from desktopchat.network.updates import UpdateCheck
from desktopchat.resources import resource
from desktopchat.server.desk import EndpointOptions
from desktopchat.settings.file import Settings
from desktopchat.settings.key_file import KeyFile
from desktopchat.storage.database import Database
from desktopchat.storage.search import Search
from desktopchat.storage.server_keys import ServerKeys
from desktopchat.storage.stores import Stores
from desktopchat.ui.command_groups import MADE_AFTER_THE_START
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.parser import make_parser


class GapMeter(QObject):
    """Measures for how long the event loop of the test's thread is held, and by what.

    Attributes:
        longest: Seconds, less those in which other programs had the core.
        culprit: Where the thread was in the middle of the longest gap, if that was over 50 ms.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.culprit = ""
        self._stack = ""
        self._last, self._waited = time.perf_counter(), _waited_for_a_core()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._timer.start()
        self._ended = Event()
        self._watched = threading.get_ident()
        self._watcher = Thread(target=self._watch, name="gap-watcher")
        self._watcher.start()

    def stop(self) -> None:
        self._timer.stop()
        self._ended.set()
        self._watcher.join()

    def _on_timer_timeout(self) -> None:
        now, waited = time.perf_counter(), _waited_for_a_core()
        held = now - self._last - (waited - self._waited)
        if held > self.longest:
            self.longest, self.culprit = held, self._stack
        self._last, self._waited, self._stack = now, waited, ""

    def _watch(self) -> None:
        while not self._ended.wait(0.01):
            if time.perf_counter() - self._last > 0.05 and not self._stack:
                self._stack = "".join(traceback.format_stack(sys._current_frames()[self._watched], 12))


def _waited_for_a_core() -> float:
    """Return how long this thread has been ready to run while others ran, in seconds; 0 where nobody counts it."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text("ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


class RunningApp:
    """All of the app but its start. What the window was told is kept in `shown` and `notices`."""

    def __init__(
        self, qtbot: QtBot, folder: Path, params: LoadParams, engine: Engine | None = None, *, draws: bool = False
    ) -> None:
        self.qtbot = qtbot
        self.database = Database(folder / "desktopchat.db")
        self.stores = Stores(self.database)
        self.store = self.stores.conversations
        self.engine = engine or ProcessEngine(folder / "engine.log")
        self.storage, self.io = TaskRunner("storage"), TaskRunner("io", 2)
        self.worker = EngineWorker(lambda: RoutedEngine(self.engine, lambda: self.engine_of_servers, lambda _: None))
        self.models = ModelController(self.worker, self.io, self.storage, self.store, params)
        self.chat = ChatController(self.worker, self.models, self.storage, self.store)
        self.shelving = ShelfController(self.chat, self.worker, self.storage, self.stores)
        conversations = ConversationListModel(self.chat, self.shelving, self.storage, self.stores)
        self.care = StoreCare(
            self.chat, self.worker, self.models, self.storage, self.io, self.stores, folder / "states"
        )
        self.searching = TaskRunner("search")
        search = Search(folder / "desktopchat.db", lambda: None)
        self.search = SearchModel(self.searching, search, self.storage, self.stores.shelf, self.chat)
        self.transfer = TransferController(self.chat, self.io, self.storage, self.stores)
        library = Library(folder / "models", folder / "library.json", folder / "headers.json", folder / "home")
        self.shelf = TaskRunner("library")
        self.library = LibraryController(library, self.models, self.shelf)
        self.writing = Writing(
            self.chat, self.storage, self.io, self.store, (folder / "prompts",), lambda: library, (folder / "personas",)
        )
        self.preferences = Preferences(Settings.load(folder / "settings.toml"), self.io)
        self.keys = KeyController(self.preferences, KeyFile.load(folder / "keys.toml"), self.io)
        found = Search(folder / "desktopchat.db", lambda: None)
        self.found = SearchModel(self.searching, found, self.storage, self.stores.shelf, self.chat)
        self.finder = PaletteModel(
            self.chat,
            self.preferences,
            self.storage,
            self.store,
            self.searching,
            found,
            self.found,
            self.writing.prompts,
            self.io,
            library,
        )
        self.adapters = AdapterController(
            self.worker, self.models, self.io, self.storage, self.store, folder / "models"
        )
        self.server_keys = ServerKeys()
        ledger = Ledger(folder / "connections.jsonl")
        self.hub_offline = False

        def connect_to_hub(address: ServerAddress, key: Secret | None) -> Connection:
            return Connection(address, ledger, key, is_offline=lambda: self.hub_offline)

        def hubs() -> tuple[ServerAddress, ...]:
            return endpoints(self.preferences["hub.endpoint"])

        self.hub = HubController(
            self.preferences,
            self.io,
            self.server_keys,
            hubs,
            lambda: Inquiry(hubs()[0], connect_to_hub, self.server_keys.key_of),
            lambda: read_catalog(resource("catalog.json")),
        )
        self.downloads = DownloadController(
            self.models,
            self.preferences,
            lambda heard: DownloadQueue(
                folder / "models",
                folder / "downloads.json",
                lambda: Fetcher(hubs()[0], connect_to_hub),
                SpeedLimit(lambda: 0),
                is_offline=lambda: self.hub_offline,
                heard=heard,
            ),
            folder / "downloads.json",
        )
        self.bandwidths = BandwidthLog(self.chat, self.models, self.storage, self.store)
        self.fits = FitController(
            self.worker, self.models, self.bandwidths, lambda: FitInquiry(lambda: Fetcher(hubs()[0], connect_to_hub))
        )
        self.endpoint_port = 0  # a free one
        self.endpoint = EndpointController(
            self.chat,
            self.models,
            self.worker,
            self.preferences,
            self.storage,
            self.stores,
            lambda queue, model, calls: OpenEndpoint(
                folder,
                self.endpoint_port,
                self.preferences["endpoint.lan"] == "on",
                lambda: EndpointOptions(("gpt-*",)),
                queue,
                model,
                calls,
            ),
        )
        self.model_work = ModelWork(
            library, self.models, TaskRunner("model work"), folder, print, lambda _heard: (), print
        )
        self.parameters = ParameterController(self.chat, self.models, self.storage, self.store)

        def connect(address: ServerAddress, key: Secret | None) -> Connection:
            return Connection(address, ledger, key)

        self.engine_of_servers = RemoteEngine(connect, self.server_keys.key_of)
        self.servers = ServerController(
            self.models,
            self.preferences,
            self.io,
            self.server_keys,
            lambda address: Look(address, connect, self.server_keys.key_of),
            lambda: made_requests(folder / "connections.jsonl"),
        )
        folders = Folders(folder / "backends")
        self.backends = BackendController(
            self.models,
            self.preferences,
            self.io,
            lambda: Backends(folders, folder, lambda: str(self.preferences["engine.backend"])),
        )
        self.branching = Branching(self.chat, self.models, self.storage, self.stores)
        self.makers: list[str] = []  # keys of those who may announce versions
        self.updates = UpdateController(
            self.preferences,
            self.io,
            lambda: UpdateCheck(
                str(self.preferences["updates.address"]), connect, "1.0.0", "linux-x86_64", self.makers
            ),
        )
        self.drawing: Drawing | None = None
        if draws:
            self.drawing = Drawing(lambda number: self.storage.call(lambda: self.store.attachment(number)))
        make_parser()  # which the program imports after its first paint
        self.window = MainWindow(
            SimpleNamespace(
                chat=self.chat,
                models=self.models,
                shelving=self.shelving,
                conversations=conversations,
                search=self.search,
                care=self.care,
                transfer=self.transfer,
                writing=self.writing,
                keys=self.keys,
                finder=self.finder,
                parameters=self.parameters,
                servers=self.servers,
                backends=self.backends,
                adapters=self.adapters,
                hub=self.hub,
                downloads=self.downloads,
                fits=self.fits,
                library=self.library,
                endpoint=self.endpoint,
                model_work=self.model_work,
                insight=Insight(
                    self.chat, self.models, self.worker, self.storage, self.io, self.stores, self.preferences
                ),
                branching=self.branching,
                updates=self.updates,
            ),
            Theme("light"),
            drawing=self.drawing,
        )
        for group in MADE_AFTER_THE_START:
            self.window.commands.make(group)
        self.commands = self.window.commands.handlers()
        self.shown: list[Message] = []
        self.notices: list[Notice] = []
        self.chat.conversation_opened.connect(self._on_opened)
        self.chat.path_changed.connect(self._on_path)
        self.chat.message_added.connect(self.shown.append)
        self.chat.text_received.connect(self._on_text)
        self.chat.message_changed.connect(self._on_changed)
        for signal in (self.chat.noticed, self.chat.send_refused, self.models.load_failed, self.servers.noticed):
            signal.connect(self.notices.append)
        self.window.show()
        self.new_conversation()
        self.meter = GapMeter()

    def close(self) -> None:
        self.meter.stop()
        self.window.flush()
        self.care.close()
        self.search.close()
        self.found.close()
        self.searching.close()
        if self.drawing is not None:
            self.drawing.close()
        self.chat.shutdown()
        self.models.cancel_load()
        self.servers.stop()
        self.backends.stop()
        self.window.insight.close()
        self.updates.stop()
        self.hub.close()
        self.fits.close()
        self.downloads.close()
        self.endpoint.close()
        self.worker.close()
        self.library.close()
        self.model_work.close()
        self.shelf.close()
        self.io.close()
        self.storage.close()
        self.window.close()
        self.window.deleteLater()
        self.database.close()

    def wait(self, condition: Callable[[], object], seconds: float = 20) -> None:
        try:
            self.qtbot.waitUntil(lambda: bool(condition()), timeout=round(1000 * seconds))
        except self.qtbot.TimeoutError:
            pytest.fail(f"waited in vain; the window said {[notice.cause for notice in self.notices]}")

    def new_conversation(self) -> None:
        with self.qtbot.waitSignal(self.chat.conversation_opened):
            self.chat.new_conversation()

    def open_model(self, path: Path) -> Notice | None:
        """Open a model as a person would; the result is None when it was loaded, else what the window says."""
        ended: list[Notice | None] = []
        links = [
            self.models.model_loaded.connect(lambda _: ended.append(None)),
            self.models.load_failed.connect(ended.append),
        ]
        self.models.open_file(str(path))
        self.wait(lambda: ended)
        for link in links:
            QObject.disconnect(link)
        return ended[0]

    def wait_idle(self) -> None:
        """Wait until nothing is answered and everything is stored."""
        self.wait(lambda: not self.chat.answering and not self.models.loading)
        self.wait_stored()

    def wait_stored(self) -> None:
        """Wait until all that was given to the storage until now is done."""
        stored: list[bool] = []
        self.storage.run(lambda: True, stored.append)
        self.wait(lambda: stored)

    def stored(self) -> list[Message]:
        assert self.chat.conversation_id is not None
        return list(self.store.path(self.chat.conversation_id))

    def _on_opened(self, opened: OpenConversation) -> None:
        self.shown[:] = opened.messages

    def _on_path(self, path: tuple[Message, ...]) -> None:
        self.shown[:] = path

    def _on_text(self, message_id: int, text: str) -> None:
        self.shown[:] = [replace(m, content=m.content + text) if m.id == message_id else m for m in self.shown]

    def _on_changed(self, message: Message) -> None:
        self.shown[:] = [message if m.id == message.id else m for m in self.shown]


@contextmanager
def running_app(
    qtbot: QtBot,
    folder: Path,
    params: LoadParams | None = None,
    engine: Engine | None = None,
    *,
    draws: bool = False,
) -> Iterator[RunningApp]:
    """Run the app.

    Args:
        draws: Pictures and formulas are made on another thread, as in the program.
    """
    app = RunningApp(qtbot, folder, params or LoadParams(), engine, draws=draws)
    try:
        yield app
    finally:
        app.close()


def engines() -> list[psutil.Process]:
    """Return the engine processes of this test that have not been collected."""
    return psutil.Process().children()


def pipe_end(pid: int, *, writable: bool) -> int:
    """Return a new descriptor that writes into the pipe that a process writes to, or reads from."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        info = Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text()
        flags = int(info.split("flags:")[1].split()[0], 8)
        is_pipe = str(entry.readlink()).startswith("pipe:")
        if is_pipe and (flags & os.O_ACCMODE == os.O_WRONLY) == writable:
            return os.open(entry, os.O_WRONLY)
    raise ProcessLookupError(f"process {pid} has no such pipe")
