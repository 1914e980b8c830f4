"""What is offered after / and @, by keys alone, and never in the way of what is typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from desktopchat.commands.keymap import Keymap
from desktopchat.core.attached import attach_text
from desktopchat.ui.actions import KeyTexts
from desktopchat.ui.composer.completion import Offer
from desktopchat.ui.composer.composer import Composer
from desktopchat.ui.theme import Theme

Key = Qt.Key
PROMPTS = (Offer("explain", "Explain", "Explain {topic} to {reader=a child}."), Offer("translate", "", "To {language}"))


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    made = Composer(Theme("light"), KeyTexts(Keymap()))
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.field.setFocus()
    made.completion.wanted.connect(lambda sign: made.completion.offer(sign, PROMPTS))
    made.completion.chosen.connect(lambda _sign, value: made.field.insert_prompt(value))
    return made


def offered(composer: Composer) -> list[str]:
    popup = composer.completion.popup
    return [popup.list.item(row).text() for row in range(popup.list.count())] if popup else []


def press(qtbot: QtBot, composer: Composer, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(composer.field, key)


def test_sign_opens_the_list_and_letters_narrow_it(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "/")
    assert offered(composer) == ["explain", "translate"]
    qtbot.keyClicks(composer.field, "tr")
    assert offered(composer) == ["translate"]
    qtbot.keyClicks(composer.field, "x")
    assert offered(composer) == []
    press(qtbot, composer, Key.Key_Backspace)
    assert offered(composer) == ["translate"]


def test_enter_inserts_and_tab_goes_through_the_fields(composer: Composer, qtbot: QtBot) -> None:
    composer.add_file(attach_text("a.txt", "A"))  # another place to go to
    qtbot.keyClicks(composer.field, "/")
    with qtbot.assertNotEmitted(composer.send_requested):
        press(qtbot, composer, Key.Key_Down, Key.Key_Up, Key.Key_Return)
    assert composer.text() == "Explain {topic} to a child."
    assert composer.field.textCursor().selectedText() == "{topic}"
    composer.field.insert_text("boats 😀")
    press(qtbot, composer, Key.Key_Tab)
    assert composer.field.textCursor().selectedText() == "a child"
    press(qtbot, composer, Key.Key_Tab)
    assert composer.text() == "Explain boats 😀 to a child."
    assert not composer.field.hasFocus()  # no field is left: Tab goes on in the window


def test_escape_closes_without_losing_text_and_enter_sends_then(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "/ex")
    press(qtbot, composer, Key.Key_Escape)
    assert offered(composer) == []
    assert composer.text() == "/ex"
    qtbot.keyClicks(composer.field, "p")
    assert offered(composer) == []
    with qtbot.waitSignal(composer.send_requested) as sent:
        press(qtbot, composer, Key.Key_Return)
    assert sent.args == ["/exp", ()]
    composer.confirm_sent()
    qtbot.keyClicks(composer.field, "/")
    assert offered(composer)


def test_sign_inside_of_a_text_or_in_a_draft_is_plain_text(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "and/or @home")
    assert offered(composer) == []
    composer.open_draft("/usr/bin")
    composer.field.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(composer.field, "/e")
    assert offered(composer) == []


def test_chosen_model_leaves_the_rest_of_the_message(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_text(" what is a boat?")
    composer.field.moveCursor(QTextCursor.MoveOperation.Start)
    chosen: list[object] = []
    composer.completion.chosen.disconnect()
    composer.completion.chosen.connect(lambda sign, value: chosen.append((sign, value)))
    qtbot.keyClicks(composer.field, "@exp")
    assert offered(composer) == ["explain"]
    press(qtbot, composer, Key.Key_Tab)
    assert chosen == [("@", PROMPTS[0].value)]
    assert composer.text() == " what is a boat?"


def test_prompt_goes_in_at_the_caret(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_text("First.\nThen: ")
    composer.field.insert_prompt("say {word}!")
    assert composer.text() == "First.\nThen: say {word}!"
    assert composer.field.textCursor().selectedText() == "{word}"


def test_one_answer_fills_all_places_of_a_field(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_prompt("{a} or {b}, {a}!")
    qtbot.keyClicks(composer.field, "sea")
    assert composer.text() == "sea or {b}, sea!"
    press(qtbot, composer, Key.Key_Backspace)
    assert composer.text() == "se or {b}, se!"
    press(qtbot, composer, Key.Key_Tab)
    assert composer.field.textCursor().selectedText() == "{b}"
    qtbot.keyClicks(composer.field, "hill")
    assert composer.text() == "se or hill, se!"
    assert not composer.field.has_blanks


def test_undo_takes_an_answer_out_of_all_places(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_prompt("{a}, {a}!")
    qtbot.keyClicks(composer.field, "se")
    composer.field.undo()
    cursor = composer.field.textCursor()
    cursor.setPosition(2)
    composer.field.setTextCursor(cursor)
    qtbot.keyClicks(composer.field, "a")
    assert composer.text() == "sea, sea!"
    while composer.text() != "{a}, {a}!":
        composer.field.undo()
    composer.field.moveCursor(QTextCursor.MoveOperation.Start)
    press(qtbot, composer, Key.Key_Delete)
    assert composer.text() == "a}, a}!"


def test_what_was_written_by_hand_into_a_place_stays(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_prompt("{a}, {a} and {a}.")
    qtbot.keyClicks(composer.field, "x")
    cursor = composer.field.textCursor()
    cursor.setPosition(4)
    composer.field.setTextCursor(cursor)
    qtbot.keyClicks(composer.field, "mine")
    assert composer.text() == "x, xmine and x."
    cursor.setPosition(1)
    composer.field.setTextCursor(cursor)
    qtbot.keyClicks(composer.field, "y")
    assert composer.text() == "xy, xmine and xy."


def test_text_that_replaces_a_prompt_is_no_field(composer: Composer, qtbot: QtBot) -> None:
    composer.field.insert_prompt("{a} and {a}.")
    composer.field.selectAll()
    qtbot.keyClicks(composer.field, "new")
    assert composer.text() == "new"
    composer.field.insert_prompt("{a} and {a}.")
    composer.field.set_text("other")
    qtbot.keyClicks(composer.field, " text")
    assert composer.text() == "other text"
