"""What the window does with files, queue, history, prompts and models at the composer."""

from pathlib import Path

import pytest
from fake_chats import FakeChat, FakeConversations, FakeShelving
from fake_models import FakeModels
from fake_running import keys_in
from fake_writing import FakeWriting
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.attached import Written, attach, attach_text
from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.notice import Notice

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
NOTES = attach_text("notes.txt", "A boat.")
Key = Qt.Key


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.chat, self.models, self.shelving, self.writing = FakeChat(), FakeModels(), FakeShelving(), FakeWriting()
        self.window = open_window(
            qtbot,
            self.chat,
            models=self.models,
            shelving=self.shelving,
            conversations=FakeConversations((1, "A chat", "Today")),
            writing=self.writing,
        )
        self.composer = self.window.page.composer
        self.field = self.composer.field
        self.field.setFocus()
        self.press = lambda key, modifier=Qt.KeyboardModifier.NoModifier: qtbot.keyClick(
            QGuiApplication.focusObject(), key, modifier
        )
        self.type = lambda text: qtbot.keyClicks(self.field, text)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_enter_sends_or_queues(desk: Desk) -> None:
    desk.type("one")
    desk.composer.add_file(NOTES)
    desk.press(Key.Key_Return)
    assert desk.chat.calls[-1] == ("send", "one", NOTES)
    desk.chat.sent.emit()
    desk.chat.set_answering(True)
    desk.type("two")
    desk.press(Key.Key_Return)
    assert desk.writing.queue.calls[-1] == ("add", Written("two"))
    assert desk.composer.text() == "two"
    desk.writing.queue.added.emit()
    assert desk.composer.text() == ""
    desk.chat.set_answering(False)
    desk.writing.queue.is_running = True  # it would be overtaken
    desk.type("three")
    desk.press(Key.Key_Return)
    assert desk.writing.queue.calls[-1] == ("add", Written("three"))
    desk.writing.queue.refused.emit(Notice("error", "The disk is full.", "Free some space."))
    assert desk.composer.text() == "three"
    assert "The disk is full." in desk.window.page.banner.text()


def test_hints_name_the_keys_of_now(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[chat]\nsend_key = "ctrl+enter"\n', encoding="utf-8")
    chosen = '[message]\nstop = "F4"\nremove_file = "F6"\n[queue]\nsend = "F8"\nremove = "F7"\n'
    (tmp_path / "keys.toml").write_text(chosen, encoding="utf-8")
    chat, models, writing, keys = FakeChat(), FakeModels(), FakeWriting(), keys_in(tmp_path)
    window = open_window(qtbot, chat, models=models, writing=writing, keys=keys)
    composer = window.page.composer

    def shown() -> set[str]:
        return {label.text() for label in window.page.findChildren(QLabel) if label.isVisible()}

    assert "Ctrl+Enter sends · Enter starts a new line" in shown()
    assert composer.chips.accessibleDescription() == "Left and Right choose a file. F6 removes it."
    assert composer.queue.list.accessibleDescription() == "Enter takes one back into the field. F7 removes it."
    composer.begin_edit(1, "old")
    assert "Editing your message · Ctrl+Enter sends it as a new version · F4 goes back" in shown()
    writing.queue.changed.emit((Written("one"),), True)
    assert "Not sent, as the answer before did not end by itself · F8 sends" in shown()
    models.load_started.emit("tiny")
    assert "Loading tiny · 0 % · F4 stops" in shown()
    chat.set_answering(True)
    keys.use(keys.keymap.with_key("message.stop", "F3").without_keys("queue.send"))
    assert "Ctrl+Enter sends it after the answer · F4 stops the answer" in shown()
    assert "Not sent, as the answer before did not end by itself · Ctrl+Enter sends" in shown()
    keys.use(keys.keymap.without_keys("message.stop"))
    assert {
        "Ctrl+Enter sends it after the answer",
        "Editing your message · Ctrl+Enter sends it as a new version",
    } <= shown()


def test_keys_of_the_queue(desk: Desk) -> None:
    desk.writing.queue.changed.emit((Written("one"), Written("two")), True)
    desk.press(Key.Key_F9)
    assert desk.composer.queue.list.hasFocus()
    desk.press(Key.Key_Up)
    desk.press(Key.Key_Delete)
    assert desk.writing.queue.calls[-1] == ("remove", 0)
    desk.writing.queue.removed.emit()
    assert "Ctrl+Z" in desk.window.toast.text()
    desk.press(Key.Key_Z, CTRL)
    assert desk.writing.queue.calls[-1] == ("undo",)
    desk.press(Key.Key_Return)
    assert desk.writing.queue.calls[-1] == ("take", 0, Written(""))
    desk.press(Key.Key_F6)
    desk.press(Key.Key_Return, CTRL | SHIFT)
    assert desk.writing.queue.calls[-1] == ("go_on",)
    desk.press(Key.Key_Return)
    assert desk.writing.queue.calls[-2:] == [("go_on",), ("go_on",)]


def test_files_are_removed_and_brought_back_by_key(desk: Desk) -> None:
    desk.type("a")
    desk.composer.add_file(NOTES)
    assert desk.chat.calls[-1] == ("files", NOTES)
    desk.press(Key.Key_Backtab)
    assert desk.composer.chips.hasFocus()
    desk.press(Key.Key_Delete)
    assert desk.composer.chips.files() == ()
    assert desk.field.hasFocus()
    desk.press(Key.Key_Z, CTRL)
    assert desk.composer.written() == Written("a", (NOTES,))
    desk.press(Key.Key_Z, CTRL)  # now it is the text's turn again
    assert desk.composer.written() == Written("", (NOTES,))


def test_what_was_removed_last_comes_back_first(desk: Desk) -> None:
    desk.composer.add_file(NOTES)
    desk.composer.chips.remove_current()
    desk.window.show_notice(Notice("info", "Conversation deleted.", "", "conversation.undo_delete"))
    desk.press(Key.Key_Z, CTRL)
    assert desk.shelving.calls[-1] == ("undo_delete",)
    assert desk.composer.chips.files() == ()


def test_dropped_files_are_attached_and_models_opened(desk: Desk) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in ("/data/a.txt", "/models/b.GGUF", "/data/c.py")])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    desk.window.dropEvent(event)
    assert event.isAccepted()
    assert desk.writing.attaching.paths == ["/data/a.txt", "/data/c.py"]
    assert desk.models.calls == [("open", "/models/b.GGUF")]


