"""The page shows every message as it is, streams it, and gives it back exactly."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QImage, QPaintEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import FinishReason, Message, MessageState, Role, Timings, Usage
from desktopchat.core.params import SamplingParams
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.view import WINDOW, TranscriptView

ANSWER = """# Title

Some **bold** text with `code` and a [link](https://example.com/).

- first
- second
  - nested

1. one
2. two
   ```python
   x = 1
   ```

```python
def f():

    return 1
```

| a | b |
|---|--:|
| 1 | 2 |

> quoted

你好，世界 👩‍💻 end
"""


def own(message_id: int = 1, text: str = "Hello") -> Message:
    return Message(message_id, 1, None, Role.USER, text, MessageState.COMPLETE, 0.0)


def streaming(message_id: int = 2, text: str = "") -> Message:
    return Message(message_id, 1, 1, Role.ASSISTANT, text, MessageState.STREAMING, 0.0, model="tiny")


def finished(message_id: int = 2, text: str = ANSWER) -> Message:
    return replace(
        streaming(message_id, text),
        state=MessageState.COMPLETE,
        finish_reason=FinishReason.STOP,
        sampling=SamplingParams(temperature=0.3, max_tokens=99),
        usage=Usage(10, 0, 41),
        timings=Timings(0.1, 0.25, 2.0),
    )


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    keys = {"message.continue": "Ctrl+G", "message.previous_sibling": "Alt+Left", "message.next_sibling": "Alt+Right"}
    page = TranscriptView(Theme("light"), keys)
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    return page


class Paints(QObject):
    """Notes how much of a widget is painted, in rows."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.heights: list[int] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.heights.append(event.rect().height())
        return super().eventFilter(watched, event)


def settle() -> None:
    """Let what was asked for be laid out, coloured and painted."""
    for _ in range(3):
        QApplication.processEvents()


def copied(view: TranscriptView) -> str:
    view.selectAll()
    return view.createMimeDataFromSelection().text()


def test_streamed_answer_looks_like_a_stored_one(view: TranscriptView) -> None:
    view.show_messages((own(), finished()))
    stored = view.toPlainText()
    view.show_messages(())
    view.show_messages((own(), streaming()))
    for character in ANSWER:
        view.append_text(2, character)
    assert "▌" in view.toPlainText()
    view.replace(finished())
    assert view.toPlainText() == stored


def test_answer_that_goes_on_continues_its_last_line(view: TranscriptView) -> None:
    cut = replace(finished(text="One **bo"), finish_reason=FinishReason.LENGTH)
    view.show_messages((own(), cut))
    view.show_messages((own(), streaming(text="One **bo")))
    view.append_text(2, "ld** word")
    view.replace(finished(text="One **bold** word"))
    assert "One bold word" in view.toPlainText()


def test_own_message_is_literal(view: TranscriptView) -> None:
    view.show_messages((own(text="*not* <b>bold</b>\n\n# line"),))
    assert "*not* <b>bold</b>\n\n# line" in view.toPlainText()


def test_html_of_a_model_is_text(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text="<b>x</b> <img src='file:///etc/passwd'>")))
    assert "<b>x</b> <img src='file:///etc/passwd'>" in view.toPlainText()


def test_nothing_is_ever_loaded(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text="![cat](https://evil.example/cat.png)")))
    assert "[image: cat (evil.example)]" in view.toPlainText()
    image = QTextDocument.ResourceType.ImageResource.value
    assert view.document().resource(image, QUrl("file:///etc/hostname")) is None


def test_hidden_marks_are_shown_and_copied_exactly(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text="a\u202eb")))
    assert "a[U+202E]b" in view.toPlainText()
    assert "a\u202eb" in copied(view)


def test_endless_run_is_copied_whole(view: TranscriptView) -> None:
    view.show_messages((own(text="y" * 5000),))
    assert "y" * 5000 in copied(view)


def test_selection_is_copied_across_messages(view: TranscriptView) -> None:
    view.show_messages((own(text="question 👍 one"), finished(text="- a\n- b\n\n```py\nx = 1\n```")))
    text = copied(view)
    assert "question 👍 one" in text
    assert "- a\n- b" in text
    assert "x = 1" in text


def test_part_of_a_line_is_copied(view: TranscriptView) -> None:
    view.show_messages((own(text="👍 hello world"),))
    cursor = view.document().find("hello")
    view.setTextCursor(cursor)
    assert view.createMimeDataFromSelection().text() == "hello"


def test_caret_is_not_copied(view: TranscriptView) -> None:
    view.show_messages((own(), streaming(text="half")))
    assert "▌" not in copied(view)


def test_header_and_footer_tell_what_is_known(view: TranscriptView) -> None:
    view.show_messages((own(), replace(finished(), sibling=2, siblings=3, branch="the calm one")))
    text = view.toPlainText()
    assert "the calm one · 2/3  Alt+Left Alt+Right" in text
    assert "41 tokens · 20 tok/s · first token 0.25 s · ended by itself · temperature 0.3 · max 99" in text


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (replace(finished(), finish_reason=FinishReason.CANCELLED), "Stopped. Ctrl+G continues."),
        (replace(finished(), finish_reason=FinishReason.LENGTH), "Cut at the longest length. Ctrl+G continues."),
        (replace(finished(), state=MessageState.INTERRUPTED), "Interrupted. Ctrl+G continues."),
        (replace(finished(), state=MessageState.FAILED, error="No memory."), "No memory."),
    ],
)
def test_unfinished_answer_says_why(view: TranscriptView, message: Message, words: str) -> None:
    view.show_messages((own(), message))
    assert words in view.toPlainText()


