"""The window does by key what it says, and shows what the controllers report."""

from dataclasses import replace

import pytest
from fake_chats import FakeCare, FakeChat, FakeConversations, FakeSearch, FakeShelving
from fake_models import FakeModels
from fake_writing import FakeWriting
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFont, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.commands.registry import COMMANDS
from desktopchat.controllers.models import LoadedModel
from desktopchat.core.chat import Conversation, FinishReason, Message, MessageState, Role, Timings, Usage
from desktopchat.core.excerpt import Excerpt
from desktopchat.core.hit import Hit, HitKind
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.ui.key_help import KeyHelp
from desktopchat.ui.theme import Theme

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
MODEL = LoadedModel("tiny-1b", 4096, "CPU, 2 threads", "gguf", (), False)
HITS = (Hit(HitKind.TITLE, 2, Excerpt("Another chat"), Excerpt(""), 0.0, 1),)
ROWS = ((1, "A chat", "Today"), (2, "Another chat", "Today"), (3, "An old one", "Older"))


def own(message_id: int = 1, text: str = "Hello") -> Message:
    return Message(message_id, 1, None, Role.USER, text, MessageState.COMPLETE, 0.0)


def answer(message_id: int = 2, text: str = "Hi\n\n```py\nx = 1\n```") -> Message:
    return Message(
        message_id,
        1,
        1,
        Role.ASSISTANT,
        text,
        MessageState.COMPLETE,
        0.0,
        model="tiny-1b",
        finish_reason=FinishReason.STOP,
        usage=Usage(10, 0, 41),
        timings=Timings(0.1, 0.25, 2.0),
    )


class Desk:
    """A window with its controllers."""

    def __init__(self, qtbot: QtBot) -> None:
        self.chat, self.models, self.shelving = FakeChat(), FakeModels(), FakeShelving()
        self.conversations = FakeConversations(*ROWS)
        self.search = FakeSearch(*HITS)
        self.care, self.writing = FakeCare(), FakeWriting()
        self.window = open_window(
            qtbot,
            self.chat,
            models=self.models,
            shelving=self.shelving,
            conversations=self.conversations,
            search=self.search,
            care=self.care,
            writing=self.writing,
        )
        self.field = self.window.page.composer.field
        self.field.setFocus()
        self._qtbot = qtbot

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def asked(self) -> list[tuple[object, ...]]:
        return [call for call in self.chat.calls if call[0] != "draft"]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_message_is_sent_and_the_answer_streams(desk: Desk, qtbot: QtBot) -> None:
    desk.models.model_loaded.emit(MODEL)
    qtbot.keyClicks(desk.field, "Hello")
    desk.key(Qt.Key.Key_Return)
    assert desk.asked() == [("send", "Hello")]
    desk.chat.sent.emit()
    assert desk.field.text() == ""
    desk.chat.message_added.emit(own())
    desk.chat.message_added.emit(replace(answer(text=""), state=MessageState.STREAMING))
    desk.chat.set_answering(True)
    desk.chat.text_received.emit(2, "Hi the")
    assert "Hi the" in desk.window.page.transcript.toPlainText()
    desk.key(Qt.Key.Key_Escape)
    assert ("stop",) in desk.asked()


def test_status_tells_only_what_is_known(desk: Desk) -> None:
    assert desk.window.status.text() == "No model"
    desk.models.model_loaded.emit(MODEL)
    assert desk.window.status.text() == "tiny-1b · CPU, 2 threads"
    desk.chat.show(own(), answer())
    desk.chat.message_changed.emit(answer())
    desk.chat.context_changed.emit(51, 4096)
    assert desk.window.status.text() == (
        "tiny-1b · CPU, 2 threads · 20 tok/s · first token 0.25 s · 51 of 4,096 tokens · saved"
    )
    desk.chat.set_answering(True)
    assert "saved" not in desk.window.status.text()


@pytest.mark.parametrize(
    ("key", "modifiers", "call"),
    [
        (Qt.Key.Key_N, CTRL, ("new",)),
        (Qt.Key.Key_R, CTRL, ("regenerate",)),
        (Qt.Key.Key_2, CTRL, ("open", 2)),
        (Qt.Key.Key_Tab, CTRL, ("open", 2)),
        (Qt.Key.Key_Left, ALT, ("sibling", 2, -1)),
        (Qt.Key.Key_Right, ALT, ("sibling", 2, 1)),
    ],
)
def test_keys_from_the_composer(
    desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier, call: tuple[object, ...]
) -> None:
    desk.chat.show(own(), replace(answer(), sibling=2, siblings=3))
    desk.key(key, modifiers)
    assert desk.asked() == [call]


def test_unload_by_key_though_text_fields_know_it_too(desk: Desk) -> None:
    desk.models.model_loaded.emit(MODEL)
    desk.key(Qt.Key.Key_E, CTRL)
    assert desk.models.calls == [("unload",)]


