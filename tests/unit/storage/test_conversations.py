import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from desktopchat.core.chat import Conversation, FinishReason, Message, MessageState, Role, Timings, Usage
from desktopchat.core.errors import StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database

MODEL = ModelIdentity("m", "/models/m.gguf", "Q4_1", "ab12", "{{ messages }}")
SAMPLING = SamplingParams(temperature=0.2, stop=("\n", "你好"), seed=3)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "desktopchat.db")
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> ConversationStore:
    """A store whose clock goes on by a second at each look."""
    return ConversationStore(database, itertools.count(1000.0).__next__)


@pytest.fixture
def conversation(store: ConversationStore) -> Conversation:
    return store.create()


def ask(store: ConversationStore, conversation: Conversation, parent_id: int | None, text: str) -> tuple[int, int]:
    """Add a turn with a complete answer and return both ids."""
    user, answer = store.add_turn(conversation.id, parent_id, text, model=MODEL, sampling=SAMPLING)
    end(store, answer.id, f"answer to {text}")
    return user.id, answer.id


def end(store: ConversationStore, message_id: int, content: str) -> Message:
    return store.finish(
        message_id,
        content=content,
        state=MessageState.COMPLETE,
        finish_reason=FinishReason.STOP,
        seed=4_294_967_294,
        usage=Usage(10, 4, 6),
        timings=Timings(0.5, 0.75, 1.25),
    )


def shown(store: ConversationStore, message_id: int, step: int) -> tuple[Message, ...]:
    store.show_sibling(message_id, step)
    return store.path(store.message(message_id).conversation_id)


def texts(path: tuple[Message, ...]) -> list[str]:
    return [message.content for message in path]


def test_create_and_get(store: ConversationStore):
    made = store.create("Cats", SAMPLING, "Be brief.")
    assert made == Conversation(made.id, "Cats", 1000.0, 1000.0, None, "Be brief.", SAMPLING, "")
    assert store.get(made.id) == made
    assert store.create().sampling == SamplingParams()
    assert store.path(made.id) == ()


def test_turn_is_durable_and_becomes_the_tip(store: ConversationStore, conversation: Conversation):
    user, answer = store.add_turn(
        conversation.id, None, "What is a cat?\nPlease", model=ModelIdentity("tiny"), sampling=SAMPLING
    )
    assert user == Message(
        user.id,
        conversation.id,
        -conversation.id,
        Role.USER,
        "What is a cat?\nPlease",
        MessageState.COMPLETE,
        user.created_at,
    )
    assert (answer.parent_id, answer.role, answer.content, answer.state) == (
        user.id,
        Role.ASSISTANT,
        "",
        MessageState.STREAMING,
    )
    assert (answer.model, answer.sampling, answer.seed, answer.finish_reason) == ("tiny", SAMPLING, None, None)
    found = store.get(conversation.id)
    assert (found.title, found.tip_id) == ("What is a cat?", answer.id)
    assert found.updated_at > conversation.updated_at
    assert store.path(conversation.id) == (user, answer)


def test_answer_from_first_text_to_end(store: ConversationStore, conversation: Conversation):
    user, answer = store.add_turn(conversation.id, None, "hi", model=MODEL, sampling=SAMPLING)
    store.append_texts([(answer.id, "Hel")])
    assert store.message(answer.id).content == "Hel"
    done = end(store, answer.id, "Hello 🙂")
    assert done == store.path(conversation.id)[-1]
    assert (done.content, done.state, done.finish_reason) == ("Hello 🙂", MessageState.COMPLETE, FinishReason.STOP)
    assert (done.seed, done.usage, done.timings) == (4_294_967_294, Usage(10, 4, 6), Timings(0.5, 0.75, 1.25))
    assert store.message(user.id) == user


def test_failed_answer_keeps_text_and_error(store: ConversationStore, conversation: Conversation):
    _user, answer = store.add_turn(conversation.id, None, "hi", model=MODEL, sampling=SAMPLING)
    failed = store.finish(
        answer.id,
        content="Hel",
        state=MessageState.FAILED,
        finish_reason=FinishReason.ERROR,
        seed=None,
        usage=Usage(),
        timings=Timings(),
        error="The engine ended.",
    )
    assert (failed.content, failed.error, failed.seed) == ("Hel", "The engine ended.", None)


