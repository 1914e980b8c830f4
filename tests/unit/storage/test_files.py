"""Files of messages, of drafts and of the queue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.attached import AttachedFile, Written, attach_text
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores

MODEL = ModelIdentity("tiny")
NOTES = attach_text("notes.txt", "Boats 船\n")
PICTURE = AttachedFile("a.png", "image/png", 4, data=b"\x89PNG")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    database = Database(tmp_path / "desktopchat.db")
    yield Stores(database, lambda: 1e9)
    database.close()


def said(file: AttachedFile) -> tuple[str, str, int, str]:
    return file.name, file.media_type, file.size, file.text


def test_files_come_back_with_their_message_alone(stores: Stores) -> None:
    store = stores.conversations
    chat = store.create()
    question, answer = store.add_turn(
        chat.id, None, "Look", model=MODEL, sampling=SamplingParams(), files=(NOTES, PICTURE)
    )
    other = store.create()
    store.add_turn(other.id, None, "Else", model=MODEL, sampling=SamplingParams(), files=(NOTES,))
    assert [said(file) for file in question.files] == [said(NOTES), said(PICTURE)]
    assert answer.files == ()
    assert store.path(chat.id)[0] == question
    assert store.message(question.id) == question
    assert [len(message.files) for message in store.path(other.id)] == [1, 0]


def test_files_of_an_edited_message_are_copied_with_all_their_bytes(stores: Stores) -> None:
    store = stores.conversations
    chat = store.create()
    first, _ = store.add_turn(chat.id, None, "Look", model=MODEL, sampling=SamplingParams(), files=(NOTES, PICTURE))
    second, _ = store.add_turn(chat.id, None, "Look!", model=MODEL, sampling=SamplingParams(), files=first.files)
    assert [said(file) for file in second.files] == [said(file) for file in first.files]
    rows = stores.database.execute("SELECT content FROM attachment WHERE message_id = ? ORDER BY id", (second.id,))
    assert [row[0] for row in rows] == ["Boats 船\n".encode(), b"\x89PNG"]


def test_message_without_words_is_named_after_its_file(stores: Stores) -> None:
    chat = stores.conversations.create()
    stores.conversations.add_turn(chat.id, None, "", model=MODEL, sampling=SamplingParams(), files=(NOTES,))
    assert stores.conversations.get(chat.id).title == "notes.txt"


def test_draft_stays_when_something_else_is_sent(stores: Stores) -> None:
    store = stores.conversations
    chat = store.create()
    store.save_draft(chat.id, "he")
    store.add_turn(chat.id, None, "hello", model=MODEL, sampling=SamplingParams(), keeps_draft=True)
    assert store.get(chat.id).draft == "he"


@pytest.mark.parametrize("is_new", [True, False])
def test_what_is_not_sent_comes_back(stores: Stores, *, is_new: bool) -> None:
    number = None if is_new else stores.conversations.create().id
    pending = stores.conversations.pending
    queue = (Written("one\n"), Written("two", (NOTES, PICTURE)), Written("one\n"))
    pending.set_files(number, (NOTES, PICTURE))
    pending.set_queue(number, queue)
    assert pending.files(number) == (NOTES, PICTURE)
    assert pending.queue(number) == queue
    assert pending.queue(77) == ()
    pending.set_files(number, ())
    pending.set_queue(number, ())
    assert pending.files(number) == pending.queue(number) == ()
    assert not stores.database.execute("SELECT * FROM state")


def test_nothing_of_it_is_left_when_the_conversation_is_gone_for_good(stores: Stores) -> None:
    chat, kept = stores.conversations.create(), stores.conversations.create()
    for number in (chat.id, kept.id):
        stores.conversations.pending.set_files(number, (NOTES,))
        stores.conversations.pending.set_queue(number, (Written("secret"),))
    stores.trash.delete_conversation(chat.id)
    assert stores.trash.purge(0) == [chat.id]
    assert len(stores.database.execute("SELECT * FROM state")) == 2
    assert stores.conversations.pending.queue(kept.id) == (Written("secret"),)


def test_own_texts_are_newest_first_here_and_then_elsewhere(stores: Stores) -> None:
    store = stores.conversations
    first, second = store.create(), store.create()
    for chat, text in ((first, "a"), (second, "b"), (first, "c"), (second, "a"), (first, "c"), (second, "x" * 30_000)):
        path = store.path(chat.id)
        store.add_turn(chat.id, path[-1].id if path else None, text, model=MODEL, sampling=SamplingParams())
    assert store.own_texts(first.id, 10) == ("c", "a", "b")
    assert store.own_texts(second.id, 10) == ("a", "b", "c")
    assert store.own_texts(None, 2) == ("c", "a")
    stores.trash.delete_conversation(second.id)
    assert store.own_texts(None, 10) == ("c", "a")


def test_files_go_out_and_come_in_with_the_conversation(stores: Stores, tmp_path: Path) -> None:
    store = stores.conversations
    chat = store.create()
    store.add_turn(chat.id, None, "Look", model=MODEL, sampling=SamplingParams(), files=(NOTES, PICTURE))
    given = stores.transfer.give(chat.id)
    other = Stores(Database(tmp_path / "other.db"))
    taken = other.transfer.take(given)
    message = other.conversations.path(taken.conversation_id)[0]
    assert [said(file) for file in message.files] == [said(NOTES), said(PICTURE)]
    other.database.close()


def test_text_of_an_imported_file_is_read_whatever_it_is_called(stores: Stores) -> None:
    chat = stores.conversations.create()
    question, _ = stores.conversations.add_turn(chat.id, None, "Look", model=MODEL, sampling=SamplingParams())
    for name, kind, content in (
        ("a.pdf", "pdf", b"extracted"),
        ("b", "", b"\0binary"),
        ("c", "image/png", b"text"),
        ("d", "", None),
    ):
        stores.database.execute(
            "INSERT INTO attachment (message_id, name, media_type, content) VALUES (?, ?, ?, ?)",
            (question.id, name, kind, content),
        )
    files = stores.conversations.message(question.id).files
    assert [(file.text, file.size) for file in files] == [("extracted", 9), ("", 7), ("", 4), ("", 0)]