def test_continue_only_what_was_cut(desk: Desk) -> None:
    desk.chat.show(own(), answer())
    desk.key(Qt.Key.Key_G, CTRL)
    desk.chat.show(own(), replace(answer(), finish_reason=FinishReason.LENGTH))
    desk.key(Qt.Key.Key_G, CTRL)
    assert desk.asked() == [("continue",)]


def test_copy_answer_and_code(desk: Desk) -> None:
    desk.chat.show(own(), answer())
    desk.key(Qt.Key.Key_C, CTRL | SHIFT)
    assert QGuiApplication.clipboard().text() == "Hi\n\n```py\nx = 1\n```"
    desk.key(Qt.Key.Key_K, CTRL | SHIFT)
    assert QGuiApplication.clipboard().text() == "x = 1"


def test_up_edits_the_last_own_message_and_escape_goes_back(desk: Desk) -> None:
    desk.chat.show(own(), answer(), own(3, "again"), answer(4))
    desk.key(Qt.Key.Key_Up)
    assert desk.field.text() == "again"
    desk.key(Qt.Key.Key_Escape)
    assert desk.field.text() == ""
    desk.key(Qt.Key.Key_Up)
    desk.key(Qt.Key.Key_Return)
    assert desk.asked() == [("edit", 3, "again")]


def test_typing_in_the_transcript_goes_to_the_composer(desk: Desk, qtbot: QtBot) -> None:
    desk.chat.show(own(), answer())
    desk.key(Qt.Key.Key_Up, ALT)
    assert QApplication.focusWidget() is desk.window.page.transcript
    desk.key(Qt.Key.Key_X)
    assert QApplication.focusWidget() is desk.field
    assert desk.field.text() == "x"


def test_letters_typed_in_a_number_go_to_the_composer_and_digits_stay(desk: Desk) -> None:
    temperature = next(field for field in desk.window.panel.fields if field.objectName() == "temperature")
    temperature.setFocus()
    temperature.selectAll()
    for key in (Qt.Key.Key_1, Qt.Key.Key_Period, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_Backspace):
        desk.key(key)
    assert temperature.hasFocus()
    assert temperature.text() == "1.4"
    assert desk.field.text() == ""
    desk.key(Qt.Key.Key_X)
    assert QApplication.focusWidget() is desk.field
    assert desk.field.text() == "x"
    assert desk.asked()[-1] == ("sampling", SamplingParams(temperature=1.4))


def test_escape_never_discards_text(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.field, "precious")
    desk.window.show_notice(Notice("error", "It broke.", "Mend it."))
    for _ in range(5):
        desk.key(Qt.Key.Key_Escape)
    assert desk.field.text() == "precious"
    assert not desk.window.page.banner.isVisible()


def test_another_conversation_is_shown_in_place_of_an_open_card(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F1)
    overlay = desk.window.findChild(KeyHelp)
    assert overlay.isVisible()
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert not overlay.isVisible()
    assert desk.window.commands.overlay is None
    assert desk.field.hasFocus()


