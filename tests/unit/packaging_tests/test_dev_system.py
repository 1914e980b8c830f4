import importlib.util
from pathlib import Path

import pytest
from devtools import system
from devtools.command import NO_NETWORK, CommandError
from devtools.console import SetupError

LOG = Path("log")


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A Debian where this process is root; returns what apt-get is asked for."""
    asked: list[str] = []
    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    monkeypatch.setattr(system, "_rights", list)
    monkeypatch.setattr(system.command, "run", lambda arguments, log, **_: asked.append(" ".join(arguments)))
    return asked


def test_missing_libraries_are_told_by_the_linkers_list(debian: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    known = "\n".join(f"\t{name} (libc6,x86-64) => /lib/{name}" for name in system.QT_LIBRARIES.values())
    monkeypatch.setattr(system, "_output", lambda _: known.replace("libxcb-icccm.so.4 ", "libother.so "))
    assert system.missing_libraries(system.QT_LIBRARIES) == ["libxcb-icccm4"]
    monkeypatch.setattr(system, "_output", lambda _: "")
    assert system.missing_libraries(system.QT_LIBRARIES) == []


def test_root_on_debian_installs(debian: list[str]) -> None:
    assert system.provide(["libegl1"], "The window", LOG)
    assert debian[0].endswith("apt-get -q update")
    assert debian[1].endswith("install -y --no-install-recommends libegl1")


def test_without_rights_the_line_to_type_is_printed(
    debian: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "_rights", lambda: None)
    assert system.provide(["libegl1", "xvfb"], "The window", LOG)
    assert capsys.readouterr().err.strip().endswith("Type: sudo apt-get install libegl1 xvfb")
    assert debian == []


def test_a_failed_installation_is_told_and_does_not_stop_the_set_up(
    debian: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise CommandError(["Temporary failure in name resolution"], LOG)

    monkeypatch.setattr(system.command, "run", fail)
    assert not system.provide(["libegl1"], "The window", LOG)
    assert NO_NETWORK in capsys.readouterr().err


def test_nothing_is_said_when_nothing_is_missing(debian: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert system.provide([], "The window", LOG)
    assert capsys.readouterr().err == ""
    assert debian == []


def test_a_missing_compiler_is_installed_or_told(debian: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.delenv("CXX", raising=False)
    system.require_compiler("cpu", LOG)
    assert debian[-1].endswith("build-essential")
    monkeypatch.setattr(system, "_rights", lambda: None)
    with pytest.raises(SetupError, match="Type: sudo apt-get install build-essential"):
        system.require_compiler("cpu", LOG)


def test_a_missing_toolkit_is_named(debian: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_has_compiler", lambda: True)
    monkeypatch.setitem(system.TOOLKITS, "cuda", ("nvcc", "/nowhere/nvcc", "the CUDA toolkit"))
    with pytest.raises(SetupError, match=r"nvcc was not found\. Install the CUDA toolkit, or choose --backend cpu\."):
        system.require_compiler("cuda", LOG)
    system.require_compiler("cpu", LOG)


def test_a_missing_venv_module_is_told_in_one_line(debian: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_rights", lambda: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match=r"Type: sudo apt-get install python3\.\d+-venv$"):
        system.require_venv_module(LOG)
