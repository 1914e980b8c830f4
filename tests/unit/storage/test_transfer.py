"""Whole conversations, into the store and out of it again."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from exchange_trees import conversations
from hypothesis import given, settings

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.errors import ImportFileError, StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.query import parse
from desktopchat.core.transfer import Attachment, TransferConversation, TransferMessage
from desktopchat.storage.database import Database
from desktopchat.storage.search import Search
from desktopchat.storage.stores import Stores
from desktopchat.storage.transfer import TransferStore

MODEL = ModelIdentity("boat", "/m/boat.gguf", "Q4_K_M", "ab", "template")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    database = Database(tmp_path / "desktopchat.db")
    yield Stores(database, itertools.count(1000.0).__next__)
    database.close()


@pytest.fixture
def store(stores: Stores) -> TransferStore:
    return stores.transfer


def talk(*messages: TransferMessage, uid: str = "c", **values: object) -> TransferConversation:
    tip = messages[-1].uid if messages else None
    values = {"title": "Boats", "created_at": 5.0, "updated_at": 9.0, "tip_uid": tip, **values}
    return TransferConversation(uid=uid, messages=messages, **values)  # type: ignore[arg-type]


Q = TransferMessage("q", None, Role.USER, "What is a boat?", 6.0, attachments=(Attachment("b.png", "image/png", b"x"),))
A = TransferMessage("a", "q", Role.ASSISTANT, "It floats.", 7.0, model=MODEL, sampling=SamplingParams(top_k=3), seed=4)
B = TransferMessage("b", "q", Role.ASSISTANT, "A vessel.", 8.0, model=MODEL)
Q2 = TransferMessage("q2", "a", Role.USER, "Why?", 9.0)


@settings(max_examples=30)  # each makes a database
@given(conversations())
def test_what_is_taken_can_be_given(conversation: TransferConversation) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Database(Path(folder, "desktopchat.db"))) as database:
        store = TransferStore(database)
        taken = store.take(conversation)
        assert (taken.added, taken.is_new) == (len(conversation.messages), True)
        assert store.give(taken.conversation_id) == conversation
        again = store.take(conversation)
        assert again == replace(taken, added=0, is_new=False)
        assert store.give(taken.conversation_id) == conversation


def test_a_conversation_that_grew_gets_its_new_messages_alone(stores: Stores, store: TransferStore) -> None:
    first = store.take(talk(Q, A))
    stores.conversations.rename(first.conversation_id, "My title")
    second = store.take(talk(Q, replace(A, content="another text"), B, Q2, title="Their title", updated_at=20.0))
    assert second == replace(first, added=2, is_new=False)
    found = store.give(first.conversation_id)
    assert found.messages == (Q, A, B, Q2)
    assert (found.title, found.tip_uid, found.updated_at) == ("My title", "q2", 20.0)


def test_a_branch_that_is_known_in_part_meets_what_the_person_added(stores: Stores, store: TransferStore) -> None:
    taken = store.take(talk(Q, A))
    answer = stores.conversations.path(taken.conversation_id)[-1]
    stores.conversations.add_turn(taken.conversation_id, answer.id, "Mine", model=MODEL, sampling=SamplingParams())
    assert store.take(talk(Q, A)).added == 0
    assert [one.content for one in stores.conversations.path(taken.conversation_id)][2] == "Mine", "the tip stays"
    assert store.take(talk(Q, A, Q2)).added == 1
    assert {one.content for one in store.give(taken.conversation_id).messages} >= {"Mine", "Why?"}


def test_what_is_in_the_trash_stays_there(stores: Stores, store: TransferStore) -> None:
    taken = store.take(talk(Q, A, B))
    stores.trash.delete_message(stores.conversations.path(taken.conversation_id)[-1].id)
    assert store.take(talk(Q, A, B)).added == 0
    assert store.give(taken.conversation_id).messages == (Q, A)
    stores.trash.delete_message(next(one.id for one in stores.conversations.path(taken.conversation_id)[1:]))
    grown = store.take(talk(Q, A, B, Q2))
    assert grown.added == 1, "below what was deleted, and deleted with it"
    assert store.give(taken.conversation_id).messages == (Q,)
    assert store.give(taken.conversation_id).tip_uid == "q"
    stores.trash.delete_conversation(taken.conversation_id)
    assert store.take(talk(Q, A, B, Q2)).is_deleted
    assert store.conversation_ids() == []
    with pytest.raises(StorageError, match="does not exist"):
        store.give(taken.conversation_id)


def test_the_store_takes_all_or_nothing(stores: Stores, store: TransferStore) -> None:
    for wrong in (
        talk(Q, replace(Q2, parent_uid="q")),
        talk(A, Q),
        talk(Q, replace(A, role=Role.SYSTEM)),
        talk(replace(Q, state=MessageState.FAILED)),
        talk(Q, replace(A, seed=2**63)),
    ):
        with pytest.raises(ImportFileError, match="“Boats” does not hold together"):
            store.take(wrong)
    assert store.conversation_ids() == []
    assert stores.database.execute("SELECT count(*) FROM message") == [(0,)]
    assert store.take(talk(Q, A)).added == 2


def test_an_answer_that_is_being_written_is_given_as_it_stands(stores: Stores, store: TransferStore) -> None:
    conversation_id = stores.conversations.create().id
    _question, answer = stores.conversations.add_turn(
        conversation_id, None, "Hi", model=MODEL, sampling=SamplingParams()
    )
    stores.conversations.append_texts([(answer.id, "He"), (answer.id, "llo")])
    last = store.give(conversation_id).messages[-1]
    assert (last.content, last.state, last.model) == ("Hello", MessageState.INTERRUPTED, MODEL)


def test_folders_and_tags_are_those_that_are_there(stores: Stores, store: TransferStore) -> None:
    folder = stores.shelf.make_folder("work")
    store.take(talk(Q, uid="c1", folder="Work", tags=("Sea", "sea", "")))
    store.take(talk(Q, uid="c2", folder="New", tags=("sea",)))
    assert [one.name for one in stores.shelf.folders()] == ["New", "work"]
    assert len(stores.shelf.in_folder(folder)) == 1
    assert stores.shelf.tags() == ["Sea"]


def test_conversations_are_found_by_what_one_calls_them(store: TransferStore) -> None:
    ids = [store.take(talk(Q, uid=f"u{title}", title=title)).conversation_id for title in ("Boats", "boats big", "7")]
    assert store.find("Boats") == [(ids[0], "Boats")]
    assert {number for number, _title in store.find("BOAT")} == {ids[0], ids[1]}
    assert store.find(str(ids[1])) == [(ids[1], "boats big")]
    assert store.find("7") == [(ids[2], "7")]
    assert store.find("u7") == [(ids[2], "7")]
    assert store.find("none") == []
    assert store.conversation_ids() == ids


def test_what_is_taken_can_be_searched(stores: Stores, store: TransferStore) -> None:
    taken = store.take(talk(Q, replace(A, content="今天天气怎么样"), title="Sea"))
    with closing(Search(stores.database.path, lambda: None)) as search:
        for wanted in ("天气", "png", "sea"):
            hits = search.find(parse(wanted, date(2026, 1, 1)))
            assert hits is not None
            assert [hit.conversation_id for hit in hits] == [taken.conversation_id], wanted
