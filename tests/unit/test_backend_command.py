"""`desktopchat backend`, with trials whose outcome is given."""

from pathlib import Path

import pytest
from backend_maker import small_pack

from desktopchat import backend_command, doctor
from desktopchat.cli import main
from desktopchat.core.backend import Trial
from desktopchat.core.device import Device
from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.backends import choice, hardware
from desktopchat.engine.backends.hardware import Gpu
from desktopchat.paths import Paths
from desktopchat.session import Session

CPU = Device("CPU", "AMD EPYC", "cpu", 1, 1)
VULKAN = Trial((Device("Vulkan0", "Radeon", "gpu", 1, 1), CPU), ("Vulkan", "CPU"))
BROKEN = Trial(cause=Sentence("It needs libcuda.so.1."), cure=Sentence("Install the driver."))


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session in which cuda is broken and every other backend reaches a GPU, but for the built-in one."""

    class FakeTryout:
        def __init__(self, folder: Path | None, _log: Path) -> None:
            self._name = folder.parent.name if folder else ""

        def run(self, _seconds: float) -> Trial:
            return {"": Trial((CPU,), ("CPU",)), "cuda": BROKEN}.get(self._name, VULKAN)

    monkeypatch.setattr(choice, "Tryout", FakeTryout)
    paths = Paths.resolve(tmp_path / "data")
    paths.create()
    return Session(paths, "process", False)


def add(session: Session, folder: Path, name: str) -> int:
    return backend_command.run(session, "add", str(small_pack(folder / f"{name}.zip", name)))


def test_what_is_added_is_tried_and_listed(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(session, tmp_path, "vulkan") == 0
    assert add(session, tmp_path, "cuda") == 1  # it is there, but does not work
    assert "backend use vulkan" in capsys.readouterr().err
    assert backend_command.run(session, "list", "") == 0
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == [
        "built-in",
        "  CPU: AMD EPYC",
        "cuda         added",
        "  It needs libcuda.so.1. Install the driver.",
        "vulkan       added",
        "  Vulkan0: Radeon",
        "  CPU: AMD EPYC",
    ]


def test_one_is_chosen_for_ever(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(session, tmp_path, "vulkan")
    assert session.backends(session.settings()).choose().folder is not None
    assert backend_command.run(session, "use", "built-in") == 0
    assert "in use" in capsys.readouterr().out
    assert session.settings()["engine.backend"] == "built-in"
    assert session.backends(session.settings()).choose().folder is None
    assert backend_command.run(session, "use", "auto") == 0
    assert session.backends(session.settings()).choose().folder is not None


def test_one_that_is_not_there_cannot_be_chosen(session: Session) -> None:
    with pytest.raises(UserError, match="no backend called rocm"):
        backend_command.run(session, "use", "rocm")
    with pytest.raises(UserError, match="no backend called rocm"):
        backend_command.run(session, "test", "rocm")
    assert session.settings()["engine.backend"] == "auto"


def test_it_goes_back_and_away(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in ("1", "2"):
        (tmp_path / number).mkdir()
        file = small_pack(tmp_path / number / "vulkan.zip", content={"libllama.so": number.encode()})
        backend_command.run(session, "add", str(file))
    assert "rolls back to" in capsys.readouterr().out
    assert backend_command.run(session, "rollback", "vulkan") == 0
    assert "is again that of version" in capsys.readouterr().err
    assert backend_command.run(session, "remove", "vulkan") == 0
    backend_command.run(session, "list", "")
    assert "vulkan" not in capsys.readouterr().out


def test_the_environment_is_shown(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(tmp_path))
    backend_command.run(session, "list", "")
    told = capsys.readouterr()
    assert told.out.startswith("LLAMA_CPP_LIB_PATH in use\n")
    assert "goes before every choice" in told.err


@pytest.mark.parametrize("action", ["use", "add", "rollback", "remove"])
def test_what_wants_a_name_says_so(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["backend", action])
    assert left.value.code == 2
    assert f"backend {action} wants to know which one" in capsys.readouterr().err


def test_doctor_names_the_gpu_that_nothing_uses_and_what_helps(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hardware, "gpus", lambda: (Gpu("NVIDIA", "NVIDIA H100", "nvidia", ("cuda", "vulkan")),))
    monkeypatch.setattr(hardware, "driver_version", lambda: "580.82")
    add(session, tmp_path, "cuda")
    capsys.readouterr()
    doctor.run(session, as_json=False)
    told = capsys.readouterr().out
    assert "NVIDIA H100, driver nvidia 580.82" in told
    assert "* built-in (CPU): reaches CPU" in told
    assert "cuda: It needs libcuda.so.1. Install the driver." in told
    assert "Problem: The GPU NVIDIA H100 is not used.\n   Cure: The backend cuda does not work" in told
