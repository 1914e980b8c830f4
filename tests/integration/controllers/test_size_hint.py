"""What size of model fits is said once, after the first answer of the starter model that tells something."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject

from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.size_hint import SizeHint
from desktopchat.core.device import Device
from desktopchat.core.model_size import Suggestion
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import BackendInfo
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.library import starter

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages
STARTER = ModelFile(f"/models/{starter.FILE}", starter.NAME, starter.SIZE, "llama")
LARGE = ModelFile("/models/large.gguf", "large", starter.SIZE, "llama")
GB = 10**9


class Engine(ScriptedEngine):
    """Has as much memory as a test wants."""

    def __init__(self, *devices: Device) -> None:
        super().__init__(rate=1000)
        self._devices = devices

    def backend_info(self) -> BackendInfo:
        return BackendInfo("scripted", "1", "no build", self._devices, supports_gpu=False)


PROCESSOR = Device("CPU", "A processor", "cpu", 6 * GB, 8 * GB)


@pytest.fixture
def start(make_rig: Callable[..., Rig]) -> Callable[..., tuple[Rig, list[Suggestion]]]:
    def start(model: ModelFile = STARTER, *devices: Device) -> tuple[Rig, list[Suggestion]]:
        rig = make_rig(Engine(*(devices or (PROCESSOR,))))
        told: list[Suggestion] = []
        listen(rig, told)
        with rig.qtbot.waitSignal(rig.models.model_loaded):
            rig.models.load(model)
        rig.drain()
        rig.chat.set_sampling(SamplingParams(max_tokens=40))
        return rig, told

    return start


def listen(rig: Rig, told: list[Suggestion]) -> None:
    """Do what the start of the program does."""
    rig.hint = SizeHint(rig.chat, rig.models, rig.worker, rig.storage, rig.store)
    rig.hint.suggested.connect(told.append)
    rig.hint.start()


class Ear(QObject):
    """Hears in the thread of the test, as a slot of a QObject does."""

    def __init__(self, worker: EngineWorker) -> None:
        super().__init__()
        self.heard = 0
        worker.devices_seen.connect(self._on_worker_devices_seen)

    def _on_worker_devices_seen(self, _info: BackendInfo) -> None:
        self.heard += 1


def looked(rig: Rig) -> None:
    """Wait until the engine has told of its devices."""
    ear = Ear(rig.worker)
    rig.worker.look_at_devices()
    rig.wait(lambda: ear.heard > 0)


def test_it_is_said_after_the_first_answer_and_never_again(start: Callable[..., Any]) -> None:
    rig, told = start()
    rig.say("hello")
    rig.wait(lambda: bool(told))
    assert told[0].memory.free == 6 * GB
    assert 2 * starter.SIZE < told[0].size < 5 * GB
    rig.say("again")
    looked(rig)
    assert len(told) == 1
    listen(rig, told)
    rig.drain()
    rig.say("after a restart")
    looked(rig)
    assert len(told) == 1


def test_short_answer_says_too_little(start: Callable[..., Any]) -> None:
    rig, told = start()
    rig.say("say: no")
    looked(rig)
    assert told == []
    rig.say("more")
    rig.wait(lambda: bool(told))


def test_other_models_were_chosen_by_somebody(start: Callable[..., Any]) -> None:
    rig, told = start(LARGE)
    rig.say("hello")
    looked(rig)
    assert told == []


def test_where_no_better_one_fits_nothing_is_said(start: Callable[..., Any]) -> None:
    rig, told = start(STARTER, Device("CPU", "A processor", "cpu", starter.SIZE, 8 * GB))
    rig.say("hello")
    looked(rig)
    assert told == []