def test_files_are_chosen_by_key(desk: Desk) -> None:
    desk.press(Key.Key_U, CTRL)
    dialog = desk.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.filesSelected.emit(["/data/a.txt"])
    dialog.reject()
    assert desk.writing.attaching.paths == ["/data/a.txt"]


def test_pasted_picture_becomes_a_file(desk: Desk) -> None:
    picture = QImage(2, 2, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(picture)
    desk.press(Key.Key_V, CTRL)
    ((name, data),) = desk.writing.attaching.made
    assert name == "Pasted picture.png"
    assert attach(name, data).is_picture


def test_paste_beside_the_field_goes_there(desk: Desk) -> None:
    desk.window.sidebar.view.setFocus()
    QGuiApplication.clipboard().setText("word " * 10_000)
    desk.press(Key.Key_V, CTRL)
    assert desk.field.hasFocus()
    assert [file.name for file in desk.composer.chips.files()] == ["Pasted text"]
    desk.press(Key.Key_V, CTRL | SHIFT)
    assert desk.composer.written() == Written("word " * 10_000)


def test_history_by_key(desk: Desk) -> None:
    desk.press(Key.Key_PageUp, ALT)
    desk.press(Key.Key_PageUp, ALT)
    desk.press(Key.Key_PageDown, ALT)
    assert desk.writing.history.steps == [1, 1, -1]
    desk.writing.history.shown.emit("before")
    assert desk.composer.text() == "before"


def test_prompts_after_the_slash_and_by_key(desk: Desk) -> None:
    desk.type("/ex")
    desk.press(Key.Key_Return)
    assert desk.composer.text() == "Explain {what}."
    desk.field.clear()
    desk.press(Key.Key_Slash, CTRL)
    for key in (Key.Key_T, Key.Key_R, Key.Key_Return):
        desk.press(key)
    assert desk.composer.text().startswith("To French")
    assert desk.field.textCursor().selectedText() == "French"


def test_models_after_the_at_sign(desk: Desk) -> None:
    desk.chat.set_answering(True)
    desk.type("@")
    popup = desk.composer.completion.popup
    assert popup is not None
    assert popup.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "qwen, Q4_0 · 400.0 MB"
    desk.press(Key.Key_Escape)
    assert ("stop",) not in desk.chat.calls
    assert desk.composer.text() == "@"
    desk.press(Key.Key_Escape)
    assert desk.chat.calls[-1] == ("stop",)
    desk.field.clear()
    desk.type("@qw")
    desk.press(Key.Key_Return)
    assert desk.models.calls == [("open", "/models/qwen.gguf")]
    assert desk.composer.text() == ""


def test_prompt_is_kept_under_a_name(desk: Desk) -> None:
    desk.window.actions_by_id["prompt.save"].trigger()
    assert "nothing to keep" in desk.window.toast.text()
    desk.type("Translate {text}")
    desk.window.actions_by_id["prompt.save"].trigger()
    entry = QGuiApplication.focusObject()
    assert isinstance(entry, QLineEdit)
    entry.setText("my own")
    desk.press(Key.Key_Return)
    assert desk.writing.prompts.saved == [("my own", "Translate {text}")]
    assert desk.composer.text() == "Translate {text}"


def test_edit_brings_the_files_of_the_message(desk: Desk) -> None:
    message = Message(1, 1, -1, Role.USER, "Look", MessageState.COMPLETE, 0.0, files=(NOTES,))
    desk.chat.show(message)
    desk.press(Key.Key_Up)
    assert desk.composer.written() == Written("Look", (NOTES,))
    desk.press(Key.Key_Return)
    assert desk.chat.calls[-1] == ("edit", 1, "Look", NOTES)


def test_files_stand_below_their_message(desk: Desk) -> None:
    message = Message(1, 1, -1, Role.USER, "Look", MessageState.COMPLETE, 0.0, files=(NOTES,))
    desk.chat.show(message)
    assert "notes.txt, 7 B" in desk.window.page.transcript.toPlainText()
