"""Files and the queue at the composer: everything by key, and nothing is lost."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktopchat.commands.keymap import Keymap
from desktopchat.core.attached import AttachedFile, Written, attach_text
from desktopchat.core.chat import ContextParts
from desktopchat.ui.actions import KeyTexts
from desktopchat.ui.composer.composer import Composer
from desktopchat.ui.theme import Theme

NOTES, CODE = attach_text("notes.txt", "A boat."), attach_text("x.py", "x = 1\n")
PICTURE = AttachedFile("a.png", "image/png", 2_500_000, data=b"\x89PNG")
LONG = "word " * 5_000
Key = Qt.Key


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    made = Composer(Theme("light"), KeyTexts(Keymap()))
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.field.setFocus()
    made.long_text_pasted.connect(lambda name, text: made.add_file(attach_text(name, text.decode())))
    return made


def details(composer: Composer) -> list[str]:
    chips = composer.chips
    return [str(chips.item(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(chips.count())]


def paste(composer: Composer, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    composer.field.insertFromMimeData(data)


def test_chips_say_name_size_and_tokens(composer: Composer) -> None:
    composer.add_file(NOTES)
    composer.add_file(PICTURE)
    assert composer.chips.isVisible()
    assert details(composer) == ["notes.txt, 7 B · counting…", "a.png, 2.5 MB · counting…"]
    composer.chips.show_tokens(NOTES, 1234)
    assert details(composer)[0] == "notes.txt, 7 B · 1,234 tokens"
    composer.chips.show_tokens(NOTES, -1)
    assert details(composer)[0] == "notes.txt, 7 B"


def test_files_go_with_the_message_and_leave_when_it_is_stored(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "Look")
    composer.add_file(NOTES)
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.field, Key.Key_Return)
    assert sent.args == ["Look", (NOTES,)]
    assert composer.chips.files() == (NOTES,)
    composer.add_file(CODE)
    with qtbot.waitSignal(composer.files_changed) as changed:
        composer.confirm_sent()
    assert changed.args == [(CODE,)]
    assert composer.written() == Written("", (CODE,))


def test_files_alone_are_sent(composer: Composer, qtbot: QtBot) -> None:
    composer.add_file(NOTES)
    with qtbot.waitSignal(composer.send_requested) as sent:
        composer.send()
    assert sent.args == ["", (NOTES,)]
    composer.confirm_sent()
    assert not composer.chips.isVisible()


def test_left_and_right_choose_a_chip_and_the_cross_removes_it(composer: Composer, qtbot: QtBot) -> None:
    composer.add_file(NOTES)
    composer.add_file(CODE)
    qtbot.keyClick(composer.field, Key.Key_Backtab)
    assert composer.chips.hasFocus()
    assert composer.chips.currentRow() == 0
    qtbot.keyClick(composer.chips, Key.Key_Right)
    assert composer.chips.currentRow() == 1
    qtbot.keyClick(composer.chips, Key.Key_Left)
    with qtbot.waitSignal(composer.files_changed) as changed:
        composer.chips.remove_current()
    assert changed.args == [(CODE,)]
    composer.restore_file()
    assert composer.chips.files() == (NOTES, CODE)
    area = composer.chips.visualItemRect(composer.chips.item(1))
    cross = area.center()
    cross.setX(area.right() - 18)
    qtbot.mouseClick(composer.chips.viewport(), Qt.MouseButton.LeftButton, pos=cross)
    assert composer.chips.files() == (NOTES,)


def test_focus_goes_to_the_field_with_the_last_chip(composer: Composer, qtbot: QtBot) -> None:
    composer.add_file(NOTES)
    composer.chips.setFocus()
    composer.chips.remove_current()
    assert composer.field.hasFocus()


def test_many_chips_stand_in_rows(composer: Composer) -> None:
    composer.add_file(NOTES)
    one = composer.chips.height()
    for number in range(8):
        composer.add_file(attach_text(f"a file with a long name {number}.txt", "x"))
    assert composer.chips.height() > 2 * one
    bottom = composer.chips.visualItemRect(composer.chips.item(8)).bottom()
    assert bottom <= composer.chips.viewport().height()


def test_a_picture_is_not_sent_and_stays(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "What is it?")
    composer.add_file(PICTURE)
    with qtbot.waitSignal(composer.refused) as refused, qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.field, Key.Key_Return)
    assert "cannot see pictures" in refused.args[0].cause
    assert refused.args[0].cure
    assert composer.written() == Written("What is it?", (PICTURE,))


def test_what_is_sent_waits_for_files_that_are_being_read(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "Look")
    composer.set_reading(1)
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.field, Key.Key_Return)
    composer.add_file(NOTES)
    with qtbot.waitSignal(composer.send_requested) as sent:
        composer.set_reading(0)
    assert sent.args == ["Look", (NOTES,)]


def test_long_text_becomes_a_file_and_a_key_puts_it_into_the_field(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "See: ")
    paste(composer, LONG)
    paste(composer, "船" * 20_001)
    paste(composer, "x")
    composer.field.textCursor().deletePreviousChar()
    assert composer.text() == "See: "
    assert [file.name for file in composer.chips.files()] == ["Pasted text", "Pasted text 2"]
    composer.inline_last()
    assert composer.text() == "See: " + "船" * 20_001
    assert [file.text for file in composer.chips.files()] == [LONG]


def test_what_is_too_long_for_the_field_stays_a_file(composer: Composer, qtbot: QtBot) -> None:
    paste(composer, LONG * 10)
    with qtbot.waitSignal(composer.refused) as refused:
        composer.inline_last()
    assert "too long for the field" in refused.args[0].cause
    assert composer.text() == ""
    assert len(composer.chips.files()) == 1


def test_pasted_files_and_pictures_are_handed_on(composer: Composer, qtbot: QtBot) -> None:
    files, picture, web = QMimeData(), QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile("/data/a.txt")])
    files.setText("/data/a.txt")
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    picture.setImageData(image)
    web.setUrls([QUrl("https://example.org/a")])
    web.setText("https://example.org/a")
    with qtbot.waitSignal(composer.files_pasted) as pasted:
        composer.field.insertFromMimeData(files)
    assert pasted.args == [["/data/a.txt"]]
    with qtbot.waitSignal(composer.picture_pasted):
        composer.field.insertFromMimeData(picture)
    composer.field.insertFromMimeData(web)
    assert composer.text() == "https://example.org/a"


def test_files_belong_to_the_edited_version_and_the_draft_gets_its_own_back(composer: Composer, qtbot: QtBot) -> None:
    composer.add_file(CODE)
    composer.begin_edit(7, "old words", (NOTES,))
    assert composer.written() == Written("old words", (NOTES,))
    with qtbot.assertNotEmitted(composer.files_changed):
        composer.add_file(PICTURE)
        composer.chips.setCurrentRow(1)
        composer.chips.remove_current()
    with qtbot.waitSignal(composer.edit_sent) as sent:
        composer.send()
    assert sent.args == [7, "old words", (NOTES,)]
    composer.confirm_sent()
    assert composer.written() == Written("", (CODE,))


def test_an_edit_that_begins_while_a_message_is_stored_does_not_bring_it_back(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "hello")
    composer.add_file(NOTES)
    composer.send()
    composer.begin_edit(7, "old words")
    composer.confirm_sent()
    assert composer.text() == "old words"
    composer.cancel_edit()
    assert composer.written() == Written("")


def test_files_of_a_draft_are_shown_and_those_attached_since_stay(composer: Composer, qtbot: QtBot) -> None:
    composer.open_draft("first", (NOTES,))
    composer.begin_switch()
    composer.add_file(CODE)
    with qtbot.waitSignal(composer.files_changed) as changed:
        composer.open_draft("second", (PICTURE,))
    assert changed.args == [(PICTURE, CODE)]
    assert composer.written() == Written("second", (PICTURE, CODE))


# --- the queue ------------------------------------------------------------------------------------------


def test_queue_is_shown_with_what_will_become_of_it(composer: Composer) -> None:
    composer.queue.show_queue((Written("one\nline"), Written("", (NOTES,))), waiting=False)
    assert composer.queue.isVisible()
    rows = [composer.queue.list.item(row).text() for row in range(2)]
    assert rows == ["1  one line", "2  notes.txt"]
    assert "when the answer has ended" in composer.queue.words()
    composer.queue.show_queue((Written("one"),), waiting=True)
    assert "Ctrl+Shift+Enter" in composer.queue.words()
    composer.queue.show_queue((), waiting=False)
    assert not composer.queue.isVisible()


def test_up_in_an_empty_field_takes_the_last_one_back(composer: Composer, qtbot: QtBot) -> None:
    composer.queue.show_queue((Written("one"), Written("two")), waiting=False)
    with qtbot.waitSignal(composer.take_requested) as taken, qtbot.assertNotEmitted(composer.edit_requested):
        qtbot.keyClick(composer.field, Key.Key_Up)
    assert taken.args == [1, Written("")]
    qtbot.keyClicks(composer.field, "!")
    composer.take_back(Written("two", (NOTES,)))
    assert composer.written() == Written("two!", (NOTES,))


def test_enter_in_the_list_takes_one_back_for_the_draft(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "draft")
    composer.queue.show_queue((Written("one"), Written("two")), waiting=False)
    composer.queue.list.setFocus()
    assert composer.queue.list.currentRow() == 1
    qtbot.keyClick(composer.queue.list, Key.Key_Up)
    with qtbot.waitSignal(composer.take_requested) as taken:
        qtbot.keyClick(composer.queue.list, Key.Key_Return)
    assert taken.args == [0, Written("draft")]
    composer.take_back(Written("one"))
    assert composer.text() == "one"
    assert composer.field.hasFocus()


def test_enter_in_an_empty_field_sends_what_waits(composer: Composer, qtbot: QtBot) -> None:
    composer.queue.show_queue((Written("one"),), waiting=False)
    with qtbot.assertNotEmitted(composer.go_on_requested):
        qtbot.keyClick(composer.field, Key.Key_Return)
    composer.queue.show_queue((Written("one"),), waiting=True)
    with qtbot.waitSignal(composer.go_on_requested):
        qtbot.keyClick(composer.field, Key.Key_Return)


def test_choice_in_the_queue_stays_when_it_changes(composer: Composer) -> None:
    composer.queue.show_queue((Written("one"), Written("two"), Written("three")), waiting=True)
    composer.queue.list.setFocus()
    composer.queue.list.setCurrentRow(1)
    composer.queue.show_queue((Written("one"), Written("three")), waiting=True)
    assert composer.queue.list.currentRow() == 1
    composer.queue.show_queue((), waiting=True)
    assert composer.field.hasFocus()


# --- history and counts -----------------------------------------------------------------------------------


def test_history_leaves_the_draft_alone(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "draft")
    with qtbot.waitSignal(composer.draft_changed) as stored:
        composer.show_walked("before")
    assert stored.args == ["draft"]
    assert composer.text() == "before"
    with qtbot.assertNotEmitted(composer.draft_changed):
        composer.flush_draft()
    composer.show_walked("long before")
    composer.show_walked(None)
    assert composer.text() == "draft"


def test_draft_comes_back_when_a_message_of_the_history_was_sent(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.field, "draft")
    composer.show_walked("before")
    with qtbot.waitSignal(composer.walk_left):
        qtbot.keyClicks(composer.field, "?")
    composer.send()
    composer.confirm_sent()
    assert composer.text() == "draft"
    with qtbot.waitSignal(composer.draft_changed) as stored:
        composer.flush_draft()
    assert stored.args == ["draft"]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (ContextParts(10, 20, 312, 8222), "312 tokens · room for 7,880"),
        (ContextParts(10, 20, 312, 8222, 100), "312 tokens · 100 in the queue · room for 7,780"),
        (ContextParts(0, 0, 0, 1000, 100), "100 in the queue · room for 900"),
        (ContextParts(0, 0, 1, 1000), "1 token · room for 999"),
        (ContextParts(0, 0, 12, 1000, 0, True), "12 tokens · counting…"),
        (ContextParts(0, 0, 1200, 1000), "201 tokens too long"),
        (ContextParts(5, 5, 0, 1000), ""),
        (None, ""),
    ],
)
def test_counts(composer: Composer, parts: ContextParts | None, words: str) -> None:
    composer.show_parts(parts)
    assert composer._count.text() == words
