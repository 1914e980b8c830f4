"""Everything that lives as long as the window: made, wired and taken down in order."""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
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
from desktopchat.core.errors import NoModelError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence
from desktopchat.parts import Parts
from desktopchat.resources import resource
from desktopchat.session import Session
from desktopchat.settings.file import Settings
from desktopchat.storage.database import Database
from desktopchat.storage.state import WINDOW_LAYOUT
from desktopchat.storage.stores import Stores
from desktopchat.ui.background import AnswerNotice, Tray
from desktopchat.ui.command_groups import MADE_AFTER_THE_START
from desktopchat.ui.garbage import GarbageCollector
from desktopchat.ui.language import language_of
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.shell import Shell
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.parser import make_parser

if TYPE_CHECKING:
    from desktopchat.ui.ask_window import AskWindow

LAYOUT_DELAY = 2_000  # ms; what a kill can take of a new size or zoom
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

        language = language_of(settings["look.language"], QLocale.system())[:2]
        self._parts = parts = Parts(lambda: self._session, settings, stores, language, self._use_models_in)
        self._models, self._chat = parts.models, parts.chat
        self._window = MainWindow(
            parts,
            theme,
            send_key=self._settings["chat.send_key"],
            version=__version__,
            drawing=parts.drawing,
        )
        self._window.theme_chosen.connect(self._on_window_theme_chosen)
        self._answer_notice = AnswerNotice(shell, self._wants_notice)
        self._chat.answering_changed.connect(self._answer_notice.set_answering)
        self._window.density_chosen.connect(self._on_window_density_chosen)
        parts.preferences.noticed.connect(self._window.show_notice)
        parts.preferences.changed.connect(self._on_preferences_changed)
        self._window.restore_layout(layout)
        self._window.page.composer.hold()
        shell.fill(self._window)
        self._ask_window: AskWindow | None = None
        self._window.ask_requested.connect(self._show_ask_window)
        self._layout = self._layout_state()
        self._layout_timer = QTimer(self)
        self._layout_timer.setSingleShot(True)
        self._layout_timer.setInterval(LAYOUT_DELAY)
        self._layout_timer.timeout.connect(self._save_layout)
        for changed in (shell.placed, self._window.frame.changed, self._window.panel.folded, theme.changed):
            changed.connect(self._on_layout_changed)

        self._calls = {str(instance.call_file(session.paths.data, call)): call for call in instance.Call}
        self._call_watcher = QFileSystemWatcher(list(self._calls))
        self._call_watcher.fileChanged.connect(self._on_called)
        self._uncaught.connect(self._on_uncaught_here)
        self._quit_on_signals()
        parts.conversations.refresh()
        parts.shelving.start()
        parts.parameters.start()
        self._models.start()
        self._chat.open_last()
        # What the first letter can do without comes after the first paint, a piece at a time.
        self._pieces = iter(self._after_the_start())
        QTimer.singleShot(0, self._take_next_piece)
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
        self._parts.close(self._save_layout)
        self._shell.deleteLater()
        self._garbage.close()
        signal.set_wakeup_fd(-1)
        os.close(self._signal_read)
        os.close(self._signal_write)

    def _after_the_start(self) -> Iterator[Callable[[], object]]:
        """Yield what is made and begun between the first paint and the load of the model."""
        for group in MADE_AFTER_THE_START:
            yield partial(self._window.commands.make, group)
        yield self._begin_to_learn
        yield self._open_first_model
        # What the first message needs, which would hold the window up when it comes.
        yield partial(self._parts.io.run, make_parser)
        # What the window is made of stays; a collection of all would hold it up.
        yield gc.freeze

    def _take_next_piece(self) -> None:
        if (piece := next(self._pieces, None)) is not None:
            piece()
            QTimer.singleShot(0, self._take_next_piece)

    def _begin_to_learn(self) -> None:
        self._parts.size_hint.suggested.connect(self._window.show_suggestion)
        self._parts.size_hint.start()
        self._parts.bandwidths.start()

    def _use_models_in(self, folder: Path) -> None:  # off the window's thread
        self._settings["models.folder"] = str(folder)
        self._settings.save()
        self._session = replace(self._session, paths=replace(self._session.paths, models=folder))

    def _layout_state(self) -> dict[str, Any]:
        return self._shell.layout_state() | self._window.layout_state()

    def _on_layout_changed(self) -> None:
        if not self._layout_timer.isActive():
            self._layout_timer.start()

    def _save_layout(self) -> None:
        layout = self._layout_state()
        if layout != self._layout:
            self._layout = layout
            self._chat.saving.keep(("layout",), lambda: self._store.set_state(WINDOW_LAYOUT, layout))

    def _open_first_model(self) -> None:
        for warning in self._settings.warnings:
            self._window.show_notice(Notice("warning", warning))
        if (about_keys := self._parts.keys.warning()) is not None:
            self._window.show_notice(about_keys)
        for notice in self._notices:
            self._window.show_notice(notice)
        self._show_tray()
        self._parts.care.start()
        self._parts.downloads.start()
        self._parts.endpoint.start()
        self._parts.io.run(lambda: self._session.draft_model(self._settings), self._on_draft_chosen, self._on_no_draft)

    def _show_tray(self) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable() and not self._session.safe:
            icon = QIcon(str(resource("icons", "desktopchat.svg")))
            self._tray = Tray(self._shell, icon, self)
            self._tray.raise_requested.connect(self._raise_window)
            self._tray.ask_requested.connect(self._show_ask_window)
            self._answer_notice.told.connect(self._tray.tell)

    def _wants_notice(self) -> bool:
        return bool(self._parts.preferences["chat.notify"] == "on")

    def _on_draft_chosen(self, draft: ModelFile | None) -> None:
        self._models.params = self._session.load_params(self._settings, draft)
        self._parts.io.run(self._session.choose_model, self._on_model_chosen, self._on_no_model)

    def _on_model_chosen(self, model: ModelFile) -> None:
        self._models.load(model)
        self._window.page.composer.release()

    def _on_no_draft(self, error: UserError) -> None:
        self._window.show_notice(Notice.from_error(error))
        self._on_draft_chosen(None)

    def _on_window_theme_chosen(self, mode: str) -> None:
        self._parts.preferences.set("look.theme", mode)

    def _on_window_density_chosen(self, density: str) -> None:
        self._parts.preferences.set("look.density", density)

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

    def _on_called(self, path: str) -> None:
        if self._calls[path] is instance.Call.ASK:
            self._show_ask_window()
        else:
            self._raise_window()

    def _show_ask_window(self) -> None:
        if self._ask_window is None:
            from desktopchat.ui.ask_window import AskWindow

            window = AskWindow(
                self._parts.quick_ask, self._models, self._parts.keys, self._window.theme, self._parts.drawing
            )
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
