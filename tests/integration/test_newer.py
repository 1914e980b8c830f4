"""Newer versions of models: found when one asks, fetched beside, and put in their place once they are right."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.cli import main
from desktopchat.library import space
from desktopchat.library.part import Part
from tests.file_server import FileServer
from tests.gguf_maker import METADATA, gguf

OLD, NEW = gguf(), gguf({**METADATA, "general.license": "mit"})
REPO, NAME = "acme/tiny-GGUF", "tiny-Q8_0.gguf"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setattr(space, "RESERVE", 0)
    with FileServer() as running:
        running.add(NAME, OLD)
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def data(server: FileServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert models(tmp_path, "download", REPO) == 0
    capsys.readouterr()
    return tmp_path


def models(data: Path, *arguments: str) -> int:
    return main(["models", *arguments, "--data-dir", str(data)])


def test_newer_version_is_found_and_takes_the_place_of_the_old_one(
    data: Path, server: FileServer, capsys: pytest.CaptureFixture[str]
) -> None:
    place = data / "models" / REPO / NAME
    assert models(data, "check") == 0
    assert "no newer version" in capsys.readouterr().err
    server.add(NAME, NEW)
    before = server.sent
    assert models(data, "check", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["name"], told["path"], told["size"]) == ("tiny-Q8_0", str(place), len(NEW))
    assert (server.sent, place.read_bytes()) == (before, OLD)
    assert models(data, "check", "tiny", "--update") == 0
    assert place.read_bytes() == NEW
    assert sorted(path.name for path in place.parent.iterdir()) == [NAME, f"{NAME}.json"]
    assert models(data, "verify") == 0
    assert models(data, "check") == 0
    assert "no newer version" in capsys.readouterr().err
    # The old one lies in the trash, and comes back when its name is free.
    assert models(data, "remove", "--undo") == 1
    assert "Another file is called" in capsys.readouterr().err
    place.unlink()
    (place.parent / f"{NAME}.json").unlink()
    assert models(data, "remove", "--undo") == 0
    assert place.read_bytes() == OLD


def test_what_is_not_right_changes_nothing(data: Path, server: FileServer, capsys: pytest.CaptureFixture[str]) -> None:
    place = data / "models" / REPO / NAME
    server.add(NAME, NEW)
    server.fail("cdn", flip=40)
    assert models(data, "check", "--update") == 1
    assert "is damaged or was changed" in capsys.readouterr().err
    assert place.read_bytes() == OLD
    assert models(data, "downloads") == 0
    assert "not what the hub said" in capsys.readouterr().out
    assert models(data, "downloads", "--delete", "tiny-Q8_0.newer.gguf.1.bad") == 0
    assert models(data, "check", "--update") == 0
    assert place.read_bytes() == NEW


def test_parts_are_listed_and_go_on(data: Path, server: FileServer, capsys: pytest.CaptureFixture[str]) -> None:
    content = bytes(range(251)) * 20_000
    file = server.add("big-Q4_0.gguf", content)
    place = data / "models" / REPO / "big-Q4_0.gguf"
    with Part(place, file) as part:
        part.write(content[:2_000_000])
    before = server.sent
    assert models(data, "downloads") == 0
    assert "2 MB of 5 MB · part of acme/tiny-GGUF" in capsys.readouterr().out
    assert models(data, "downloads", "--resume", "big-Q4_0.gguf.part") == 0
    assert place.read_bytes() == content
    assert server.sent - before == len(content) - 2_000_000
    assert models(data, "downloads", "--delete", "big-Q4_0.gguf.part") == 1
    assert "No file is called" in capsys.readouterr().err
    assert place.exists()
