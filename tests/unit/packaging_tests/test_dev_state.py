import os
import subprocess
import sys
from pathlib import Path

import pytest
from devtools import state
from devtools.console import SetupError
from devtools.state import Venv, fingerprint


@pytest.fixture
def venv(tmp_path: Path) -> Venv:
    made = Venv(tmp_path / ".venv")
    with made.locked():
        made.python.parent.mkdir(parents=True)
        made.python.touch()
    return made


def test_what_is_recorded_is_there_in_the_next_start(venv: Venv) -> None:
    venv.record("packages", "abc")
    assert Venv(venv.folder).get("packages") == "abc"
    venv.forget("packages")
    assert Venv(venv.folder).get("packages") == ""


@pytest.mark.parametrize("text", ["", "{", "[]", '{"venv": "a'])
def test_a_damaged_stamp_counts_as_nothing_done(venv: Venv, text: str) -> None:
    venv.record("packages", "abc")
    (venv.folder / "desktopchat.json").write_text(text)
    assert Venv(venv.folder).get("packages") == ""


def test_a_stamp_that_cannot_be_written_leaves_the_old_one(venv: Venv, monkeypatch: pytest.MonkeyPatch) -> None:
    venv.record("packages", "abc")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        venv.record("engine", "def")
    again = Venv(venv.folder)
    assert (again.get("packages"), again.get("engine")) == ("abc", "")


def test_a_venv_without_its_interpreter_is_not_done(venv: Venv) -> None:
    venv.record("venv", "abc")
    venv.python.unlink()
    assert Venv(venv.folder).get("venv") == ""


def test_wiping_leaves_only_the_lock(venv: Venv) -> None:
    venv.record("venv", "abc")
    (venv.folder / "lib").mkdir()
    venv.wipe()
    assert [path.name for path in venv.folder.iterdir()] == ["desktopchat.lock"]
    assert venv.get("venv") == ""


def test_a_wipe_that_is_cut_off_leaves_nothing_that_counts_as_done(venv: Venv, monkeypatch: pytest.MonkeyPatch) -> None:
    venv.record("venv", "abc")

    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(state.shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        venv.wipe()
    assert Venv(venv.folder).get("venv") == ""


def test_a_folder_that_somebody_else_made_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / ".venv" / "pyvenv.cfg"
    theirs.parent.mkdir()
    theirs.write_text("home = elsewhere")
    with pytest.raises(SetupError, match="was not made by this program"), Venv(tmp_path / ".venv").locked():
        pass
    assert theirs.exists()


def test_a_second_set_up_waits_and_sees_what_the_first_has_done(venv: Venv, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(Path(state.__file__).parents[1])
    code = (
        f"import sys, pathlib; sys.path.insert(0, {folder!r})\n"
        "from devtools.state import Venv\n"
        f"venv = Venv(pathlib.Path({str(venv.folder)!r}))\n"
        "with venv.locked():\n"
        "    print('locked', flush=True); sys.stdin.readline(); venv.record('packages', 'theirs')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"

        # The other one goes on as soon as we say that we wait.
        def say(text: str) -> None:
            print(text)
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(state, "say", say)
            with venv.locked():
                assert venv.get("packages") == "theirs"
    assert "waiting" in capsys.readouterr().out


def test_fingerprints_tell_contents_and_order_apart(tmp_path: Path) -> None:
    lock = tmp_path / "run.txt"
    lock.write_text("a==1")
    first = fingerprint("cpu", lock)
    assert fingerprint("cpu", lock) == first
    assert fingerprint("cuda", lock) != first
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    lock.write_text("a==2")
    assert fingerprint("cpu", lock) != first
