"""The model hub: what is found there, what is in a repository, and who asks."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.hub_details import HubDetails
from desktopchat.controllers.hub_search import HubSearch
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.address import ServerAddress
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.endpoint import USUAL, VARIABLE, endpoint, page_of, setting_with
from desktopchat.core.errors import KeyringError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.secret import Secret
from desktopchat.core.sentence import Sentence
from desktopchat.storage.server_keys import ServerKeys

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.library.hub.inquiry import EndpointReport, Inquiry

_SETTING = "hub.endpoint"


class HubController(QObject):
    """Owns the search and the details, and keeps the token of the hub.

    Args:
        hubs: Returns the address of the hub that is asked, and behind it those of its mirrors.
        make_inquiry: Makes what asks it; called away from the window.
        read_catalog: Returns the models that we suggest; called away from the window.

    Attributes:
        search: The models that are found.
        details: What is in one of them.
        token_wanted: Why as a Sentence; what was typed before was none.
        noticed: Notice.
    """

    token_wanted = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        preferences: Preferences,
        io: TaskRunner,
        keys: ServerKeys,
        hubs: Callable[[], tuple[ServerAddress, ...]],
        make_inquiry: "Callable[[], Inquiry]",
        read_catalog: Callable[[], Sequence[CatalogEntry]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._io = io
        self._keys = keys
        self._hubs = hubs
        self._preferences = preferences
        self._make_inquiry = make_inquiry
        self._testing: Inquiry | None = None
        self.search = HubSearch(make_inquiry, read_catalog, self)
        self.details = HubDetails(make_inquiry, self)
        preferences.changed.connect(self._on_preferences_changed)

    @property
    def host(self) -> str:
        """The hub for people; empty when the setting names none."""
        try:
            return self._hubs()[0].label
        except UserError:
            return ""

    def page_of(self, repo: str) -> str:
        """Return the address of a repository's page, where its terms can be accepted."""
        return page_of(self._hubs()[0], repo)

    def choices(self) -> tuple[ServerAddress, ...]:
        """Return the hubs that can be asked, the one that is first."""
        try:
            found = self._hubs()
        except UserError:
            found = ()  # the person may have written something into the setting
        return tuple(dict.fromkeys((*found, endpoint(USUAL))))

    def use(self, typed: str) -> None:
        """Ask this hub from now on, and see whether it answers.

        Args:
            typed: Its address.
        """
        try:
            address = endpoint(typed)
            self._preferences.set(_SETTING, setting_with(self._preferences[_SETTING], address))
        except UserError as error:
            self.noticed.emit(Notice.from_error(error, "model.hub"))
            return
        if self._hubs()[0] == address:
            self.test()
        else:
            words = Sentence("{variable} is set in the environment and goes before the settings.", variable=VARIABLE)
            self.noticed.emit(Notice("warning", words))

    def give_token(self, typed: str) -> None:
        """Keep the token for the hub, and use it from now on."""
        try:
            hub, token = self._hubs()[0], Secret.typed(typed)
        except UserError as error:
            self.token_wanted.emit(error.sentence)
            return

        def done(_nothing: None) -> None:
            self._ask_anew()
            self.noticed.emit(Notice("info", Sentence("The keyring keeps the token for {host}.", host=hub.label)))

        def failed(error: UserError) -> None:
            assert isinstance(error, KeyringError)
            self._ask_anew()
            self.noticed.emit(Notice.from_error(error))

        self._io.run(lambda: self._keys.keep(hub, token), done, failed)

    def test(self) -> None:
        """See whether the hub answers, and knows the token."""

        def work() -> "EndpointReport":
            inquiry = self._testing = self._make_inquiry()
            try:
                return inquiry.test()
            finally:
                inquiry.close()

        def done(report: "EndpointReport") -> None:
            self.noticed.emit(Notice("info", _told(report)))

        def failed(error: UserError) -> None:
            self.noticed.emit(Notice.from_error(error, "model.hub_test"))

        self._io.run(work, done, failed)

    def close(self) -> None:
        """End what is under way and the threads."""
        if self._testing is not None:
            self._testing.stop(1)
        self.search.close()
        self.details.close()

    def _ask_anew(self) -> None:
        self.search.forget_inquiry()
        self.details.forget_inquiry()

    def _on_preferences_changed(self, key: str, _value: object) -> None:
        if key == _SETTING:
            self._ask_anew()


def _told(report: "EndpointReport") -> Sentence:
    host, seconds = report.address.label, f"{report.seconds:.1f}"
    if report.account:
        return Sentence(
            "{host} answers in {seconds} s, and knows the token of {account}.",
            host=host, seconds=seconds, account=report.account,
        )  # fmt: skip
    return Sentence("{host} answers in {seconds} s.", host=host, seconds=seconds)