def test_ended_answer_is_not_overwritten(store: ConversationStore, conversation: Conversation):
    user_id, answer_id = ask(store, conversation, None, "hi")
    for write in (
        lambda: store.append_texts([(answer_id, "x")]),
        lambda: end(store, answer_id, "x"),
        lambda: store.append_texts([(user_id, "x")]),
        lambda: store.resume(user_id),
    ):
        with pytest.raises(StorageError):
            write()
    assert texts(store.path(conversation.id)) == ["hi", "answer to hi"]


def test_resume_goes_on_with_the_text(store: ConversationStore, conversation: Conversation):
    _user_id, answer_id = ask(store, conversation, None, "hi")
    resumed = store.resume(answer_id)
    assert (resumed.state, resumed.content, resumed.finish_reason) == (MessageState.STREAMING, "answer to hi", None)
    assert resumed.sampling == SAMPLING
    with pytest.raises(StorageError, match="cannot be continued"):
        store.resume(answer_id)
    assert end(store, answer_id, "answer to hi, and more").content == "answer to hi, and more"


def test_regenerate_makes_a_sibling(store: ConversationStore, conversation: Conversation):
    user_id, answer_id = ask(store, conversation, None, "hi")
    other = store.add_reply(conversation.id, user_id, model=ModelIdentity("m2"), sampling=SamplingParams())
    assert (other.sibling, other.siblings, other.state) == (2, 2, MessageState.STREAMING)
    assert store.get(conversation.id).tip_id == other.id
    assert store.message(answer_id).content == "answer to hi"
    path = shown(store, other.id, -1)
    assert [message.id for message in path] == [user_id, answer_id]
    assert (path[-1].sibling, path[-1].siblings) == (1, 2)


def test_edited_first_message_is_a_second_root(store: ConversationStore, conversation: Conversation):
    ask(store, conversation, None, "first")
    second, _answer = ask(store, conversation, None, "second")
    assert texts(store.path(conversation.id)) == ["second", "answer to second"]
    assert (store.message(second).sibling, store.message(second).siblings) == (2, 2)
    assert texts(shown(store, second, -1)) == ["first", "answer to first"]
    assert store.get(conversation.id).title == "first"


def test_sibling_shows_the_newest_leaf_below_it_and_stays_at_the_ends(
    store: ConversationStore, conversation: Conversation
):
    first, answer = ask(store, conversation, None, "a")
    ask(store, conversation, answer, "b")
    b2, b2_answer = ask(store, conversation, answer, "b2")
    ask(store, conversation, b2_answer, "c")
    newest = texts(store.path(conversation.id))
    assert newest == ["a", "answer to a", "b2", "answer to b2", "c", "answer to c"]
    other, _answer = ask(store, conversation, None, "other")
    assert texts(shown(store, other, 1)) == ["other", "answer to other"]
    assert texts(shown(store, other, -1)) == newest
    assert texts(shown(store, first, -5)) == newest
    assert texts(shown(store, b2, -1)) == ["a", "answer to a", "b", "answer to b"]
    store.select(b2)
    assert texts(store.path(conversation.id)) == newest


def test_message_that_does_not_exist(store: ConversationStore, conversation: Conversation):
    for wrong in (lambda: store.select(99), lambda: store.show_sibling(99, 1), lambda: store.message(99)):
        with pytest.raises(StorageError, match="message does not exist"):
            wrong()


def test_nothing_is_added_to_what_is_not_there(store: ConversationStore, conversation: Conversation):
    other = store.create()
    user, _ = store.add_turn(other.id, None, "elsewhere", model=MODEL, sampling=SAMPLING)
    for place, parent_id in ((conversation.id, 99), (conversation.id, user.id), (99, None)):
        with pytest.raises(StorageError, match="does not exist"):
            store.add_turn(place, parent_id, "text", model=MODEL, sampling=SAMPLING)
    with pytest.raises(StorageError, match="does not exist"):
        store.add_reply(conversation.id, user.id, model=MODEL, sampling=SAMPLING)
    assert store.path(conversation.id) == ()


def test_changes_of_a_conversation(store: ConversationStore, conversation: Conversation):
    store.rename(conversation.id, "Title")
    store.set_sampling(conversation.id, SAMPLING)
    store.set_system_prompt(conversation.id, "Be kind.")
    store.save_draft(conversation.id, "half a th")
    found = store.get(conversation.id)
    assert (found.title, found.sampling, found.system_prompt, found.draft) == (
        "Title",
        SAMPLING,
        "Be kind.",
        "half a th",
    )
    ask(store, conversation, None, "something")
    assert store.get(conversation.id).title == "Title"
    for wrong in (lambda: store.rename(99, "x"), lambda: store.save_draft(99, "x")):
        with pytest.raises(StorageError, match="conversation does not exist"):
            wrong()


