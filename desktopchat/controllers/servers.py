"""Servers whose models answer here: which ones the person uses, what they have, and their keys."""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.models import LoadedModel, ModelController
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.address import Place, ServerAddress
from desktopchat.core.errors import CancelledError, KeyringError, NetworkError, ServerKeyError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.notice import Notice
from desktopchat.core.request import MadeRequest
from desktopchat.core.secret import Secret
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.storage.server_keys import ServerKeys

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.engine.remote.looking import Look
    from desktopchat.engine.remote.server import ServedModel

_MOST_SAVED = 20
_MOST_SHOWN = 1000  # requests
_SAVED = "network.servers"


class ServerController(QObject):
    """Asks a server for its models before the present model gives way, and remembers those that were used.

    Args:
        look: Makes what asks a server; nothing is asked before the person names one.
        made: Reads what was asked so far, and raises OSError where it cannot; called off the window's thread.

    Attributes:
        asking_changed: Host that is being asked; empty when none is.
        models_listed: ServerAddress, and a tuple of ServedModel to choose from.
        key_wanted: ServerAddress, and why as a Sentence.
        connections_read: The newest requests that were made, as a tuple of MadeRequest, the latest first.
        noticed: Notice.
    """

    asking_changed = Signal(str)
    models_listed = Signal(object, object)
    key_wanted = Signal(object, object)
    connections_read = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        models: ModelController,
        preferences: Preferences,
        io: TaskRunner,
        keys: ServerKeys,
        look: Callable[[ServerAddress], "Look"],
        made: Callable[[], Iterable[MadeRequest]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models = models
        self._preferences = preferences
        self._io = io
        self._keys = keys
        self._make_look = look
        self._made = made
        self._look: Look | None = None
        models.model_loaded.connect(self._on_models_model_loaded)

    @property
    def asking(self) -> bool:
        """Whether a server is being asked."""
        return self._look is not None

    @property
    def present(self) -> ServerAddress | None:
        """The server whose model answers, now or when it has been loaded."""
        path = self._models.identity.path
        return ServerAddress.parse(path) if ModelFile(path, "", 0, "").is_served else None

    def saved(self) -> tuple[ServerAddress, ...]:
        """Return the servers with the models that were used, the latest first."""
        found = []
        for text in str(self._preferences[_SAVED]).split():
            with suppress(UserError):  # the person may have written it
                found.append(ServerAddress.parse(text))
        return tuple(found)

    def connect_to(self, typed: str) -> None:
        """Use a model of a server; where it has several, `models_listed` lets the person choose.

        Args:
            typed: Its address.
        """
        try:
            address = ServerAddress.parse(typed)
        except UserError as error:
            self.noticed.emit(Notice.from_error(error, "model.connect"))
            return
        if self._look is not None or self._models.loading:
            self.noticed.emit(Notice("warning", "Another model is being loaded.", "Stop that first.", "message.stop"))
            return
        look = self._look = self._make_look(address)

        def done(found: "tuple[ServedModel, ...]") -> None:
            self._end_look()
            if address.model or len(found) == 1:
                self.use(address if address.model else address.of_model(found[0].id))
            else:
                self.models_listed.emit(address, found)

        def failed(error: UserError) -> None:
            self._end_look()
            if isinstance(error, ServerKeyError):
                self.key_wanted.emit(address, error.cause)
            elif isinstance(error, CancelledError):
                self.noticed.emit(Notice("info", error.cause))
            else:
                self.noticed.emit(Notice.from_error(error, "model.connect"))

        self.asking_changed.emit(address.label)
        self._io.run(look.models, done, failed)

    def use(self, address: ServerAddress) -> None:
        """Let a model of a server answer from now on."""
        self._models.load(ModelFile.at(address))

    def stop(self) -> None:
        """Ask no more."""
        if self._look is not None:
            self._look.stop()

    def read_connections(self) -> None:
        """Read which requests were made; `connections_read` tells."""

        def work() -> tuple[MadeRequest, ...]:
            try:
                newest = deque(self._made(), _MOST_SHOWN)
            except OSError as error:
                raise NetworkError(
                    Sentence("The list of connections cannot be read: {why}.", why=reason_of(error)),
                    "See whether you may read the data folder.",
                    str(error),
                ) from error
            return tuple(sorted(newest, key=lambda one: one.at, reverse=True))

        def failed(error: UserError) -> None:
            self.noticed.emit(Notice.from_error(error))

        self._io.run(work, self.connections_read.emit, failed)

    def give_key(self, address: ServerAddress, typed: str) -> None:
        """Keep a key and try again with it."""
        try:
            key = Secret.typed(typed)
        except UserError as error:
            self.key_wanted.emit(address, error.sentence)
            return

        def failed(error: UserError) -> None:
            assert isinstance(error, KeyringError)
            self.noticed.emit(Notice.from_error(error))
            self.connect_to(str(address))

        self._io.run(lambda: self._keys.keep(address, key), lambda _: self.connect_to(str(address)), failed)

    def forget(self, address: ServerAddress) -> None:
        """Remove a server from the list, and its key when no other of its models is listed."""
        left = [one for one in self.saved() if one != address]
        self._preferences.set(_SAVED, " ".join(map(str, left)))
        if not any(one.origin == address.origin for one in left):
            self._io.run(lambda: self._keys.forget(address))
        self.noticed.emit(Notice("info", Sentence("{host} is forgotten, and its key.", host=address.label)))

    def _end_look(self) -> None:
        self._look = None
        self.asking_changed.emit("")

    def _on_models_model_loaded(self, model: LoadedModel) -> None:
        address = self.present
        if model.place is Place.HERE or address is None:
            return
        if model.limited:
            words = Sentence(
                "{host} takes temperature, top-p, penalties, seed, stop and max tokens; the rest has no effect there.",
                host=address.label,
            )
            self.noticed.emit(Notice("info", words))
        others = [one for one in self.saved() if one != address]
        self._preferences.set(_SAVED, " ".join(map(str, (address, *others[: _MOST_SAVED - 1]))))
