"""What all answers took, from the database."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from desktopchat.core.chat import FinishReason, MessageState, Timings, Usage
from desktopchat.core.cost import LedgerBy, LedgerRow, total
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.database import Database
from desktopchat.storage.ledger import read_ledger
from desktopchat.storage.stores import Stores

NOON = time.mktime((2026, 5, 17, 12, 0, 0, 0, 0, -1))  # of the machine's own time
DAY = 86_400


class Shop:
    """A store in which things are answered on chosen days."""

    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.database = Database(path)
        self.stores = Stores(self.database, lambda: self.now)

    def conversation(self, title: str) -> int:
        return self.stores.conversations.create(title).id

    def answer(self, conversation: int, usage: Usage, timings: Timings, model: str = "tiny", path: str = "") -> int:
        store = self.stores.conversations
        identity = ModelIdentity(model, path)
        _, answer = store.add_turn(conversation, None, "Why?", model=identity, sampling=SamplingParams())
        store.finish(
            answer.id, content="So.", state=MessageState.COMPLETE, finish_reason=FinishReason.STOP, seed=1,
            usage=usage, timings=timings,
        )  # fmt: skip
        return answer.id

    def rows(self, by: LedgerBy) -> tuple[LedgerRow, ...]:
        return read_ledger(self.database, by)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "desktopchat.db")
    yield made
    made.database.close()


ESTIMATED = Timings(0.1, 0.5, 1.5, joules=130.0, watts=65.0)
MEASURED = Timings(0.1, 1.0, 3.0, joules=40.0)


def test_days_are_those_of_the_machine_newest_first(shop: Shop) -> None:
    one = shop.conversation("One")
    shop.now = NOON - 11.9 * 3600  # just after midnight
    shop.answer(one, Usage(10, 0, 5), ESTIMATED)
    shop.now = NOON + 11.9 * 3600  # just before midnight
    shop.answer(one, Usage(20, 20, 7), MEASURED)
    shop.now = NOON + DAY
    shop.answer(one, Usage(1, 0, 1), Timings())
    assert shop.rows(LedgerBy.DAY) == (
        LedgerRow("2026-05-18", 1, 1, 1, 0.0, unknown=1),
        LedgerRow("2026-05-17", 2, 30, 12, 6.0, 40.0, 130.0, (65.0, 65.0)),
    )


def test_model_in_two_places_is_one(shop: Shop) -> None:
    one = shop.conversation("One")
    shop.answer(one, Usage(10, 0, 5), ESTIMATED, "tiny", "/a/tiny.gguf")
    shop.answer(one, Usage(20, 0, 7), ESTIMATED, "tiny", "/b/tiny.gguf")
    shop.answer(one, Usage(30, 0, 90), ESTIMATED, "large")
    assert [(row.name, row.answers, row.completion_tokens) for row in shop.rows(LedgerBy.MODEL)] == [
        ("large", 1, 90),
        ("tiny", 2, 12),
    ]


def test_conversations_in_the_trash_count(shop: Shop) -> None:
    one, two = shop.conversation("One"), shop.conversation("One")
    shop.answer(one, Usage(10, 0, 5), ESTIMATED)
    answer = shop.answer(two, Usage(20, 0, 7), ESTIMATED)
    shop.stores.trash.delete_message(answer)
    shop.stores.trash.delete_conversation(one)
    assert [(row.name, row.completion_tokens) for row in shop.rows(LedgerBy.CONVERSATION)] == [("One", 7), ("One", 5)]


def test_each_of_several_answers_bears_its_share_and_what_was_before(shop: Shop) -> None:
    one = shop.conversation("One")
    for _ in range(4):
        shop.answer(one, Usage(102, completion_tokens=43, answers=4), Timings(0.1, 0.5, 1.5, joules=32.5, watts=65.0))
    continued = Usage(9, 0, 1, earlier_prompt_tokens=3, earlier_completion_tokens=2)
    shop.answer(one, continued, Timings(0.1, 1.0, 1.0, earlier_seconds=5.0, joules=1.0, watts=20.0))
    (row,) = shop.rows(LedgerBy.DAY)
    assert row == LedgerRow("2026-05-17", 5, 114, 46, 9.0, 0.0, 131.0, (20.0, 65.0))


def test_what_was_generated_beside_answers_counts_but_is_no_answer(shop: Shop) -> None:
    one = shop.conversation("One")
    shop.answer(one, Usage(10, 0, 5), ESTIMATED)
    asides = shop.stores.conversations.asides
    rows = asides.add(one, ModelIdentity("tiny"), Usage(40, 0, 20), Timings(0.1, 0.5, 1.5, joules=130.0, watts=65.0), 4)
    (row,) = shop.rows(LedgerBy.MODEL)
    assert row == LedgerRow("tiny", 1, 50, 25, 4.0, 0.0, 260.0, (65.0, 65.0))
    asides.remove(rows[:2])
    assert [row.completion_tokens for row in shop.rows(LedgerBy.CONVERSATION)] == [15]
    shop.stores.trash.delete_conversation(one)
    shop.now += 400 * DAY
    shop.stores.trash.purge()
    assert shop.database.execute("SELECT * FROM aside") == []


def test_questions_and_what_was_never_answered_do_not_count(shop: Shop) -> None:
    one = shop.conversation("One")
    shop.answer(one, Usage(), Timings())
    shop.stores.conversations.add_turn(one, None, "Why?", model=ModelIdentity("m"), sampling=SamplingParams())
    assert shop.rows(LedgerBy.MODEL) == ()


def test_answers_of_before_energy_was_counted_are_unknown(shop: Shop) -> None:
    answer = shop.answer(shop.conversation("One"), Usage(10, 0, 5), ESTIMATED)
    usage, timings = asdict(Usage(10, 0, 5)), asdict(ESTIMATED)
    for key in ("answers", "earlier_prompt_tokens", "earlier_completion_tokens"):
        del usage[key]
    for key in ("earlier_seconds", "joules", "watts"):
        del timings[key]
    shop.database.execute(
        "UPDATE message SET usage = ?, timings = ? WHERE id = ?", (json.dumps(usage), json.dumps(timings), answer)
    )
    assert shop.stores.conversations.message(answer).timings.joules == 0.0
    assert shop.rows(LedgerBy.DAY) == (LedgerRow("2026-05-17", 1, 10, 5, 2.0, unknown=1),)


@pytest.mark.parametrize("by", LedgerBy)
def test_every_way_adds_up_to_the_same(shop: Shop, by: LedgerBy) -> None:
    for number in range(1, 6):
        shop.now = NOON + number // 2 * DAY
        shop.answer(shop.conversation(str(number % 2)), Usage(number, 0, number), ESTIMATED, f"m{number % 3}")
    assert total(shop.rows(by)) == LedgerRow("", 5, 15, 15, 10.0, 0.0, 650.0, (65.0, 65.0))
