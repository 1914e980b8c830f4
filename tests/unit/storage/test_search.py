import itertools
import tempfile
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.errors import DamagedDatabaseError
from desktopchat.core.hit import Hit, HitKind
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.query import Term, parse
from desktopchat.core.words import words
from desktopchat.storage.database import Database
from desktopchat.storage.search import TITLES, Search
from desktopchat.storage.stores import Stores

TODAY = date(2026, 5, 17)
NOON = datetime(2026, 5, 1, 12).timestamp()  # noqa: DTZ001, days are those of the calendar here
DAY = 86_400


class Shelves:
    """A database with the connection that writes and the one that searches."""

    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.database = Database(path)
        self.stores = Stores(self.database, lambda: self.now)
        self.search = Search(path, lambda: None)

    def chat(self, title: str, *texts: str, model: str = "tiny") -> int:
        """Make a conversation of questions and answers."""
        conversation_id = self.stores.conversations.create(title).id
        parent = None
        for question, answer in itertools.zip_longest(texts[::2], texts[1::2], fillvalue="so"):
            parent = self.ask(conversation_id, parent, question, answer, model)
        return conversation_id

    def ask(self, conversation_id: int, parent: int | None, question: str, answer: str, model: str = "tiny") -> int:
        store, sampling = self.stores.conversations, SamplingParams()
        _, reply = store.add_turn(conversation_id, parent, question, model=ModelIdentity(model), sampling=sampling)
        self.finish(reply.id, answer)
        return reply.id

    def finish(self, message_id: int, text: str) -> None:
        self.stores.conversations.finish(
            message_id, content=text, state=MessageState.COMPLETE, finish_reason=FinishReason.STOP, seed=1,
            usage=Usage(), timings=Timings(),
        )  # fmt: skip

    def find(self, text: str, limit: int = 50, after: Hit | None = None, *, typing: bool = False) -> list[Hit]:
        hits = self.search.find(parse(text, TODAY, typing=typing), limit, after)
        assert hits is not None
        return hits

    def texts(self, query: str, *, typing: bool = False) -> list[str]:
        """Return what is shown of each hit, with the marks."""
        return [shown(hit) for hit in self.find(query, typing=typing)]


def shown(hit: Hit) -> str:
    excerpt = hit.title if hit.kind is HitKind.TITLE else hit.text
    text = excerpt.text
    for start, end in reversed(excerpt.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    made = Shelves(tmp_path / "desktopchat.db")
    yield made
    made.search.close()
    made.database.close()


def test_titles_come_first_then_messages_newest_first(shelves: Shelves) -> None:
    shelves.chat("Weather", "weather one", "the weather")
    shelves.now += DAY
    shelves.chat("Other", "no weather")
    shelves.now += DAY
    shelves.chat("More weather", "x")
    assert shelves.texts("weather") == [
        "More [weather]", "[Weather]", "no [weather]", "the [weather]", "[weather] one",
    ]  # fmt: skip
    first = shelves.find("weather")[2]
    assert (first.kind, first.role, first.title.text, first.version) == (HitKind.MESSAGE, Role.USER, "Other", None)


def test_imported_ones_stand_where_they_belong_in_time(shelves: Shelves) -> None:
    shelves.chat("", "new cat")
    shelves.now -= 400 * DAY
    shelves.chat("", "old cat")
    assert shelves.texts("cat in:title") == ["new [cat]", "old [cat]"]  # titles are their first lines
    assert shelves.texts("cat role:me") == ["new [cat]", "old [cat]"]


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("今天天气怎么样", ["天气", "今天 怎么样", "气怎"]),
        ("Ein Café in der Straße", ["cafe", "CAFÉ", "strasse", "STRASSE cafe", "straße"]),
        ("only cafe here", ["café"]),
        ("İstanbul ışık", ["istanbul", "ISTANBUL", "isik", "IŞIK", "işık"]),
        ("Ёлка и йод", ["елка", "ЁЛКА", "иод"]),
        ("ο σοφός ΑΘΉΝΑΙ", ["σοφοσ", "ΣΟΦΌΣ", "αθηναι"]),
        ("빅데이터베이스를", ["데이터", "데이터베이스"]),
        ("データベースとがか", ["ベース", "ﾃﾞｰﾀ", "がか"]),
        ("ที่นี่อากาศดี", ["อากาศ", "ที่นี่"]),
        (
            "call foo.bar(x_y) at https://a.example.org/p?q=1",
            ["foo.bar", "bar", "x_y", "y", "example.org", "a.example"],
        ),
        ("C++ beats C#", ["C++", "c#", "c", '"c++ beats"']),
        ("so 👍🏽 sunny 🌦️", ["👍", "🌦"]),
        ("weather report", ["wea*", "report weather", '"weather report"', "WEATHER", "weather -snow"]),
    ],
)
def test_found(shelves: Shelves, text: str, queries: list[str]) -> None:
    shelves.chat("Other", "something else", "entirely")
    shelves.chat("Title", text)
    for query in queries:
        [hit] = shelves.find(query)
        assert hit.text.marks, query


