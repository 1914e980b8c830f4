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
    from desktopchat.library.fitting import FitInquiry


class FitController(QObject):
    """Looks at one repository at a time.

    Args:
        make_inquiry: Makes what asks the hub.

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
        make_inquiry: "Callable[[], FitInquiry]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._models = models
        self._log = log
        self._make_inquiry = make_inquiry
        self._runner = TaskRunner("hub fit", parent=self)
        self._waiting: HubRepo | None = None  # for the devices
        self._wanted: HubRepo | None = None
        self._inquiry: FitInquiry | None = None
        worker.devices_seen.connect(self._on_worker_devices_seen)

    def look_at(self, repo: HubRepo) -> None:
        """Find out how the variants of a repository would fit; whatever was asked before is not wanted any more."""
        self.leave()
        self._wanted = repo
        if (plan := self._models.plan) is not None:
            # What was free before a model was loaded is free again for another one; and the engine may be busy.
            self._begin(repo, plan.devices)
        else:
            self._waiting = repo
            self._worker.look_at_devices()

    def leave(self) -> None:
        """Ask for nothing any more."""
        self._wanted = self._waiting = None
        if self._inquiry is not None:
            self._inquiry.stop()

    def close(self) -> None:
        """End what is under way and the thread."""
        self.leave()
        self._runner.close()

    def _on_worker_devices_seen(self, info: BackendInfo) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._begin(waiting, info.devices)

    def _begin(self, repo: HubRepo, devices: tuple[Device, ...]) -> None:
        params, known = self._models.params, self._log.bandwidths
        inquiry = self._inquiry = self._make_inquiry()

        def done(found: tuple[FittedVariant, ...] | None) -> None:
            if found is not None and self._wanted is repo:
                self.fitted.emit(repo, found)

        def failed(error: UserError) -> None:
            if self._wanted is repo:
                self.failed.emit(repo, error)

        self._runner.run(lambda: inquiry.look(repo, params, devices, known), done, failed)
