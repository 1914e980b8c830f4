"""Lets huggingface_hub ask, though only through a connection of ours: to one hub, written down, to be abandoned."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpx2

from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import HubError, PassingNetworkError
from desktopchat.core.sentence import Sentence
from desktopchat.network import hub_faults
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.ledger import Purpose

_MOST = 32 << 20  # bytes of an answer; a repository with 10,000 files has 3 MB
_SILENCE = 30.0  # seconds; nothing that is asked takes thought
_TRIES = 4
_FIRST_PAUSE = 0.5  # seconds; each further one is twice as long
_LONGEST_PAUSE = 5.0  # seconds; what wants a longer one is told instead
# What huggingface_hub reads of an answer. The rest, such as warnings that it would log, stays out.
_KEPT_HEADERS = ("content-type", "link", "x-repo-commit", "etag")


@dataclass(frozen=True, slots=True)
class _Route:
    connection: Connection
    hub: ServerAddress
    purpose: Purpose


_route: ContextVar[_Route] = ContextVar("route")


def make_client() -> httpx2.Client:
    """Return a client that asks nobody but the hub of the `routed` that it is used in."""
    return httpx2.Client(transport=_Transport(), trust_env=False, follow_redirects=False)


@contextmanager
def routed(connection: Connection, hub: ServerAddress, purpose: Purpose) -> Iterator[None]:
    """Let what `make_client` made ask over this connection, in this thread.

    Raises:
        NetworkError: What went wrong, when something did.
        AbandonedError: The connection was abandoned.
    """
    token = _route.set(_Route(connection, hub, purpose))
    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise not_understood(hub.label, error) from error
    # What answers of the wrong shape lead to in huggingface_hub, which does not expect any.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise not_understood(hub.label, error) from error
    finally:
        _route.reset(token)


def fetch(connection: Connection, hub: ServerAddress, purpose: Purpose, path: str, most: int) -> bytes:
    """Return the beginning of a small file.

    Args:
        path: Behind the address of the hub.
        most: Bytes that are read.

    Raises:
        NetworkError: It cannot be had.
        AbandonedError: The connection was abandoned.
    """
    stream = connection.stream(purpose, f"{hub.path}{path}", patience=_patience(connection))
    try:
        if stream.status != 200:
            raise _refusal(connection, hub, path, stream.status, stream.headers)
        body = bytearray()
        for part in stream:
            body += part
            if len(body) >= most:
                break
        return bytes(body[:most])
    finally:
        stream.close()


def not_understood(host: str, error: Exception) -> HubError:
    """Return that an answer makes no sense."""
    return HubError(
        Sentence("{host} sent something that no model hub sends.", host=host),
        "See whether the address is that of a model hub: desktopchat models endpoint test.",
        f"{type(error).__name__}: {error}"[:500],
    )


class _Transport(httpx2.BaseTransport):
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and ask again what fails for a moment."""
        route = _route.get()
        target = _path_of(request.url, route.hub)
        for tried in itertools.count(1):
            try:
                return self._ask(request, route, target)
            except PassingNetworkError as error:
                if tried == _TRIES or error.wait > _LONGEST_PAUSE:
                    raise
                # Not all who were refused at the same time shall come back at the same time.
                pause = _FIRST_PAUSE * 2 ** (tried - 1) * random.uniform(1, 1.2)
                route.connection.pause(max(pause, error.wait))
        raise AssertionError("unreachable")

    def _ask(self, request: httpx2.Request, route: _Route, target: str) -> httpx2.Response:
        connection = route.connection
        stream = connection.stream(route.purpose, target, patience=_patience(connection))
        try:
            if stream.status != 200:
                path = target.removeprefix(route.hub.path)
                raise _refusal(connection, route.hub, path, stream.status, stream.headers)
            body = stream.read(_MOST)
        finally:
            stream.close()
        kept = {name: stream.headers[name] for name in _KEPT_HEADERS if name in stream.headers}
        return httpx2.Response(200, headers=kept, content=body, request=request)


def _path_of(url: httpx2.URL, hub: ServerAddress) -> str:
    """Return what is asked of the hub for an address.

    The addresses of further pages come from the hub. A mirror may pass on those of the hub behind it; nobody but the
    mirror is asked for them.
    """
    target = url.raw_path.decode("ascii")
    if hub.path and not target.startswith(f"{hub.path}/"):
        target = f"{hub.path}{target}"
    return target


def _refusal(connection: Connection, hub: ServerAddress, path: str, status: int, headers: dict[str, str]) -> Exception:
    return hub_faults.refused(status, headers, hub.label, hub.base, path, has_token=connection.key is not None)


def _patience(connection: Connection) -> Patience:
    usual = connection.patience
    return Patience(usual.connect, min(usual.silence, _SILENCE))
