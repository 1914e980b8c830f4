"""From block to block by key, and paragraphs from right to left."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from test_view import finished, own, streaming

from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.view import WINDOW, TranscriptView

TEXT = "first\n\n- one\n- two\n\n```py\nx = 1\ny = 2\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nlast"


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    made = TranscriptView(Theme("light"), {})
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def line(view: TranscriptView) -> str:
    return view.textCursor().block().text()


def test_caret_goes_from_block_to_block(view: TranscriptView) -> None:
    view.show_messages((own(text="question"), finished(text=TEXT)))
    view.reading.go_to_top()
    seen = []
    for _ in range(8):
        view.reading.step_block(1)
        seen.append(line(view))
    assert seen == ["question", "first", "one", "two", "py", "a", "last", "last"]
    back = []
    for _ in range(6):
        view.reading.step_block(-1)
        back.append(line(view))
    assert back == ["a", "py", "two", "one", "first", "question"]


def test_long_answer_that_streamed_is_one_for_the_reader(view: TranscriptView) -> None:
    text = "\n\n".join(f"part {number}" for number in range(150))
    view.show_messages((own(), streaming()))
    for start in range(0, len(text), 40):
        view.append_text(2, text[start : start + 40])
    view.replace(finished(text=text))
    assert view.reading.plain(view._page.blocks[-1]).split("\n") == text.split("\n\n")
    view.reading.go_to_top()
    seen = []
    for _ in range(151):
        view.reading.step_block(1)
        seen.append(line(view))
    assert seen[1:] == text.split("\n\n")
    view.replace(finished(text="other"))
    assert "part" not in view.toPlainText()


def test_top_and_bottom_of_a_long_conversation(view: TranscriptView) -> None:
    view.show_messages([own(number, f"message {number}") for number in range(1, WINDOW * 3)])
    view.reading.go_to_top()
    message = view.message_at_caret()
    assert message is not None
    assert message.id == 1
    view.reading.go_to_bottom()
    assert line(view) == f"message {WINDOW * 3 - 1}"
    assert view.place() is None


def test_reading_ends_with_the_focus(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(), finished()))
    with qtbot.waitSignal(view.caret_message_changed):
        view.reading.begin()
    assert view.reading.is_active
    assert view.hasFocus()
    with qtbot.waitSignal(view.caret_message_changed):
        view.clearFocus()
    assert not view.reading.is_active


def test_paragraphs_have_their_own_direction(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text="English\n\nעברית abc\n\n- فارسی\n- item")))
    document = view.document()
    right = Qt.LayoutDirection.RightToLeft
    assert document.find("English").block().textDirection() != right
    assert document.find("עברית").block().textDirection() == right
    item, other = document.find("فارسی").block(), document.find("item").block()
    assert item.textDirection() == right
    # The indent, and the bullet in it, stand on the side where the line begins.
    assert item.blockFormat().rightMargin() == other.blockFormat().leftMargin() > 0
    assert item.blockFormat().leftMargin() == other.blockFormat().rightMargin() == 0


def test_text_is_selected_across_messages_by_key(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(text="question"), finished(text="answer\n\nmore")))
    view.reading.go_to_top()
    view.reading.step_block(1)
    for _ in range(6):
        qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert "question" in view.reading.markdown(None)
    assert "answer" in view.reading.markdown(None)
