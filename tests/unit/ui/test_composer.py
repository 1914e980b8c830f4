"""Nothing typed is lost, and keys belong to the input method while it composes."""

import time

import pytest
from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopchat.commands.keymap import Keymap
from desktopchat.ui.actions import KeyTexts
from desktopchat.ui.composer.composer import DRAFT_DELAY_MS, Composer
from desktopchat.ui.theme import Theme

CHINESE = "你好，ChatGPT，今天天气怎么样？"


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    made = Composer(Theme("light"), KeyTexts(Keymap()))
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


def compose(composer: Composer, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(composer.field, event)


def test_enter_sends_and_the_text_stays_until_it_is_stored(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "hello")
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent.args == ["hello", ()]
    assert composer.text() == "hello"
    composer.confirm_sent()
    assert composer.text() == ""


def test_text_typed_while_storing_stays(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "hello")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    qtbot.keyClicks(composer.field, " next")
    composer.confirm_sent()
    assert composer.text() == " next"


def test_second_enter_does_not_send_twice(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "hello")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)


def test_refused_text_can_be_sent_again(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "hello")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    composer.refuse_sent()
    with qtbot.waitSignal(composer.send_requested):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)


def test_blank_text_is_not_sent(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "  ")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)


def test_shift_enter_starts_a_line(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "a")
    qtbot.keyClick(composer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.field, "b")
    assert composer.text() == "a\nb"


def test_other_send_key(qtbot: QtBot) -> None:
    composer = Composer(Theme("light"), KeyTexts(Keymap()), "ctrl+enter")
    qtbot.addWidget(composer)
    qtbot.keyClicks(composer.field, "a")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    with qtbot.waitSignal(composer.send_requested):
        qtbot.keyClick(composer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_enter_up_and_escape_belong_to_the_input_method(composer: Composer, qtbot: QtBot) -> None:
    compose(composer, "ni hao")
    with qtbot.assertNotEmitted(composer.send_requested), qtbot.assertNotEmitted(composer.edit_requested):
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Escape):
            qtbot.keyClick(composer.field, key)
    assert composer.text() == ""
    compose(composer, "", CHINESE)
    assert composer.text() == CHINESE
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent.args == [CHINESE, ()]


def test_up_in_an_empty_field_asks_to_edit(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.edit_requested):
        qtbot.keyClick(composer.field, Qt.Key.Key_Up)
    qtbot.keyClicks(composer.field, "a")
    with qtbot.assertNotEmitted(composer.edit_requested):
        qtbot.keyClick(composer.field, Qt.Key.Key_Up)


def test_edit_brings_the_draft_back_and_keeps_what_was_edited(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "draft")
    composer.begin_edit(7, "old words")
    qtbot.keyClicks(composer.field, "!")
    composer.cancel_edit()
    assert composer.text() == "draft"
    composer.begin_edit(7, "old words")
    assert composer.text() == "old words!"
    with qtbot.waitSignal(composer.edit_sent) as sent:
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent.args == [7, "old words!", ()]
    composer.confirm_sent()
    assert composer.text() == "draft"
    assert not composer.editing


def test_draft_is_reported_once_after_typing(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.draft_changed) as changed:
        qtbot.keyClicks(composer.field, "draft")
    assert changed.args == ["draft"]


def test_what_is_typed_during_a_switch_goes_to_the_new_conversation(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "first")
    with qtbot.waitSignal(composer.draft_changed) as changed:
        composer.begin_switch()
    assert changed.args == ["first"]
    qtbot.keyClicks(composer.field, " second")
    composer.open_draft("")
    assert composer.text() == " second"


def test_what_is_typed_before_the_first_conversation_is_open_stays(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, " early")
    composer.open_draft("stored")
    assert composer.text() == "stored early"
    composer.open_draft("another")
    assert composer.text() == "another"


def test_what_is_sent_before_there_is_a_model_waits_for_it(composer: Composer, qtbot: QtBot) -> None:
    composer.hold()
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClicks(composer.field, "early")
        qtbot.keyClick(composer.field, Qt.Key.Key_Return)
        composer.open_draft("")
    with qtbot.waitSignal(composer.send_requested) as sent:
        composer.release()
    assert sent.args == ["early", ()]
    composer.confirm_sent()
    with qtbot.assertNotEmitted(composer.send_requested):
        composer.release()


def test_opened_draft_is_not_reported_back(composer: Composer, qtbot: QtBot) -> None:
    composer.open_draft("stored")
    with qtbot.assertNotEmitted(composer.draft_changed):
        composer.flush_draft()
    assert composer.text() == "stored"


def test_paste_is_plain(composer: Composer) -> None:
    data = QMimeData()
    data.setText("plain\r\ntext")
    data.setHtml("<b>bold</b>")
    composer.field.insertFromMimeData(data)
    assert composer.text() == "plain\ntext"


def test_long_lines_come_back_whole(composer: Composer) -> None:
    text = "x" * 2_000_000 + "\nend\n" + "word " * 2000
    before = time.perf_counter()
    composer.field.insert_text(text)
    # One line of this length alone keeps Qt's layout busy for many seconds.
    assert time.perf_counter() - before < 3
    assert composer.text() == text


def test_new_line_inside_of_a_long_line_is_kept(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_text("x" * 9000)
    cursor = composer.field.textCursor()
    cursor.setPosition(6000)
    composer.field.setTextCursor(cursor)
    qtbot.keyClick(composer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    first, second = composer.text().split("\n")
    assert first + second == "x" * 9000


def test_dropped_files_are_for_the_window(composer: Composer) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/models/a.gguf")])
    assert not composer.field.canInsertFromMimeData(data)


def test_field_grows_up_to_its_limit(composer: Composer) -> None:
    composer.field.set_most_height(100)
    one = composer.field.height()
    composer.field.insert_text("a\nb")
    assert one < composer.field.height() <= 100
    composer.field.insert_text("\n" * 50)
    assert composer.field.height() == 100


def test_a_field_of_another_width_comes_to_rest(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_text("a boat in the 天气 of the sea " * 8)
    for width in range(400, 800, 20):
        composer.resize(width, 300)
        qtbot.waitUntil(lambda: composer.field.verticalScrollBar().maximum() == 0)
        assert not composer.field.verticalScrollBar().isVisible(), "all lines fit"


def test_who_types_without_a_pause_has_a_draft(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.draft_changed, timeout=10_000):
        typing = QTimer()
        typing.timeout.connect(lambda: qtbot.keyClicks(composer.field, "x"))
        typing.start(DRAFT_DELAY_MS // 5)
    typing.stop()