@pytest.mark.parametrize(
    "query",
    ["天汽", "がき", "eather", "wea", '"report weather"', "weather snow", "weather -report", "weather -rep*", "C#"],
)
def test_not_found(shelves: Shelves, query: str) -> None:
    shelves.chat("Title", "weather report 天气 かき C++")
    assert shelves.find(query) == []


def test_last_word_is_a_beginning_while_one_types(shelves: Shelves) -> None:
    shelves.chat("Title", "the weather report")
    assert shelves.texts("the wea", typing=True) == ["the [wea]ther report".replace("the", "[the]", 1)]
    assert shelves.texts("wea the", typing=True) == []
    assert shelves.texts("wea ", typing=True) == []


def test_every_branch_is_searched_and_named(shelves: Shelves) -> None:
    conversation_id = shelves.chat("Title", "first", "one", "deep needle", "x")
    shelves.ask(conversation_id, None, "other needle", "y")
    shelves.chat("Straight", "needle")
    assert [(hit.text.text, hit.version) for hit in shelves.find("needle")] == [
        ("needle", None), ("other needle", (2, 2)), ("deep needle", (1, 2)),
    ]  # fmt: skip
    hit = shelves.find("deep")[0]
    assert hit.message_id is not None
    shelves.stores.conversations.select(hit.message_id)
    assert "deep needle" in [message.content for message in shelves.stores.conversations.path(conversation_id)]


def test_answers_are_found_once_they_have_ended(shelves: Shelves) -> None:
    store = shelves.stores.conversations
    conversation_id = store.create("Title").id
    _, reply = store.add_turn(conversation_id, None, "go", model=ModelIdentity("tiny"), sampling=SamplingParams())
    store.append_texts([(reply.id, "streaming needle")])
    assert shelves.find("needle") == []
    shelves.finish(reply.id, "the whole needle")
    assert shelves.texts("needle") == ["the whole [needle]"]


def test_notes_and_attachments(shelves: Shelves) -> None:
    conversation_id = shelves.chat("Title", "with a file", "so")
    shelves.stores.shelf.set_note(conversation_id, "buy an umbrella")
    message_id = shelves.stores.conversations.path(conversation_id)[0].id
    for name in ("umbrella.png", "file.png"):
        shelves.database.insert("INSERT INTO attachment (message_id, name) VALUES (?, ?)", (message_id, name))
    assert [(hit.kind, shown(hit), hit.message_id) for hit in shelves.find("umbrella")] == [
        (HitKind.NOTE, "buy an [umbrella]", None),
        (HitKind.ATTACHMENT, "[umbrella].png", message_id),
    ]
    assert [hit.kind for hit in shelves.find("file")] == [HitKind.MESSAGE]  # by its text, not once more by its file


def test_trash_is_found_only_when_asked_for(shelves: Shelves) -> None:
    kept = shelves.chat("Kept", "needle one", "so", "needle two", "so")
    gone = shelves.chat("Gone needle", "needle three")
    shelves.stores.trash.delete_message(shelves.stores.conversations.path(kept)[2].id)
    shelves.stores.trash.delete_conversation(gone)
    assert shelves.texts("needle") == ["[needle] one"]
    found = shelves.find("needle in:trash")
    assert [hit.text.text for hit in found] == ["", "needle three", "needle two"]
    assert all(hit.deleted for hit in found)
    assert [hit.kind for hit in shelves.find("in:trash")] == [HitKind.TITLE] + [HitKind.MESSAGE] * 4


