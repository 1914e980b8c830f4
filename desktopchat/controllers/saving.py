"""What has to reach the disk although the disk refuses for a while."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import DiskError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence, joined

RETRY_INTERVAL = 2000  # ms
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Task:
    work: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[UserError], None]
    running: bool = False


class Saving(QObject):
    """Tries again until it works, and tells of it once.

    Attributes:
        noticed: Notice: the disk refuses, it works again, or a work failed for another reason.
    """

    noticed = Signal(object)

    def __init__(self, storage: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._storage = storage
        self._tasks: dict[Hashable, _Task] = {}
        self._refused = False
        self._timer = QTimer(self)
        self._timer.setInterval(RETRY_INTERVAL)
        self._timer.timeout.connect(self._on_timer_timeout)

    def keep(
        self,
        key: Hashable,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Do `work` on the thread of the storage, again and again until the disk takes it.

        Args:
            key: What is saved. Newer work takes the place of older one that has not succeeded.
            work: Called any number of times.
            done: Called with its result here, once.
            failed: Called here when it failed for another reason than the disk; told as a notice without it.
        """
        task = _Task(work, done, failed or self._report)
        self._tasks[key] = task
        self._try(key, task)

    def forget(self, key: Hashable) -> None:
        """Do not try it again: it has been saved in another way."""
        self._tasks.pop(key, None)

    def refuse(self, error: UserError) -> None:
        """Tell that the disk refused something that will be tried again, unless that has been told already."""
        if not self._refused:
            self._refused = True
            cure = joined(error.cure, Sentence("Nothing is lost; saving goes on by itself."))
            self.noticed.emit(Notice("error", error.cause, cure, "", error.details))

    def succeed(self) -> None:
        """Tell that the disk works again, when nothing is left that it refused."""
        if self._refused and not self._tasks:
            self._refused = False
            self.noticed.emit(Notice("info", "Saving works again; everything is on disk."))

    def close(self) -> None:
        """Try what is left a last time, before the app ends."""
        self._timer.stop()
        for task in self._tasks.values():
            if not task.running:
                self._storage.run(task.work, failed=_ignore)

    def _try(self, key: Hashable, task: _Task) -> None:
        def done(result: Any) -> None:
            self._leave(key, task)
            self.succeed()
            if task.done is not None:
                task.done(result)

        def failed(error: UserError) -> None:
            task.running = False
            if not isinstance(error, DiskError):
                self._leave(key, task)
                task.failed(error)
            elif self._tasks.get(key) is task:
                self.refuse(error)
                self._timer.start()

        task.running = True
        self._storage.run(task.work, done, failed)

    def _leave(self, key: Hashable, task: _Task) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]

    def _on_timer_timeout(self) -> None:
        self._timer.stop()
        for key, task in list(self._tasks.items()):
            if not task.running:
                self._try(key, task)

    def _report(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))


def _ignore(_error: UserError) -> None:
    """The person has been told that the disk refuses."""
