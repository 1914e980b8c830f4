import json
from pathlib import Path

import pytest
from backend_maker import CONTENT, small_folder, small_pack, zip_of

from desktopchat.core.errors import BackendError
from desktopchat.engine.backends import manifest
from desktopchat.engine.backends.folders import Folders, installed_version
from desktopchat.engine.backends.packs import Packs


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own"


def present(own: Path, name: str = "vulkan") -> Path:
    return Folders(own).get(name).folder


def members(**says: object) -> dict[str, bytes]:
    """Return the members of a pack whose manifest says something else."""
    described = {
        "name": "vulkan",
        "version": "1",
        "built_for": installed_version(),
        "system": manifest.this_system(),
        "files": {},
        **says,
    }
    return {manifest.FILE: json.dumps(described).encode()}


def test_a_pack_becomes_a_backend(own: Path, tmp_path: Path) -> None:
    assert Packs(own).add(small_pack(tmp_path / "one.zip")) == "vulkan"
    backend = Folders(own).get("vulkan")
    assert backend.is_sound
    assert backend.before == ""
    assert {name: (backend.folder / name).read_bytes() for name in CONTENT} == CONTENT


def test_a_folder_becomes_a_backend(own: Path, tmp_path: Path) -> None:
    assert Packs(own).add(small_folder(tmp_path / "one")) == "vulkan"
    assert Folders(own).get("vulkan").is_sound


def test_a_newer_version_can_be_rolled_back_and_forth(own: Path, tmp_path: Path) -> None:
    packs = Packs(own)
    for number in (1, 2, 3):
        packs.add(small_pack(tmp_path / f"{number}.zip", content={"libllama.so": b"%d" % number}))
    assert (present(own) / "libllama.so").read_bytes() == b"3"
    packs.roll_back("vulkan")
    assert (present(own) / "libllama.so").read_bytes() == b"2"
    packs.roll_back("vulkan")
    assert (present(own) / "libllama.so").read_bytes() == b"3"
    versions = [one for one in (own / "vulkan").iterdir() if one.is_dir()]
    assert len(versions) == 2  # the first one has gone


def test_adding_the_same_again_mends_it_and_keeps_the_way_back(own: Path, tmp_path: Path) -> None:
    packs = Packs(own)
    packs.add(small_pack(tmp_path / "1.zip", content={"libllama.so": b"1"}))
    packs.add(small_pack(tmp_path / "2.zip", content={"libllama.so": b"2"}))
    (present(own) / "libllama.so").write_bytes(b"damaged")
    assert not Folders(own).get("vulkan").is_sound
    packs.add(tmp_path / "2.zip")
    assert (present(own) / "libllama.so").read_bytes() == b"2"
    packs.roll_back("vulkan")
    assert (present(own) / "libllama.so").read_bytes() == b"1"


def test_what_is_removed_is_gone(own: Path, tmp_path: Path) -> None:
    packs = Packs(own)
    packs.add(small_pack(tmp_path / "one.zip"))
    packs.remove("vulkan")
    assert not (own / "vulkan").exists()
    with pytest.raises(BackendError, match="no backend called vulkan"):
        packs.remove("vulkan")


@pytest.mark.parametrize("name", ["vulkan", "built-in", "../../home", "", "."])
def test_only_what_was_added_can_be_removed_or_rolled_back(own: Path, name: str) -> None:
    for act in (Packs(own).remove, Packs(own).roll_back):
        with pytest.raises(BackendError, match="no backend called"):
            act(name)


def test_without_a_version_before_nothing_rolls_back(own: Path, tmp_path: Path) -> None:
    Packs(own).add(small_pack(tmp_path / "one.zip"))
    with pytest.raises(BackendError, match="no version before"):
        Packs(own).roll_back("vulkan")
    assert Folders(own).get("vulkan").is_sound


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        ({"built_for": "0.1.2"}, "built for llama-cpp-python 0.1.2"),
        ({"system": "amiga-68k"}, "is for amiga-68k"),
        ({"name": "built-in"}, "cannot be called that"),
        ({"name": "../up"}, "names what cannot be"),
        ({"name": ".hidden"}, "names what cannot be"),
        ({"version": "a/b"}, "names what cannot be"),
    ],
)
def test_what_was_made_for_another_place_is_refused(
    own: Path, tmp_path: Path, says: dict[str, str], cause: str
) -> None:
    folder = small_folder(tmp_path / "one", **says)
    file = zip_of(tmp_path / "one.zip", {path.name: path.read_bytes() for path in folder.iterdir()})
    with pytest.raises(BackendError, match=cause) as caught:
        Packs(own).add(file)
    assert caught.value.cure
    assert not list(own.glob("*")) if own.exists() else True


@pytest.mark.parametrize("name", ["../evil.so", "/evil.so", "a/b.so", "..", "C:\\evil.dll", "backend.json"])
def test_no_file_lands_outside_of_its_folder(own: Path, tmp_path: Path, name: str) -> None:
    data = b"evil"
    listed = {name: {"size": len(data), "sha256": ""}}
    file = zip_of(tmp_path / "one.zip", {**members(files=listed), "../evil.so": data})
    with pytest.raises(BackendError):
        Packs(own).add(file)
    assert not (tmp_path / "evil.so").exists()
    assert not own.exists() or not list(own.rglob("*evil*"))


def test_a_member_that_is_not_listed_is_refused(own: Path, tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "one")
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    file = zip_of(tmp_path / "one.zip", {**whole, "../evil.so": b"evil"})
    with pytest.raises(BackendError, match="does not contain what"):
        Packs(own).add(file)


def test_other_content_than_announced_is_refused_and_what_was_there_stays(own: Path, tmp_path: Path) -> None:
    Packs(own).add(small_pack(tmp_path / "good.zip", content={"libllama.so": b"good"}))
    folder = small_folder(tmp_path / "one", content={"libllama.so": b"true"})
    file = zip_of(tmp_path / "bad.zip", {manifest.FILE: (folder / manifest.FILE).read_bytes(), "libllama.so": b"lies"})
    with pytest.raises(BackendError, match=r"damaged: libllama\.so"):
        Packs(own).add(file)
    assert (present(own) / "libllama.so").read_bytes() == b"good"
    assert [path.name for path in own.iterdir()] == ["vulkan"]  # nothing half-way is left


@pytest.mark.parametrize("size", [1 << 60, -1])
def test_an_impossible_size_is_refused(own: Path, tmp_path: Path, size: int) -> None:
    folder = small_folder(tmp_path / "one")
    described = json.loads((folder / manifest.FILE).read_bytes())
    described["files"]["libllama.so"]["size"] = size
    (folder / manifest.FILE).write_text(json.dumps(described))
    with pytest.raises(BackendError):
        Packs(own).add(folder)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_zip_is_refused(own: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "one.zip").write_bytes(data)
    with pytest.raises(BackendError, match="no sound zip file"):
        Packs(own).add(tmp_path / "one.zip")


def test_a_zip_of_something_else_is_refused(own: Path, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"no backend\.json"):
        Packs(own).add(zip_of(tmp_path / "one.zip", {"readme.txt": b"hello"}))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"name": 3}', b"\xff\xfe", b"[" * 100_000])
def test_a_broken_manifest_is_refused(own: Path, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BackendError, match=r"backend\.json"):
        Packs(own).add(zip_of(tmp_path / "one.zip", {manifest.FILE: data}))


def test_a_missing_file_is_told(own: Path, tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="No such file") as caught:
        Packs(own).add(tmp_path / "none.zip")
    assert caught.value.cure
