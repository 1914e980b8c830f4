"""A backend in the running app: added, chosen by key, used from then on, and given up in a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from backend_maker import real_folder
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from running_app import RunningApp
from tiny_models import write_tiny

from desktopchat.core.params import LoadParams
from desktopchat.engine.api import BackendInfo
from desktopchat.engine.backends import packs
from desktopchat.engine.backends.choice import Backends
from desktopchat.engine.backends.folders import Folders, package_folder
from desktopchat.engine.process import ProcessEngine
from desktopchat.ui.chooser import Chooser


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    packs.pack(real_folder(folder / "copy"), folder / "copy.zip")
    return folder / "copy.zip"


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[RunningApp]:
    apps: list[RunningApp] = []
    folders = Folders(tmp_path / "backends")
    chooser = Backends(folders, tmp_path, lambda: str(apps[0].preferences["engine.backend"]))
    engine = ProcessEngine(tmp_path / "engine.log", chooser=chooser)
    apps.append(RunningApp(qtbot, tmp_path, LoadParams(n_ctx=256), engine))
    assert apps[0].open_model(write_tiny(tmp_path / "tiny.gguf")) is None
    yield apps[0]
    apps[0].close()


def chooser_of(app: RunningApp) -> Chooser:
    app.wait(lambda: isinstance(app.window.commands.overlay, Chooser))
    chooser = app.window.commands.overlay
    assert isinstance(chooser, Chooser)
    return chooser


def choose(app: RunningApp, typed: str) -> None:
    """Choose by key and wait until the model is loaded with it."""
    app.commands["model.backend"]()
    field = chooser_of(app).focusProxy()
    app.qtbot.keyClicks(field, typed)
    with app.qtbot.waitSignal(app.models.model_loaded, timeout=20_000):
        app.qtbot.keyClick(field, Qt.Key.Key_Return)


def folder_in_use(app: RunningApp) -> str:
    seen: list[BackendInfo] = []
    app.worker.devices_seen.connect(seen.append)  # on the engine's thread
    app.worker.look_at_devices()
    app.wait(lambda: seen)
    app.worker.devices_seen.disconnect(seen.append)
    return seen[0].folder


def test_a_pack_is_added_and_chosen_by_key_and_the_model_moves_there(
    app: RunningApp, pack: Path, tmp_path: Path
) -> None:
    assert folder_in_use(app) == str(package_folder())
    with app.qtbot.waitSignal(app.models.model_loaded, timeout=20_000):
        app.backends.add(str(pack))
    chooser_of(app).close_overlay()
    choose(app, "copy")
    assert Path(folder_in_use(app)).is_relative_to(tmp_path / "backends" / "copy")
    assert app.models.loaded is not None
    assert app.models.loaded.warnings == ()
    choose(app, "built")
    assert folder_in_use(app) == str(package_folder())
    app.wait(lambda: 'backend = "built-in"' in (tmp_path / "settings.toml").read_text())


def test_a_backend_that_is_damaged_later_costs_a_sentence_and_no_answer(
    app: RunningApp, pack: Path, tmp_path: Path
) -> None:
    with app.qtbot.waitSignal(app.models.model_loaded, timeout=20_000):
        app.backends.add(str(pack))
    chooser_of(app).close_overlay()
    choose(app, "copy")
    next((tmp_path / "backends" / "copy").rglob("*ggml-cpu*")).unlink()
    with app.qtbot.waitSignal(app.models.model_loaded, timeout=20_000):
        app.models.reload()
    assert "The backend copy does not work here" in app.window.page.banner.text()
    app.chat.send("Hello")
    app.wait(lambda: app.shown and app.shown[-1].state.value == "complete")


def test_a_file_that_is_no_pack_is_refused_in_a_sentence(app: RunningApp, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"no zip")
    app.backends.add(str(tmp_path / "no.zip"))
    app.wait(lambda: "no sound zip file" in app.window.page.banner.text())
    assert not app.window.page.progress.isVisible()
