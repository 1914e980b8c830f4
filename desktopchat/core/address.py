"""Where a model is that another program runs: the address of its server, and its name there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence

_MOST = 2000  # characters
_DEFAULT_PATH = "/v1"
_DEFAULT_PORTS = {"http": 80, "https": 443}
# What people copy from the documentation of a service besides the part that all its calls share.
_CALLS = ("/chat/completions", "/completions", "/models")
_SCHEME = re.compile(r"[a-zA-Z][\w+.-]*://")
_NAME = re.compile(r"[^\s/?#@\\]+")
# Names that no server on the internet can have (RFC 6762, RFC 8375, and what ICANN set aside).
_PRIVATE_ENDINGS = (".local", ".lan", ".home", ".home.arpa", ".internal")


class Place(StrEnum):
    """Where a model answers: in this program, in another one on this machine, or on another machine."""

    HERE = "here"
    BESIDE = "beside"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The address of an OpenAI-compatible server.

    Attributes:
        origin: Scheme, host and port, as in "http://localhost:8080"; a usual port is left out.
        host: Name or number, without brackets.
        path: What all calls begin with, as in "/v1"; empty for none.
        model: Name of the model there; empty when it has not been chosen.
    """

    origin: str
    host: str
    path: str
    model: str = ""

    @classmethod
    def parse(cls, text: str) -> "ServerAddress":
        """Read what a person typed: the scheme and the path may be missing, and "#" leads to a model's name.

        Raises:
            UserError: It is no address, or words would go to the internet for everyone to read.
        """
        text = text.strip()
        if not _SCHEME.match(text):
            scheme = "http" if _may_be_open(re.split(r"[/#]", text)[0].rsplit(":", 1)[0].strip("[]")) else "https"
            text = f"{scheme}://{text}"
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            parts, host, port = urlsplit(""), "", None
        if parts.scheme not in _DEFAULT_PORTS or not _NAME.fullmatch(host) or len(text) > _MOST:
            raise UserError(
                Sentence("“{text}” is not the address of a server.", text=text[:100]),
                "Write it like http://localhost:8080 or https://api.example.com/v1.",
            )
        if parts.username is not None or parts.password is not None or parts.query:
            raise UserError(
                "An address holds no name, no key and no question mark.",
                "Leave that out; a key is asked for when the server wants one.",
            )
        if parts.scheme == "http" and not _may_be_open(host):
            raise UserError(
                Sentence("On the way to {host} everyone could read what you write.", host=host),
                "Use an address that begins with https.",
            )
        shown = f"[{host}]" if ":" in host else host
        usual = port is None or port == _DEFAULT_PORTS[parts.scheme]
        origin = f"{parts.scheme}://{shown}" + ("" if usual else f":{port}")
        path = parts.path.rstrip("/")
        for call in _CALLS:
            path = path.removesuffix(call)
        return cls(origin, host, path if parts.path.strip("/") else _DEFAULT_PATH, unquote(parts.fragment))

    @property
    def base(self) -> str:
        """The address without the model."""
        return f"{self.origin}{self.path}"

    @property
    def label(self) -> str:
        """Host and port, for people."""
        return self.origin.partition("://")[2]

    @property
    def place(self) -> Place:
        """Where the server is."""
        return Place.BESIDE if is_loopback(self.host) else Place.AWAY

    @property
    def is_open(self) -> bool:
        """Whether what is written goes over a network unencrypted."""
        return self.place is Place.AWAY and self.origin.startswith("http:")

    @property
    def is_near(self) -> bool:
        """Whether the server cannot be on the internet."""
        return _may_be_open(self.host)

    def of_model(self, model: str) -> "ServerAddress":
        """Return the address of another model there."""
        return replace(self, model=model)

    def __str__(self) -> str:
        return f"{self.base}#{quote(self.model, safe='/:@')}" if self.model else self.base


def helper(text: str) -> ServerAddress:
    """Read the address of an RPC server, which has a port and speaks without encryption.

    Raises:
        UserError: It is none, or one outside of the own network.
    """
    address = ServerAddress.parse(f"http://{text}")
    if ":" not in address.label.rpartition("]")[2] or address.label != text.lower():
        raise UserError(
            Sentence("“{text}” is not the address of an RPC server.", text=text[:100]),
            "Write it like 192.168.1.7:50052.",
        )
    return address


def place_of(helpers: Iterable[str]) -> Place:
    """Return where a model is that these RPC servers share."""
    places = {helper(text).place for text in helpers}
    if Place.AWAY in places:
        return Place.AWAY
    return Place.BESIDE if places else Place.HERE


def is_address(text: str) -> bool:
    """Return whether a text is the address of a server and not the name of a file."""
    return text.lower().startswith(("http://", "https://"))


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address  # here, for the window waits for what is imported before it

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _may_be_open(host: str) -> bool:
    """Return whether a host is one that cannot be on the internet, so that it may be talked to without encryption."""
    if is_loopback(host):
        return True
    from ipaddress import ip_address

    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_ENDINGS)
