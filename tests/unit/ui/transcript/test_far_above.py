"""Reading far above the end: a page in the middle of a long conversation, which grows at both ends."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot
from test_view import finished, own, streaming

from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.document import MOST
from desktopchat.ui.transcript.view import WINDOW, TranscriptView

COUNT = 4 * WINDOW
MESSAGES = [own(number, f"message {number}") for number in range(1, COUNT + 1)]
ALL = list(range(1, COUNT + 1))


@pytest.fixture
def view(qtbot: QtBot) -> TranscriptView:
    made = TranscriptView(Theme("light"), {})
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    made.show_messages(MESSAGES)
    made.show_found(100)
    return made


def ids(view: TranscriptView) -> list[int]:
    return [message.id for message in view.messages()]


def laid_out(view: TranscriptView) -> list[int]:
    return [block.message.id for block in view._page.blocks]


def top(view: TranscriptView) -> int:
    place = view.place()
    assert place is not None
    return place[0]


def test_found_message_is_at_the_top(view: TranscriptView) -> None:
    assert 98 <= top(view) <= 100
    assert 100 in laid_out(view)
    assert len(laid_out(view)) == WINDOW
    assert ids(view) == ALL


def test_page_goes_to_both_ends_and_holds_so_many_at_most(view: TranscriptView) -> None:
    bar = view.verticalScrollBar()
    while COUNT not in laid_out(view):
        last, seen = laid_out(view)[-1], top(view)
        bar.setValue(bar.maximum())
        assert laid_out(view)[-1] > last
        assert top(view) > seen
        assert len(laid_out(view)) <= MOST
    bar.setValue(bar.maximum())
    assert view.place() is None
    assert laid_out(view)[0] > 1
    bar.setValue(bar.maximum() - 100)
    while 1 not in laid_out(view):
        first = laid_out(view)[0]
        bar.setValue(0)
        assert laid_out(view)[0] < first
        assert first - 8 <= top(view) <= first, "what was seen has moved"
        assert len(laid_out(view)) <= MOST
        assert ids(view) == ALL
    first, last = laid_out(view)[0], laid_out(view)[-1]
    assert laid_out(view) == list(range(first, last + 1))


def test_end_key_goes_to_the_newest(view: TranscriptView) -> None:
    view.scroll_to_end()
    assert laid_out(view)[-1] == COUNT
    assert view.place() is None
    assert ids(view) == ALL


def test_near_ones_keep_the_page(view: TranscriptView) -> None:
    view.scroll_to_end()
    view.show_found(COUNT - WINDOW - 10)
    assert laid_out(view)[-1] == COUNT
    assert laid_out(view)[0] <= COUNT - WINDOW - 10


def test_answer_that_streams_below_is_kept(view: TranscriptView) -> None:
    view.append_message(streaming(COUNT + 1))
    view.append_text(COUNT + 1, "the ")
    view.append_text(COUNT + 1, "answer")
    assert COUNT + 1 not in laid_out(view)
    assert 98 <= top(view) <= 100
    assert view.messages()[-1].content == "the answer"
    view.replace(finished(COUNT + 1, "the answer."))
    assert view.messages()[-1].content == "the answer."
    view.scroll_to_end()
    assert "the answer." in view.toPlainText()


def test_own_message_leads_to_the_end(view: TranscriptView) -> None:
    view.append_message(own(COUNT + 1, "new"))
    assert laid_out(view)[-2:] == [COUNT, COUNT + 1]
    assert view.place() is None
    assert ids(view) == [*ALL, COUNT + 1]


def test_other_branch_replaces_the_page(view: TranscriptView) -> None:
    branch = [*MESSAGES[:-1], replace(MESSAGES[-1], id=COUNT + 5)]
    view.show_messages(branch)
    assert ids(view) == [*ALL[:-1], COUNT + 5]
    assert laid_out(view)[-1] == COUNT + 5


def test_theme_keeps_the_place(view: TranscriptView) -> None:
    before = view.place()
    view.retheme()
    assert view.place() == before
    assert ids(view) == ALL


def test_caret_moves_past_the_end_of_the_page(view: TranscriptView) -> None:
    view.show_found(laid_out(view)[-1])
    last = laid_out(view)[-1]
    view.move_to_message(1)
    message = view.message_at_caret()
    assert message is not None
    assert message.id == last + 1


def test_unknown_message_changes_nothing(view: TranscriptView) -> None:
    before = laid_out(view)
    view.show_found(COUNT + 7)
    assert laid_out(view) == before


def test_message_that_is_read_later_is_gone_to_then(view: TranscriptView) -> None:
    view.show_messages(MESSAGES[500:])
    view.show_found(100)
    view.prepend_older(MESSAGES[:500])
    assert top(view) == 100
    assert ids(view) == ALL
