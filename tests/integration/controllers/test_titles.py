"""Titles made in the background give way to everything else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from desktopchat.controllers.titles import TitleController
from desktopchat.core.cost import LedgerBy
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import GenerationEvent, GenerationRequest
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.ledger import read_ledger

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


class NamingEngine(ScriptedEngine):
    """Answers a question for a title, whose number is negative, with `title`."""

    def __init__(self, title: str, rate: float = 0) -> None:
        super().__init__(rate=rate)
        self.title = title
        self.asked: list[int] = []

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        self.asked.append(request.id)
        if request.id < 0:
            last = replace(request.messages[-1], content=f"say: {self.title}")
            request = replace(request, messages=(last,))
        yield from super().generate(request)


@pytest.fixture
def named(make_rig: Callable[..., Rig]) -> Callable[[str], Rig]:
    def make(title: str, rate: float = 0) -> Rig:
        rig = make_rig(NamingEngine(title, rate))
        rig.titles = TitleController(rig.chat, rig.models, rig.worker, rig.storage, rig.store)
        rig.load()
        rig.chat.set_sampling(SamplingParams(max_tokens=2))
        return rig

    return make


def title(rig: Rig) -> str:
    found: str = rig.storage.call(lambda: rig.store.get(1).title)
    return found


def test_first_answer_brings_a_title(named: Callable[[str], Rig]) -> None:
    rig = named("Reefing sails")
    rig.say("how do I reef sails?")
    rig.wait(lambda: title(rig) == "Reefing sails")
    rig.say("and then?")
    rig.drain()
    assert [number for number in rig.engine.asked if number < 0] == [-1]  # once
    (row,) = rig.storage.call(lambda: read_ledger(rig.database, LedgerBy.CONVERSATION))
    assert (row.answers, row.completion_tokens) == (2, 2 + 2 + 2)  # two of the title "Reefing sails"


def test_what_is_no_title_leaves_the_first_line(named: Callable[[str], Rig]) -> None:
    rig = named("Something about cooking")
    finished: list[int] = []
    rig.worker.generation_finished.connect(lambda number, _result: finished.append(number))
    rig.chat.send("how do I reef sails?")
    rig.wait(lambda: -1 in finished)
    rig.drain()
    assert title(rig) == "how do I reef sails?"


def test_title_of_a_person_stays(named: Callable[[str], Rig]) -> None:
    rig = named("Reefing sails")
    rig.storage.call(lambda: rig.store.create("Mine"))
    rig.chat.open_conversation(1)
    rig.wait(lambda: rig.chat.conversation_id == 1)
    rig.say("how do I reef sails?")
    rig.drain()
    assert title(rig) == "Mine"
    assert all(number > 0 for number in rig.engine.asked)


def test_next_message_does_not_wait_for_a_title(named: Callable[..., Rig]) -> None:
    rig = named("Reefing sails " * 200, rate=20)
    rig.say("how do I reef sails?")
    rig.wait(lambda: -1 in rig.engine.asked)
    rig.say("more")
    assert len(rig.storage.call(rig.stored)) == 4
    assert title(rig) == "how do I reef sails?"
