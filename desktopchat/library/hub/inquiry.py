"""Asks one model hub: what it has, what is in a repository, what is said about a model."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from desktopchat.core.address import ServerAddress
from desktopchat.core.card_text import card_text
from desktopchat.core.errors import AbandonedError, CancelledError
from desktopchat.core.hub import HubModel, HubQuery, HubRepo
from desktopchat.core.hub_names import repository
from desktopchat.core.secret import Secret
from desktopchat.library.hub.reading import model_of, repo_of
from desktopchat.network.connection import Connection
from desktopchat.network.hub_client import fetch, not_understood, routed
from desktopchat.network.ledger import Purpose

if TYPE_CHECKING:
    from types import ModuleType

_MOST_CARD = 512 << 10  # bytes of a card that are read
_MOST_EMPTY = 20  # pages without anything new before no more are asked for


@dataclass(frozen=True, slots=True)
class EndpointReport:
    """How a hub answered.

    Attributes:
        seconds: Until it had.
        account: To whom the token belongs; empty without one.
    """

    address: ServerAddress
    seconds: float
    account: str = ""


class Inquiry:
    """Asks one thing at a time, from one thread at a time; `stop` may be called from any.

    What is asked carries the number of the task that it is asked for, and fails with CancelledError once that task
    has been stopped. Whatever fails otherwise raises a NetworkError.

    Args:
        connect: Makes the connection.
        key_of: Returns the token for the hub; it may take a moment.
    """

    def __init__(
        self,
        hub: ServerAddress,
        connect: Callable[[ServerAddress, Secret | None], Connection],
        key_of: Callable[[ServerAddress], Secret | None],
    ) -> None:
        self.hub = hub
        self._connect = connect
        self._key_of = key_of
        self._made: Connection | None = None
        self._stopped = 0

    def pages(self, query: HubQuery, task: int = 1) -> Iterator[tuple[HubModel, ...]]:
        """Return what the hub finds, each page when it is needed, none of them empty."""
        with self._asking(task, Purpose.HUB_SEARCH):
            found = _client().listed(self.hub, query)
        size, seen, empty = _client().PAGE, set[str](), 0
        while empty < _MOST_EMPTY:
            with self._asking(task, Purpose.HUB_SEARCH):
                sent = list(islice(found, size))
                models = [model for one in sent if (model := model_of(one)) is not None]
            fresh = tuple(model for model in models if model.repo not in seen and _is_of_size(model, query))
            seen.update(model.repo for model in models)
            if fresh:
                empty = 0
                yield fresh
            empty += 1
            if len(sent) < size:
                return

    def repository(self, name: str, task: int = 1, revision: str = "") -> HubRepo:
        """Return a repository with its files.

        Args:
            name: Or its address.
            revision: Branch, tag or commit; empty is the usual branch.
        """
        name = repository(name)
        with self._asking(task, Purpose.HUB_INFO):
            return repo_of(_client().described(self.hub, name, revision), name)

    def card(self, repo: HubRepo, task: int = 1) -> str:
        """Return what is said about a model, as Markdown; empty when nothing is."""
        if not repo.has_card:
            return ""
        path = f"/{repo.model.repo}/resolve/{repo.commit}/README.md"
        with self._asking(task, Purpose.HUB_INFO) as connection:
            return card_text(fetch(connection, self.hub, Purpose.HUB_INFO, path, _MOST_CARD).decode("utf-8", "replace"))

    def test(self, task: int = 1) -> EndpointReport:
        """See whether the hub answers, and knows the token."""
        begun = time.monotonic()
        with self._asking(task, Purpose.HUB_TEST) as connection:
            path = "/api/whoami-v2" if connection.key else "/api/models?limit=1&filter=gguf"
            try:
                told = json.loads(fetch(connection, self.hub, Purpose.HUB_TEST, path, _MOST_CARD))
            except (ValueError, RecursionError) as error:
                raise not_understood(self.hub.label, error) from error
            if not isinstance(told, dict if connection.key else list):
                raise not_understood(self.hub.label, ValueError("it is no answer to that"))
        name: Any = told.get("name", "") if isinstance(told, dict) else ""
        return EndpointReport(self.hub, time.monotonic() - begun, name[:100] if isinstance(name, str) else "")

    def stop(self, task: int) -> None:
        """End this task and all before it. From any thread; never blocks."""
        self._stopped = max(self._stopped, task)
        if self._made is not None:
            self._made.abandon(task)

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        made, self._made = self._made, None
        if made is not None:
            made.close()

    @contextmanager
    def _asking(self, task: int, purpose: Purpose) -> Iterator[Connection]:
        if self._made is None:
            self._made = self._connect(self.hub, self._key_of(self.hub))
        connection = self._made
        connection.task_name = task
        try:
            if task <= self._stopped:  # before the connection could be told
                raise AbandonedError
            with routed(connection, self.hub, purpose):
                yield connection
        except AbandonedError:
            raise CancelledError("That was stopped.") from None


def _client() -> "ModuleType":
    # Here, because it takes 0.3 s and no start needs it.
    from desktopchat.library.hub import client

    return client


def _is_of_size(model: HubModel, query: HubQuery) -> bool:
    """Return whether a model is as large as was wanted, which not every hub looks at."""
    if not model.parameters:
        return not (query.least or query.most)
    return query.least <= model.parameters and (not query.most or model.parameters <= query.most)
