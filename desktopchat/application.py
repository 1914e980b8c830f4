"""Everything that lives as long as the window: made, wired and taken down in order."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QFileSystemWatcher,
    QLocale,
    QObject,
    QSocketNotifier,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from desktopchat import __version__, instance, log
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
from desktopchat.controllers.quick_ask import QuickAsk
from desktopchat.controllers.receipts import Receipts
from desktopchat.controllers.renames import Renames
from desktopchat.controllers.search import SearchModel
from desktopchat.controllers.servers import ServerController
from desktopchat.controllers.shelf import ShelfController
from desktopchat.controllers.size_hint import SizeHint
from desktopchat.controllers.store_care import StoreCare
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.titles import TitleController
from desktopchat.controllers.transfer import TransferController
from desktopchat.controllers.updates import UpdateController
from desktopchat.controllers.writing import Writing
from desktopchat.core.adapter_choices import unpack
from desktopchat.core.errors import NoModelError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.notice import Notice
from desktopchat.core.receipts import receipts_file
from desktopchat.core.sentence import Sentence
from desktopchat.library.catalog import read_catalog
from desktopchat.network.reading import made_requests
from desktopchat.resources import resource
from desktopchat.session import Session
from desktopchat.settings.file import Settings
from desktopchat.settings.key_file import KeyFile
from desktopchat.storage.database import Database
from desktopchat.storage.search import Search
from desktopchat.storage.state import MODEL_ADAPTERS, MODEL_PROJECTORS, MODEL_TEMPLATES, WINDOW_LAYOUT
from desktopchat.storage.stores import Stores
from desktopchat.ui.background import AnswerNotice, Tray
from desktopchat.ui.controllers import Controllers
from desktopchat.ui.garbage import GarbageCollector
from desktopchat.ui.language import language_of
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.shell import Shell
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.parser import make_parser

if TYPE_CHECKING:
    from desktopchat.ui.ask_window import AskWindow

LAYOUT_INTERVAL = 2_000  # ms; what a kill can take of a new size or zoom
_log = logging.getLogger(__name__)
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Application(QObject):
    """Everything that lives as long as the window."""

    _uncaught = Signal()

    def __init__(
        self,
        session: Session,
        settings: Settings,
        database: Database,
        shell: Shell,
        theme: Theme,
        layout: dict[str, Any],
        notices: Sequence[Notice] = (),
        *,
        ask: bool = False,
    ) -> None:
        super().__init__()
        self._garbage = GarbageCollector(self)
        self._session = replace(session, key=database.key)
        self._notices = notices
        self._shell = shell
        stores = Stores(database)
        self._store = store = stores.conversations
        log.configure(session.paths.logs, session.debug, self._on_uncaught)
        qInstallMessageHandler(_on_qt_message)
        self._settings = settings
        store.recover()

        self._storage = TaskRunner("storage")
        self._io = TaskRunner("io", workers=2)
        self._worker = EngineWorker(lambda: session.create_engine(self._settings))
        params = session.load_params(self._settings, None)
        self._models = ModelController(self._worker, self._io, self._storage, store, params)
        self._models.templates = store.get_state(MODEL_TEMPLATES, {})
        adapters = store.get_state(MODEL_ADAPTERS, {})
        self._models.adapters = {name: unpack(packed) for name, packed in adapters.items()}
        self._models.projectors = store.get_state(MODEL_PROJECTORS, {})
        receipts = Receipts(self._storage, receipts_file())
        self._chat = ChatController(
            self._worker, self._models, self._storage, store, self._settings["chat.overflow"], receipts
        )
        self._shelving = ShelfController(self._chat, self._worker, self._storage, stores)
        self._conversations = ConversationListModel(self._chat, self._shelving, self._storage, stores)
        self._searching = TaskRunner("search")
        self._drawing = Drawing(lambda number: self._storage.call(lambda: store.attachment(number)))
        search = Search(session.paths.database, lambda: database.key)
        self._search = SearchModel(self._searching, search, self._storage, stores.shelf, self._chat)
        # The palette finds messages too; it must not end what the search field looks for.
        found = Search(session.paths.database, lambda: database.key)
        self._found = SearchModel(self._searching, found, self._storage, stores.shelf, self._chat)
        self._care = StoreCare(
            self._chat,
            self._worker,
            self._models,
            self._storage,
            self._io,
            stores,
            session.paths.states,
            [search.paused, found.paused],
        )
        if self._settings["chat.titles"] == "model":
            self._titles = TitleController(self._chat, self._models, self._worker, self._storage, store)
        library = session.library()
        self._shelf = TaskRunner("library")
        self._library = LibraryController(library, self._models, self._shelf)
        self._transfer = TransferController(self._chat, self._io, self._storage, stores)
        self._writing = Writing(
            self._chat,
            self._storage,
            self._io,
            store,
            (resource("prompts"), session.paths.prompts),
            library,
            (
                resource("personas", language_of(settings["look.language"], QLocale.system())[:2]),
                session.paths.personas,
            ),
        )
        self._preferences = Preferences(self._settings, self._io)
        self._servers = ServerController(
            self._models,
            self._preferences,
            self._io,
            session.server_keys,
            lambda address: session.look_at(self._settings, address),
            lambda: made_requests(session.paths.connections_file),
        )
        self._backends = BackendController(
            self._models, self._preferences, self._io, lambda: session.backends(self._settings)
        )
        self._adapters = AdapterController(
            self._worker, self._models, self._io, self._storage, store, session.paths.models
        )
        self._hub = HubController(
            self._preferences,
            self._io,
            session.server_keys,
            lambda: session.hubs(self._settings),
            lambda: session.inquiry(self._settings),
            lambda: read_catalog(resource("catalog.json")),
        )
        self._downloads = DownloadController(
            self._models,
            self._preferences,
            lambda heard: self._session.download_queue(self._settings, heard=heard, is_kept=True),
            session.paths.downloads_file,
        )
        self._model_work = ModelWork(
            library,
            self._models,
            TaskRunner("model work"),
            session.paths.logs,
            self._use_models_in,
            lambda heard: session.newer_versions(self._settings, library, heard),
            lambda one, heard: session.renew(self._settings, library, one, heard),
        )
        self._model_work.moved.connect(self._adapters.use_folder)
        self._model_work.moved.connect(self._downloads.begin_anew)
        self._bandwidths = BandwidthLog(self._chat, self._models, self._storage, store)
        self._fits = FitController(
            self._worker, self._models, self._bandwidths, lambda: session.fit_inquiry(self._settings)
        )
        self._endpoint = EndpointController(
            self._chat,
            self._models,
            self._worker,
            self._preferences,
            self._storage,
            stores,
            lambda queue, model, calls: session.open_endpoint(self._settings, queue, model, calls),
        )
        self._parameters = ParameterController(self._chat, self._models, self._storage, store)
        self._renames = Renames(self._library, self._models, self._parameters, self._storage, store)
        key_file = KeyFile.load(session.paths.keys_file)
        self._keys = KeyController(self._preferences, key_file, self._io, mac=sys.platform == "darwin")
        self._finder = PaletteModel(
            self._chat,
            self._preferences,
            self._storage,
            store,
            self._searching,
            found,
            self._found,
            self._writing.prompts,
            self._io,
            library,
        )
        self._window = MainWindow(
            Controllers(
                self._chat,
                self._models,
                self._shelving,
                self._conversations,
                self._search,
                self._care,
                self._transfer,
                self._writing,
                self._keys,
                self._finder,
                self._parameters,
                self._servers,
                self._backends,
                self._adapters,
                self._hub,
                self._downloads,
                self._fits,
                self._library,
                self._endpoint,
                self._model_work,
                Insight(self._chat, self._models, self._worker, self._storage, self._io, stores, self._preferences),
                Branching(self._chat, self._models, self._storage, stores, self),
                UpdateController(self._preferences, self._io, lambda: session.update_check(self._settings), self),
            ),
            theme,
            send_key=self._settings["chat.send_key"],
            version=__version__,
            drawing=self._drawing,
        )
        self._size_hint = SizeHint(self._chat, self._models, self._worker, self._storage, store)
        self._size_hint.suggested.connect(self._window.show_suggestion)
        self._window.theme_chosen.connect(self._on_window_theme_chosen)
        self._answer_notice = AnswerNotice(shell, self._wants_notice)
        self._chat.answering_changed.connect(self._answer_notice.set_answering)
        self._window.density_chosen.connect(self._on_window_density_chosen)
        self._preferences.noticed.connect(self._window.show_notice)
        self._preferences.changed.connect(self._on_preferences_changed)
        self._window.restore_layout(layout)
        self._window.page.composer.hold()
        shell.fill(self._window)
        self._ask_window: AskWindow | None = None
        self._window.ask_requested.connect(self._show_ask_window)
        self._layout = self._layout_state()
        self._layout_timer = QTimer(self)
        self._layout_timer.setInterval(LAYOUT_INTERVAL)
        self._layout_timer.timeout.connect(self._save_layout)
        self._layout_timer.start()

        self._calls = {str(instance.call_file(session.paths.data, call)): call for call in instance.Call}
        self._call_watcher = QFileSystemWatcher(list(self._calls))
        self._call_watcher.fileChanged.connect(self._on_called)
        self._uncaught.connect(self._on_uncaught_here)
        self._quit_on_signals()
        self._conversations.refresh()
        self._shelving.start()
        self._parameters.start()
        self._size_hint.start()
        self._bandwidths.start()
        self._models.start()
        self._chat.open_last()
        # The engine starts after the first paint, so that the window is there at once.
        QTimer.singleShot(0, self._open_first_model)
        # So does what the first message needs, which would hold the window up when it comes.
        QTimer.singleShot(0, self._import_markdown)
        # What the window is made of stays; a collection of all would hold it up.
        QTimer.singleShot(0, gc.freeze)
        called = instance.calls_waiting(session.paths.data)
        if instance.Call.RAISE in called:
            QTimer.singleShot(0, self._raise_window)
        if ask or instance.Call.ASK in called:
            QTimer.singleShot(0, self._show_ask_window)

    def close(self) -> None:
        """Store what is under way, end the engine, the threads and the log, in this order."""
        self._layout_timer.stop()
        self._window.flush()
        if self._ask_window is not None:
            self._ask_window.close_for_good()
        self._care.close()
        self._chat.shutdown()
        self._models.cancel_load()
        self._servers.stop()
        self._backends.stop()
        self._transfer.stop()
        self._window.insight.close()
        self._window.updates.stop()
        self._hub.close()
        self._fits.close()
        self._downloads.close()
        self._endpoint.close()
        self._save_layout()
        self._search.close()
        self._found.close()
        self._searching.close()
        self._drawing.close()
        self._worker.close()
        self._library.close()
        self._model_work.close()
        self._shelf.close()
        self._io.close()
        self._storage.close()
        self._shell.deleteLater()
        self._garbage.close()
        signal.set_wakeup_fd(-1)
        os.close(self._signal_read)
        os.close(self._signal_write)

    def _use_models_in(self, folder: Path) -> None:  # off the window's thread
        self._settings["models.folder"] = str(folder)
        self._settings.save()
        self._session = replace(self._session, paths=replace(self._session.paths, models=folder))

    def _layout_state(self) -> dict[str, Any]:
        return self._shell.layout_state() | self._window.layout_state()

    def _save_layout(self) -> None:
        layout = self._layout_state()
        if layout != self._layout:
            self._layout = layout
            self._chat.saving.keep(("layout",), lambda: self._store.set_state(WINDOW_LAYOUT, layout))

    def _open_first_model(self) -> None:
        for warning in self._settings.warnings:
            self._window.show_notice(Notice("warning", warning))
        if (about_keys := self._keys.warning()) is not None:
            self._window.show_notice(about_keys)
        for notice in self._notices:
            self._window.show_notice(notice)
        self._show_tray()
        self._care.start()
        self._downloads.start()
        self._endpoint.start()
        self._io.run(lambda: self._session.draft_model(self._settings), self._on_draft_chosen, self._on_no_draft)

    def _show_tray(self) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable() and not self._session.safe:
            icon = QIcon(str(resource("icons", "desktopchat.svg")))
            self._tray = Tray(self._shell, icon, self)
            self._tray.raise_requested.connect(self._raise_window)
            self._tray.ask_requested.connect(self._show_ask_window)
            self._answer_notice.told.connect(self._tray.tell)

    def _wants_notice(self) -> bool:
        return bool(self._preferences["chat.notify"] == "on")

    def _on_draft_chosen(self, draft: ModelFile | None) -> None:
        self._models.params = self._session.load_params(self._settings, draft)
        self._io.run(self._session.choose_model, self._on_model_chosen, self._on_no_model)

    def _on_model_chosen(self, model: ModelFile) -> None:
        self._models.load(model)
        self._window.page.composer.release()

    def _on_no_draft(self, error: UserError) -> None:
        self._window.show_notice(Notice.from_error(error))
        self._on_draft_chosen(None)

    def _on_window_theme_chosen(self, mode: str) -> None:
        self._preferences.set("look.theme", mode)

    def _on_window_density_chosen(self, density: str) -> None:
        self._preferences.set("look.density", density)

    def _on_preferences_changed(self, key: str, value: object) -> None:
        if key == "look.theme" and value != self._window.theme.mode:
            self._window.theme.set_mode(self._settings[key])
        elif key == "look.density" and value != self._window.theme.density:
            self._window.theme.set_density(self._settings[key])
        elif key.startswith("model."):
            self._models.params = self._session.load_params(self._settings, self._models.params.draft)

    def _on_no_model(self, error: UserError) -> None:
        _log.info("no model at start: %s", error.cause)
        if not isinstance(error, NoModelError):  # that one is what the empty window says by itself
            self._window.show_notice(Notice.from_error(error, "model.open"))
        self._window.page.composer.release()

    def _import_markdown(self) -> None:
        self._io.run(make_parser)

    def _on_called(self, path: str) -> None:
        if self._calls[path] is instance.Call.ASK:
            self._show_ask_window()
        else:
            self._raise_window()

    def _show_ask_window(self) -> None:
        if self._ask_window is None:
            from desktopchat.ui.ask_window import AskWindow

            quick = QuickAsk(self._chat, self._storage, self._store, self)
            window = AskWindow(quick, self._models, self._keys, self._window.theme, self._drawing)
            window.open_requested.connect(self._on_ask_window_open_requested)
            window.command_requested.connect(self._on_ask_window_command_requested)
            self._ask_window = window
        self._ask_window.call()

    def _on_ask_window_open_requested(self, conversation_id: int | None) -> None:
        self._raise_window()
        if conversation_id is not None:
            self._window.commands.open_conversation(conversation_id)

    def _on_ask_window_command_requested(self, command_id: str) -> None:
        self._raise_window()
        self._window.actions_by_id[command_id].trigger()

    def _raise_window(self) -> None:
        self._shell.setWindowState(self._shell.windowState() & ~Qt.WindowState.WindowMinimized)
        self._shell.show()
        self._shell.raise_()
        self._shell.activateWindow()

    def _on_uncaught(self, _error: BaseException) -> None:
        self._uncaught.emit()  # from any thread

    def _on_uncaught_here(self) -> None:
        self._window.show_notice(
            Notice(
                "error",
                "Something went wrong inside the program; nothing that was saved is lost.",
                Sentence("If it happens again, start anew. The log is in {folder}.", folder=self._session.paths.logs),
            )
        )

    def _quit_on_signals(self) -> None:
        """Close the window on Ctrl+C and on the end of the session, as if the person had closed it.

        Python runs a signal's handler only between bytecodes, which an idle event loop has none of; the
        byte that the signal writes into this pipe wakes it.
        """
        self._signal_read, self._signal_write = os.pipe()
        os.set_blocking(self._signal_read, False)
        os.set_blocking(self._signal_write, False)
        signal.set_wakeup_fd(self._signal_write)
        self._signal_notifier = QSocketNotifier(self._signal_read, QSocketNotifier.Type.Read)
        self._signal_notifier.activated.connect(self._on_signal)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)

    def _on_signal(self) -> None:
        os.read(self._signal_read, 64)
        self._shell.close()


def _on_qt_message(kind: QtMsgType, _context: Any, message: str) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s", message)