def test_streaming_answer_has_no_footer(view: TranscriptView) -> None:
    view.show_messages((own(), replace(finished(text="x"), state=MessageState.STREAMING)))
    assert "tok/s" not in view.toPlainText()


def test_page_follows_at_the_bottom_only(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(), streaming(text="line\n\n" * 100)))
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    view.append_text(2, "more\n\n" * 10)
    assert bar.value() == bar.maximum()
    bar.setValue(100)
    with qtbot.waitSignal(view.new_text_hidden, check_params_cb=lambda hidden: hidden):
        view.append_text(2, "more\n\n" * 10)
    assert bar.value() == 100
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()


def test_selection_stays_while_the_answer_streams(view: TranscriptView) -> None:
    view.show_messages((own(), streaming(text="some open words")))
    view.setTextCursor(view.document().find("open"))
    view.append_text(2, " and more")
    assert view.textCursor().selectedText() == "open"


def test_hidden_page_keeps_the_text_for_later(view: TranscriptView) -> None:
    view.show_messages((own(), streaming()))
    view.hide()
    view.append_text(2, "unseen")
    assert "unseen" not in view.toPlainText()
    assert view.text_of(2) == "unseen"
    view.show()
    assert "unseen" in view.toPlainText()


def test_older_messages_come_when_the_top_is_reached(view: TranscriptView) -> None:
    messages = tuple(own(number, f"message number {number}") for number in range(1, WINDOW + 61))
    view.show_messages(messages)
    assert "message number 60\n" not in view.toPlainText()
    view.verticalScrollBar().setValue(0)
    assert "message number 60\n" in view.toPlainText()
    assert view.verticalScrollBar().value() > 0
    assert [message.id for message in view.messages()] == [message.id for message in messages]


def test_other_branch_replaces_only_what_differs(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text="first answer")))
    view.show_messages((own(), finished(3, "second answer")))
    assert "first answer" not in view.toPlainText()
    assert "second answer" in view.toPlainText()
    assert view.toPlainText().count("Hello") == 1


def test_caret_moves_from_message_to_message(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(), finished(), own(3, "again"), finished(4)))
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.move_to_message(-1)
    assert view.message_at_caret() == finished(4)
    view.move_to_message(-1)
    view.move_to_message(-1)
    assert view.message_at_caret() == finished()
    view.move_to_message(1)
    assert view.message_at_caret() == own(3, "again")


def test_only_safe_links_are_offered(view: TranscriptView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.link_chosen) as chosen:
        view.anchorClicked.emit(QUrl("https://example.com/a"))
    assert chosen.args == ["https://example.com/a"]
    with qtbot.assertNotEmitted(view.link_chosen):
        view.anchorClicked.emit(QUrl("file:///etc/passwd"))


def test_theme_and_zoom_change_nothing_of_the_text(view: TranscriptView) -> None:
    view.show_messages((own(), finished()))
    before = view.toPlainText()
    view.retheme()
    assert view.toPlainText() == before


def test_boxes_are_painted(view: TranscriptView) -> None:
    view.show_messages((own(),))
    image = view.viewport().grab().toImage()
    block = view.document().find("Hello")
    assert isinstance(block, QTextCursor)
    at = view.cursorRect(block).center() + QPoint(200, 0)
    assert image.pixelColor(at * image.devicePixelRatio()).name().upper() == Theme("light").tokens.user_block


def test_growing_answer_is_painted_in_parts_that_make_the_whole(view: TranscriptView) -> None:
    view.show_messages([own(), streaming()])
    view.append_text(2, ANSWER)
    settle()
    screen = view.screen()
    text = ANSWER * 2 + "| a | b |\n|---|---|\n"
    for start in range(0, len(text), 9):
        view.append_text(2, text[start : start + 9])
        settle()
        seen = screen.grabWindow(view.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)
        whole = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        assert seen == whole, f"after {text[max(0, start - 30) : start + 9]!r}"


def test_growing_answer_is_painted_where_it_grows(view: TranscriptView) -> None:
    view.show_messages([own(), streaming()])
    view.append_text(2, "A paragraph.\n\n" * 60 + "some words")
    settle()
    paints = Paints(view.viewport())
    view.append_text(2, " more")
    settle()
    assert paints.heights
    assert max(paints.heights) < view.viewport().height() / 3


def test_cost_of_a_flush_does_not_grow_with_the_answer(view: TranscriptView) -> None:
    """The last part of a long answer costs about what the first one did; four times is far from both."""
    view.show_messages((own(), streaming()))
    text = ANSWER * 30
    costs = []
    for start in range(0, len(text), 16):
        before = time.perf_counter()
        view.append_text(2, text[start : start + 16])
        costs.append(time.perf_counter() - before)
    quarter = len(costs) // 4
    assert sorted(costs[-quarter:])[quarter // 2] < 4 * sorted(costs[:quarter])[quarter // 2]
