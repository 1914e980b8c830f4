"""Asks which version of desktopchat is the newest, when a person wants to know, and believes only what is signed."""

import base64
import binascii
from collections.abc import Callable, Sequence

from desktopchat.core import release
from desktopchat.core.address import ServerAddress
from desktopchat.core.release import MARK, Offer, Release
from desktopchat.core.secret import Secret
from desktopchat.network.connection import Connection
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Purpose

_MOST = 256 << 10  # bytes of a list; one of fifty files has 20 kB
_SIGNATURE = 64  # bytes


class UpdateCheck:
    """One look, in one thread; `abandon` may be called from any.

    Args:
        address: Of the list.
        connect: Makes a connection to a server.
        present: The version that runs.
        system: That it runs on, as in "linux-x86_64".
        keys: Of those who may announce versions, in Base64.
    """

    def __init__(
        self,
        address: str,
        connect: Callable[[ServerAddress, Secret | None], Connection],
        present: str,
        system: str,
        keys: Sequence[str],
    ) -> None:
        if not address:
            raise release.no_address()
        self._fetcher = Fetcher(ServerAddress.parse(address), connect)
        self._present = present
        self._system = system
        self._keys = keys

    @property
    def host(self) -> str:
        """Whom it asks."""
        return self._fetcher.address.label

    def run(self) -> Offer:
        """Ask. Nothing is fetched but the list.

        Raises:
            UpdateError: What came is no list of the makers.
            NetworkError: Nothing came.
            AbandonedError: It was abandoned.
        """
        try:
            stream, _ = self._fetcher.open(Purpose.UPDATES, "", {})
            try:
                if stream.status != 200:
                    raise release.no_list(self.host, stream.status)
                text = stream.read(_MOST)
            finally:
                stream.close()
        finally:
            self._fetcher.close()
        return Offer(believed(text, self.host, self._keys), self._present, self._system)

    def abandon(self) -> None:
        """End it at once. Never blocks."""
        self._fetcher.abandon()


def believed(text: bytes, host: str, keys: Sequence[str]) -> Release:
    """Return what a list says.

    Raises:
        UpdateError: It was not signed with one of these keys, or makes no sense.
    """
    first, _, rest = text.partition(b"\n")
    try:
        signature = base64.b64decode(first.removeprefix(f"{MARK} ".encode()).strip(), validate=True)
    except binascii.Error:
        signature = b""
    if not first.startswith(f"{MARK} ".encode()) or len(signature) != _SIGNATURE:
        raise release.not_signed(host)
    if not any(_is_signed(rest, signature, key) for key in keys):
        raise release.badly_signed(host)
    try:
        return Release.parse(rest)
    except ValueError as error:
        raise release.malformed(host, str(error)) from error


def signed_text(text: bytes) -> bytes:
    """Return what is signed of a list."""
    return f"{MARK}\n".encode() + text


def _is_signed(text: bytes, signature: bytes, key: str) -> bool:
    # Not at the start: few ever ask.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, signed_text(text))
    except InvalidSignature:
        return False
    return True
