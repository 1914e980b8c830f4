import os
from pathlib import Path

import pytest
from backend_maker import small_folder

from desktopchat.core.backend import BUILT_IN, Origin
from desktopchat.core.errors import BackendError
from desktopchat.engine.backends.folders import Folders, fingerprint, package_folder
from desktopchat.engine.backends.packs import Packs


def test_the_built_in_one_is_always_there(tmp_path: Path) -> None:
    (backend,) = Folders(tmp_path / "none", tmp_path / "neither").found()
    assert backend.name == BUILT_IN
    assert backend.folder == package_folder()
    assert any("llama" in path.name for path in backend.folder.iterdir())


def test_an_own_one_takes_the_place_of_one_beside_the_app(tmp_path: Path) -> None:
    own, beside = tmp_path / "own", tmp_path / "beside"
    small_folder(beside / "vulkan")
    small_folder(beside / "cuda", "cuda")
    Packs(own).add(small_folder(tmp_path / "new", content={"libllama.so": b"new"}))
    origins = {backend.name: backend.origin for backend in Folders(own, beside).found()}
    assert origins == {BUILT_IN: Origin.PACKAGE, "cuda": Origin.APP, "vulkan": Origin.OWN}


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda folder: (folder / "libllama.so").unlink(), r"damaged: libllama\.so"),
        (lambda folder: (folder / "libllama.so").write_bytes(b"cut"), r"damaged: libllama\.so"),
        (lambda folder: (folder / "backend.json").unlink(), "No such file"),
        (lambda folder: (folder / "backend.json").write_text("{"), r"backend\.json is damaged"),
    ],
)
def test_damage_is_said_and_hides_nothing(tmp_path: Path, damage: object, cause: str) -> None:
    folder = small_folder(tmp_path / "beside" / "vulkan")
    assert callable(damage)
    damage(folder)
    backend = Folders(tmp_path / "own", tmp_path / "beside").get("vulkan")
    assert not backend.is_sound
    assert backend.cure
    with pytest.raises(AssertionError, match=cause):
        raise AssertionError(backend.cause)


def test_one_for_another_version_is_said(tmp_path: Path) -> None:
    small_folder(tmp_path / "vulkan", built_for="0.1.2")
    backend = Folders(tmp_path / "own", tmp_path).get("vulkan")
    assert "llama-cpp-python 0.1.2" in backend.cause


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="no backend called rocm") as caught:
        Folders(tmp_path).get("rocm")
    assert BUILT_IN in caught.value.cure


def test_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Folders(tmp_path).forced() is None
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(tmp_path))
    forced = Folders(tmp_path).forced()
    assert forced is not None
    assert forced.folder == tmp_path


def test_a_fingerprint_changes_with_the_files(tmp_path: Path) -> None:
    small_folder(tmp_path / "vulkan")
    folders = Folders(tmp_path / "own", tmp_path)
    first = fingerprint(folders.get("vulkan"))
    assert fingerprint(folders.get("vulkan")) == first
    os.utime(tmp_path / "vulkan" / "libllama.so", (1, 1))
    assert fingerprint(folders.get("vulkan")) != first
