import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktopchat.core.errors import DataFolderError
from desktopchat.paths import DATA_DIR_VARIABLE, Paths, private_umask
from desktopchat.resources import resource


def test_given_folder_beats_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "variable"))
    given = Paths.resolve(tmp_path / "given")
    root = tmp_path / "given"
    assert given == Paths(root, root, root / "logs", root / "models")
    assert given.database == root / "desktopchat.db"
    assert given.settings_file == root / "settings.toml"
    assert Paths.resolve().data == tmp_path / "variable"


def test_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert Paths.resolve(Path("here")).data == tmp_path / "here"


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG folders")
def test_folders_of_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    paths = Paths.resolve()
    assert paths.data == tmp_path / "share" / "desktopchat"
    assert paths.config == tmp_path / "config" / "desktopchat"
    assert paths.models == paths.data / "models"
    assert tmp_path / "state" in paths.logs.parents
    assert not (tmp_path / "share").exists()


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_folders_are_private_whatever_the_umask(tmp_path: Path):
    code = "import sys, os, pathlib, desktopchat.paths as p; os.umask(0)"
    code += "; p.Paths.resolve(pathlib.Path(sys.argv[1])).create()"
    code += "; p.private_umask(); open(pathlib.Path(sys.argv[1]) / 'file', 'w').close()"
    code += "; assert 'platformdirs' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=True)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "a", *(tmp_path / "a").iterdir()]}
    assert modes == {"a": 0o700, "logs": 0o700, "models": 0o700, "file": 0o600}


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG folders")
def test_own_folders_become_private_and_others_stay_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for name in ("desktopchat", "chosen"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)  # whatever the umask is by now
    Paths.resolve().create()
    Paths.resolve(tmp_path / "chosen").create()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, *tmp_path.iterdir())}
    assert modes == {tmp_path.name: 0o700, "desktopchat": 0o700, "chosen": 0o755}


def test_create_twice_keeps_what_is_there(tmp_path: Path):
    paths = Paths.resolve(tmp_path)
    paths.create()
    paths.database.write_text("x")
    paths.create()
    assert paths.database.read_text() == "x"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desktopchat.db", "logs", "models"]


def test_file_in_the_way_is_told(tmp_path: Path):
    (tmp_path / "data").write_text("")
    with pytest.raises(DataFolderError) as caught:
        Paths.resolve(tmp_path / "data").create()
    assert caught.value.cause == f"The folder {tmp_path / 'data'} cannot be used: File exists."
    assert "--data-dir" in caught.value.cure


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder that even root cannot write")
def test_folder_that_cannot_be_written_is_told():
    with pytest.raises(DataFolderError, match="The folder /proc/desktopchat cannot be used: "):
        Paths.resolve(Path("/proc/desktopchat")).create()


def test_private_umask_returns_nothing_and_is_undone_here():
    before = os.umask(0o022)
    try:
        private_umask()
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(before)


def test_resources_are_found_in_the_checkout():
    assert resource() == Path(__file__).parents[2] / "resources"
    assert resource("icons", "x.svg").parts[-3:] == ("resources", "icons", "x.svg")


def test_resources_of_a_frozen_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "desktopchat" / "_resources").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("a") == tmp_path / "desktopchat" / "_resources" / "a"
