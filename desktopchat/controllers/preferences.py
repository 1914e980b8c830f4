"""The settings while the window is open: read by anyone, changed from it, saved off its thread."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.settings.file import Settings
from desktopchat.settings.options import Value


class Saver:
    """Writes a file on another thread, never twice at a time, and leaves out what is old by then.

    Args:
        failed: Called with what the file system said.
    """

    def __init__(self, io: TaskRunner, failed: Callable[[UserError], None]) -> None:
        self._io = io
        self._failed = failed
        self._newest = 0
        self._writing = Lock()

    def save(self, work: Callable[[], None]) -> None:
        """Do `work` soon, unless newer work is asked for before."""
        self._newest += 1
        number = self._newest

        def write() -> None:
            with self._writing:
                if number == self._newest:
                    work()

        self._io.run(write, failed=self._failed)


class Preferences(QObject):
    """What can be set.

    Attributes:
        changed: Key and value of an option.
        noticed: Notice.
    """

    changed = Signal(str, object)
    noticed = Signal(object)

    def __init__(self, settings: Settings, io: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._saver = Saver(io, self._on_failed)

    def __getitem__(self, key: str) -> Any:
        return self._settings[key]

    def set(self, key: str, value: Value) -> None:
        """Let an option have another value, from now on and after the next start.

        Raises:
            UserError: It cannot have this value.
        """
        if self._settings[key] == value:
            return
        self._settings[key] = value
        self.changed.emit(key, value)
        self._saver.save(self._settings.save)

    def expect(self, values: Mapping[str, Value]) -> None:
        """See that options can have these values.

        Raises:
            UserError: One cannot.
        """
        for key, value in values.items():
            self._settings.expect(key, value)

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
