"""Which build of llama.cpp computes: what there is, and what the person chooses."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.models import ModelController
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.backend import Tried
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.engine.backends.choice import Backends

_SETTING = "engine.backend"


class BackendController(QObject):
    """Looks for backends off the window's thread, and has the model loaded anew when another one is chosen.

    Args:
        make: Makes what finds, tries and adds them; called off the window's thread.

    Attributes:
        listed: Tuple of Tried.
        looking_changed: Whether they are being looked for and tried.
        noticed: Notice.
    """

    listed = Signal(object)
    looking_changed = Signal(bool)
    noticed = Signal(object)

    def __init__(
        self,
        models: ModelController,
        preferences: Preferences,
        io: TaskRunner,
        make: "Callable[[], Backends]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._preferences = preferences
        self._io = io
        self._make = make
        self._looking = False
        self._made: Backends | None = None
        preferences.changed.connect(self._on_preferences_changed)

    @property
    def wanted(self) -> str:
        """The setting: "auto", or a name."""
        return str(self._preferences[_SETTING])

    def look(self) -> None:
        """Find all backends and try those that were not; `listed` tells of them."""
        self._run(lambda: tuple(self._backends().all()))

    def use(self, name: str) -> None:
        """Take a backend from now on; "auto" takes the best."""
        self._preferences.set(_SETTING, name)

    def add(self, path: str) -> None:
        """Add a pack, try it, and list all."""

        def work() -> tuple[Tried, ...]:
            backends = self._backends()
            backends.packs.add(Path(path))
            return tuple(backends.all())

        self._run(work, self._models.reload)

    def roll_back(self, name: str) -> None:
        """Take the version before of a backend, and list all."""

        def work() -> tuple[Tried, ...]:
            backends = self._backends()
            backends.packs.roll_back(name)
            return tuple(backends.all())

        self._run(work, self._models.reload)

    def stop(self) -> None:
        """End the trials that run."""
        if self._made is not None:
            self._made.interrupt()

    def _backends(self) -> "Backends":
        self._made = self._made or self._make()
        return self._made

    def _run(self, work: Callable[[], tuple[Tried, ...]], then: Callable[[], None] | None = None) -> None:
        if self._looking:
            return

        def done(found: tuple[Tried, ...]) -> None:
            self._end()
            if then is not None:
                then()
            self.listed.emit(found)

        self._looking = True
        self.looking_changed.emit(True)
        self._io.run(work, done, self._on_failed)

    def _end(self) -> None:
        self._looking = False
        self.looking_changed.emit(False)

    def _on_failed(self, error: UserError) -> None:
        self._end()
        self.noticed.emit(Notice.from_error(error, "model.backend"))

    def _on_preferences_changed(self, key: str, _value: object) -> None:
        if key == _SETTING:
            self._models.reload()
