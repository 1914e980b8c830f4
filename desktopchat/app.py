"""The way from the launcher to the window: the lock, the store, an empty window, and then what fills it."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from desktopchat import instance
from desktopchat.controllers.opening import OpenStore, StoreOpening, missing_notice
from desktopchat.controllers.words import said
from desktopchat.core.errors import AlreadyRunningError, DamagedDatabaseError, PassphraseError, UserError
from desktopchat.core.notice import Notice
from desktopchat.crash_report import CrashReport
from desktopchat.session import Session
from desktopchat.settings.file import Settings
from desktopchat.storage.database import Database
from desktopchat.storage.state import WINDOW_LAYOUT, get_state
from desktopchat.ui.language import speak
from desktopchat.ui.motion import be_still
from desktopchat.ui.shell import Shell
from desktopchat.ui.theme import Theme, palette_of
from desktopchat.unlock import FORGOTTEN

if TYPE_CHECKING:
    from desktopchat.ui.start_window import StartWindow

_SAFE = Notice(
    "hint",
    "This is the safe mode: the settings are as they come, and the CPU computes alone.",
    "What you set now holds until the window is closed.",
)


def run(session: Session, *, ask: bool = False) -> int:
    """Open the window and return the exit code when it has been closed.

    Args:
        ask: The small window is wanted; the large one stays out of the way.

    Raises:
        UserError: The data cannot be used; nothing was changed.
    """
    lock = instance.InstanceLock(session.paths.data)
    try:
        lock.acquire()
    except AlreadyRunningError as error:
        instance.tell(session.paths.data, instance.Call.ASK if ask else instance.Call.RAISE)
        print(f"desktopchat: {error.cause} Its window comes to the front.", file=sys.stderr)
        return 0
    try:
        app = QApplication(sys.argv[:1])
        app.setStyle("Fusion")
        be_still(app.style())
        app.setApplicationName("desktopchat")
        app.setApplicationDisplayName("desktopchat")
        app.setDesktopFileName("desktopchat")
        if session.paths.portable:
            # Where its dialogs keep which folder they showed.
            QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(session.paths.config))
        settings = session.settings()
        speak(app, settings["look.language"])
        opened = _open_store(session, settings)
        if opened is None:
            return 0
        report = CrashReport(session.paths.logs)
        try:
            notices = (*opened.notices, *report.start(), *((_SAFE,) if session.safe else ()))
            opened = OpenStore(opened.database, notices)
            return _show(session, settings, app, opened, ask=ask)
        finally:
            opened.database.close()
            report.stop()
    finally:
        lock.release()


def _show(session: Session, settings: Settings, app: QApplication, opened: OpenStore, *, ask: bool) -> int:
    """Show the window and return the exit code when it has been closed."""
    layout = get_state(opened.database, WINDOW_LAYOUT, {})
    theme = Theme(settings["look.theme"], layout.get("zoom", 1.0), density=settings["look.density"])
    QApplication.setPalette(palette_of(theme.tokens))
    shell = Shell(theme)
    if not shell.open(layout, minimized=ask):
        return 0
    # What fills the window takes as long to import as Qt. Until that sees to the garbage, there is none.
    gc.disable()
    from desktopchat.application import Application

    application = Application(session, settings, opened.database, shell, theme, layout, opened.notices, ask=ask)
    try:
        return app.exec()
    finally:
        application.close()


def _open_store(session: Session, settings: Settings) -> OpenStore | None:
    """Open the database; ask for the passphrase or salvage what is damaged when that is needed first.

    Returns:
        None when the person gave up.

    Raises:
        UserError: It cannot be used; nothing was changed.
    """
    path = session.paths.database
    try:
        notices = missing_notice(path)
        return OpenStore(Database(path, trusted=False), notices)
    except (PassphraseError, DamagedDatabaseError):
        pass
    theme = Theme(settings["look.theme"])
    QApplication.setPalette(palette_of(theme.tokens))
    QApplication.setFont(theme.font(14))
    from desktopchat.ui.start_window import StartWindow

    waiting = _Waiting(StoreOpening(path), StartWindow(theme, said(FORGOTTEN.about(database=path))))
    return waiting.run()


class _Waiting(QObject):
    """Runs until the store is open, cannot be, or the person gave up."""

    def __init__(self, opening: StoreOpening, window: StartWindow) -> None:
        super().__init__()
        self._opening = opening
        self._window = window
        self._loop = QEventLoop()
        self._opened: OpenStore | None = None
        self._error: UserError | None = None
        opening.passphrase_wanted.connect(window.ask)
        opening.salvage_started.connect(window.show_salvage)
        opening.opened.connect(self._on_opening_opened)
        opening.failed.connect(self._on_opening_failed)
        window.entered.connect(opening.try_passphrase)
        window.left.connect(self._loop.quit)

    def run(self) -> OpenStore | None:
        """Return the open store.

        Raises:
            UserError: It cannot be used.
        """
        QTimer.singleShot(0, self._opening.start)
        self._loop.exec()
        self._opening.close()
        self._window.left.disconnect(self._loop.quit)
        self._window.close()
        if self._error is not None:
            raise self._error
        return self._opened

    def _on_opening_opened(self, opened: OpenStore) -> None:
        self._opened = opened
        self._loop.quit()

    def _on_opening_failed(self, error: UserError) -> None:
        self._error = error
        self._loop.quit()