def test_sent_draft_is_cleared_and_another_one_kept(store: ConversationStore, conversation: Conversation):
    store.save_draft(conversation.id, "what is a c")
    ask(store, conversation, None, "what is a cat?")
    assert store.get(conversation.id).draft == ""
    store.save_draft(conversation.id, "another thought")
    ask(store, conversation, None, "an edit of an older message")
    assert store.get(conversation.id).draft == "another thought"


def test_recover_marks_what_was_cut_off(store: ConversationStore, conversation: Conversation):
    _user_id, whole = ask(store, conversation, None, "a")
    _user, cut = store.add_turn(conversation.id, whole, "b", model=MODEL, sampling=SAMPLING)
    store.append_texts([(cut.id, "half")])
    assert store.recover() == 1
    assert store.recover() == 0
    found = store.message(cut.id)
    assert (found.state, found.content, found.finish_reason) == (MessageState.INTERRUPTED, "half", None)
    assert store.message(whole).state is MessageState.COMPLETE
    assert store.resume(cut.id).content == "half"


def test_state(store: ConversationStore):
    assert store.get_state("window") is None
    assert store.get_state("window", [1]) == [1]
    store.set_state("window", {"size": [1280, 800], "title": "你好\ud800"})
    store.set_state("window", {"size": [640, 480], "title": "你好\ud800"})
    assert store.get_state("window") == {"size": [640, 480], "title": "你好\ud800"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("a\0b", "a\0b"),
        ("👩‍👩‍👧 天气 \u202e", "👩‍👩‍👧 天气 \u202e"),
        ("\ud83d\ude42", "🙂"),
        ("half \ud83d!", "half \ufffd!"),
        ("x" * 3_000_000, "x" * 3_000_000),
    ],
)
def test_any_text_is_kept(store: ConversationStore, conversation: Conversation, text: str, kept: str):
    user, answer = store.add_turn(conversation.id, None, text, model=ModelIdentity(text[:100]), sampling=SAMPLING)
    store.append_texts([(answer.id, text)])
    store.save_draft(conversation.id, text)
    store.set_system_prompt(conversation.id, text)
    assert user.content == store.message(answer.id).content == kept
    found = store.get(conversation.id)
    assert found.draft == found.system_prompt == kept


def test_long_conversation(store: ConversationStore, conversation: Conversation, database: Database):
    parent = -conversation.id
    with database.transaction():
        for number in range(1, 10_001):
            role = Role.USER if number % 2 else Role.ASSISTANT
            parent = database.insert(
                "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                " VALUES (?, ?, ?, ?, 'complete', 0)",
                (conversation.id, parent, role, str(number)),
            )
        database.execute("UPDATE conversation SET tip_id = ?", (parent,))
    assert texts(store.path(conversation.id)) == [str(number) for number in range(1, 10_001)]
    newest = store.path(conversation.id, limit=200)
    assert texts(newest) == [str(number) for number in range(9_801, 10_001)]
    older = store.path(conversation.id, before=newest[0].id)
    assert older + newest == store.path(conversation.id)
    assert texts(store.path(conversation.id, limit=2, before=newest[0].id)) == ["9799", "9800"]
    assert store.path(conversation.id, before=older[0].id) == ()
    started = time.perf_counter()
    store.select(1)
    assert time.perf_counter() - started < 1  # 6 ms; 3.6 s when every step looked through all messages
    assert store.get(conversation.id).tip_id == parent


INSERT = "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at) VALUES "


