"""What the tests of the endpoint share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from endpoint_rig import Rig, WatchedEngine


@pytest.fixture
def engine() -> WatchedEngine:
    return WatchedEngine()


@pytest.fixture
def rig(engine: WatchedEngine) -> Iterator[Rig]:
    made = Rig(engine)
    yield made
    made.close()


@pytest.fixture
def rig_of() -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def make(engine: Any, **options: Any) -> Rig:
        made.append(Rig(engine, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()
