"""Work off the GUI thread, results on it."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktopchat.core.errors import UserError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class TaskRunner(QObject):
    """An executor whose results arrive as calls on the thread that made it.

    Args:
        name: Name of the threads.
        workers: Number of threads; one means that tasks run in order.
    """

    _ended = Signal(object, object)

    def __init__(self, name: str, workers: int = 1, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._closed = False
        self._ended.connect(self._on_task_ended)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Run `work` on the executor, then `done` with its result or `failed` with its UserError here.

        Any other exception, or a UserError without `failed`, is raised here, where the handler for uncaught
        exceptions sees it; `failed` is called all the same, so that nobody waits for ever.
        """

        def call() -> None:
            try:
                result = work()
            except UserError as error:
                self._ended.emit(failed or _raise, error)
            except BaseException as error:
                if failed is not None:
                    self._ended.emit(failed, UserError("Something went wrong inside the program.", "", repr(error)))
                self._ended.emit(_raise, error)
            else:
                if done is not None:
                    self._ended.emit(done, result)

        self._executor.submit(call)

    def call(self, work: Callable[[], T]) -> T:
        """Run `work` on the executor and wait for its result; for other executors, never for the window's thread.

        Raises:
            Exception: What `work` raises.
        """
        return self._executor.submit(work).result()

    def close(self) -> None:
        """Finish what was given and end the threads. Results that are still under way are not delivered."""
        self._closed = True
        self._executor.shutdown(wait=True)

    def _on_task_ended(self, handler: Callable[[Any], None], value: Any) -> None:
        if not self._closed:
            handler(value)


def _raise(error: BaseException) -> None:
    raise error
