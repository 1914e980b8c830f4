"""What is in one repository of the hub, and what is said about its model."""

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.hub import HubRepo

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.library.hub.inquiry import Inquiry

DELAY = 200  # ms that a row is looked at before the hub is asked about it
_MOST_KEPT = 50  # repositories

T = TypeVar("T")


class HubDetails(QObject):
    """Asks for one repository at a time, first for its files, then for its card.

    Args:
        make_inquiry: Makes what asks the hub; called on the runner's thread.

    Attributes:
        repo_read: HubRepo.
        card_read: HubRepo, and its card as Markdown; empty when it has none.
        failed: Name of the repository, and UserError.
        card_failed: HubRepo, and UserError.
    """

    repo_read = Signal(object)
    card_read = Signal(object, str)
    failed = Signal(str, object)
    card_failed = Signal(object, object)

    def __init__(self, make_inquiry: "Callable[[], Inquiry]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_inquiry = make_inquiry
        self._runner = TaskRunner("hub details", parent=self)
        self._inquiry: Inquiry | None = None
        self._number = 1
        self._wanted = ""
        self._kept: OrderedDict[str, tuple[HubRepo, str]] = OrderedDict()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DELAY)
        self._wait.timeout.connect(self._read)

    def look_at(self, repo: str, *, soon: bool = False) -> None:
        """Ask for a repository; whatever else is being asked for is not wanted any more.

        Args:
            soon: Only when no other one is wanted in a moment.
        """
        self.leave()
        self._wanted = repo
        if (kept := self._kept.get(repo)) is not None:
            self.repo_read.emit(kept[0])
            self.card_read.emit(*kept)
        elif soon:
            self._wait.start()
        else:
            self._read()

    def leave(self) -> None:
        """Ask for nothing any more."""
        self._wait.stop()
        if self._inquiry is not None:
            self._inquiry.stop(self._number)
        self._number += 1

    def forget_inquiry(self) -> None:
        """Ask anew who and where the hub is."""
        self.leave()
        self._kept.clear()
        self._runner.run(self._end_inquiry)

    def close(self) -> None:
        """End what is under way and the thread."""
        self.leave()
        self._runner.run(self._end_inquiry)
        self._runner.close()

    def _read(self) -> None:
        number, wanted = self._number, self._wanted

        def failed(error: UserError) -> None:
            if number == self._number:
                self.failed.emit(wanted, error)

        def done(repo: HubRepo | None) -> None:
            if repo is not None and number == self._number:
                self.repo_read.emit(repo)
                self._read_card(repo)

        self._runner.run(lambda: self._ask(number, lambda inquiry: inquiry.repository(wanted, number)), done, failed)

    def _read_card(self, repo: HubRepo) -> None:
        number = self._number

        def failed(error: UserError) -> None:
            if number == self._number:
                self.card_failed.emit(repo, error)

        def done(card: str | None) -> None:
            if card is None or number != self._number:
                return
            self._kept[repo.model.repo] = repo, card
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            self.card_read.emit(repo, card)

        self._runner.run(lambda: self._ask(number, lambda inquiry: inquiry.card(repo, number)), done, failed)

    def _ask(self, number: int, question: "Callable[[Inquiry], T]") -> T | None:
        """Return an answer; None when it is not wanted any more."""
        if number != self._number:
            return None
        if self._inquiry is None:
            self._inquiry = self._make_inquiry()
        return question(self._inquiry)

    def _end_inquiry(self) -> None:
        inquiry, self._inquiry = self._inquiry, None
        if inquiry is not None:
            inquiry.close()
