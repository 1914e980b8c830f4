"""Tokens of answers on the disk."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopchat.core.chat import FinishReason, Message, MessageState, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.token import ALTERNATIVES, Alternative, TokenLogprobs
from desktopchat.core.token_log import TokenLog
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores

ONE_MEGABYTE = 1_000_000


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    database = Database(tmp_path / "desktopchat.db")
    yield Stores(database)
    database.close()


def asked(stores: Stores, text: str = "Why?") -> Message:
    store = stores.conversations
    conversation = store.create()
    return store.add_turn(conversation.id, None, text, model=ModelIdentity("m"), sampling=SamplingParams())[1]


def finished(stores: Stores, message: Message, content: str) -> Message:
    return stores.conversations.finish(
        message.id,
        content=content,
        state=MessageState.COMPLETE,
        finish_reason=FinishReason.STOP,
        seed=1,
        usage=Usage(),
        timings=Timings(),
    )


def log_of(*texts: str) -> TokenLog:
    return TokenLog(TokenLogprobs(Alternative(1, text.encode(), -0.5), ()) for text in texts)


def wild_log(count: int) -> TokenLog:
    """Return tokens of a vocabulary of 150,000 that have nothing to do with each other: no text packs as badly."""
    draw = random.Random(count)

    def one(logprob: float) -> Alternative:
        number = draw.randrange(150_000)
        return Alternative(number, random.Random(number).randbytes(1 + number % 9), logprob)

    steps = []
    for _ in range(count):
        top = tuple(one(value) for value in sorted((-20 * draw.random() for _ in range(ALTERNATIVES)), reverse=True))
        steps.append(TokenLogprobs(draw.choice(top), top))
    return TokenLog(steps)


def test_a_log_is_kept_and_replaced(stores: Stores) -> None:
    tokens, answer = stores.conversations.tokens, asked(stores)
    assert len(tokens.read(answer.id)) == 0
    tokens.keep(answer.id, log_of("A", " cat"))
    assert list(tokens.read(answer.id)) == list(log_of("A", " cat"))
    tokens.keep(answer.id, log_of("B"))
    assert list(tokens.read(answer.id)) == list(log_of("B"))


def test_what_comes_later_goes_behind_what_is_known(stores: Stores) -> None:
    tokens, answer = stores.conversations.tokens, asked(stores)
    tokens.go_on(answer.id, "", log_of("A", " small"))
    tokens.go_on(answer.id, "A small grey", log_of(" cat"))
    found = tokens.read(answer.id)
    assert [found.piece(place) for place in range(4)] == [b"A", b" small", b" grey", b" cat"]
    assert [found.is_given(place) for place in range(4)] == [False, False, True, False]


def test_a_damaged_log_is_none(stores: Stores) -> None:
    tokens, answer = stores.conversations.tokens, asked(stores)
    tokens.keep(answer.id, log_of("A"))
    stores.database.execute("UPDATE token_log SET content = x'01ff'")
    assert len(tokens.read(answer.id)) == 0


def test_it_goes_with_its_message(stores: Stores) -> None:
    tokens = stores.conversations.tokens
    first, second = finished(stores, asked(stores), "One"), finished(stores, asked(stores), "Two")
    for answer in (first, second):
        tokens.keep(answer.id, log_of("A"))
    stores.trash.delete_message(first.id)
    assert len(tokens.read(first.id)) == 1  # it may be brought back
    stores.trash.delete_conversation(second.conversation_id)
    stores.trash.purge(days=-1)
    assert stores.database.execute("SELECT count(*) FROM token_log") == [(0,)]


def test_it_is_encrypted_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "desktopchat.db"
    database = Database(path, key=Passphrase("secret"))
    stores = Stores(database)
    answer = asked(stores)
    stores.conversations.tokens.keep(answer.id, log_of("A"))
    packed = log_of("A").pack()
    database.close()
    assert packed not in path.read_bytes()


def test_an_answer_of_4000_tokens_takes_less_than_a_megabyte(tmp_path: Path) -> None:
    path = tmp_path / "desktopchat.db"
    database = Database(path)
    stores = Stores(database)
    answers = [finished(stores, asked(stores), "A") for _ in range(2)]
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.stat().st_size
    for answer in answers:
        stores.conversations.tokens.keep(answer.id, wild_log(4000))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.stat().st_size - before < len(answers) * ONE_MEGABYTE
    assert len(stores.conversations.tokens.read(answers[0].id)) == 4000
    database.close()
