"""Fetches files from a server and from wherever it sends on to; only the server itself sees the key."""

from collections.abc import Callable, Mapping
from threading import Event
from urllib.parse import urljoin, urlsplit

from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import AbandonedError, NetworkError, UserError
from desktopchat.core.secret import Secret
from desktopchat.network import faults
from desktopchat.network.connection import MOST_REDIRECTS, REDIRECTS, Connection, Patience, Stream
from desktopchat.network.ledger import Purpose

PATIENCE = Patience(connect=10, silence=20)


class Fetcher:
    """Asks for one file after another, in one thread; `abandon` may be called from any, and ends it for good.

    Args:
        address: Of the server; its path stands before each that is asked for.
        connect: Makes a connection to a server, with the key or without one.
        key: For this server alone.
        patience: How long to wait for each of the servers.
    """

    def __init__(
        self,
        address: ServerAddress,
        connect: Callable[[ServerAddress, Secret | None], Connection],
        key: Secret | None = None,
        patience: Patience = PATIENCE,
    ) -> None:
        self.address = address
        self._connect = connect
        self._key = key
        self._patience = patience
        self._connections: dict[str, Connection] = {}
        self._current: Connection | None = None
        self._over = Event()

    def open(self, purpose: Purpose, path: str, headers: Mapping[str, str]) -> tuple[Stream, bool]:
        """Ask for a file.

        Returns:
            The answer as it begins, and whether it comes from the server itself.

        Raises:
            NetworkError: There is none, or it is somewhere we do not go.
            AbandonedError: It was abandoned.
        """
        address, path = self.address, f"{self.address.path}{path}"
        for _ in range(MOST_REDIRECTS + 1):
            self._current = connection = self._to(address)
            connection.task_name = self
            if self._over.is_set():
                raise AbandonedError
            stream = connection.get(purpose, path, headers, self._patience)
            if stream.status not in REDIRECTS:
                return stream, address.origin == self.address.origin
            stream.close()
            address, path = self._next(address, path, stream.headers.get("location", ""))
        raise faults.endless(self.address.label)

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises:
            AbandonedError: It was abandoned.
        """
        if self._over.wait(seconds):
            raise AbandonedError

    def abandon(self) -> None:
        """End what runs at once, and whatever is asked later. From any thread; never blocks."""
        self._over.set()
        if (connection := self._current) is not None:
            connection.abandon(self)

    @property
    def has_key(self) -> bool:
        """Whether the server is told who asks."""
        return self._key is not None

    @property
    def is_abandoned(self) -> bool:
        """Whether it has been."""
        return self._over.is_set()

    def close(self) -> None:
        """Close all connections."""
        for connection in self._connections.values():
            connection.close()

    def _to(self, address: ServerAddress) -> Connection:
        if address.origin not in self._connections:
            key = self._key if address.origin == self.address.origin else None
            self._connections[address.origin] = self._connect(address, key)
        return self._connections[address.origin]

    @staticmethod
    def _next(came_from: ServerAddress, path: str, location: str) -> tuple[ServerAddress, str]:
        """Return where to go on to: never from encrypted to open, and never from the internet into a private network.

        Raises:
            NetworkError: We do not go there.
        """
        target = location
        try:
            target = urljoin(f"{came_from.origin}{path}", location)
            parts = urlsplit(target)
            address = ServerAddress.parse(f"{parts.scheme}://{parts.netloc}")
        except (ValueError, UserError):
            raise _refused(came_from, target) from None
        opens = came_from.origin.startswith("https:") and not address.origin.startswith("https:")
        if opens or (address.is_near and not came_from.is_near):
            raise _refused(came_from, target)
        return address, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _refused(came_from: ServerAddress, target: str) -> NetworkError:
    return faults.unsafe_redirect(came_from.label, target.partition("?")[0])
