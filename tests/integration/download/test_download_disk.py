"""One file is fetched into a folder and onto a disk that do everything wrong."""

import contextlib
import os
from types import SimpleNamespace
from typing import Any

import pytest

from desktopchat.core.errors import (
    DownloadError,
    HubError,
)
from desktopchat.core.hub_file import HubFile
from desktopchat.library import part as parts
from desktopchat.library.hashing import GrowingHash
from desktopchat.library.part import Part, part_of, record_of
from tests.download_rig import CONTENT, NAME, Rig
from tests.file_server import FileServer


def test_what_is_here_already_is_only_checked(rig: Rig, server: FileServer, file: HubFile) -> None:
    rig.fetch(file)
    before = len(server.asked["hub"])
    assert rig.fetch(file).fetched == 0
    assert len(server.asked["hub"]) == before


@pytest.mark.parametrize("other", [b"mine", CONTENT[:-1] + b"x"], ids=["another size", "the same size"])
def test_file_of_the_person_is_never_overwritten(rig: Rig, file: HubFile, other: bytes) -> None:
    rig.target(file).parent.mkdir(parents=True)
    rig.target(file).write_bytes(other)
    with pytest.raises(DownloadError, match="Another file is called"):
        rig.fetch(file)
    assert rig.target(file).read_bytes() == other


def test_file_that_appears_meanwhile_is_not_overwritten(
    rig: Rig, file: HubFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rig.make(file)
    digest = made._digest

    def digest_later(hashed: GrowingHash) -> str:
        rig.target(file).write_bytes(b"mine")
        return digest(hashed)

    monkeypatch.setattr(made, "_digest", digest_later)
    with pytest.raises(DownloadError, match="Another file is called"):
        made.run()
    assert rig.target(file).read_bytes() == b"mine"
    assert part_of(rig.target(file)).read_bytes() == CONTENT


def test_file_gets_its_name_where_there_are_no_links(rig: Rig, file: HubFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_arguments: Any, **_more: Any) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(parts.os, "link", link)
    rig.fetch(file)
    assert rig.holds(file)


def test_part_of_another_version_is_kept_beside(rig: Rig, server: FileServer) -> None:
    old = server.add(NAME, b"x" * 3_000_000)
    server.fail("cdn", drop_after=2_000_000)
    server.fail("hub")
    server.fail("hub", status=404, headers={"X-Error-Code": "EntryNotFound"})
    with contextlib.suppress(HubError):
        rig.fetch(old)
    new = server.add(NAME, CONTENT)
    assert rig.fetch(new).fetched == len(CONTENT)
    assert rig.holds(new)
    assert rig.target(new).with_name(f"{NAME}.1.part").read_bytes() == b"x" * 2_000_000


def test_part_that_another_program_fetches_is_left_alone(rig: Rig, file: HubFile) -> None:
    with Part(rig.target(file), file) as part:
        part.write(b"theirs")
        with pytest.raises(DownloadError, match="Another desktopchat is downloading"):
            rig.fetch(file)
        assert part.path.read_bytes() == b"theirs"


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"etag": 3}', '{"etag": "", "size": "x"}', "[" * 99_999])
def test_damaged_record_costs_the_part_its_place_but_not_its_life(rig: Rig, file: HubFile, text: str) -> None:
    target = rig.target(file)
    target.parent.mkdir(parents=True)
    part_of(target).write_bytes(CONTENT[:1000])
    record_of(target).write_text(text)
    rig.fetch(file)
    assert rig.holds(file)
    assert target.with_name(f"{NAME}.1.part").read_bytes() == CONTENT[:1000]


def test_full_disk_keeps_what_came(rig: Rig, file: HubFile, monkeypatch: pytest.MonkeyPatch) -> None:
    real, room = os.write, [2_000_000]

    def write(number: int, data: Any) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        written = real(number, memoryview(data)[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr(parts, "os", SimpleNamespace(**{**vars(os), "write": write}))
    with pytest.raises(DownloadError, match=r"no room left.*3 MB are missing"):
        rig.fetch(file)
    assert part_of(rig.target(file)).read_bytes() == CONTENT[:2_000_000]
    monkeypatch.undo()
    assert rig.fetch(file).fetched == len(CONTENT) - 2_000_000
    assert rig.holds(file)


def test_disk_that_does_not_give_back_what_was_written_is_told(
    rig: Rig, file: HubFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rig.make(file)
    monkeypatch.setattr(made, "_reach", lambda part: made._hash and made._hash.reach(part.size + 1))
    with pytest.raises(DownloadError, match="cannot be read again"):
        made.run()
    assert part_of(rig.target(file)).stat().st_size == len(CONTENT)


def test_file_system_without_locks_will_do(rig: Rig, file: HubFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def lock(_file: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(parts, "lock", lock)
    rig.fetch(file)
    assert rig.holds(file)


def test_folder_that_cannot_be_written_is_told(rig: Rig, file: HubFile) -> None:
    (rig.models / "acme").write_text("a file where a folder belongs")
    with pytest.raises(DownloadError, match="cannot be written"):
        rig.fetch(file)