@pytest.mark.parametrize(
    "sql",
    [
        f"{INSERT} (1, NULL, 'assistant', '', 'complete', 0)",  # hangs on nothing
        f"{INSERT} (1, NULL, 'root', '', 'complete', 0)",  # a second root
        f"{INSERT.replace('(conv', '(id, conv')} (-9, 1, NULL, 'root', '', 'complete', 0)",  # with an id of its own
        f"{INSERT} (1, 1, 'root', '', 'complete', 0)",
        f"{INSERT} (1, 1, 'user', '', 'complete', 0)",  # user after user
        f"{INSERT} (1, 2, 'assistant', '', 'complete', 0)",  # assistant after assistant
        f"{INSERT} (2, 2, 'user', '', 'complete', 0)",  # parent in another conversation
        f"{INSERT} (1, 99, 'assistant', '', 'complete', 0)",  # no such parent
        f"{INSERT} (99, NULL, 'user', '', 'complete', 0)",  # no such conversation
        f"{INSERT} (1, NULL, 'system', '', 'complete', 0)",
        f"{INSERT} (1, NULL, 'user', '', 'streaming', 0)",
        f"{INSERT} (1, 1, 'assistant', '', 'thinking', 0)",
        f"{INSERT} (1, 1, 'assistant', x'00', 'complete', 0)",
        f"{INSERT.replace('(conv', '(id, conv')} (9, 1, 9, 'assistant', '', 'complete', 0)",  # its own parent
        "UPDATE message SET content = 'other' WHERE id = 2",  # overwritten
        "UPDATE message SET reasoning = 'other' WHERE id = 2",
        "UPDATE message SET parent_id = 4 WHERE id = 2",
        "UPDATE message SET role = 'user' WHERE id = 2",
        "UPDATE message SET conversation_id = 2 WHERE id = 2",
        "UPDATE message SET finish_reason = 'tired' WHERE id = 2",
        "UPDATE message SET usage = '{' WHERE id = 2",
        "UPDATE conversation SET tip_id = 3 WHERE id = 1",  # of the other conversation
        "UPDATE conversation SET tip_id = 99 WHERE id = 1",
        "UPDATE conversation SET sampling = 'warm' WHERE id = 1",
        "DELETE FROM message WHERE id = 1",
        "DELETE FROM conversation WHERE id = 1",
    ],
)
def test_database_itself_holds_the_tree_together(store: ConversationStore, database: Database, sql: str):
    for conversation in (store.create(), store.create()):
        ask(store, conversation, None, "hi")
    before = [store.path(1), store.path(2)]
    with pytest.raises(apsw.ConstraintError):
        database.execute(sql)
    assert [store.path(1), store.path(2)] == before
    assert len(database.execute("SELECT * FROM message WHERE role <> 'root'")) == 4


WRITER = """
import sys
import time
from pathlib import Path
from desktopchat.core.chat import FinishReason, MessageState, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database
store = ConversationStore(Database(Path(sys.argv[1])))
conversation, parent = store.create(), None
for turn in range(100_000):
    user, answer = store.add_turn(
        conversation.id, parent, f"text {turn}", model=ModelIdentity("m"), sampling=SamplingParams()
    )
    print("turn", user.id, user.content, flush=True)
    for part in range(5):
        store.append_texts([(answer.id, "word ")])
        print("part", answer.id, "word " * (part + 1), flush=True)
    store.finish(answer.id, content=f"whole {turn}", state=MessageState.COMPLETE, finish_reason=FinishReason.STOP,
        seed=1, usage=Usage(), timings=Timings())
    print("turn", answer.id, f"whole {turn}", flush=True)
    parent = answer.id
"""


@pytest.mark.parametrize("lines", [1, 40, 83, 200])
def test_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path, lines: int):
    path = tmp_path / "desktopchat.db"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [writer.stdout.readline() for _line in range(lines)]
    writer.kill()
    told += writer.stdout.readlines()
    writer.stdout.close()
    assert writer.wait() == (-signal.SIGKILL if sys.platform != "win32" else 1)
    database = Database(path)
    store = ConversationStore(database)
    assert database.execute("PRAGMA integrity_check") == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check") == []
    assert store.recover() in (0, 1)
    messages = {message.id: message for message in store.path(1)}
    assert len(told) >= lines
    acknowledged: dict[int, str] = {}
    for line in told:
        if line.endswith("\n"):  # the last one may be cut
            _kind, number, content = line[:-1].split(" ", 2)
            acknowledged[int(number)] = content
    last = max(acknowledged)
    for number, content in acknowledged.items():
        # The last answer may have got further than it could tell.
        assert messages[number].content == content or number >= last - 1
        assert len(messages[number].content) >= len(content) or messages[number].state is MessageState.COMPLETE
    states = [message.state for message in messages.values()]
    assert MessageState.STREAMING not in states
    assert set(states[:-1]) <= {MessageState.COMPLETE}
    database.close()
