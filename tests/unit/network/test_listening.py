"""Opening the door: where, and what is said when it does not open."""

import socket

import pytest

from desktopchat.core.errors import NetworkError
from desktopchat.network.listening import is_loopback, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", ""])
def test_others_reach_it(host: str) -> None:
    assert not is_loopback(host)


def test_it_listens() -> None:
    (opened,) = listen("127.0.0.1", 0)
    with opened, socket.create_connection(opened.getsockname(), 10):
        pass


def test_a_port_that_is_taken_is_told() -> None:
    (opened,) = listen("127.0.0.1", 0)
    with opened, pytest.raises(NetworkError, match="is in use by another program"):
        listen("127.0.0.1", opened.getsockname()[1])


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "a" * 300])
def test_a_host_that_is_not_here_is_told(host: str) -> None:
    with pytest.raises(NetworkError, match="is no address of this machine"):
        listen(host, 0)
