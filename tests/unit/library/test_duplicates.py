"""Files that are there more than once, and the folder that moves."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import Origin
from desktopchat.library import duplicates as twice
from desktopchat.library import moving, trash
from desktopchat.library.duplicates import duplicates, link, unlink
from desktopchat.library.shelf import Library
from tests.gguf_maker import METADATA, gguf, write_gguf
from tests.model_folders import ollama


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.delenv("OLLAMA_MODELS", raising=False)
    (tmp_path / "models").mkdir()
    return Library(tmp_path / "models", tmp_path / "library.json", tmp_path / "headers.json", tmp_path / "home")


def test_only_the_same_content_is_a_duplicate(library: Library) -> None:
    sound = gguf()
    first = write_gguf(library.folder / "a.gguf")
    second = write_gguf(library.folder / "sub" / "b.gguf")
    (library.folder / "c.gguf").write_bytes(sound[:-1] + b"\1")
    (library.folder / "d.gguf").write_bytes(sound + b"\0")
    heard: list[tuple[Path, float]] = []
    (plan,) = duplicates(library, lambda *how_far: heard.append(how_far))
    assert {plan.kept.path, *(one.path for one in plan.replaced)} == {first, second}
    assert plan.gain == len(sound)
    assert {path for path, _share in heard} == {first, second}
    heard.clear()
    assert duplicates(library, lambda *how_far: heard.append(how_far)) == [plan]
    assert heard == []
    assert twice.possible(library) == [plan]


def test_samples_do_not_decide(library: Library, tmp_path: Path) -> None:
    long = bytes(1 << 20)
    (library.folder / "a.gguf").write_bytes(gguf() + long)
    (library.folder / "b.gguf").write_bytes(gguf() + long[:300_000] + b"\1" + long[300_001:])
    assert len(twice.possible(library)) == 1
    assert duplicates(library) == []


def test_link_and_undo(library: Library) -> None:
    first, second = write_gguf(library.folder / "a.gguf"), write_gguf(library.folder / "b.gguf")
    (plan,) = duplicates(library)
    assert link(library, plan) == len(gguf())
    assert first.samefile(second)
    assert duplicates(library) == []
    assert len(library.models()) == 2
    assert unlink(library) == [plan.replaced[0].path]
    assert not first.samefile(second)
    assert second.read_bytes() == first.read_bytes() == gguf()
    assert unlink(library) == []


def test_symbolic_link_where_there_are_no_hard_ones(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    write_gguf(library.folder / "a.gguf")
    write_gguf(library.folder / "b.gguf")
    (plan,) = duplicates(library)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    link(library, plan)
    assert plan.replaced[0].path.is_symlink()
    assert plan.replaced[0].path.read_bytes() == gguf()
    unlink(library)
    assert not plan.replaced[0].path.is_symlink()


def test_files_of_other_programs_are_never_replaced(library: Library, tmp_path: Path) -> None:
    manifest = ollama(tmp_path / "home" / ".ollama" / "models", "tiny:1b", model=gguf())
    (blob,) = (manifest.parents[4] / "blobs").iterdir()
    library.adopt(Origin.OLLAMA)
    ours = write_gguf(library.folder / "a.gguf")
    before = blob.stat()
    (plan,) = duplicates(library)
    assert (plan.kept.path, [one.path for one in plan.replaced]) == (blob, [ours])
    link(library, plan)
    assert (blob.stat().st_ino, blob.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert ours.samefile(blob)


def test_changed_file_is_not_replaced(library: Library) -> None:
    write_gguf(library.folder / "a.gguf")
    write_gguf(library.folder / "b.gguf")
    (plan,) = duplicates(library)
    changed = gguf({**METADATA, "general.license": "mit"})
    plan.replaced[0].path.write_bytes(changed)
    with pytest.raises(ModelFileError, match="has changed"):
        link(library, plan)
    assert plan.replaced[0].path.read_bytes() == changed


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    write_gguf(library.folder / "acme" / "a.gguf")
    (library.folder / "acme" / "b.gguf.part").write_bytes(b"half")
    (library.folder / "link.gguf").symlink_to(library.folder / "acme" / "a.gguf")
    (library.folder / "near.gguf").symlink_to("acme/a.gguf")
    (library.folder / "outside.gguf").symlink_to(write_gguf(tmp_path / "x.gguf"))
    return library


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("has_links", [True, False])
def test_folder_moves_whole(filled: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool) -> None:
    if not has_links:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(18, "Invalid cross-device link")

        monkeypatch.setattr(os, "link", refuse)
    before, target = tree(filled.folder), tmp_path / "new" / "models"
    switched: list[tuple[Path, dict[str, bytes]]] = []

    def switch(folder: Path) -> None:
        switched.append((folder, tree(filled.folder)))

    assert moving.move(filled.folder, target, switch) == 5
    assert switched == [(target, before)]
    assert tree(target) == before
    assert not filled.folder.exists()


def test_interrupted_move_goes_on(filled: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, target = tree(filled.folder), tmp_path / "new"
    copy = moving._copy

    def fail(source: Path, to: Path, heard: Callable[[Path, float], None]) -> None:
        if source.suffix == ".part":
            raise OSError(28, "No space left on device")
        copy(source, to, heard)

    monkeypatch.setattr(moving, "_copy", fail)
    with pytest.raises(ModelFileError, match="No space left on device"):
        moving.move(filled.folder, target, lambda _: pytest.fail("too early"))
    assert tree(filled.folder) == before
    monkeypatch.setattr(moving, "_copy", copy)
    moving.move(filled.folder, target, lambda _: None)
    assert tree(target) == before


def test_move_refuses_what_would_lose_something(filled: Library, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for target, told in (
        (tmp_path / "full", "is not empty"),
        (filled.folder / "below", "lie in each other"),
        (tmp_path, "lie in each other"),
        (tmp_path / "full" / "x", "is no folder"),
    ):
        with pytest.raises(ModelFileError, match=told):
            moving.move(filled.folder, target, lambda _: pytest.fail("too early"))


def test_decisions_move_along(library: Library, tmp_path: Path) -> None:
    path = str(write_gguf(library.folder / "a.gguf"))
    write_gguf(library.folder / "b.gguf")
    library.rename(path, "Mine")
    trash.throw_away(library, library.named("b"))
    moving.move(library.folder, tmp_path / "new", library.moved)
    assert [model.called for model in library.models()] == ["Mine"]
    assert trash.bring_back(library) == "b"
    assert (tmp_path / "new" / "b.gguf").exists()
