"""Downloads in the window: the queue runs in threads of its own, and what becomes of it is told here."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.models import ModelController
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.download import Download, DownloadState
from desktopchat.core.errors import UserError
from desktopchat.core.hub_file import HubFile
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence, joined

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.library.download_queue import DownloadQueue

_TICK = 500  # ms between two looks at the numbers


class DownloadController(QObject):
    """Hands on what the person wants of the queue, off the window's thread, and tells how far all is.

    Args:
        make: Makes the queue; it is given what to call after each change.
        kept: File of the queue; where there is none, none is made before it is needed.

    Attributes:
        changed: Tuple of Download, after each change and twice a second while anything is under way.
        noticed: Notice.
    """

    changed = Signal(object)
    noticed = Signal(object)
    _heard = Signal()

    def __init__(
        self,
        models: ModelController,
        preferences: Preferences,
        make: "Callable[[Callable[[], None]], DownloadQueue]",
        kept: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._make = make
        self._kept = kept
        self._tasks = TaskRunner("downloads")
        self._queue: DownloadQueue | None = None
        self._shown: tuple[Download, ...] = ()
        self._seen: dict[int, DownloadState] = {}
        self._seen_of: DownloadQueue | None = None
        self._newest = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._refresh)
        self._heard.connect(self._refresh)
        preferences.changed.connect(self._on_preferences_changed)

    @property
    def downloads(self) -> tuple[Download, ...]:
        """All of them, as they were told last."""
        return self._shown

    @property
    def newest(self) -> str:
        """Path of the model that arrived last in this window; empty when none has."""
        return self._newest

    def start(self) -> None:
        """Let go on what was under way when the window was closed."""
        self._tasks.run(self._open_if_kept)

    def look(self) -> None:
        """Look for parts that were left and what was set aside; `changed` tells of them."""
        self._run(lambda queue: queue.look())

    def add(self, name: str, files: tuple[HubFile, ...]) -> None:
        """Fetch the files of a model."""
        self._run(lambda queue: queue.add(name, files))

    def toggle(self, download: Download) -> None:
        """Pause what goes on by itself, but let go on at once what waits for its time; resume everything else."""
        waits = download.state is DownloadState.WAITING and download.until > 0
        self._run(
            lambda queue: (queue.pause if download.is_active and not waits else queue.resume)(download.id),
        )

    def move_up(self, download: Download) -> None:
        """Fetch one earlier."""
        self._run(lambda queue: queue.move_up(download.id))

    def remove(self, download: Download) -> None:
        """Take one out, with what has come of it unless it is whole."""
        self._run(lambda queue: queue.remove(download.id))

    def open(self, download: Download) -> None:
        """Open the model of one that is done."""
        if download.place:
            self._models.open_file(download.place)

    def open_newest(self) -> None:
        """Open the model that arrived last."""
        if self._newest:
            self._models.open_file(self._newest)

    def begin_anew(self) -> None:
        """Go on in the folder of models that is used by now."""

        def work() -> None:
            if (queue := self._queue) is not None:
                self._queue = None
                queue.close()
                self._opened()

        self._tasks.run(work)

    def close(self) -> None:
        """Stop all and keep what came."""
        self._timer.stop()
        self._tasks.close()
        if self._queue is not None:
            self._queue.close()

    def _run(self, work: "Callable[[DownloadQueue], object]") -> None:
        self._tasks.run(lambda: work(self._opened()), failed=self._on_failed)

    def _open_if_kept(self) -> None:
        if self._kept.exists():
            self._opened()

    def _opened(self) -> "DownloadQueue":
        """Return the queue; on its own thread, which is the only one that makes it."""
        if self._queue is None:
            queue = self._make(self._heard.emit)
            queue.open()
            self._queue = queue
            self._heard.emit()
        return self._queue

    def _refresh(self) -> None:
        queue = self._queue
        if queue is None:
            return
        if queue is not self._seen_of:  # whose downloads have other numbers
            self._seen_of, self._seen = queue, {}
        before, self._shown = self._shown, queue.downloads()
        moves = any(one.is_active and (one.state is not DownloadState.WAITING or one.until) for one in self._shown)
        if moves != self._timer.isActive():
            self._timer.start() if moves else self._timer.stop()
        for one in self._shown:
            if self._seen.get(one.id, one.state) is not one.state:
                self._tell(one)
            self._seen[one.id] = one.state
        if self._shown != before:
            self.changed.emit(self._shown)

    def _tell(self, one: Download) -> None:
        if one.state is DownloadState.DONE:
            self._newest = one.place
            here = Sentence("{name} is here and is what the hub says it is.", name=one.name)
            unsure = Sentence("{name} is here; the hub has no hash to verify it by.", name=one.name)
            is_verified = all(file.sha256 for file in one.files)
            self.noticed.emit(Notice("hint", here if is_verified else unsure, "", "download.open"))
        elif one.state is DownloadState.FAILED:
            cause = Sentence("{name} was not downloaded.", name=one.name)
            self.noticed.emit(Notice("error", joined(cause, one.reason), "", "download.list"))

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error, "download.list"))

    def _on_preferences_changed(self, key: str, _value: object) -> None:
        if key == "network.offline" and (queue := self._queue) is not None:
            self._tasks.run(queue.wake)
