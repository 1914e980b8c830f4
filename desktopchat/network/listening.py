"""Opens the door for the local endpoint: the one place where the program listens."""

import errno
import ipaddress
import socket
import sys
from collections.abc import Sequence

from desktopchat.core.errors import NetworkError
from desktopchat.core.sentence import Sentence, reason_of

_BACKLOG = 128
Sockets = Sequence[socket.socket]


def is_loopback(host: str) -> bool:
    """Return whether nobody but this machine can reach a host that is listened on."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str, port: int) -> Sockets:
    """Listen on every address of a host; port 0 takes a free one.

    Raises:
        NetworkError: The host is none of this machine, or the port is taken or not ours to take.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise _no_host(host) from error
    opened: list[socket.socket] = []
    failure: OSError | None = None
    for family, kind, protocol, _, address in dict.fromkeys(found):
        try:
            opened.append(_opened(family, kind, protocol, address))
        except OSError as error:
            failure = error
    if opened and (failure is None or failure.errno != errno.EADDRINUSE):
        return opened  # one family is enough: many machines have no IPv6
    for one in opened:
        one.close()
    assert failure is not None
    raise _refused(failure, host, port) from failure


def _opened(family: int, kind: int, protocol: int, address: object) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":  # where reuse would let another program listen on the same port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)  # type: ignore[arg-type]
        made.listen(_BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def _no_host(host: str) -> NetworkError:
    return NetworkError(
        Sentence("{host} is no address of this machine.", host=host), "Leave --host out, or give 127.0.0.1."
    )


def _refused(error: OSError, host: str, port: int) -> NetworkError:
    if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return _no_host(host)
    if error.errno == errno.EADDRINUSE:
        return NetworkError(
            Sentence("Port {port} is in use by another program.", port=str(port)),
            "Choose another one with --port, or end that program.",
        )
    return NetworkError(
        Sentence("Port {port} cannot be listened on: {why}.", port=str(port), why=reason_of(error)),
        "Choose another one with --port; those below 1024 are the system's.",
    )