def test_filters(shelves: Shelves) -> None:
    shelf = shelves.stores.shelf
    work = shelves.chat("Work", "needle in work", "an answer", model="Qwen2.5-7B-Instruct")
    shelves.now += 5 * DAY
    home = shelves.chat("Home", "needle at home", "needle answered", model="SmolLM2-135M")
    shelf.move(work, shelf.make_folder("Büro Berlin"))
    shelf.set_tags(home, ["to do", "Garden"])
    shelf.set_archived(home, True)
    both, at_home, at_work = (
        ["[needle] answered", "[needle] at home", "[needle] in work"],
        ["[needle] answered", "[needle] at home"],
        ["[needle] in work"],
    )
    expected = {
        "needle": both,
        "needle role:me": ["[needle] at home", "[needle] in work"],
        "needle -role:me": ["[needle] answered"],
        "needle model:smol": ["[needle] answered"],
        "answer model:qwen2.5": ["an [answer]"],
        "answer -model:qwen2.5": [],
        "needle in:buro": at_work,
        "needle in:berlin": at_work,
        'needle in:"büro"': [],
        'needle in:"buro berlin"': at_work,
        "needle -in:buro": at_home,
        "needle in:nowhere": [],
        "needle tag:gard": at_home,
        'needle tag:"to do"': at_home,
        "needle tag:to tag:garden": at_home,
        "needle -tag:garden": at_work,
        "needle in:archive": at_home,
        "needle -in:archive": at_work,
        "needle before:2026-05-02": at_work,
        "needle before:2026-05-01": [],
        "needle after:2026-05-01": both,
        "needle after:2026-05-02": at_home,
        "needle -after:2026-05-02": at_work,
        "needle after:2026 before:2027": both,
        "needle after:11d": at_home,
        "needle before:today": both,
        "tag:garden": ["Home"],
        "in:berlin": ["Work"],
        "in:archive": ["Home"],
        "after:2026-05-02": ["Home"],
        "model:qwen": ["an answer"],
        "role:me": ["needle at home", "needle in work"],
        "-needle": ["an answer"],
        "-needle -answer": [],
    }
    assert {query: shelves.texts(query) for query in expected} == expected
    assert [hit.archived for hit in shelves.find("needle")] == [True, True, False]


def test_pages_follow_each_other(shelves: Shelves) -> None:
    for number in range(14):
        shelves.chat(f"cat {number}", f"cat question {number}", f"cat answer {number}")
        shelves.now += DAY / 3
    for query, count in (("cat", TITLES + 28), ("cat in:title", 14), ("after:2026-01", 14), ("role:me", 14)):
        whole = shelves.find(query, 100)
        assert len(whole) == len(set(whole)) == count
        for limit in (1, 7, TITLES + TITLES):
            pages: list[Hit] = []
            while page := shelves.find(query, limit, pages[-1] if pages else None):
                assert len(page) <= limit
                pages += page
            if query != "cat" or limit >= 2 * TITLES:  # a short page has fewer titles before the messages
                assert pages == whole
            else:
                assert [hit for hit in pages if hit.kind is HitKind.MESSAGE] == whole[TITLES:]


def test_long_message_has_a_short_snippet(shelves: Shelves) -> None:
    shelves.chat("Title", "слово " * 20_000 + "needle " + "漢字" * 20_000)
    [hit] = shelves.find("needle")
    assert len(hit.text.text) < 200
    assert hit.text.marks


def test_sees_what_was_written_since_and_opens_again(shelves: Shelves) -> None:
    assert shelves.find("needle") == []
    shelves.chat("Title", "needle")
    assert len(shelves.find("needle")) == 1
    shelves.search.close()
    shelves.search.close()
    shelves.search.cancel()
    assert len(shelves.find("needle")) == 1


