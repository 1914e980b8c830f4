"""OpenEndpoint: the local endpoint of a window, with its door and its key."""

from collections.abc import Callable
from pathlib import Path

from desktopchat.core.secret import Secret
from desktopchat.engine.api import ModelInfo
from desktopchat.network.listening import listen
from desktopchat.server.app import create_app
from desktopchat.server.asking import Asker
from desktopchat.server.calls import Calls
from desktopchat.server.desk import Desk, EndpointOptions
from desktopchat.server.endpoint import Endpoint
from desktopchat.server.queue import EngineQueue
from desktopchat.storage.endpoint_key import EndpointKey

_LOOPBACK, _EVERYWHERE = "127.0.0.1", "0.0.0.0"


class OpenEndpoint:
    """Listens from its making to `close`.

    Args:
        data: Folder whose key it has; one is made where there is none.
        port: Where it listens.
        is_open: Other machines may ask too.
        options: Tells what the person chose.
        queue: Of the window's engine.
        model: Tells the model in use; None while there is none.
        calls: Hears of each call.

    Attributes:
        port: Where it listens.
        is_open: Other machines may ask too.
        key: What programs must know.

    Raises:
        NetworkError: The port is taken.
        StorageError: The key cannot be kept.
    """

    def __init__(
        self,
        data: Path,
        port: int,
        is_open: bool,
        options: Callable[[], EndpointOptions],
        queue: EngineQueue,
        model: Callable[[], ModelInfo | None],
        calls: Calls,
    ) -> None:
        sockets = listen(_EVERYWHERE if is_open else _LOOPBACK, port)
        try:
            self._keys = EndpointKey(data)
            self.key: Secret = self._keys.get() or self._keys.make()
            desk = Desk(Asker(queue), model, options)
            app = create_app(desk, lambda: self.key, is_open=is_open, calls=calls)
            self._endpoint = Endpoint(app, sockets)
        except BaseException:
            for one in sockets:
                one.close()
            raise
        self.port = self._endpoint.port
        self.is_open = is_open

    def renew_key(self) -> None:
        """Make another key; programs that know the one before are refused from now on.

        Raises:
            StorageError: It cannot be kept.
        """
        self.key = self._keys.make()

    def close(self) -> None:
        """End it. The queue must have been closed before."""
        self._endpoint.close()
