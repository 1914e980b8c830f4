"""Every test: an own data folder, no window system, no unexpected log line, nothing left running."""

import gc
import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# The same examples in every run; new ones are looked for with --hypothesis-profile=default.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
# Settings of the person who runs the tests must not reach them, nor the other way round.
for _name in ("DESKTOPCHAT_DATA_DIR", "LLAMA_CPP_LIB_PATH"):
    os.environ.pop(_name, None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long forms of the crash and damage tests")


def pytest_collection_finish() -> None:
    # What has been imported stays; so the collections after each test need not look at it.
    gc.collect()
    gc.freeze()
    # After each test, on this thread: else a worker's would end what another test has made of Qt.
    gc.disable()


def pytest_runtest_logfinish() -> None:
    # Not in a fixture: until now pytest itself holds what the test was given.
    if (core := sys.modules.get("PySide6.QtCore")) and core.QCoreApplication.instance():
        from qt_objects import end_what_is_left

        end_what_is_left()


def pytest_sessionfinish() -> None:
    # What Python put on the clipboard must not outlive Python: the application of the tests is never taken down.
    if (gui := sys.modules.get("PySide6.QtGui")) and gui.QGuiApplication.instance():
        gui.QGuiApplication.clipboard().clear()


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the long form of a test is wanted."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(autouse=True)
def isolated_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every folder of the person point into a temporary one."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name))


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail on warnings and errors in the log that a test does not take out with `caplog.clear()`."""
    yield
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    bad = [f"{r.name}: {r.getMessage()}" for r in records if r.levelno >= logging.WARNING and r.name != "faker"]
    assert not bad, f"unexpected log lines: {bad}"


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fail when a test leaves threads or child processes behind."""
    threads = set(threading.enumerate())
    servers = set(psutil.Process().children(recursive=True))  # of a whole module
    yield
    processes = [one for one in psutil.Process().children(recursive=True) if one not in servers]
    for process in processes:
        process.kill()
    # Python lists a thread of Qt that used one of its locks for ever, as a dummy; Qt itself aborts on a leaked one.
    started = [thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)]
    left = [thread.name for thread in started if thread not in threads and thread.is_alive()]
    assert not processes, f"left running: {processes}"
    assert not left, f"threads left running: {left}"


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The real model, which `packaging/dev.py test` provides."""
    path = os.environ.get("DESKTOPCHAT_TEST_MODEL")
    assert path, "DESKTOPCHAT_TEST_MODEL does not name the starter model: run packaging/dev.py test"
    return Path(path)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "data"


@pytest.fixture
def data_dir_with_model(data_dir: Path, starter_model: Path) -> Path:
    """A data folder whose models folder holds the starter model."""
    models = data_dir / "models"
    models.mkdir(parents=True)
    target = models / starter_model.name
    try:
        os.link(starter_model, target)
    except OSError:
        shutil.copyfile(starter_model, target)
    return data_dir
