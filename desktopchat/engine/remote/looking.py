"""Looks at what a server has before anything is loaded."""

from collections.abc import Callable

from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import AbandonedError, CancelledError
from desktopchat.core.secret import Secret
from desktopchat.engine.remote.server import ServedModel, choose, list_models
from desktopchat.network.connection import Connection

_LOOKING = "look"


class Look:
    """One look, to be had once.

    Args:
        connect: Makes the connection.
        key_of: Returns the key for a server; it may take a moment.
    """

    def __init__(
        self,
        address: ServerAddress,
        connect: Callable[[ServerAddress, Secret | None], Connection],
        key_of: Callable[[ServerAddress], Secret | None],
    ) -> None:
        self._address = address
        self._connect = connect
        self._key_of = key_of
        self._connection: Connection | None = None
        self._stopped = False

    def models(self) -> tuple[ServedModel, ...]:
        """Return the models of the server.

        Raises:
            NetworkError: It cannot be asked, refuses, or has not the model that the address names.
            CancelledError: `stop` was called.
        """
        connection = self._connection = self._connect(self._address, self._key_of(self._address))
        connection.task_name = _LOOKING
        try:
            if self._stopped:
                raise AbandonedError
            found = list_models(connection, self._address)
            if self._address.model or not found:
                choose(found, self._address)
        except AbandonedError:
            raise CancelledError("Loading was stopped.") from None
        finally:
            connection.close()
        return found

    def stop(self) -> None:
        """End it at once. From any thread."""
        self._stopped = True
        if self._connection is not None:
            self._connection.abandon(_LOOKING)