def test_key_overlay_lists_every_command(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F1)
    overlay = desk.window.findChild(KeyHelp)
    words = {label.text() for label in overlay.findChildren(type(desk.window.toast).__base__)}
    assert {one.title for one in COMMANDS if one.keys} <= words
    desk.key(Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    assert QApplication.focusWidget() is desk.field


def test_notice_names_the_key_of_its_cure(desk: Desk) -> None:
    desk.chat.send_refused.emit(Notice("warning", "There is no model.", "Open one.", "model.open", "details here"))
    banner = desk.window.page.banner
    assert banner.text() == "There is no model. Open one."
    assert any("Ctrl+O" in button.text() for button in banner.findChildren(QAbstractButton))


def test_deleted_conversation_comes_back_by_key(desk: Desk) -> None:
    desk.chat.show(own())
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.asked() == []
    desk.shelving.noticed.emit(Notice("info", "The conversation was deleted.", "", "conversation.undo_delete"))
    assert desk.window.toast.text() == "The conversation was deleted. Ctrl+Z undoes it."
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.shelving.calls == [("undo_delete",)]


def test_undo_in_the_composer_comes_first(desk: Desk, qtbot: QtBot) -> None:
    desk.chat.show(own())
    desk.shelving.noticed.emit(Notice("info", "Deleted.", "", "conversation.undo_delete"))
    qtbot.keyClicks(desk.field, "word")
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.field.text() == ""
    assert desk.shelving.calls == []


def test_conversation_is_renamed_and_deleted_in_the_list(desk: Desk, qtbot: QtBot) -> None:
    desk.chat.show(own())
    desk.key(Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert desk.conversations.held, "the list stays as it is meanwhile"
    editor.setText("New name")
    desk.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not desk.conversations.held)
    assert desk.conversations.renamed == [(1, "New name")]
    assert desk.asked() == []
    desk.window.sidebar.view.setFocus()
    desk.key(Qt.Key.Key_Delete)
    assert desk.shelving.calls == [("delete_conversation", 1)]


def test_parameters_hold_at_once_and_by_key(desk: Desk) -> None:
    desk.key(Qt.Key.Key_BracketRight, CTRL)
    assert desk.asked()[-1] == ("sampling", SamplingParams(temperature=0.8))
    desk.chat.calls.clear()
    desk.chat.sampling_changed.emit(SamplingParams(temperature=1.5, seed=7))
    assert desk.asked() == []
    desk.key(Qt.Key.Key_BracketLeft, CTRL)
    assert desk.asked()[-1] == ("sampling", SamplingParams(temperature=1.4, seed=7))


def test_empty_state_offers_starters_by_number(desk: Desk) -> None:
    desk.models.model_loaded.emit(replace(MODEL, is_starter=True))
    assert desk.window.page.shows_empty
    desk.key(Qt.Key.Key_2)
    assert desk.field.text() == desk.window.page.empty_state.starter(1)
    desk.key(Qt.Key.Key_2)
    assert desk.field.text().endswith("2")


def test_numbers_are_numbers_once_there_are_messages(desk: Desk) -> None:
    desk.models.model_loaded.emit(MODEL)
    desk.chat.show(own(), answer())
    desk.key(Qt.Key.Key_2)
    assert desk.field.text() == "2"


def test_model_file_is_opened_by_drop(desk: Desk) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/models/a.gguf")])
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    desk.window.dropEvent(event)
    assert desk.models.calls == [("open", "/models/a.gguf")]


def test_load_shows_progress_and_escape_cancels_it(desk: Desk) -> None:
    desk.models.load_started.emit("tiny-1b")
    desk.models.load_progressed.emit(0.62)
    assert desk.window.page.progress.isVisible()
    desk.key(Qt.Key.Key_Escape)
    assert desk.models.calls == [("cancel",)]
    desk.models.load_failed.emit(Notice("error", "The file is cut off.", "Download it again."))
    assert not desk.window.page.progress.isVisible()
    assert desk.window.page.banner.isVisible()


def test_panels_fold_and_float(desk: Desk) -> None:
    window = desk.window
    assert window.panel.isVisible()
    desk.key(Qt.Key.Key_Period, CTRL)
    assert not window.panel.isVisible()
    desk.key(Qt.Key.Key_Period, CTRL)
    window.resize(800, 700)
    assert not window.panel.isVisible()
    assert window.sidebar.isVisible()
    desk.key(Qt.Key.Key_Period, CTRL)
    assert window.panel.isVisible()
    assert window.panel.geometry().right() == window.frame.rect().right()
    desk.key(Qt.Key.Key_Escape)
    assert not window.panel.isVisible()
    window.resize(600, 700)
    assert not window.sidebar.isVisible()
    window.resize(1200, 800)
    assert window.panel.isVisible()
    assert window.sidebar.isVisible()


def test_layout_comes_back(desk: Desk, qtbot: QtBot) -> None:
    desk.key(Qt.Key.Key_B, CTRL)
    desk.key(Qt.Key.Key_Plus, CTRL)
    state = desk.window.layout_state()
    other = Desk(qtbot)
    other.window.restore_layout(state)
    assert not other.window.sidebar.isVisible()
    assert other.window.theme.zoom == 1.1
    assert other.window.layout_state()["sidebar"] is False


def test_flush_reports_the_draft(desk: Desk, qtbot: QtBot) -> None:
    qtbot.keyClicks(desk.field, "unsent")
    desk.window.flush()
    assert ("draft", "unsent") in desk.chat.calls


def test_title_shows_the_conversation(desk: Desk) -> None:
    desk.chat.show(own(), title="On cats")
    assert desk.window.windowTitle() == "On cats"
    desk.chat.conversation_changed.emit(Conversation(1, "On dogs", 0.0, 0.0))
    assert desk.window.windowTitle() == "On dogs"


def test_link_is_asked_for(desk: Desk) -> None:
    desk.window.page.transcript.link_chosen.emit("https://example.com/a")
    desk.key(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is desk.field


def test_every_control_has_a_name(desk: Desk) -> None:
    desk.window.show_notice(Notice("error", "It broke.", "Mend it.", "model.open", "why"))
    desk.window.panel.set_unfolded(True)
    for kind in (QAbstractButton, QAbstractSpinBox, QLineEdit, QPlainTextEdit):
        for control in desk.window.findChildren(kind):
            if control.objectName().startswith("qt_") or not control.isVisibleTo(desk.window):
                continue
            named = control.accessibleName() or (isinstance(control, QAbstractButton) and control.text())
            assert named, f"{control} has no name"


def test_all_themes_and_zooms_can_be_shown(desk: Desk) -> None:
    desk.chat.show(own(), answer())
    for _ in range(4):
        desk.key(Qt.Key.Key_L, CTRL | SHIFT)
        desk.key(Qt.Key.Key_Minus, CTRL)
        assert not desk.window.grab().isNull()


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_fonts_are_the_same_from_the_start(qtbot: QtBot, zoom: float) -> None:
    QApplication.setFont(QFont("Sans", 9))  # as the system's
    window = open_window(qtbot, FakeChat(), theme=Theme("light", zoom))
    parts = [window.menu_bar, *window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    sizes = [part.fontInfo().pixelSize() for part in parts]
    assert window.menu_bar.font().pixelSize() == round(14 * zoom)
    for _ in range(2):
        window.actions_by_id["view.theme"].trigger()
        window.actions_by_id["view.density"].trigger()
    assert [part.fontInfo().pixelSize() for part in parts] == sizes


def test_letters_are_keys_once_the_text_was_gone_to(desk: Desk, qtbot: QtBot) -> None:
    desk.chat.show(own(), answer(), own(3, "again"), answer(4))
    view = desk.window.page.transcript
    desk.key(Qt.Key.Key_F8)
    assert view.hasFocus()
    assert desk.window.page.reading_hint.text() == "J K message · ] [ block · F6 back to writing"
    desk.key(Qt.Key.Key_G)
    assert view.message_at_caret() == own()
    desk.key(Qt.Key.Key_J)
    assert view.message_at_caret() == answer()
    desk.key(Qt.Key.Key_BracketRight)
    assert view.textCursor().block().text() == "Hi"
    desk.key(Qt.Key.Key_BracketRight)
    assert view.textCursor().block().text() == "py"
    desk.key(Qt.Key.Key_K)
    assert view.message_at_caret() == own()
    for letter in "hello":
        qtbot.keyClicks(QApplication.focusWidget(), letter)
    assert desk.field.hasFocus()
    assert desk.field.text() == "hello"
    assert not desk.window.page.reading_hint.isVisible()


def test_letters_go_to_the_composer_while_the_text_was_only_clicked(desk: Desk, qtbot: QtBot) -> None:
    desk.chat.show(own(), answer())
    qtbot.mouseClick(desk.window.page.transcript.viewport(), Qt.MouseButton.LeftButton)
    for letter in "jk":
        qtbot.keyClicks(QApplication.focusWidget(), letter)
    assert desk.field.text() == "jk"


def test_find_bar_opens_goes_on_and_gives_the_focus_back(desk: Desk, qtbot: QtBot) -> None:
    desk.chat.show(own(text="a cat"), answer(text="the cat"))
    desk.key(Qt.Key.Key_F, CTRL)
    bar = desk.window.page.find_bar
    qtbot.keyClicks(QApplication.focusWidget(), "cat")
    assert bar.count.text() == "1 of 2"
    desk.key(Qt.Key.Key_Return)
    assert bar.count.text() == "2 of 2"
    desk.key(Qt.Key.Key_Return, SHIFT)
    assert bar.count.text() == "1 of 2"
    desk.chat.set_answering(True)
    desk.key(Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert desk.field.hasFocus()
    assert ("stop",) not in desk.asked()


def test_find_bar_that_was_opened_from_a_title_leads_to_the_composer(desk: Desk, qtbot: QtBot) -> None:
    desk.chat.show(own(text="a cat"))
    desk.key(Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    with qtbot.waitSignal(editor.destroyed):
        desk.key(Qt.Key.Key_F, CTRL)
    assert desk.window.page.find_bar.field.hasFocus()
    desk.key(Qt.Key.Key_Escape)
    assert desk.field.hasFocus()


def test_message_is_copied_in_three_ways(desk: Desk) -> None:
    desk.chat.show(own(), answer(text="**Hi**"))
    clipboard = QApplication.clipboard()
    for command, words in (("message.copy_markdown", "**Hi**"), ("message.copy_plain", "Hi")):
        desk.window.actions_by_id[command].trigger()
        assert clipboard.text() == words
    desk.window.actions_by_id["message.copy_rich"].trigger()
    assert "<strong>Hi</strong>" in clipboard.mimeData().html()
    assert desk.window.toast.isVisible()


def test_code_is_folded_and_runs_on_by_key(desk: Desk) -> None:
    desk.chat.show(own(), answer(text="```\n" + "line\n" * 50 + "```"))
    desk.key(Qt.Key.Key_J, CTRL)
    assert "… 38 more lines" in desk.window.page.transcript.toPlainText()
    desk.key(Qt.Key.Key_J, CTRL | SHIFT)
    assert desk.window.page.transcript.document().find("line").block().blockFormat().nonBreakableLines()
