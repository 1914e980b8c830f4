"""A store with a conversation that has branches."""

from dataclasses import dataclass
from pathlib import Path

from desktopchat.core.chat import FinishReason, MessageState, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores

MODEL = ModelIdentity("tiny", "/models/tiny.gguf", "Q4")


@dataclass
class Garden:
    """What `make_garden` has planted; the numbers are ids of messages.

    cat ── small ── dog ── larger
     │        └──── bird ── flies          (shown)
     └──── furry ── why ── warm
    """

    database: Database
    stores: Stores
    conversation: int
    cat: int
    small: int
    dog: int
    larger: int
    furry: int
    why: int
    warm: int
    bird: int
    flies: int


def answered(stores: Stores, answer_id: int, text: str, *, reasoning: str = "") -> int:
    """End an answer with a text."""
    stores.conversations.finish(
        answer_id,
        content=text,
        reasoning=reasoning,
        state=MessageState.COMPLETE,
        finish_reason=FinishReason.STOP,
        seed=7,
        usage=Usage(10, 4, 6),
        timings=Timings(0.5, 0.75, 1.25),
    )
    return answer_id


def make_garden(folder: Path) -> Garden:
    """Return an open store with the tree of `Garden`."""
    database = Database(folder / "garden.db")
    stores = Stores(database)
    store = stores.conversations
    conversation = store.create("Animals").id

    def turn(parent: int | None, text: str, answer: str) -> tuple[int, int]:
        asked, given = store.add_turn(conversation, parent, text, model=MODEL, sampling=SamplingParams())
        return asked.id, answered(stores, given.id, answer)

    cat, small = turn(None, "What is a cat?", "A small animal.\nIt sleeps.")
    dog, larger = turn(small, "And a dog?", "Larger.")
    furry = store.add_reply(conversation, cat, model=MODEL, sampling=SamplingParams()).id
    answered(stores, furry, "A furry animal.\nIt sleeps.")
    why, warm = turn(furry, "Why furry?", "To be warm.")
    bird, flies = turn(small, "And a bird?", "It flies.")
    return Garden(database, stores, conversation, cat, small, dog, larger, furry, why, warm, bird, flies)
