"""Pictures in the real window with a model that sees, by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QTextDocument
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import Role
from desktopchat.core.params import LoadParams, SamplingParams
from tests.pictures import png
from tests.running_app import RunningApp, running_app
from tests.tiny_models import write_tiny
from tests.tiny_projectors import write_projector

Key, CTRL, NONE = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


class Person:
    """Somebody at the keys."""

    def __init__(self, qtbot: QtBot, app: RunningApp, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.composer = app.window.page.composer
        self.chips = self.composer.chips
        self.qtbot = qtbot
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        self.composer.field.setFocus()
        app.chat.set_sampling(SamplingParams(temperature=0, max_tokens=5))

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        widget: QWidget | None = self.app.window.focusWidget()
        assert widget is not None
        self.qtbot.keyClick(widget, key, modifier)

    def paste(self, width: int = 64, height: int = 48, seed: int = 1) -> None:
        """Paste a picture and wait until it is there with its tokens."""
        count = self.chips.count()
        QGuiApplication.clipboard().setImage(QImage.fromData(png(width, height, seed)))
        self.press(Key.Key_V, CTRL)
        self.app.wait(lambda: self.chips.count() == count + 1)

    def say(self, text: str) -> None:
        """Write and send, and wait for the answer."""
        self.qtbot.keyClicks(self.composer.field, text)
        self.press(Key.Key_Return)
        self.app.wait(lambda: not self.composer.written())
        self.app.wait_idle()

    def detail(self, row: int = 0) -> str:
        return str(self.chips.item(row).data(Qt.ItemDataRole.AccessibleTextRole))

    def pictures_on_the_page(self) -> list[str]:
        page: QTextDocument = self.app.window.page.transcript.document()
        names, block = [], page.begin()
        while block.isValid():
            iterator = block.begin()
            while not iterator.atEnd():
                form = iterator.fragment().charFormat()
                if form.isImageFormat():
                    names.append(form.toImageFormat().name())
                iterator += 1
            block = block.next()
        return names


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    folder = tmp_path / "models"
    folder.mkdir()
    write_tiny(folder / "tiny-vl.gguf")
    write_projector(folder / "mmproj-f16.gguf")
    with running_app(qtbot, tmp_path, LoadParams(n_ctx=1024), draws=True) as app:
        assert app.open_model(folder / "tiny-vl.gguf") is None
        yield Person(qtbot, app, folder)


def test_a_pasted_picture_is_looked_at_shown_and_kept(person: Person) -> None:
    person.paste()
    app, chips = person.app, person.chips
    app.wait(lambda: "tokens" in person.detail())
    app.wait(lambda: isinstance(chips.item(0).data(Qt.ItemDataRole.DecorationRole), QImage))
    assert person.detail().startswith("Pasted picture.png, ")
    person.say("What is it?")
    question, answer = app.stored()
    (file,) = question.files
    assert app.storage.call(lambda: app.store.attachment(file.stored_id or 0)).startswith(b"\x89PNG")
    first = answer.usage.prompt_tokens
    assert first > len("What is it?") + 16  # the tiny model has a token for each byte, and 16 for a picture
    app.wait(lambda: len(person.pictures_on_the_page()) == 1)
    person.say("Sure?")
    *_, second = app.stored()
    assert second.role is Role.ASSISTANT
    assert second.usage.cached_tokens >= first
    assert app.notices == []


def test_the_count_is_what_is_evaluated(person: Person) -> None:
    counted: list[int] = []
    person.app.chat.parts_counted.connect(lambda parts: counted.append(parts.draft if parts else 0))
    person.paste()
    person.app.wait(lambda: "tokens" in person.detail())
    tokens = int(person.detail().rpartition("·")[2].split()[0])
    person.say("What is it?")
    plain = len("<|user|>What is it?</s><|assistant|>")
    assert person.app.stored()[1].usage.prompt_tokens >= plain - 4 + 16
    assert tokens >= 16
    assert counted


def test_a_picture_is_removed_by_key_and_comes_back(person: Person) -> None:
    person.paste()
    person.paste(seed=2)
    person.chips.setFocus()
    person.press(Key.Key_Left)
    person.press(Key.Key_Delete)
    assert person.chips.count() == 1
    person.press(Key.Key_Z, CTRL)
    person.app.wait(lambda: person.chips.count() == 2)


def test_a_draft_with_a_picture_survives(person: Person) -> None:
    person.paste()
    person.app.wait_stored()
    assert [file.is_picture for file in person.app.storage.call(lambda: person.app.store.pending.files(None))] == [True]


def test_a_model_that_cannot_see_refuses_before_anything_is_sent(person: Person) -> None:
    app = person.app
    person.paste()
    person.say("What is it?")
    blind = person.folder / "blind"
    blind.mkdir()
    assert app.open_model(write_tiny(blind / "plain.gguf")) is None
    person.paste(seed=3)
    app.wait(lambda: "tokens" not in person.detail() and "counting" not in person.detail())
    with person.qtbot.waitSignal(person.composer.refused) as refused:
        person.press(Key.Key_Return)
    assert "cannot see pictures" in refused.args[0].cause
    person.chips.setFocus()
    person.press(Key.Key_Delete)
    person.composer.field.setFocus()
    # What was shown before is no hindrance: the text goes on.
    person.say("And now?")
    assert app.stored()[-1].content
    assert app.notices == []


def test_a_damaged_or_foreign_picture_is_refused_when_it_is_attached(person: Person, tmp_path: Path) -> None:
    notices: list[object] = []
    person.app.writing.attaching.noticed.connect(notices.append)
    for name, data in (("a.webp", b"RIFF\1\0\0\0WEBPVP8 "), ("b.png", png()[:-40])):
        (tmp_path / name).write_bytes(data)
        person.app.window.commands.composer.take_files([str(tmp_path / name)])
    person.app.wait(lambda: len(notices) == 2)
    assert person.chips.count() == 0


def test_another_projector_is_chosen_and_kept(person: Person, tmp_path: Path) -> None:
    app = person.app
    with person.qtbot.waitSignal(app.models.model_loaded):
        app.models.set_projector("none")
    assert not app.models.sees
    other = write_projector(tmp_path / "other.gguf", "gemma3")
    with person.qtbot.waitSignal(app.models.model_loaded):
        app.models.read_projector(str(other))
    assert app.models.sees
    app.wait_stored()
    kept = app.storage.call(lambda: app.store.get_state("model.projectors", {}))
    assert kept == {"tiny-vl": str(other)}
    app.models.read_projector(str(person.folder / "tiny-vl.gguf"))
    app.wait(lambda: app.notices)
    assert "is no projector" in app.notices[-1].cause
