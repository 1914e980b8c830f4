"""A model that would not fit is refused with what would, and what models took is remembered."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from desktopchat.core.load_plan import plan_load
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.memory_words import refusal
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import LoadEvent, LoadPlanned, ModelLoaded
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.state import LAST_LOAD
from tests.shapes import DENSE, GB, cpu

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages
LARGE = ModelFile("/models/large.gguf", "large", 5 * GB, "llama", n_ctx_train=131_072, shape=DENSE)


class PlanningEngine(ScriptedEngine):
    """Plans as the real one does, on a computer with little memory; buffers come out a quarter larger."""

    def __init__(self, free: int = 9 * GB) -> None:
        super().__init__(rate=0)
        self.free = free
        self.loads: list[LoadParams] = []

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        assert model.shape is not None
        self.loads.append(params)
        plan = plan_load(model.shape, params, (cpu(self.free),))
        yield LoadPlanned(plan)
        if params.must_fit and plan.lacking is not None:
            raise refusal(model, plan)
        *progress, last = super().load(model, plan.applied(params))
        yield from progress
        assert isinstance(last, ModelLoaded)
        (part,) = plan.memory
        predicted = part.compute / params.learned[2]
        took = DeviceMemory("CPU", part.weights, part.kv, int(predicted * 1.25))
        yield ModelLoaded(replace(last.info, plan=plan, took=(took,)))


@pytest.fixture
def small(make_rig: Callable[..., Rig]) -> Rig:
    return make_rig(PlanningEngine())


def refuse(rig: Rig, n_ctx: int = 32_768) -> None:
    rig.models.params = LoadParams(n_ctx=n_ctx)
    with rig.qtbot.waitSignal(rig.models.load_failed):
        rig.models.load(LARGE)


def test_a_refusal_says_what_is_lacking_and_offers_what_would_fit(small: Rig) -> None:
    refuse(small)
    notice = small.notices[-1]
    assert notice.cause.startswith("large would take 11.8 GB")
    assert "only 9.0 GB are free" in notice.cause
    assert notice.command == "model.load_shorter"
    assert notice.others == ("model.load_quantised", "model.load_anyway")
    assert "8,192 tokens" in notice.cure
    assert "KV cache" in notice.details
    assert small.models.ways_are_open


@pytest.mark.parametrize(
    ("command", "wanted"), [("model.load_shorter", (8192, "auto")), ("model.load_quantised", (32_768, "q8_0"))]
)
def test_each_way_is_taken_on_command_and_kept(small: Rig, command: str, wanted: tuple[int, str]) -> None:
    refuse(small)
    with small.qtbot.waitSignal(small.models.model_loaded):
        small.models.load_way(command)
    params = small.engine.loads[-1]
    assert (params.n_ctx, params.kv_type) == wanted
    assert not small.models.ways_are_open
    with small.qtbot.waitSignal(small.models.unloaded):
        small.models.unload()
    with small.qtbot.waitSignal(small.models.model_loaded):
        small.models.ensure_loaded()
    assert (small.engine.loads[-1].n_ctx, small.engine.loads[-1].kv_type) == wanted


def test_a_way_that_was_not_offered_is_no_way(small: Rig) -> None:
    refuse(small)
    small.models.load_way("model.load_on_cpu")
    assert "not fit that way" in small.notices[-1].cause
    assert len(small.engine.loads) == 1


def test_it_can_be_loaded_anyway(small: Rig) -> None:
    small.models.load_anyway()
    assert small.engine.loads == [], "nothing was refused yet"
    refuse(small)
    with small.qtbot.waitSignal(small.models.model_loaded):
        small.models.load_anyway()
    assert (small.engine.loads[-1].n_ctx, small.engine.loads[-1].must_fit) == (32_768, False)


def test_a_model_that_is_too_large_in_every_way_is_said_to_be_so(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PlanningEngine(2 * GB))
    refuse(rig)
    notice = rig.notices[-1]
    assert (notice.command, notice.others) == ("model.open", ("model.load_anyway",))
    assert "smaller model" in notice.cure


def test_what_was_learned_corrects_the_next_load_also_after_a_restart(small: Rig, make_rig: Callable[..., Rig]) -> None:
    for _load in range(2):
        with small.qtbot.waitSignal(small.models.model_loaded):
            small.models.load(LARGE)
    assert small.engine.loads[0].learned == (1.0, 1.0, 1.0)
    assert small.engine.loads[1].learned == pytest.approx((1.0, 1.0, 1.25), abs=1e-6)
    small.drain()

    again = make_rig(PlanningEngine())
    again.models.start()
    again.drain()
    with again.qtbot.waitSignal(again.models.model_loaded):
        again.models.load(LARGE)
    assert again.engine.loads[0].learned == pytest.approx((1.0, 1.0, 1.25), abs=1e-6)
    with again.qtbot.waitSignal(again.models.model_loaded):
        again.models.load(replace(LARGE, size=6 * GB))
    assert again.engine.loads[1].learned == (1.0, 1.0, 1.0), "it is another file now"


def test_the_last_load_is_kept_for_the_doctor(small: Rig) -> None:
    with small.qtbot.waitSignal(small.models.model_loaded):
        small.models.load(LARGE)
    small.drain()
    done: list[Any] = []
    small.storage.run(lambda: small.store.get_state(LAST_LOAD, None), done.append)
    small.wait(lambda: bool(done))
    last = done[0]
    assert last["model"] == "large"
    assert last["context"] == 4096
    (device,) = last["devices"]
    assert device["took"]["weights"] == device["planned"]["weights"]
    assert device["took"]["compute"] > device["planned"]["compute"]
