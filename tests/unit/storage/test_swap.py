"""Whatever moment a swap is cut off at, the next start has one whole database and the other one beside it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.care import CopyKind
from desktopchat.storage import swap

AT = 1_764_038_712.0  # 2025-11-25 02:45:12 UTC


class Killed(BaseException):
    pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desktopchat.db"
    path.write_text("old")
    Path(f"{path}-wal").write_text("old log")
    Path(f"{path}-shm").write_text("index of the log")
    (tmp_path / "new").write_text("new")
    return path


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


KEPT = {
    "desktopchat.db": "new",
    "desktopchat-20251125T024512Z-damaged.db": "old",
    "desktopchat-20251125T024512Z-damaged.db-wal": "old log",
}


def test_old_file_and_its_log_are_kept(path: Path) -> None:
    aside = swap.put_in_place(path, path.parent / "new", CopyKind.DAMAGED, AT)
    assert contents(path.parent) == KEPT
    assert swap.named(aside) == (CopyKind.DAMAGED, AT)


def test_name_that_is_taken_is_not_used_again(path: Path) -> None:
    for number in range(2):
        (path.parent / "new").write_text(f"new {number}")
        swap.put_in_place(path, path.parent / "new", CopyKind.REPLACED, AT)
    assert contents(path.parent) == {
        "desktopchat.db": "new 1",
        "desktopchat-20251125T024512Z-replaced.db": "old",
        "desktopchat-20251125T024512Z-replaced.db-wal": "old log",
        "desktopchat-20251125T024513Z-replaced.db": "new 0",
    }


def test_missing_file_is_replaced_too(path: Path) -> None:
    path.unlink()
    swap.put_in_place(path, path.parent / "new", CopyKind.REPLACED, AT)
    assert path.read_text() == "new"


def test_old_bytes_are_overwritten(path: Path) -> None:
    with path.open("rb") as old:
        swap.replace_and_wipe(path, path.parent / "new")
        assert old.read() == bytes(3)
        swap.wipe(path)
    assert "desktopchat.db" not in contents(path.parent)


def kill_points(monkeypatch: pytest.MonkeyPatch, countdown: list[int]) -> None:
    """Let the process seem to die before the nth thing that it does to a file."""

    def dying(name: str, owner: object) -> None:
        real = getattr(owner, name)

        def call(*args: object, **kwargs: object) -> object:
            if countdown[0] == 0:
                raise Killed
            countdown[0] -= 1
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    for name in ("rename", "unlink"):
        dying(name, Path)
    dying("fsync", os)


def test_every_moment_of_death_leaves_one_whole_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(path.parent)
    for moment in range(100):
        for file in path.parent.iterdir():
            file.unlink()
        for name, text in before.items():
            (path.parent / name).write_text(text)
        with monkeypatch.context() as patched:
            kill_points(patched, [moment])
            try:
                swap.put_in_place(path, path.parent / "new", CopyKind.DAMAGED, AT)
            except Killed:
                survived = False
            else:
                survived = True
        swap.finish(path)
        found = contents(path.parent)
        if found.pop("new", None):  # died before the point of no return: as if nothing had been asked
            found["desktopchat.db-shm"] = "index of the log"
            assert found == {name: text for name, text in before.items() if name != "new"}
        else:
            assert found == KEPT
        if survived:
            assert moment > 6, "it was never killed"
            return
    pytest.fail("it never came to its end")


@pytest.fixture(autouse=True)
def no_names_left(tmp_path: Path) -> Iterator[None]:
    yield
    assert not [file.name for file in tmp_path.iterdir() if file.suffix in (".next", ".part")]


@pytest.mark.parametrize(
    "name",
    ["desktopchat.db", "desktopchat-x-daily.db", "desktopchat-20251125T024512Z-sometimes.db",
     "desktopchat-20251399T024512Z-daily.db", "notes-20251125.db"],
)  # fmt: skip
def test_other_names_are_no_copies(name: str) -> None:
    assert swap.named(Path(name)) is None
