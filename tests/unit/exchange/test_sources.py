"""Files, folders and archives: what is read of them, and what never is."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from exchange_makers import archive, dump, simple_chatgpt

from desktopchat.core.errors import ImportFileError
from desktopchat.core.transfer import Item, Skipped, TransferConversation
from desktopchat.exchange import sources
from desktopchat.exchange.reading import read


def uids(items: list[Item]) -> list[str]:
    return [item.uid for item in items if isinstance(item, TransferConversation)]


def skipped(items: list[Item]) -> list[Skipped]:
    return [item for item in items if isinstance(item, Skipped)]


def export(*names: str) -> str:
    return json.dumps([simple_chatgpt(name) for name in names])


def test_the_zip_of_chatgpt(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "export.zip",
        {
            "user.json": '{"id": "user-1", "email": "a@b.example"}',
            "conversations.json": export("c1", "c2"),
            "message_feedback.json": '[{"id": "m", "conversation_id": "c1", "rating": "thumbs_up"}]',
            "chat.html": "<html><script>var jsonData = [];</script></html>",
            "file-77-boat.png": os.urandom(5000),
        },
    )
    assert uids(list(read(path))) == ["chatgpt:c1", "chatgpt:c2"]
    assert skipped(list(read(path))) == []


def test_an_archive_writes_nothing_anywhere(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    names = ["../evil.json", "../../evil.json", "/evil.json", "C:\\evil.json", "x/../../evil.json", "CON", "a\nb.json"]
    path = archive(inside / "x.zip", {name: export(f"c{number}") for number, name in enumerate(names)})
    items = list(read(path))
    assert uids(items) == [f"chatgpt:c{number}" for number in range(len(names))]
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "a", inside, path]


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "x.zip", {"bomb.json": b"[" + b" " * (3 << 20) + b"]", "c.json": export("c1")})
    items = list(read(path))
    assert uids(items) == ["chatgpt:c1"]
    assert skipped(items) == [Skipped("x.zip/bomb.json", "It claims to unpack to more than 200 times its size.")]
    monkeypatch.setattr(sources, "MAX_UNPACKED", 1000)
    path = archive(tmp_path / "y.zip", {f"{number}.json": export(f"c{number}") for number in range(4)})
    items = list(read(path))
    assert uids(items) == ["chatgpt:c0"]
    assert len(skipped(items)) == 1


def test_a_header_that_lies_about_the_size_is_found_out(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {"c.json": export("c1"), "d.json": export("c2")})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24  # the size in the central directory (APPNOTE.TXT, 4.3.12)
    assert int.from_bytes(data[at : at + 4], "little") == len(export("c1"))
    data[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    items = list(read(path))
    assert uids(items) == ["chatgpt:c2"]
    assert [one.place.partition(",")[0] for one in skipped(items)] == ["x.zip/c.json"]


def test_damaged_archives(tmp_path: Path) -> None:
    whole = archive(tmp_path / "x.zip", {"c.json": export("c1"), "d.json": export("c2")}).read_bytes()
    path = tmp_path / "x.zip"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportFileError, match=r"x.zip is no archive that can be read"):
        list(read(path))
    start = whole.index(b"c.json") + len("c.json") + 20
    path.write_bytes(whole[:start] + b"\xff" * 20 + whole[start + 20 :])
    items = list(read(path))
    assert uids(items) == ["chatgpt:c2"]
    assert len(skipped(items)) == 1
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut] + bytes([whole[cut] ^ 0x55]) + whole[cut + 1 :])
        try:
            items = list(read(path))
        except ImportFileError:
            continue
        assert not [one for one in skipped(items) if "should be" in one.reason]


def test_what_cannot_be_decrypted_is_skipped(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {"c.json": export("c1")})
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    path.write_bytes(data)
    (one,) = read(path)
    assert isinstance(one, Skipped)
    assert "encrypted" in one.reason


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILES", 3)
    path = archive(tmp_path / "x.zip", {f"{number}.json": export(f"c{number}") for number in range(4)})
    with pytest.raises(ImportFileError, match="more than 3 files"):
        list(read(path))
    folder = tmp_path / "f"
    folder.mkdir()
    for number in range(5):
        dump(folder / f"{number}.json", [simple_chatgpt(f"c{number}")])
    items = list(read(folder))
    assert uids(items) == ["chatgpt:c0", "chatgpt:c1", "chatgpt:c2"]
    assert skipped(items) == [Skipped("f", "It holds more than 3 files; the others were not read.")]


def test_a_folder_is_walked(tmp_path: Path) -> None:
    root = tmp_path / "exports"
    (root / "b" / "c").mkdir(parents=True)
    dump(root / "b" / "c" / "one.json", [simple_chatgpt("c1")])
    archive(root / "b" / "two.zip", {"in/conversations.json": export("c2")})
    (root / "notes.txt").write_text("nothing to see")
    (root / "pic.png").write_bytes(b"\x89PNG\0\0")
    (root / "bad.zip").write_bytes(b"PK\x03\x04 damaged")
    os.mkfifo(root / "pipe")
    (root / "link").symlink_to("/dev/zero")
    (root / "loop").symlink_to(root)
    items = list(read(root))
    assert uids(items) == ["chatgpt:c2", "chatgpt:c1"]
    assert [one.place for one in skipped(items)] == ["exports/bad.zip"]


def test_places_name_the_file(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {"in/c.json": f"[{json.dumps(simple_chatgpt())}, 7]"})
    assert skipped(list(read(path))) == [Skipped("x.zip/in/c.json, conversation 2", "It is no object.")]


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "nowhere"])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportFileError, match=r"is no file|cannot be read"):
        list(read(tmp_path / name))


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    (tmp_path / "x.zip").write_bytes(buffer.getvalue())
    with pytest.raises(ImportFileError, match="holds no conversation"):
        list(read(tmp_path / "x.zip"))
