"""How many tokens a prompt has: asked of llama-server where nothing leaves this machine, else estimated."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import msgspec

from desktopchat.core.address import ServerAddress
from desktopchat.core.chat import ChatMessage
from desktopchat.core.errors import NetworkError
from desktopchat.engine.api import PromptSettings
from desktopchat.engine.remote.request import asked
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.ledger import Purpose

# Of English in the vocabularies of today, and of Chinese and Japanese, measured in tokens a character.
_PER_ASCII = 0.25
_PER_OTHER = 0.7
_PER_PICTURE = 600  # of the models of today between 64 and several thousand
_PER_MESSAGE = 4  # what a chat template puts around each
_MOST_ANSWER = 64 << 20  # bytes
_PATIENCE = Patience(connect=2.0, silence=5.0)


class Estimate:
    """Guesses from the length of the text; each answer that the server has counted makes the next guess better."""

    def __init__(self) -> None:
        self._ratio = 1.0

    def of(self, messages: Sequence[ChatMessage]) -> int:
        """Return about how many tokens these messages are."""
        return ceil(self._plain(messages) * self._ratio)

    def learn(self, messages: Sequence[ChatMessage], tokens: int) -> None:
        """Take note of how many they really were."""
        plain = self._plain(messages)
        if tokens and plain > 50:
            self._ratio = min(max(tokens / plain, 0.2), 5.0)

    @staticmethod
    def _plain(messages: Sequence[ChatMessage]) -> float:
        total = 0.0
        for message in messages:
            others = sum(not letter.isascii() for letter in message.content)
            total += _PER_MESSAGE + _PER_PICTURE * len(message.pictures)
            total += (len(message.content) - others) * _PER_ASCII + others * _PER_OTHER
        return total


def exact(
    connection: Connection, address: ServerAddress, messages: Sequence[ChatMessage], settings: PromptSettings
) -> int | None:
    """Return what llama-server counts; None when it does not.

    Raises:
        AbandonedError: It was abandoned.
    """
    root = address.path.removesuffix("/v1")
    turns = asked(messages, settings, is_llama=True)
    try:
        counted = _asked(connection, f"{root}/v1/chat/completions/input_tokens", turns).get("input_tokens")
        if isinstance(counted, int):
            return counted
        # Older servers take two calls.
        prompt = _asked(connection, f"{root}/apply-template", turns)["prompt"]
        wanted = {"content": prompt, "add_special": True, "parse_special": True}
        return len(_asked(connection, f"{root}/tokenize", wanted)["tokens"])
    except (NetworkError, msgspec.DecodeError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _asked(connection: Connection, path: str, fields: dict[str, Any]) -> Any:
    body = msgspec.json.encode(fields)
    status, answer = connection.ask(Purpose.COUNT, path, body, most=_MOST_ANSWER, patience=_PATIENCE)
    return msgspec.json.decode(answer) if status == 200 else {}
