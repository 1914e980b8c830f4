"""Whether the models of the hub would fit here, before one of them is downloaded."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.bandwidth_log import BandwidthLog
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.device import Device
from desktopchat.core.errors import UserError
from desktopchat.core.fit import FittedVariant
from desktopchat.core.hub import HubRepo
from desktopchat.engine.api import BackendInfo

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.network.fetching import Fetcher


class FitController(QObject):
    """Looks at one repository at a time.

    Args:
        make_fetcher: Makes what asks the hub for files; called away from the window.

    Attributes:
        fitted: HubRepo, and a tuple of FittedVariant.
        failed: HubRepo, and UserError.
    """

    fitted = Signal(object, object)
    failed = Signal(object, object)

    def __init__(
        self,
        worker: EngineWorker,
        models: ModelController,
        log: BandwidthLog,
        make_fetcher: "Callable[[], Fetcher]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._models = models
        self._log = log
        self._make_fetcher = make_fetcher
        self._runner = TaskRunner("hub fit", parent=self)
        self._devices: tuple[Device, ...] = ()
        self._waiting: HubRepo | None = None  # for the devices
        self._wanted: HubRepo | None = None
        self._fetcher: Fetcher | None = None
        worker.devices_seen.connect(self._on_worker_devices_seen)

    def look_at(self, repo: HubRepo) -> None:
        """Find out how the variants of a repository would fit; whatever was asked before is not wanted any more."""
        self.leave()
        self._wanted = repo
        if self._devices:
            self._begin(repo)
        else:
            self._waiting = repo
        self._worker.look_at_devices()  # what is free changes

    def leave(self) -> None:
        """Ask for nothing any more."""
        self._wanted = self._waiting = None
        if (fetcher := self._fetcher) is not None:
            fetcher.abandon()

    def close(self) -> None:
        """End what is under way and the thread."""
        self.leave()
        self._runner.close()

    def _on_worker_devices_seen(self, info: BackendInfo) -> None:
        self._devices = info.devices
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._begin(waiting)

    def _begin(self, repo: HubRepo) -> None:
        params, devices, known = self._models.params, self._devices, self._log.bandwidths

        def work() -> tuple[FittedVariant, ...] | None:
            from desktopchat.library.fitting import fitted
            from desktopchat.library.remote_header import read_remote_headers
            from desktopchat.network.connection import AbandonedError

            def fetcher() -> "Fetcher":
                self._fetcher = made = self._make_fetcher()
                if self._wanted is not repo:
                    made.abandon()
                return made

            try:
                return fitted(repo, lambda files: read_remote_headers(fetcher(), files), params, devices, known)
            except AbandonedError:
                return None

        def done(found: tuple[FittedVariant, ...] | None) -> None:
            if found is not None and self._wanted is repo:
                self.fitted.emit(repo, found)

        def failed(error: UserError) -> None:
            if self._wanted is repo:
                self.failed.emit(repo, error)

        self._runner.run(work, done, failed)
