"""What an installed program does otherwise than one that runs from source."""

import faulthandler
import json
import os
import sys
from pathlib import Path

import pytest

from desktopchat import build, cli, console, gui
from desktopchat.core import own_program
from desktopchat.crash_report import CrashReport
from desktopchat.paths import DATA_DIR_VARIABLE, Paths
from desktopchat.session import Session


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its folder."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "desktopchat"))
    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    return folder


def test_it_starts_itself_again(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_program.command("--engine-child", "llama") == [str(installed / "desktopchat"), "--engine-child", "llama"]
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert not {"HF_TOKEN", "PYTHONPATH"} & own_program.environment().keys()
    monkeypatch.setattr(sys, "frozen", False)
    assert own_program.command("x")[1:] == ["-m", "desktopchat", "x"]
    assert own_program.environment()["PYTHONPATH"] == str(Path(build.__file__).parents[1])


@pytest.mark.skipif(sys.platform != "linux", reason="others are found otherwise")
def test_programs_that_it_starts_do_not_get_its_libraries(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{installed}/_internal:/opt/own")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/own")
    own_program.spare_others()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/own"
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{installed}/_internal")
    own_program.spare_others()
    assert "LD_LIBRARY_PATH" not in os.environ
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/own")
    monkeypatch.setattr(sys, "frozen", False)
    own_program.spare_others()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/own"


def test_a_folder_beside_it_keeps_everything(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Paths.resolve().portable
    (installed / "data").mkdir()
    paths = Paths.resolve()
    assert paths.portable
    assert {paths.data, paths.config} == {installed / "data"}
    assert Paths.resolve(tmp_path / "given").data == tmp_path / "given"
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "variable"))
    assert Paths.resolve().data == tmp_path / "variable"


def test_from_source_no_folder_beside_python_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    assert not Paths.resolve().portable


def test_it_tells_what_it_was_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build.told().endswith("\nfrom source\n")
    parts = {
        "built": 1_700_000_000,
        "system": "linux-x86_64",
        "llama_cpp": "0c1e570",
        "llama_cpp_python": "0.3.36",
        "backends": ["cpu", "rpc"],
    }
    (tmp_path / "build.json").write_text(json.dumps(parts))
    monkeypatch.setattr(build, "resource", lambda name: tmp_path / name)
    assert build.told().splitlines()[1:] == [
        "package for linux-x86_64, of 2023-11-14",
        "llama.cpp 0c1e570, llama-cpp-python 0.3.36",
        "backends: cpu, rpc",
    ]


@pytest.mark.parametrize(
    ("error", "cause", "cure"),
    [
        (
            ImportError("libEGL.so.1: cannot open shared object file: No such file or directory"),
            "The window needs libEGL.so.1, which this system lacks.",
            "Type: sudo apt-get install libegl1",
        ),
        (
            OSError("libodd.so.7: cannot open shared object file: No such file or directory"),
            "The window needs libodd.so.7, which this system lacks.",
            "Install it with the package manager of your system.",
        ),
        (ImportError("undefined symbol: x"), "The window's libraries cannot be loaded.", "Install desktopchat again."),
    ],
)
def test_a_missing_library_is_told(error: Exception, cause: str, cure: str) -> None:
    told = gui._explained(error)
    assert (str(told.cause), str(told.cure)) == (cause, cure)


def test_safe_mode_reads_and_writes_no_settings(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[look]\ntheme = "dark"\n[model]\nn_gpu_layers = 20\n')
    paths = Paths.resolve(tmp_path)
    session = Session(paths, "process", False, overrides=(("model.n_ctx", "512"),), safe=True)
    settings = session.settings()
    assert settings["look.theme"] == "system"
    assert settings["engine.backend"] == "built-in"
    assert settings["model.n_gpu_layers"] == 0
    assert settings["model.n_ctx"] == 512
    before = paths.settings_file.read_text()
    settings["look.theme"] = "light"
    settings.save()
    assert paths.settings_file.read_text() == before
    assert Session(paths, "process", False).settings()["look.theme"] == "dark"


def test_who_broke_the_settings_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[[[garbage")
    session = Session(Paths.resolve(tmp_path), "process", False).placed()
    (warning,) = session.settings().warnings  # which the window shows
    assert "is not valid TOML" in warning
    assert "It is kept as settings.bad" in warning
    assert (tmp_path / "settings.bad").read_text() == "[[[garbage"


def test_a_model_beside_the_program_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starter_model: Path
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / starter_model.name).symlink_to(starter_model)
    monkeypatch.setattr("desktopchat.session.resource", lambda *parts: tmp_path.joinpath(*parts))
    session = Session(Paths.resolve(tmp_path / "data"), "process", False)
    assert session.choose_model().path == str(tmp_path / "models" / starter_model.name)
    assert [model.path for model in session.library().models()] == [str(tmp_path / "models" / starter_model.name)]


def test_a_fall_is_told_at_the_next_start(tmp_path: Path) -> None:
    was_enabled = faulthandler.is_enabled()
    try:
        good = CrashReport(tmp_path)
        assert good.start() == []
        good.stop()
        (tmp_path / "window-trace.txt").write_text("Fatal Python error: Aborted\n")
        second = CrashReport(tmp_path)
        second.start()
        second.stop()
        (first,) = tmp_path.glob("crash-*.txt")
        assert "Aborted" in first.read_text()
        first.unlink()
        (tmp_path / "desktopchat.log").write_text("a line of the log\n")
        (tmp_path / "window-trace.txt").write_text("Fatal Python error: Segmentation fault\n")
        after = CrashReport(tmp_path)
        (notice,) = after.start()
        (report,) = tmp_path.glob("crash-*.txt")
        assert str(report) in str(notice.cure)
        text = report.read_text()
        assert "Segmentation fault" in text
        assert "a line of the log" in text
        assert text.startswith("desktopchat ")
        after.stop()
        again = CrashReport(tmp_path)
        assert again.start() == []
        again.stop()
    finally:
        if was_enabled:
            faulthandler.enable()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems show it by themselves")
def test_what_a_start_from_a_menu_has_to_say_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = tmp_path / "shown"
    os.mkfifo(shown)
    (tmp_path / "sh").symlink_to("/bin/sh")
    (tmp_path / "zenity").write_text(f'#!/bin/sh\nfor text; do :; done\necho "$text" > "{shown}"\n')
    (tmp_path / "zenity").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    console.show("One line & <another>.")
    assert shown.read_text() == "--text=One line & <another>.\n"  # waits for it
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    console.show("nobody can show it, which is no trouble")


def test_only_a_window_that_nobody_sees_fail_is_told_of_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(cli, "show", shown.append)
    file = tmp_path / "file"
    file.touch()
    for command, has_terminal in (("chat", False), (None, True), ("ask-window", False), (None, False)):
        monkeypatch.setattr(cli, "_has_terminal", lambda has_terminal=has_terminal: has_terminal)
        assert cli.main(["--data-dir", str(file / "below"), *([command] if command else [])]) == 1
    assert len(shown) == 2
    assert "below cannot be used" in shown[0]
    assert capsys.readouterr().err.count("cannot be used") == 4
