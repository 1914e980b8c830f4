"""Databases with something of everything in them, and ways to damage them."""

import os
import random
from pathlib import Path

from desktopchat.core.chat import FinishReason, MessageState, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.token import Alternative, TokenLogprobs
from desktopchat.core.token_log import TokenLog
from desktopchat.storage.database import Database
from desktopchat.storage.pages import PageFile
from desktopchat.storage.stores import Stores

PAGE = 4096
TABLES = ("trash", "folder", "model", "sampling", "conversation", "message", "streamed", "attachment", "tag",
          "conversation_tag", "saved_search", "state", "token_log", "branch_name", "aside")  # fmt: skip
Dump = dict[str, list[tuple[object, ...]]]


def dump(path: Path, key: Passphrase | None = None) -> Dump:
    """Return every row of every table, without the silent roots of conversations."""
    database = Database(path, key=key)
    try:
        rows = {name: database.execute(f"SELECT * FROM {name} ORDER BY 1, 2") for name in TABLES}
        return rows | {"message": [row for row in rows["message"] if row[4] != "root"]}
    finally:
        database.close()


def make_store(path: Path, conversations: int = 30, key: Passphrase | None = None) -> Database:
    """Return an open database with conversations of 20 messages, branches, long texts, folders, tags and trash."""
    database = Database(path, key=key)
    stores = Stores(database)
    store = stores.conversations
    for number in range(conversations):
        with database.transaction():
            conversation_id = database.insert(
                "INSERT INTO conversation (title, created_at, updated_at) VALUES (?, ?, ?)",
                (f"Conversation {number}", 1e9 + number, 1e9 + number),
            )
            parent = -conversation_id
            for turn in range(20):
                role = "assistant" if turn % 2 else "user"
                text = f"{role} {number} {turn} 今天天气 " + "and so on " * random.Random(turn * number).randrange(40)
                parent = database.insert(
                    "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                    " VALUES (?, ?, ?, ?, 'complete', ?)",
                    (conversation_id, parent, role, text, 1e9 + turn),
                )
            database.execute("UPDATE conversation SET tip_id = ? WHERE id = ?", (parent, conversation_id))
    model = ModelIdentity("tiny", "tiny.gguf", "Q4")
    _, answer = store.add_turn(1, store.path(1)[-1].id, "long " * 9_000, model=model, sampling=SamplingParams())
    store.finish(
        answer.id,
        content="x" * 30_000,
        reasoning="hm",
        state=MessageState.COMPLETE,
        finish_reason=FinishReason.STOP,
        seed=7,
        usage=Usage(1, 2, 3),
        timings=Timings(0.5, 0.25, 0.125),
    )
    store.add_reply(1, answer.parent_id, model=model, sampling=SamplingParams(temperature=0.25))
    store.append_texts([(answer.id + 1, "half an "), (answer.id + 1, "answer")])
    stores.shelf.move(2, stores.shelf.make_folder("Work"))
    stores.shelf.set_tags(3, ["red", "蓝"])
    stores.shelf.save_search("mine", "tag:red")
    stores.shelf.set_note(3, "remember this")
    stores.branches.set_name(answer.id, "the long one")
    store.asides.add(1, model, Usage(9, 0, 3), Timings(0.5), 2)
    stores.trash.delete_conversation(4)
    stores.trash.delete_message(store.path(5)[-2].id)
    database.execute(
        "INSERT INTO attachment (message_id, name, content) VALUES (?, 'a.txt', ?)", (answer.id, b"\0\xff")
    )
    words = (Alternative(number, f" word{number}".encode(), -number / 64) for number in range(2_000))
    store.tokens.keep(answer.id, TokenLog(TokenLogprobs(word, (word,)) for word in words))
    with database.transaction():
        for number in range(300):  # more than fits into one page
            database.execute("INSERT INTO state VALUES (?, '[]')", (f"key {number} {'x' * 30}",))
    return database


def message_pages(path: Path) -> dict[int, list[int]]:
    """Return the ids of the messages that stand on each page of a sound file; those on several pages are left out."""
    pages = PageFile(path)
    found = {}
    for leaf in pages.pages_of(pages.roots()["message"]):
        rows = pages.rows(leaf)
        found[leaf] = [number for number, row in rows if number > 0 and sum(len(str(value)) for value in row) < 900]
    pages.close()
    return found


def overwrite(path: Path, pages: list[int], rng: random.Random | None = None) -> None:
    """Fill pages with noise."""
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(rng.randbytes(PAGE) if rng else os.urandom(PAGE))
