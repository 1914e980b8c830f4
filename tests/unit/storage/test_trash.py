import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.chat import FinishReason, MessageState, Timings, TrashKind, Usage
from desktopchat.core.errors import StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores

DAY = 86_400


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stores(tmp_path: Path, clock: Clock) -> Iterator[Stores]:
    database = Database(tmp_path / "desktopchat.db")
    yield Stores(database, clock)
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    for index in ("message", "conversation", "attachment"):
        database.execute(f"INSERT INTO {index}_index ({index}_index, rank) VALUES ('integrity-check', 1)")
    database.close()


def ask(stores: Stores, conversation: int, parent: int | None, text: str, *, whole: bool = True) -> tuple[int, int]:
    store = stores.conversations
    user, answer = store.add_turn(conversation, parent, text, model=ModelIdentity("m"), sampling=SamplingParams())
    if whole:
        store.finish(
            answer.id, content=f"re {text}", state=MessageState.COMPLETE, finish_reason=FinishReason.STOP, seed=1,
            usage=Usage(), timings=Timings(),
        )  # fmt: skip
    return user.id, answer.id


def texts(stores: Stores, conversation: int) -> list[str]:
    return [message.content for message in stores.conversations.path(conversation)]


def test_deleted_message_goes_with_what_follows_and_comes_back(stores: Stores) -> None:
    conversation = stores.conversations.create().id
    _, first = ask(stores, conversation, None, "a")
    second, _ = ask(stores, conversation, first, "b")
    trash_id = stores.trash.delete_message(second)
    assert texts(stores, conversation) == ["a", "re a"]
    (item,) = stores.trash.items()
    assert (item.id, item.kind, item.title) == (trash_id, TrashKind.MESSAGE, "b")
    assert (item.conversation_id, item.message_id) == (conversation, second)
    assert stores.trash.undo() == item
    assert texts(stores, conversation) == ["a", "re a", "b", "re b"]
    assert stores.trash.items() == []
    assert stores.trash.undo() is None


def test_a_sibling_takes_the_place_of_a_deleted_branch(stores: Stores) -> None:
    conversation = stores.conversations.create().id
    _, first = ask(stores, conversation, None, "a")
    ask(stores, conversation, first, "b1")
    b2, _ = ask(stores, conversation, first, "b2")
    assert stores.conversations.message(b2).siblings == 2
    stores.trash.delete_message(b2)
    assert texts(stores, conversation) == ["a", "re a", "b1", "re b1"]
    assert stores.conversations.path(conversation)[2].siblings == 1
    stores.trash.undo()
    assert texts(stores, conversation) == ["a", "re a", "b2", "re b2"]
    assert (stores.conversations.message(b2).sibling, stores.conversations.message(b2).siblings) == (2, 2)


def test_all_of_a_conversation_can_be_deleted(stores: Stores) -> None:
    conversation = stores.conversations.create().id
    first, _ = ask(stores, conversation, None, "a")
    stores.trash.delete_message(first)
    assert texts(stores, conversation) == []
    assert stores.conversations.get(conversation).tip_id is None
    ask(stores, conversation, None, "b")
    assert texts(stores, conversation) == ["b", "re b"]


def test_branch_that_is_not_shown_is_deleted_without_moving_the_reader(stores: Stores) -> None:
    conversation = stores.conversations.create().id
    hidden, _ = ask(stores, conversation, None, "a1")
    ask(stores, conversation, None, "a2")
    stores.trash.delete_message(hidden)
    assert texts(stores, conversation) == ["a2", "re a2"]


def test_what_is_being_written_is_not_deleted(stores: Stores) -> None:
    conversation = stores.conversations.create().id
    user, _ = ask(stores, conversation, None, "a", whole=False)
    with pytest.raises(StorageError, match="still being written"):
        stores.trash.delete_message(user)
    assert len(texts(stores, conversation)) == 2
    assert stores.trash.items() == []


@pytest.mark.parametrize("newest_first", [True, False])
def test_nested_deletions_come_back_in_any_order(stores: Stores, newest_first: bool) -> None:
    conversation = stores.conversations.create().id
    _, first = ask(stores, conversation, None, "a")
    second, second_answer = ask(stores, conversation, first, "b")
    third, _ = ask(stores, conversation, second_answer, "c")
    inner = stores.trash.delete_message(third)
    outer = stores.trash.delete_message(second)
    whole = stores.trash.delete_conversation(conversation)
    if newest_first:
        for trash_id in (whole, outer, inner):
            assert stores.trash.undo().id == trash_id  # type: ignore[union-attr]
    else:
        stores.trash.restore(inner)  # it would be nowhere without what it hangs on
    assert texts(stores, conversation) == ["a", "re a", "b", "re b", "c", "re c"]
    assert stores.trash.items() == []