def test_never_writes(shelves: Shelves, tmp_path: Path) -> None:
    shelves.chat("Title", "needle")
    shelves.database.close()
    before = (tmp_path / "desktopchat.db").read_bytes()
    assert len(shelves.find("needle")) == 1
    shelves.search.close()
    assert (tmp_path / "desktopchat.db").read_bytes() == before


def test_cancelled_search_ends(shelves: Shelves) -> None:
    shelves.chat("Title", "needle")
    assert len(shelves.find("needle")) == 1
    connection = shelves.search._connection
    assert connection is not None
    running, go_on = threading.Event(), threading.Event()

    def wait_inside() -> bool:
        running.set()
        go_on.wait(10)
        return False

    connection.set_progress_handler(wait_inside, 1)
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(shelves.search.find(parse("needle", TODAY))))
    thread.start()
    assert running.wait(10)
    shelves.search.cancel()
    go_on.set()
    thread.join(10)
    assert found == [None]
    connection.set_progress_handler(None)
    assert len(shelves.find("needle")) == 1


class Opening:
    """A connection that opens the index when the search is cancelled: SQLite tells most such interrupts as an error."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def execute(self, *_: Any) -> None:
        self._search.cancel()
        raise apsw.SQLError("vtable constructor failed: conversation_index")

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def test_search_cancelled_while_the_index_is_opened_ends(shelves: Shelves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktopchat.storage.search.open_connection", lambda *_, **__: Opening(shelves.search))
    assert shelves.search.find(parse("needle", TODAY)) is None


def test_damaged_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "desktopchat.db").write_bytes(b"no database" * 1000)
    with pytest.raises(DamagedDatabaseError):
        Search(tmp_path / "desktopchat.db", lambda: None).find(parse("x", TODAY))


PIECES = [
    "cat",
    "dog",
    "Cafe",
    "café",
    "foo.bar",
    "x_y",
    "C++",
    "天气",
    "天",
    "AND",
    "NEAR(",
    '"',
    "-",
    "*",
    "^",
    "\x00",
]


def has(text: str, term: Term) -> bool:
    """Return whether the words of a term follow each other in a text."""
    found, count = words(text), len(term.words)
    for start in range(len(found) - count + 1):
        *front, last = found[start : start + count]
        if front == list(term.words[:-1]) and (
            last == term.words[-1] or (term.prefix and last.startswith(term.words[-1]))
        ):
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(PIECES)).map(" ".join), max_size=5),
    st.lists(st.lists(st.sampled_from([*PIECES, " ", "ca", "role:me", "tag:"]) | st.text(max_size=3)).map("".join)),
)
def test_finds_exactly_what_has_the_words(texts: list[str], queries: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shelves = Shelves(Path(folder) / "desktopchat.db")
        conversation_id = shelves.stores.conversations.create().id
        for text in texts:
            shelves.database.insert(
                "INSERT INTO message (conversation_id, parent_id, role, content, state, created_at)"
                " VALUES (?, ?, 'user', ?, 'complete', ?)",
                (conversation_id, -conversation_id, f"{text} .", NOON),
            )
        for query_text in queries:
            query = parse(query_text, TODAY, typing=True)
            expected = [
                f"{text} ."
                for text in reversed(texts)
                if all(has(text, term) for term in query.wanted) and not any(has(text, term) for term in query.unwanted)
            ]
            only_filters = not query.wanted and not query.unwanted and not query.filters
            found = [words(hit.text.text) for hit in shelves.find(query_text, typing=True) if hit.message_id]
            assert found == ([] if only_filters else [words(text) for text in expected]), query
        shelves.search.close()
        shelves.database.close()


def test_titles_are_all_that_are_not_in_the_trash(shelves: Shelves) -> None:
    first = shelves.chat("Boats", "a")
    shelves.now += DAY
    second = shelves.chat("天气", "b")
    gone = shelves.chat("Gone", "c")
    shelves.stores.trash.delete_conversation(gone)
    shelves.stores.shelf.set_archived(first, True)
    assert shelves.search.titles() == [(second, "天气"), (first, "Boats")]
