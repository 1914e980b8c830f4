"""Search as one types, on the real database, and opening what was found."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from desktopchat.controllers.search import ENTRY_ROLE, SECTION_ROLE, SavedSearch, SearchModel
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.hit import Hit
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.search import PAGE, Search

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages
T = TypeVar("T")


@pytest.fixture
def model(rig: Rig, tmp_path: Path) -> Iterator[SearchModel]:
    runner = TaskRunner("search")
    made = SearchModel(runner, Search(tmp_path / "desktopchat.db", lambda: None), rig.storage, rig.stores.shelf)
    made.noticed.connect(rig.notices.append)
    yield made
    made.close()
    runner.close()


def entries(model: SearchModel) -> list[Hit | SavedSearch]:
    return [model.index(row, 0).data(ENTRY_ROLE) for row in range(model.rowCount())]


def search(rig: Rig, model: SearchModel, text: str) -> list[Hit | SavedSearch]:
    with rig.qtbot.waitSignal(model.searched):
        model.set_text(text)
    return entries(model)


def on_storage(rig: Rig, work: Callable[[], T]) -> T:
    """Run something on the thread of the database, which others use meanwhile."""
    results: list[T] = []
    rig.storage.run(work, results.append)
    rig.wait(lambda: bool(results))
    return results[0]


def insert(rig: Rig, conversation: int, parent: int, role: str, text: str) -> int:
    return rig.database.insert(
        "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
        " VALUES (?, ?, ?, ?, 'complete', 1e9)",
        (conversation, parent, role, text),
    )


def begin(rig: Rig, text: str) -> int:
    rig.chat.new_conversation()
    rig.wait(lambda: rig.shown == [])
    rig.say(text)
    assert rig.chat.conversation_id is not None
    return rig.chat.conversation_id


def test_hits_come_as_one_types(rig: Rig, model: SearchModel) -> None:
    begin(rig, "What is the weather?")
    for text in ("w", "we", "wea", "weat"):  # only the last one counts, whatever became of the others
        model.set_text(text)
    rig.wait(lambda: model.rowCount() == 2)
    assert [model.index(row, 0).data(SECTION_ROLE) for row in range(2)] == ["Conversations", "Messages"]
    assert search(rig, model, "snow") == []
    assert search(rig, model, "") == []


def test_more_come_when_one_scrolls(rig: Rig, model: SearchModel) -> None:
    def work() -> None:
        conversation = rig.store.create("Many").id
        for number in range(2 * PAGE + 5):
            insert(rig, conversation, -conversation, "user", f"needle {number}")

    on_storage(rig, work)
    assert len(search(rig, model, "needle")) == PAGE
    for count in (2 * PAGE, 2 * PAGE + 5):
        assert model.canFetchMore(model.index(0, 0))
        model.fetchMore(model.index(0, 0))
        rig.wait(lambda count=count: model.rowCount() == count)
    assert not model.canFetchMore(model.index(0, 0))
    assert len(set(entries(model))) == 2 * PAGE + 5


def test_searches_are_saved_and_removed(rig: Rig, model: SearchModel) -> None:
    model.save("Rain", "weather -snow")
    rig.wait(lambda: entries(model) == [SavedSearch("Rain", "weather -snow")])
    assert "Rain" in rig.notices[-1].cause
    search(rig, model, "weather")
    model.save("Sun", "sun")
    rig.wait(lambda: "Sun" in rig.notices[-1].cause)
    rig.drain()
    assert entries(model) == []  # hits are shown, not what is saved
    assert [entry.name for entry in search(rig, model, "") if isinstance(entry, SavedSearch)] == ["Rain", "Sun"]
    model.forget("Rain")
    rig.wait(lambda: entries(model) == [SavedSearch("Sun", "sun")])
    assert "cannot be undone" in rig.notices[-1].cause
    model.save(" ", "x")
    rig.wait(lambda: "empty" in rig.notices[-1].cause)


def test_hit_opens_on_its_branch(rig: Rig, model: SearchModel) -> None:
    begin(rig, "first words")
    rig.answer(lambda: rig.chat.edit(rig.shown[0].id, "other needle"))
    rig.answer(lambda: rig.chat.send("and more"))
    other = begin(rig, "something else")
    assert other == rig.chat.conversation_id
    [title, hit] = search(rig, model, "first")
    assert isinstance(title, Hit)
    assert isinstance(hit, Hit)
    assert hit.message_id is not None
    assert hit.version == (1, 2)
    with rig.qtbot.waitSignal(rig.chat.conversation_opened) as opened:
        rig.chat.open_message(hit.conversation_id, hit.message_id)
    assert opened.args[0].found_id == hit.message_id
    assert rig.texts()[0] == "first words"
    [needle] = search(rig, model, "needle")
    assert isinstance(needle, Hit)
    assert needle.message_id is not None
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.open_message(needle.conversation_id, needle.message_id)
    assert rig.texts()[::2] == ["other needle", "and more"]


def test_branch_below_a_hit_stays_as_it_was(rig: Rig) -> None:
    begin(rig, "question")
    first = rig.shown[0].id
    rig.answer(rig.chat.regenerate)
    rig.chat.show_sibling(rig.shown[1].id, -1)
    rig.drain()
    shown = [message.id for message in rig.shown]
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.open_message(rig.shown[0].conversation_id, first)
    assert [message.id for message in rig.shown] == shown


def test_hit_above_the_newest_messages_is_read_too(rig: Rig) -> None:
    def work() -> tuple[int, int]:
        conversation = rig.store.create("Long").id
        ids = [-conversation]
        for number in range(500):
            ids.append(insert(rig, conversation, ids[-1], "assistant" if number % 2 else "user", str(number)))
        rig.store.select(ids[-1])
        return conversation, ids[1]

    conversation, first = on_storage(rig, work)
    with rig.qtbot.waitSignal(rig.chat.conversation_opened) as opened:
        rig.chat.open_message(conversation, first)
    assert opened.args[0].messages[0].id == first
    assert len(opened.args[0].messages) == 500


@pytest.mark.parametrize("delete", ["message", "conversation"])
def test_hit_that_was_deleted_since_says_so(rig: Rig, delete: str) -> None:
    conversation = begin(rig, "question")
    message, trash = rig.shown[0].id, rig.stores.trash
    on_storage(
        rig,
        lambda: trash.delete_message(message) if delete == "message" else trash.delete_conversation(conversation),
    )
    rig.chat.open_message(conversation, message)
    rig.wait(lambda: bool(rig.notices))
    assert "deleted" in rig.notices[-1].cause or "exist" in rig.notices[-1].cause


def test_other_branch_waits_for_the_answer(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=200))
    rig.load()
    begin(rig, "first words")
    first = rig.shown[0].id
    rig.answer(lambda: rig.chat.edit(first, "other words"))
    rig.chat.send("go on")
    rig.wait(lambda: rig.chat.answering)
    rig.chat.open_message(rig.shown[0].conversation_id, first)
    rig.wait(lambda: bool(rig.notices))
    assert rig.notices[-1].cure == "Stop the answer first."
    rig.chat.stop()
    rig.wait_idle()
