"""What takes long with models is begun, watched, stopped and undone by key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_chats import FakeChat
from fake_models import FakeModels
from fake_running import InlineRunner, library_in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.library import LibraryController
from desktopchat.controllers.model_work import ModelWork
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.hub_file import HubFile
from desktopchat.core.notice import Notice
from desktopchat.library.newer import Newer
from desktopchat.library.part import Record
from desktopchat.ui.chooser import Chooser
from desktopchat.ui.library_card import LibraryCard
from desktopchat.ui.model_work_card import ModelWorkCard
from desktopchat.ui.overlay import Overlay
from tests.gguf_maker import gguf, write_gguf
from tests.tiny_models import write_tiny

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


class Rig:
    """A window with two models that are the same."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder / "models"
        self.first = write_gguf(self.folder / "alpha.gguf")
        self.second = write_gguf(self.folder / "beta.gguf")
        self.library, self.models = library_in(folder), FakeModels()
        self.used: list[Path] = []
        self.newer: list[Newer] = []
        self.renewed: list[Newer] = []
        self.work = ModelWork(
            self.library,
            self.models,
            TaskRunner("model work"),
            folder / "logs",
            self.used.append,
            lambda _heard: self.newer,
            lambda one, _heard: self.renewed.append(one),
        )
        self.ended: list[Notice] = []
        self.work.ended.connect(self.ended.append)
        shown = LibraryController(self.library, self.models, InlineRunner())
        self.window = open_window(qtbot, FakeChat(), models=self.models, library=shown, model_work=self.work)

    def run(self, command: str) -> None:
        self.window.commands.handlers()[command]()

    def key(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            self.qtbot.keyClick(QApplication.focusWidget(), key, modifiers)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(QApplication.focusWidget(), text)

    def overlay(self) -> Overlay | None:
        return next((one for one in self.window.findChildren(Overlay) if one.isVisible()), None)

    def wait_for_end(self) -> Notice:
        self.qtbot.waitUntil(lambda: bool(self.ended), timeout=20_000)
        return self.ended.pop()

    def said(self) -> str:
        overlay = self.overlay()
        return "\n".join(label.text() for label in overlay.findChildren(QLabel)) if overlay else ""


@pytest.fixture
def rig(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.delenv("OLLAMA_MODELS", raising=False)
    rig = Rig(qtbot, tmp_path)
    yield rig
    rig.work.close()


def test_copies_become_links_and_files_again(rig: Rig) -> None:
    rig.key(Qt.Key.Key_M, modifiers=CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(rig.overlay(), LibraryCard)
    rig.key(Qt.Key.Key_D, modifiers=CONTROL)
    rig.qtbot.waitUntil(lambda: "becomes a link" in rig.said())
    assert not rig.first.samefile(rig.second)
    assert "Nothing has been changed yet" in rig.said()
    rig.key(Qt.Key.Key_Return)
    notice = rig.wait_for_end()
    assert "are free again" in notice.cause
    assert rig.first.samefile(rig.second)
    rig.run(notice.command)
    assert "1 file is a file of its own again" in rig.wait_for_end().cause
    assert not rig.first.samefile(rig.second)
    assert rig.second.read_bytes() == gguf()


def test_nothing_is_linked_without_a_yes(rig: Rig) -> None:
    rig.run("model.duplicates")
    rig.qtbot.waitUntil(lambda: "becomes a link" in rig.said())
    rig.key(Qt.Key.Key_Escape)
    assert not rig.overlay()
    assert not rig.work.working
    assert not rig.first.samefile(rig.second)


def test_the_folder_moves(rig: Rig, tmp_path: Path) -> None:
    rig.run("model.move")
    assert "All is copied and compared" in rig.said()
    QApplication.focusWidget().selectAll()  # type: ignore[attr-defined]
    rig.type(str(tmp_path / "elsewhere"))
    rig.key(Qt.Key.Key_Return)
    assert "2 files are in" in rig.wait_for_end().cause
    assert (tmp_path / "elsewhere" / "alpha.gguf").read_bytes() == gguf()
    assert not rig.first.exists()
    assert rig.used == [tmp_path / "elsewhere"]
    assert ("moved", str(rig.folder), str(tmp_path / "elsewhere")) in rig.models.calls
    rig.run("model.move")
    QApplication.focusWidget().selectAll()  # type: ignore[attr-defined]
    rig.type(str(tmp_path))
    rig.key(Qt.Key.Key_Return)
    assert "lie in each other" in rig.wait_for_end().cause


def test_all_are_verified(rig: Rig) -> None:
    rig.run("model.verify")
    assert "of 2 nobody wrote down" in rig.wait_for_end().cause
    size = rig.first.stat().st_size
    Record(HubFile("a/b", "c" * 40, "alpha.gguf", size, "0" * 64)).write(rig.first)
    rig.run("model.verify")
    notice = rig.wait_for_end()
    assert (notice.level, notice.cause) == ("error", "These are damaged: alpha.")


def test_newer_versions_are_chosen(rig: Rig) -> None:
    rig.run("model.newer")
    assert "no newer version" in rig.wait_for_end().cause
    file = HubFile("a/b", "c" * 40, "alpha.gguf", 1_000_000, "0" * 64)
    rig.newer = [Newer(model, ((Path(model.path), file),)) for model in rig.library.models()]
    rig.run("model.newer")
    rig.qtbot.waitUntil(lambda: isinstance(rig.overlay(), Chooser))
    rig.type("beta")
    rig.key(Qt.Key.Key_Return)
    assert "The newest version is here: beta." in rig.wait_for_end().cause
    assert rig.renewed == rig.newer[1:]
    rig.run("model.newer")
    rig.qtbot.waitUntil(lambda: isinstance(rig.overlay(), Chooser))
    rig.key(Qt.Key.Key_Return)
    rig.wait_for_end()
    assert rig.renewed == [rig.newer[1], *rig.newer]


def test_a_model_is_made_smaller(rig: Rig) -> None:
    rig.run("model.quantize")
    rig.qtbot.waitUntil(lambda: rig.overlay() is None)
    source = write_tiny(rig.folder / "tiny-F32.gguf")
    rig.run("model.quantize")
    rig.qtbot.waitUntil(lambda: isinstance(rig.overlay(), Chooser))
    rig.key(Qt.Key.Key_Return)
    assert "Make tiny-F32 smaller" in rig.said()
    rig.type("Q8_0")
    rig.key(Qt.Key.Key_Return)
    assert isinstance(rig.overlay(), ModelWorkCard)
    assert "tiny-Q8_0 is made" in rig.wait_for_end().cause
    assert (rig.folder / "tiny-Q8_0.gguf").stat().st_size < source.stat().st_size
    assert rig.overlay() is None


def test_it_is_stopped_by_key_and_leaves_nothing(rig: Rig) -> None:
    write_tiny(rig.folder / "tiny-F32.gguf")
    rig.run("model.quantize")
    rig.qtbot.waitUntil(lambda: isinstance(rig.overlay(), Chooser))
    rig.key(Qt.Key.Key_Return)
    rig.type("Q8_0")
    rig.key(Qt.Key.Key_Return)
    rig.key(Qt.Key.Key_Delete)
    assert rig.wait_for_end() == Notice("info", "That was stopped.")
    assert sorted(path.name for path in rig.folder.iterdir()) == ["alpha.gguf", "beta.gguf", "tiny-F32.gguf"]


def test_it_goes_on_while_it_is_hidden(rig: Rig) -> None:
    rig.run("model.duplicates")
    rig.key(Qt.Key.Key_Escape)
    assert rig.overlay() is None
    rig.qtbot.waitUntil(lambda: not rig.work.working)
    assert rig.overlay() is None  # nothing comes over what one does by then
    assert "1 models are here more than once" in rig.window.page.banner.findChild(QLabel).text()
