"""After a lack of memory a smaller load is offered, with what it will do, and done on one command."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from desktopchat.core.errors import EngineCrashedForMemoryError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationEvent, GenerationRequest, LoadEvent
from desktopchat.engine.scripted import ScriptedEngine

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


class HungryEngine(ScriptedEngine):
    """Dies for want of memory in its answer while the context is over 1,024 tokens."""

    def __init__(self) -> None:
        super().__init__(rate=0)
        self.loads: list[LoadParams] = []

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        self.loads.append(params)
        yield from super().load(model, params)

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        for event in super().generate(request):
            yield event
            if isinstance(event, Delta) and self.loads[-1].kv_type != "q8_0":
                self.unload()
                raise EngineCrashedForMemoryError("The engine ran out of memory.", "Load it smaller.")


@pytest.fixture
def hungry(make_rig: Callable[..., Rig]) -> Rig:
    rig = make_rig(HungryEngine())
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=3))
    return rig


def test_each_rung_is_offered_and_taken_on_command(hungry: Rig) -> None:
    hungry.say("hello")
    assert hungry.stored()[-1] == "word1"
    assert hungry.notices[-1].command == "model.load_smaller"
    assert "2,048 tokens" in hungry.notices[-1].cure
    assert len(hungry.engine.loads) == 1, "nothing is tried again unasked"

    with hungry.qtbot.waitSignal(hungry.models.model_loaded):
        hungry.models.load_smaller()
    hungry.answer(hungry.chat.continue_answer)
    assert "q8_0" in hungry.notices[-1].cure

    with hungry.qtbot.waitSignal(hungry.models.model_loaded):
        hungry.models.load_smaller()
    hungry.answer(hungry.chat.continue_answer)
    assert [(p.n_ctx, p.kv_type) for p in hungry.engine.loads] == [(0, "auto"), (2048, "auto"), (2048, "q8_0")]
    assert hungry.stored()[-1].startswith("word1 word2 word3")


def test_at_the_bottom_another_model_is_the_cure(hungry: Rig) -> None:
    for _ in range(2):
        with hungry.qtbot.waitSignal(hungry.models.model_loaded):
            hungry.models.load_smaller()
    hungry.models.load_smaller()
    assert "as little memory as it can" in hungry.notices[-1].cause
    assert hungry.notices[-1].command == "model.open"


def test_opening_the_file_again_starts_at_the_top(hungry: Rig) -> None:
    with hungry.qtbot.waitSignal(hungry.models.model_loaded):
        hungry.models.load_smaller()
    hungry.load()
    assert hungry.engine.loads[-1] == LoadParams()


def test_without_a_model_there_is_nothing_to_load(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.models.load_smaller()
    assert rig.notices[-1].command == "model.open"
