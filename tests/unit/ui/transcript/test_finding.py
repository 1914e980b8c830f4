"""Words are found in the conversation, counted truly, and gone to."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from test_view import finished, own, streaming

from desktopchat.ui.find_bar import FindBar
from desktopchat.ui.theme import LIGHT, Theme
from desktopchat.ui.transcript.view import WINDOW, TranscriptView

KEYS = {"find.next": "Enter", "find.previous": "Shift+Enter", "message.stop": "Esc"}


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    made = TranscriptView(Theme("light"), {})
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


@pytest.fixture
def bar(view: TranscriptView) -> FindBar:
    made = FindBar(view.finder, Theme("light"), KEYS, view)
    made.open_bar()
    return made


def current(view: TranscriptView) -> str:
    """Return the text that is marked as the one that is shown."""
    accent = LIGHT.accent.lower()
    (mark,) = [one for one in view.extraSelections() if one.format.background().color().name() == accent]
    assert mark.cursor.selectionStart() == view.textCursor().position()
    return str(mark.cursor.selectedText())


def test_places_are_counted_and_gone_through(view: TranscriptView, bar: FindBar) -> None:
    view.show_messages((own(text="a cat"), finished(text="The **Cat** sat. A cat!")))
    bar.field.setText("cat")
    assert bar.count.text() == "1 of 3"
    view.finder.step(1)
    assert bar.count.text() == "2 of 3"
    assert current(view) == "Cat"
    view.finder.step(1)
    view.finder.step(1)
    assert bar.count.text() == "1 of 3"
    view.finder.step(-1)
    assert bar.count.text() == "3 of 3"


def test_places_are_marked_and_the_marks_go(view: TranscriptView, bar: FindBar) -> None:
    view.show_messages((own(text="cat and cat"),))
    bar.field.setText("cat")
    grounds = [mark.format.background().color().name().upper() for mark in view.extraSelections()]
    assert grounds == [LIGHT.accent, LIGHT.selection]
    assert bar.close_bar()
    assert not view.extraSelections()
    assert not bar.close_bar()


def test_headers_and_footers_are_not_found(view: TranscriptView, bar: FindBar) -> None:
    view.show_messages((own(), finished(text="answer")))
    bar.field.setText("tok")
    assert bar.count.text() == "Not found"


def test_hidden_code_is_unfolded(view: TranscriptView, bar: FindBar) -> None:
    code = "\n".join(f"line{number}" for number in range(60))
    view.show_messages((own(), finished(text=f"```\n{code}\n```")))
    view.reading.toggle_fold(view._page.blocks[-1])
    bar.field.setText("line55")
    assert view.textCursor().block().isVisible()
    assert current(view) == "line55"


def test_older_text_is_not_counted_but_reached(view: TranscriptView, bar: FindBar) -> None:
    messages = [own(number, "needle" if number in (3, WINDOW + 90) else "hay") for number in range(1, WINDOW + 101)]
    view.show_messages(messages)
    bar.field.setText("needle")
    assert bar.count.text() == "1 of 1 and more"
    view.finder.step(-1)
    assert bar.count.text() == "1 of 2"
    assert view.textCursor().block().text() == "needle"
    view.finder.step(1)
    assert bar.count.text() == "2 of 2"


def test_words_across_marks_make_the_count_open(view: TranscriptView, bar: FindBar) -> None:
    messages = [finished(number, "a **bold** word" if number == 3 else "hay") for number in range(1, WINDOW + 101)]
    view.show_messages(messages)
    bar.field.setText("bold word")
    assert bar.count.text().startswith("1 of 1")
    assert current(view) == "bold word"


def test_text_that_streams_in_is_counted(view: TranscriptView, bar: FindBar, qtbot: QtBot) -> None:
    view.show_messages((own(text="cat"), streaming()))
    bar.field.setText("cat")
    assert bar.count.text() == "1 of 1"
    view.append_text(2, "another cat")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")


def test_nothing_is_found_in_nothing(view: TranscriptView, bar: FindBar, qtbot: QtBot) -> None:
    bar.field.setText("cat")
    view.finder.step(1)
    assert bar.count.text() == "Not found"
    qtbot.keyClicks(bar.field, "x")
    bar.field.clear()
    assert bar.count.text() == ""


def test_shown_place_is_seen(view: TranscriptView, bar: FindBar) -> None:
    view.show_messages((own(text="top needle"), finished(text="line\n\n" * 100 + "needle\n\n" + "line\n\n" * 100)))
    bar.field.setText("needle")
    for _ in range(3):
        view.finder.step(1)
        assert view.viewport().rect().contains(view.cursorRect())
    assert bar.field.focusPolicy() & Qt.FocusPolicy.TabFocus
