"""What the tests of the engine for servers share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_server import FaultyServer
from remote_rig import Rig

from desktopchat.engine.remote import server as server_module


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as made:
        yield made


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(server_module, "_FIRST_PAUSE", 0.01)
    made = Rig(tmp_path)
    yield made
    made.engine.close()
