"""What a server is: which models it has, and whether it is llama.cpp's own."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import NetworkError, PassingNetworkError, ServerKeyError, ServerModelError, UserError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.remote.replies import ListedModel, ModelList, Refusal, refused
from desktopchat.network import faults
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.ledger import Purpose

_ARGUMENTS = ("enable_thinking", "reasoning_effort", "tools")
_MOST_LIST = 16 << 20  # bytes; the longest list that we know of has 2 MB
_MOST_WAIT = 20.0  # seconds that a server may make us wait before we ask again by ourselves
_TRIES = 4
_LIST_PATIENCE = 30.0  # seconds for the list of models, which takes no thought
_FIRST_PAUSE = 0.5  # seconds; each further one is twice as long

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model of a server.

    Attributes:
        id: What the server calls it.
        n_ctx: Context window in tokens; 0 when it does not tell.
        is_llama: llama-server runs it, which takes more parameters and tells more.
        slots: How many answers it gives at once; 0 when it does not tell.
        sees: It looks at pictures, or does not tell.
        asks: As of `ModelInfo`; of a server that does not tell what all of them are told in the same way.
    """

    id: str
    n_ctx: int = 0
    is_llama: bool = False
    slots: int = 0
    sees: bool = True
    asks: tuple[str, ...] = ("reasoning_effort", "tools")


def list_models(connection: Connection, address: ServerAddress) -> tuple[ServedModel, ...]:
    """Return the models that a server has.

    Raises:
        NetworkError: It cannot be asked, or refuses.
        AbandonedError: It was abandoned.
    """
    path = f"{address.path}/models"
    status, body = patiently(connection, lambda: _asked(connection, path, address.model))
    if status == 404 and address.model:
        return (ServedModel(address.model),)  # not every server has a list
    _require(connection, status, body, address.model)
    try:
        listed = msgspec.json.decode(body, type=ModelList).data
    except (msgspec.DecodeError, RecursionError) as error:
        raise faults.malformed(connection.host, str(error)) from error
    if listed is None:
        raise faults.malformed(connection.host, "no list of models")
    return tuple(_served(one) for one in listed)


def choose(models: tuple[ServedModel, ...], address: ServerAddress) -> ServedModel:
    """Return the model that an address names, or the only one.

    Raises:
        ServerModelError: There is no such model, or there are several.
    """
    if address.model:
        for model in models:
            if model.id == address.model:
                return model
        names = ", ".join(model.id for model in models[:20])
        raise ServerModelError(
            Sentence("{host} has no model called {model}.", host=address.label, model=address.model),
            "Choose one that it has.",
            names,
        )
    if len(models) == 1:
        return models[0]
    if not models:
        raise ServerModelError(Sentence("{host} has no model.", host=address.label), "Load one there.")
    names = ", ".join(model.id for model in models[:20])
    raise ServerModelError(
        Sentence("{host} has {count} models.", host=address.label, count=len(models)),
        "Name one behind the address, after a “#”.",
        names,
    )


def with_properties(connection: Connection, address: ServerAddress, model: ServedModel) -> ServedModel:
    """Return a model of llama-server with the number of its slots and what its template asks for.

    Raises:
        ServerKeyError: It wants a key for all but the list of its models.
    """
    if not model.is_llama:
        return model
    path = f"{address.path.removesuffix('/v1')}/props"
    try:
        status, body = connection.ask(Purpose.MODELS, path, most=_MOST_LIST)
        if status == 401:
            raise fault_of(connection, status, body, model.id)
        told = msgspec.json.decode(body) if status == 200 else {}
        slots, sees = told.get("total_slots", 1), told.get("modalities", {}).get("vision", True)
        template = str(told.get("chat_template", ""))
    except ServerKeyError:
        raise
    except (NetworkError, msgspec.DecodeError, RecursionError, AttributeError):
        slots, sees, template = 1, True, ""  # it may be switched off; one at a time always works
    return replace(
        model,
        slots=slots if isinstance(slots, int) and slots > 0 else 1,
        sees=sees is not False,
        asks=tuple(name for name in _ARGUMENTS if name in template),
    )


def patiently(connection: Connection, ask: Callable[[], T]) -> T:
    """Ask again what fails for a moment, up to three times, later and later.

    Raises:
        PassingNetworkError: It still fails, or the server wants a long pause.
    """
    for tried in itertools.count(1):
        try:
            return ask()
        except PassingNetworkError as error:
            if tried == _TRIES or error.wait > _MOST_WAIT:
                raise
            # Not all who were refused at the same time shall come back at the same time.
            pause = _FIRST_PAUSE * 2 ** (tried - 1) * random.uniform(1, 1.2)
            connection.pause(max(pause, error.wait))
    raise AssertionError("unreachable")


def fault_of(connection: Connection, status: int, body: bytes, model: str, retry_after: str = "") -> UserError:
    """Return what a status means that is no success."""
    try:
        wait = min(max(float(retry_after), 0.0), 86_400.0)
    except ValueError:
        wait = 0.0  # it may also be a date, which nobody sends here
    return refused(status, Refusal(body), connection.host, model, wait, has_key=connection.key is not None)


def _asked(connection: Connection, path: str, model: str) -> tuple[int, bytes]:
    usual = connection.patience
    patience = Patience(usual.connect, min(usual.silence, _LIST_PATIENCE))
    status, body = connection.ask(Purpose.MODELS, path, most=_MOST_LIST, patience=patience)
    if status == 429 or status >= 500:
        raise fault_of(connection, status, body, model)
    return status, body


def _require(connection: Connection, status: int, body: bytes, model: str) -> None:
    if status != 200:
        raise fault_of(connection, status, body, model)


def _served(one: ListedModel) -> ServedModel:
    sizes: list[Any] = [one.meta and one.meta.n_ctx, one.max_model_len, one.context_length]
    n_ctx = next((size for size in sizes if size and 0 < size < 1 << 31), 0)
    return ServedModel(one.id, n_ctx, one.owned_by == "llamacpp")
