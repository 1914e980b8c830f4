"""An engine that asks the faulty server of the tests."""

import json
import socket
from pathlib import Path

import pytest
from faulty_server import Behaviour, Exchange, event

from desktopchat.core.address import ServerAddress
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import (
    UserError,
)
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.secret import Secret
from desktopchat.engine.api import (
    Delta,
    GenerationEvent,
    GenerationRequest,
    ModelLoaded,
)
from desktopchat.engine.remote.engine import RemoteEngine
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.ledger import Ledger

KEY = "sk-canary-0123456789"
HELLO = GenerationRequest(1, (ChatMessage(Role.USER, "Hello"),), SamplingParams(seed=1))


class Rig:
    """An engine that has little patience, and what it has written down."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "connections.jsonl"
        ledger = Ledger(self.file)
        patience = Patience(connect=2, silence=0.3)
        self.key: Secret | None = None
        self.offline = False
        self.engine = RemoteEngine(
            lambda address, key: Connection(address, ledger, key, patience, is_offline=lambda: self.offline),
            lambda _: self.key,
        )

    def load(self, address: str) -> ModelLoaded:
        *_, last = self.engine.load(ModelFile.at(ServerAddress.parse(address)), LoadParams())
        assert isinstance(last, ModelLoaded)
        return last

    def ask(self, request: GenerationRequest = HELLO) -> list[GenerationEvent]:
        return list(self.engine.generate(request))

    def fault(self, request: GenerationRequest = HELLO) -> UserError:
        with pytest.raises(UserError) as caught:
            self.ask(request)
        return caught.value

    def ledger(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]


def text_of(happened: list[GenerationEvent], index: int = 0) -> str:
    return "".join(one.text for one in happened if isinstance(one, Delta) and one.index == index)


def drop(exchange: Exchange) -> None:
    """Close without a word, as a program that ends does."""
    exchange.keep = False
    exchange.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    exchange.socket.shutdown(socket.SHUT_RDWR)


def stall(exchange: Exchange) -> None:
    exchange.stream(event("Once"))
    exchange.wait_for_the_end()


def refuse(status: int, message: str = "no", **headers: str) -> Behaviour:
    return lambda exchange: exchange.reply(status, {"error": {"message": message}}, **headers)
