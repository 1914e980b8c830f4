"""Code on the page: colours that stream, folding, and what is copied of it."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QTextBlock, QTextCursor
from pytestqt.qtbot import QtBot
from test_view import finished, own, streaming

from desktopchat.core.chat import MessageState, Timings, Usage
from desktopchat.ui.theme import LIGHT, Theme
from desktopchat.ui.transcript import folding
from desktopchat.ui.transcript.copying import as_html
from desktopchat.ui.transcript.view import TranscriptView

CODE = "```python\nimport os\n\n# why\nx = '👍' + 'b'\n```\n"
LONG = "```python\n" + "\n".join(f"line{number} = {number}" for number in range(50)) + "\n```\n\nend"


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    made = TranscriptView(Theme("light"), {"message.fold": "Ctrl+J"})
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def block_of(view: TranscriptView, text: str) -> QTextBlock:
    cursor = view.document().find(text)
    assert not cursor.isNull()
    return cursor.block()


def colours(block: QTextBlock) -> dict[str, str]:
    data = block.text().encode("utf-16-le")
    return {
        data[2 * span.start : 2 * (span.start + span.length)].decode("utf-16-le"): span.format.foreground()
        .color()
        .name()
        .upper()
        for span in block.layout().formats()
    }


def settle(view: TranscriptView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view._page._colours._timer.isActive())


def test_stored_code_gets_its_colours(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(), finished(text=CODE)))
    settle(view, qtbot)
    assert colours(block_of(view, "import os")) == {"import": LIGHT.syntax.keyword}
    assert colours(block_of(view, "# why")) == {"# why": LIGHT.syntax.comment}
    assert colours(block_of(view, "x = ")) == {"'👍'": LIGHT.syntax.string, "'b'": LIGHT.syntax.string}


def test_streaming_code_has_colours_at_once(view: TranscriptView) -> None:
    view.show_messages((own(), streaming()))
    view.append_text(2, "```python\nimport os\nimport")
    assert colours(block_of(view, "import os")) == {"import": LIGHT.syntax.keyword}
    assert not colours(block_of(view, "import os").next())
    view.append_text(2, " sys\n")
    assert colours(block_of(view, "import sys")) == {"import": LIGHT.syntax.keyword}


def test_closed_code_stands_as_it_was(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(), streaming()))
    for character in CODE:
        view.append_text(2, character)
    line = block_of(view, "import os").blockNumber()
    view.append_text(2, "\ntext behind")
    settle(view, qtbot)
    assert block_of(view, "import os").blockNumber() == line
    assert colours(block_of(view, "# why")) == {"# why": LIGHT.syntax.comment}
    streamed = view.toPlainText().replace("▌", "")
    view.show_messages(())
    view.show_messages((own(), streaming(text=CODE + "\ntext behind")))
    assert view.toPlainText().replace("▌", "") == streamed


def test_lexer_that_fails_leaves_the_code_plain(
    view: TranscriptView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("desktopchat.ui.transcript.syntax._read", fail)
    view.show_messages((own(), finished(text=CODE)))
    settle(view, qtbot)
    assert not colours(block_of(view, "import os"))
    view.show_messages((own(), streaming()))
    view.append_text(2, CODE)
    assert "import os" in view.toPlainText()


def test_code_of_no_known_language_stays_plain(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(), finished(text="```nosuch\nimport os\n```\n\n```\nimport re\n```")))
    settle(view, qtbot)
    assert not colours(block_of(view, "import os"))
    assert not colours(block_of(view, "import re"))


def test_long_code_is_folded_and_unfolded(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text=LONG)))
    before, height = view.toPlainText(), view.document().size().height()
    block = view._page.blocks[-1]
    assert view.reading.toggle_fold(block)
    assert "… 38 more lines  Ctrl+J" in view.toPlainText()
    assert not block_of(view, "line20 =").isVisible()
    assert view.document().size().height() < height / 2
    assert view.reading.toggle_fold(block)
    assert view.toPlainText() == before
    assert block_of(view, "line20 =").isVisible()
    assert view.document().size().height() == height


def test_very_long_code_that_streams_is_one_block(view: TranscriptView, qtbot: QtBot) -> None:
    code = "\n".join(f"line{number} = {number}" + "\n" * (number % 7 == 0) for number in range(450))
    text = f"```python\n{code}\n```\n\nend"
    view.show_messages((own(), streaming()))
    for start in range(0, len(text), 25):
        view.append_text(2, text[start : start + 25])
    view.replace(finished(text=text))
    settle(view, qtbot)
    (box,) = folding.boxes(view._page.blocks[-1].frame())
    assert "\n".join(line.text() for line in folding.lines(box)) == code
    assert colours(block_of(view, "line449")) == {"449": LIGHT.syntax.number}
    assert colours(block_of(view, "line101 ")) == {"101": LIGHT.syntax.number}
    plain = view.reading.plain(view._page.blocks[-1])
    assert plain == f"{code}\nend"
    before = view.document().size().height()
    view.reading.toggle_fold(view._page.blocks[-1])
    assert view.document().size().height() < 600
    view.reading.toggle_fold(view._page.blocks[-1])
    # Qt may leave out the empty line at the very end.
    assert before - view.document().size().height() in (0, 22)


def test_very_long_code_that_is_stored_is_one_block(view: TranscriptView, qtbot: QtBot) -> None:
    code = "\n".join(f"line{number} = {number}" for number in range(450))
    view.show_messages((own(), finished(text=f"```python\n{code}\n```\n\nend")))
    settle(view, qtbot)
    (box,) = folding.boxes(view._page.blocks[-1].frame())
    assert "\n".join(line.text() for line in folding.lines(box)) == code
    for number in (0, 99, 100, 101, 200, 449):
        assert colours(block_of(view, f"line{number} ")) == {str(number): LIGHT.syntax.number}
    assert view.reading.plain(view._page.blocks[-1]) == f"{code}\nend"


def test_folded_code_is_copied_whole(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text=LONG)))
    view.reading.toggle_fold(view._page.blocks[-1])
    view.selectAll()
    text = view.createMimeDataFromSelection().text()
    assert "line49 = 49" in text
    assert "more lines" not in text


def test_code_under_the_caret_is_copied(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_messages((own(), finished(text=CODE + "\n```\nother\n```\n")))
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    view.setTextCursor(view.document().find("why"))
    assert view.reading.code_at_caret() == "import os\n\n# why\nx = '👍' + 'b'"
    view.setTextCursor(view.document().find("Hello"))
    assert view.reading.code_at_caret() == ""


def test_long_lines_run_on_when_they_are_not_wrapped(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text="```\n" + "word " * 100 + "\n```")))
    assert block_of(view, "word").layout().lineCount() > 1
    assert view.reading.toggle_wrap() is False
    assert block_of(view, "word").layout().lineCount() == 1
    assert view.horizontalScrollBar().maximum() > 0
    view.show_messages((own(), finished(3, "```\n" + "other " * 100 + "\n```")))
    assert block_of(view, "other").layout().lineCount() == 1
    assert view.reading.toggle_wrap() is True
    assert view.horizontalScrollBar().maximum() == 0


def test_reasoning_is_folded_above_the_answer(view: TranscriptView) -> None:
    thoughts = replace(finished(text="Answer."), reasoning="First this.\nThen that.")
    view.show_messages((own(), thoughts))
    assert "Reasoning · 4 words" in view.toPlainText()
    assert not block_of(view, "First this.").isVisible()
    view.reading.toggle_fold(view._page.blocks[-1])
    assert block_of(view, "First this.").isVisible()
    assert view.reading.markdown(view._page.blocks[-1]) == "Answer."
    view.replace(replace(thoughts, reasoning="Other.", content="Answer."))
    assert "First this." not in view.toPlainText()
    assert "Reasoning · 1 word" in view.toPlainText()
    assert "Answer." in view.toPlainText()


def test_reasoning_grows_folded_or_not(view: TranscriptView) -> None:
    view.show_messages((own(), streaming(text="")))
    view.append_text(2, "", "First ")
    assert "Thinking · 1 word" in view.toPlainText()
    view.append_text(2, "", "this.\nThen")
    assert "Thinking · 3 words" in view.toPlainText()
    assert "… 2 more lines" in view.toPlainText()
    assert not block_of(view, "Then").isVisible()
    view.reading.toggle_fold(view._page.blocks[-1])
    view.append_text(2, "", " that.\nLast")
    assert block_of(view, "Then that.").isVisible()
    assert block_of(view, "Last").isVisible()
    view.append_text(2, "Answer")
    assert "Reasoning · 5 words" in view.toPlainText()
    assert view._page.current_messages()[-1].reasoning == "First this.\nThen that.\nLast"
    usage, timings = Usage(completion_tokens=9, reasoning_tokens=7), Timings(reasoning_seconds=1.25)
    view.replace(replace(view._page.current_messages()[-1], state=MessageState.COMPLETE, usage=usage, timings=timings))
    assert "Reasoning · 5 words · 7 tokens · 1.2 s" in view.toPlainText()
    assert block_of(view, "Last").isVisible()
    assert view.reading.markdown(view._page.blocks[-1]) == "Answer"


def test_reasoning_that_comes_while_nobody_looks_is_shown_later(view: TranscriptView) -> None:
    view.show_messages((own(), streaming(text="")))
    view.hide()
    view.append_text(2, "", "Hm")
    view.append_text(2, "Yes", "!")
    view.show()
    assert "Reasoning · 1 word" in view.toPlainText()
    assert [(one.content, one.reasoning) for one in view._page.current_messages()[1:]] == [("Yes", "Hm!")]


@pytest.mark.parametrize(
    ("text", "start", "end", "wanted"),
    [
        ("Some **bold** and *it* `code` ~~s~~ [l](https://a.b/).", "Some", "l.", None),
        ("# Head\n\ntext\n\n- a\n- b\n   - c\n\n1. x\n2. y\n\nend", "Head", "end", None),
        ("> quoted\n\nend", "quoted", "end", None),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nend", "a", "end", None),
        ("one\n\n```python\nx = 1\n```\n\nend", "one", "end", None),
        ("```python\nx = 1\ny = 2\n```", "x", "2", "x = 1\ny = 2"),
        (r"a \*b\* $x^2$ c", "a", "c", None),
    ],
)
def test_part_of_an_answer_is_markdown_again(
    view: TranscriptView, text: str, start: str, end: str, wanted: str | None
) -> None:
    # Whatever stands before it keeps the selection from being the whole message.
    view.show_messages((own(), finished(text=f"zero\n\n{text}")))
    first = view.document().find(start, view.document().find("zero"))
    last = view.document().find(end, first)
    cursor = view.textCursor()
    cursor.setPosition(first.selectionStart())
    cursor.setPosition(last.selectionEnd(), QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    assert view.reading.markdown(None) == (text if wanted is None else wanted)


def test_whole_messages_are_copied_as_they_were_written(view: TranscriptView) -> None:
    view.show_messages((own(text="*raw*"), finished(text="* a\n* b")))
    view.selectAll()
    assert view.reading.markdown(None) == "**You**\n\n*raw*\n\n**tiny**\n\n* a\n* b"
    html = view.createMimeDataFromSelection().html()
    assert "<li>a</li>" in html


def test_html_keeps_formulas_and_footnotes() -> None:
    html = as_html("a $x<y$ b[^1]\n\n[^1]: note\n\n<b>raw</b>")
    assert "a <code>$x&lt;y$</code> b<sup>1</sup>" in html
    assert "<div><sup>1</sup><p>note</p>" in html
    assert "&lt;b&gt;raw" in html


def test_nothing_selected_copies_the_message(view: TranscriptView) -> None:
    view.show_messages((own(), finished(text="some **bold** text")))
    block = view._page.blocks[-1]
    assert view.reading.markdown(block) == "some **bold** text"
    assert view.reading.plain(block) == "some bold text"
    data = view.reading.rich(block)
    assert data.html().strip() == "<p>some <strong>bold</strong> text</p>"
