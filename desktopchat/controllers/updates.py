"""Looks for a newer version when the person wants to know, and never by itself."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import AbandonedError, UserError

if TYPE_CHECKING:
    from desktopchat.core.release import Offer


class Check(Protocol):
    """One look; `network.updates.UpdateCheck` is one."""

    @property
    def host(self) -> str:
        """Whom it asks."""

    def run(self) -> "Offer":
        """Ask; raises UserError, or AbandonedError."""

    def abandon(self) -> None:
        """End it at once, from any thread."""


class UpdateController(QObject):
    """Asks one thing at a time.

    Args:
        make_check: Makes what asks, or raises a UserError; called off the window's thread.

    Attributes:
        asking: Host that is being asked.
        answered: Offer.
        failed: UserError.
    """

    asking = Signal(str)
    answered = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        preferences: Preferences,
        io: TaskRunner,
        make_check: Callable[[], Check],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._io = io
        self._make_check = make_check
        self._check: Check | None = None
        self._number = 0

    @property
    def language(self) -> str:
        """The value of the setting of that name."""
        return str(self._preferences["look.language"])

    def look(self) -> None:
        """Ask."""
        self.stop()
        number = self._number
        self._io.run(lambda: self._ask(number), self._on_asked, self._on_failed)

    def stop(self) -> None:
        """Wait for no answer any more."""
        self._number += 1
        if (check := self._check) is not None:
            check.abandon()

    def _ask(self, number: int) -> "Offer | None":  # off the window's thread
        self._check = check = self._make_check()
        if number != self._number:
            return None
        self.asking.emit(check.host)
        try:
            return check.run()
        except AbandonedError:
            return None

    def _on_asked(self, offer: "Offer | None") -> None:
        if offer is not None:
            self.answered.emit(offer)

    def _on_failed(self, error: UserError) -> None:
        self.failed.emit(error)
