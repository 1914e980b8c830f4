"""The models of this machine are seen and kept by key."""

from pathlib import Path

import pytest
from fake_chats import FakeChat
from fake_models import FakeModels
from fake_running import InlineRunner, library_in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.library import MODEL_ROLE, LibraryController
from desktopchat.core.notice import Notice
from desktopchat.ui.chooser import Chooser
from desktopchat.ui.library_card import LibraryCard
from tests.gguf_maker import gguf, write_gguf
from tests.model_folders import ollama

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


class Rig:
    """A window with the card open on two models."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self._qtbot = qtbot
        self.folder = folder / "models"
        write_gguf(self.folder / "alpha.gguf", chat_template="{{ tools }}")
        write_gguf(self.folder / "sub" / "beta.gguf")
        self.models, self.library = FakeModels(), library_in(folder)
        self.controller = LibraryController(self.library, self.models, InlineRunner())
        self.notices: list[Notice] = []
        self.controller.noticed.connect(self.notices.append)
        self.window = open_window(qtbot, FakeChat(), models=self.models, library=self.controller)
        self.open()

    def open(self) -> None:
        self.key(Qt.Key.Key_M, modifiers=CONTROL | Qt.KeyboardModifier.ShiftModifier)
        card = self.window.findChild(LibraryCard)
        assert card is not None
        self.card = card

    def key(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            self._qtbot.keyClick(QApplication.focusWidget(), key, modifiers)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(QApplication.focusWidget(), text)

    def rows(self) -> list[str]:
        model = self.card.list.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def chosen(self) -> str:
        return str(self.card.list.currentIndex().data(MODEL_ROLE).called)

    def said(self) -> str:
        return "\n".join(label.text() for label in self.card.findChildren(QLabel) if not label.isHidden())


@pytest.fixture
def rig(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.delenv("OLLAMA_MODELS", raising=False)
    return Rig(qtbot, tmp_path)


def test_models_are_listed_and_opened(rig: Rig) -> None:
    assert rig.rows() == ["alpha", "beta"]
    assert rig.card.field.hasFocus()
    assert "chat, tools" in rig.said()
    assert "2 models" in rig.said()
    rig.key(Qt.Key.Key_Down)
    assert rig.chosen() == "beta"
    rig.key(Qt.Key.Key_Return)
    assert rig.models.calls == [("open", str(rig.folder / "sub" / "beta.gguf"))]
    assert not rig.card.isVisible()


def test_typed_words_narrow_the_list(rig: Rig) -> None:
    rig.type("tools")
    assert rig.rows() == ["alpha"]
    rig.type(" x")
    assert rig.rows() == []
    assert "Nothing of that name" in rig.said()
    rig.key(Qt.Key.Key_Return)
    assert rig.models.calls == []


def test_rename_and_tags(rig: Rig) -> None:
    rig.key(Qt.Key.Key_F2)
    rig.type("Zeta")
    rig.key(Qt.Key.Key_Return)
    assert rig.rows() == ["beta", "Zeta"]
    assert rig.chosen() == "Zeta"
    assert rig.card.field.hasFocus()
    rig.key(Qt.Key.Key_T, modifiers=CONTROL)
    rig.type("small, quick")
    rig.key(Qt.Key.Key_Return)
    assert "#small #quick" in rig.said()
    rig.key(Qt.Key.Key_F2)
    rig.type("Other")
    rig.key(Qt.Key.Key_Escape)
    assert rig.rows() == ["beta", "Zeta"]
    assert rig.card.isVisible()


def test_delete_and_undo(rig: Rig) -> None:
    rig.key(Qt.Key.Key_Delete)
    assert rig.rows() == ["beta"]
    assert "alpha is in the trash" in rig.said()
    assert not (rig.folder / "alpha.gguf").exists()
    rig.key(Qt.Key.Key_Z, modifiers=CONTROL)
    assert rig.rows() == ["alpha", "beta"]
    assert (rig.folder / "alpha.gguf").exists()
    rig.type("alp")
    rig.key(Qt.Key.Key_Home, Qt.Key.Key_Delete)
    assert rig.card.field.text() == "lp"
    assert (rig.folder / "alpha.gguf").exists()


def test_model_elsewhere_is_deleted_only_after_a_warning(rig: Rig, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "theirs" / "gamma.gguf")
    rig.controller.add(str(path.parent))
    rig.key(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Delete)
    assert path.exists()
    assert "another program may use it" in rig.said()
    rig.key(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete)
    assert path.exists()
    rig.key(Qt.Key.Key_Delete)
    assert not path.exists()


def test_header_and_hash(rig: Rig) -> None:
    rig.key(Qt.Key.Key_I, modifiers=CONTROL)
    assert rig.card.pane.page.hasFocus()
    text = rig.card.pane.page.toPlainText()
    assert "llama.context_length = 2048" in text
    assert text.endswith("{{ tools }}")
    rig.key(Qt.Key.Key_Escape)
    assert rig.card.field.hasFocus()
    rig.key(Qt.Key.Key_Y, modifiers=CONTROL)
    assert "Nobody wrote down what alpha should be. Its SHA-256 is" in rig.said()


def test_damaged_model_says_why_and_is_not_opened(rig: Rig) -> None:
    (rig.folder / "worse.gguf").write_bytes(gguf()[:100])
    rig.controller.refresh()
    rig.type("worse")
    assert "cut off or damaged" in rig.said()
    rig.key(Qt.Key.Key_Return)
    assert rig.models.calls == []
    assert rig.card.isVisible()


def test_list_follows_the_folder(rig: Rig, qtbot: QtBot) -> None:
    write_gguf(rig.folder / "sub" / "new.gguf")
    qtbot.waitUntil(lambda: rig.rows() == ["alpha", "beta", "new"])
    rig.key(Qt.Key.Key_Escape)
    assert rig.controller._watcher.directories() == []


def test_models_of_another_program(rig: Rig, tmp_path: Path) -> None:
    ollama(tmp_path / "home" / ".ollama" / "models", "qwen3:8b", model=gguf())
    rig.key(Qt.Key.Key_F12, modifiers=CONTROL)
    chooser = rig.window.findChild(Chooser)
    assert chooser is not None
    assert chooser.isVisible()
    rig.key(Qt.Key.Key_Return)
    rig.card = rig.window.findChildren(LibraryCard)[-1]
    assert rig.rows() == ["alpha", "beta", "qwen3:8b"]
    rig.type("ollama")
    rig.key(Qt.Key.Key_Return)
    (call,) = rig.models.calls
    assert call[0] == "open"
    assert rig.models.inspect(call[1]).name == "qwen3:8b"


def test_dropped_folder_is_listed(rig: Rig, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "theirs" / "gamma.gguf")
    note = tmp_path / "Makefile"
    note.write_text("all:")
    rig.window.commands.composer.take_files([str(path.parent), str(note)])
    assert "gamma" in rig.rows()
    assert rig.window.writing.attaching.paths == [str(note)]


def test_pasted_link_leads_to_the_hub(rig: Rig) -> None:
    rig.key(Qt.Key.Key_Escape)
    field = rig.window.page.composer.field
    QApplication.clipboard().setText("https://hf.co/acme/tiny-GGUF")
    field.setFocus()
    field.paste()
    assert field.toPlainText() == "https://hf.co/acme/tiny-GGUF"
    assert rig.window.page.banner.isVisible()
    rig.window.actions_by_id["model.find_linked"].trigger()
    assert rig.window.controllers.hub.search.text == "acme/tiny-GGUF"
