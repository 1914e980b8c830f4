"""Order, trash and the list, with a real store."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex

from desktopchat.controllers.conversation_list import ROW_ROLE, Place, Row, RowKind
from desktopchat.controllers.shelf import Details
from desktopchat.core.params import SamplingParams
from desktopchat.storage.shelf import PAGE

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


def rows(rig: Rig) -> list[Row]:
    model = rig.conversations
    return [model.index(number, 0).data(ROW_ROLE) for number in range(model.rowCount())]


def listed(rig: Rig) -> list[tuple[str, str]]:
    return [(row.section, row.title) for row in rows(rig)]


@pytest.fixture
def filled(rig: Rig) -> Rig:
    for title in ("one", "two", "three"):
        rig.storage.call(partial(rig.store.create, title))
    rig.conversations.refresh()
    rig.wait(lambda: len(rows(rig)) == 3)
    return rig


def test_list_shows_pinned_folders_and_days(filled: Rig) -> None:
    filled.shelving.toggle_pinned(1)
    filled.shelving.move_to_new(2, "Work")
    today = "Today"
    expected = [("Pinned", "one"), ("Folders", "Work"), ("Folders", "two"), (today, "three")]
    filled.wait(lambda: listed(filled) == expected)
    folder = rows(filled)[1]
    assert (folder.kind, folder.detail, folder.unfolded, rows(filled)[2].inside) == (RowKind.FOLDER, "1", True, True)
    filled.conversations.set_unfolded(folder.id, False)
    filled.wait(lambda: listed(filled) == [("Pinned", "one"), ("Folders", "Work"), (today, "three")])
    filled.shelving.move(2, None)
    filled.shelving.toggle_pinned(1)
    filled.wait(lambda: listed(filled) == [("Folders", "Work"), (today, "three"), (today, "two"), (today, "one")])


def test_archive_and_trash_are_places(filled: Rig) -> None:
    filled.shelving.toggle_archived(1)
    filled.shelving.set_tags(2, ["a tag"])
    filled.shelving.delete_conversation(3)
    filled.wait(lambda: [(row.title, row.detail) for row in rows(filled)] == [("two", "#a tag")])
    filled.conversations.show_place(Place.ARCHIVE)
    filled.wait(lambda: listed(filled) == [("Archive", "one")])
    filled.conversations.show_place(Place.TRASH)
    filled.wait(lambda: [row.title for row in rows(filled)] == ["three"])
    assert rows(filled)[0].kind is RowKind.TRASH
    filled.shelving.restore(rows(filled)[0].id)
    filled.wait(lambda: filled.chat.conversation_id == 3)
    filled.conversations.show_place(Place.CONVERSATIONS)
    filled.wait(lambda: sorted(row.title for row in rows(filled)) == ["three", "two"])


def test_rows_stay_while_a_title_is_edited(filled: Rig) -> None:
    before = listed(filled)
    filled.conversations.hold(True)
    with filled.qtbot.assertNotEmitted(filled.conversations.modelReset):
        filled.shelving.delete_conversation(3)
        filled.storage.call(lambda: None)
        QCoreApplication.processEvents()
    assert listed(filled) == before
    filled.conversations.hold(False)
    filled.wait(lambda: listed(filled) == before[1:])


def test_older_ones_are_read_when_one_scrolls(rig: Rig) -> None:
    sql = (
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
        " INSERT INTO conversation (title, created_at, updated_at) SELECT 't' || n, n, n FROM n"
    )
    rig.storage.call(lambda: rig.database.execute(sql, (2 * PAGE + 1,)))
    model = rig.conversations
    model.refresh()
    rig.wait(lambda: model.rowCount() == PAGE)
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    rig.wait(lambda: model.rowCount() == 2 * PAGE)
    model.fetchMore(QModelIndex())
    rig.wait(lambda: model.rowCount() == 2 * PAGE + 1)
    assert not model.canFetchMore(QModelIndex())
    assert [row.title for row in rows(rig)] == [f"t{number}" for number in range(2 * PAGE + 1, 0, -1)]
    model.refresh()
    rig.drain()
    assert model.rowCount() == 2 * PAGE + 1


def test_details_to_choose_from(filled: Rig) -> None:
    filled.shelving.move_to_new(1, "Work")
    filled.shelving.set_note(1, "a note")
    filled.shelving.set_tags(2, ["x"])
    found: list[Details] = []
    filled.shelving.read_details(1, found.append)
    filled.wait(lambda: bool(found))
    (details,) = found
    assert (details.conversation.note, [one.name for one in details.folders], details.tags) == (
        "a note",
        ["Work"],
        ("x",),
    )


def test_deleted_message_goes_from_the_window_and_comes_back(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("first")
    rig.say("second")
    rig.shelving.delete_message(rig.shown[2].id)
    rig.wait(lambda: rig.texts() == ["first", "word1"])
    assert rig.notices[-1].command == "conversation.undo_delete"
    rig.say("third")
    assert rig.texts() == ["first", "word1", "third", "word1"]
    rig.shelving.undo_delete()
    rig.wait(lambda: rig.texts() == ["first", "word1", "second", "word1"])
    assert (rig.shown[2].sibling, rig.shown[2].siblings) == (1, 2)


def test_nothing_is_deleted_under_a_running_answer(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("go on for ever")
    rig.wait(lambda: len(rig.shown) == 2)
    rig.shelving.delete_message(rig.shown[0].id)
    assert rig.notices[-1].command == "message.stop"
    rig.chat.stop()
    rig.wait_idle()
    assert len(rig.stored()) == 2


def test_folder_with_the_open_conversation_is_deleted(filled: Rig) -> None:
    filled.chat.open_conversation(1)
    filled.wait(lambda: filled.chat.conversation_id == 1)
    filled.shelving.move_to_new(1, "Work")
    filled.wait(lambda: len(rows(filled)) == 4)
    filled.shelving.delete_folder(rows(filled)[0].id)
    filled.wait(lambda: filled.chat.conversation_id is None)
    filled.shelving.undo_delete()
    filled.wait(lambda: len(rows(filled)) == 4)


def test_long_conversation_opens_with_its_end(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()

    def fill() -> int:
        conversation: int = rig.store.create("long").id
        with rig.database.transaction():
            parent = -conversation
            for number in range(1, 1001):
                parent = rig.database.insert(
                    "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                    " VALUES (?, ?, ?, ?, 'complete', 0)",
                    (conversation, parent, "user" if number % 2 else "assistant", str(number)),
                )
            rig.database.execute("UPDATE conversation SET tip_id = ?", (parent,))
        return conversation

    conversation = rig.storage.call(fill)
    older: list[str] = []
    rig.chat.older_read.connect(lambda messages: older.extend(message.content for message in messages))
    rig.chat.open_conversation(conversation)
    rig.wait(lambda: bool(older))
    assert older + rig.texts() == [str(number) for number in range(1, 1001)]
    assert len(rig.texts()) == 200