def test_folder_goes_and_comes_back_with_its_conversations(stores: Stores) -> None:
    folder = stores.shelf.make_folder("Work")
    inside, outside = stores.conversations.create("in").id, stores.conversations.create("out").id
    stores.shelf.move(inside, folder)
    stores.trash.delete_folder(folder)
    assert stores.shelf.folders() == []
    assert [one.id for one in stores.shelf.recent()] == [outside]
    with pytest.raises(StorageError):
        stores.conversations.get(inside)
    again = stores.shelf.make_folder("work")  # the name is free
    item = stores.trash.undo()
    assert item is not None
    assert (item.kind, item.title, item.conversation_id) == (TrashKind.FOLDER, "Work", None)
    assert sorted(one.name for one in stores.shelf.folders()) == [f"Work {folder}", "work"]
    assert stores.conversations.get(inside).folder_id == folder
    assert again != folder


def test_conversation_comes_back_without_its_deleted_folder(stores: Stores) -> None:
    folder = stores.shelf.make_folder("Work")
    conversation = stores.conversations.create("in").id
    stores.shelf.move(conversation, folder)
    first = stores.trash.delete_conversation(conversation)
    stores.trash.delete_folder(folder)
    stores.trash.restore(first)
    assert stores.conversations.get(conversation).folder_id is None
    assert [one.id for one in stores.shelf.recent()] == [conversation]


def test_only_what_is_old_is_removed_for_good(stores: Stores, clock: Clock) -> None:
    store, trash = stores.conversations, stores.trash
    kept, gone = store.create("kept").id, store.create("gone").id
    _, answer = ask(stores, kept, None, "a")
    old_message, _ = ask(stores, kept, answer, "old secret")
    ask(stores, gone, None, "gone secret")
    inner, _ = ask(stores, gone, None, "inner secret")
    folder = stores.shelf.make_folder("Old")
    trash.delete_message(inner)
    trash.delete_message(old_message)
    trash.delete_conversation(gone)
    trash.delete_folder(folder)
    clock.now += 29 * DAY
    assert trash.purge() == []
    assert len(trash.items()) == 4
    new_message, _ = ask(stores, kept, answer, "new")
    trash.delete_message(new_message)
    clock.now += 2 * DAY
    assert trash.purge() == [gone]
    (left,) = trash.items()
    assert left.message_id == new_message
    database = stores.database
    assert database.execute("SELECT content FROM message WHERE content LIKE '%secret%'") == []
    assert database.execute("SELECT rowid FROM message_index WHERE message_index MATCH 'secret'") == []
    trash.undo()
    assert texts(stores, kept) == ["a", "re a", "new", "re new"]


def test_emptied_trash_leaves_no_text_in_the_file(stores: Stores) -> None:
    conversation = stores.conversations.create("Xylophone title").id
    ask(stores, conversation, None, "a zyzzyva crawls")
    stores.trash.delete_conversation(conversation)
    assert stores.trash.purge(days=0) == [conversation]
    stores.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = stores.database.path.read_bytes()
    assert b"zyzzyva" not in raw
    assert b"ylophone" not in raw


def test_purge_survives_a_clock_that_was_set_back(stores: Stores, clock: Clock) -> None:
    conversation = stores.conversations.create("c").id
    _, first = ask(stores, conversation, None, "a")
    second, _ = ask(stores, conversation, first, "b")
    stores.trash.delete_message(second)
    clock.now -= 40 * DAY
    stores.trash.delete_conversation(conversation)
    clock.now += 40 * DAY
    assert stores.trash.purge() == [conversation]
    assert stores.trash.items() == []


def test_what_does_not_exist_is_told(stores: Stores) -> None:
    for wrong in (
        lambda: stores.trash.delete_message(99),
        lambda: stores.trash.delete_conversation(99),
        lambda: stores.trash.delete_folder(99),
        lambda: stores.trash.restore(99),
    ):
        with pytest.raises(StorageError, match="any more"):
            wrong()


def test_ids_are_not_given_twice(stores: Stores) -> None:
    # The KV states of a conversation are kept under its id.
    ids = set()
    for _ in range(3):
        conversation = stores.conversations.create("c").id
        assert conversation not in ids
        ids.add(conversation)
        stores.trash.delete_conversation(conversation)
        stores.trash.purge(days=0)
    assert len(list(itertools.chain(ids))) == 3


def test_what_is_deleted_twice_is_one_entry_and_comes_back(stores: Stores) -> None:
    conversation = stores.conversations.create().id
    user, answer = ask(stores, conversation, None, "Hello?")
    entry = stores.trash.delete_message(answer)
    assert stores.trash.delete_message(answer) == entry
    assert [item.id for item in stores.trash.items()] == [entry]
    assert stores.trash.undo() is not None
    assert [message.id for message in stores.conversations.path(conversation)] == [user, answer]
    assert stores.trash.undo() is None
