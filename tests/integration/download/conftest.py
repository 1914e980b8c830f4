"""What the tests of a download share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.hub_file import HubFile
from desktopchat.library import download as downloads
from tests.download_rig import CONTENT, NAME, Rig
from tests.file_server import FileServer


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer() as running:
        yield running


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(downloads, "_AFTER_PROGRESS", 0.001)


@pytest.fixture
def rig(tmp_path: Path, server: FileServer) -> Rig:
    return Rig(tmp_path, server)


@pytest.fixture
def file(server: FileServer) -> HubFile:
    return server.add(NAME, CONTENT)
