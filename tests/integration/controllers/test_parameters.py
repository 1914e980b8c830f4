"""Defaults and presets outlive the program and reach new conversations."""

from collections.abc import Callable
from typing import Any

from desktopchat.controllers.parameters import ParameterController
from desktopchat.core.notice import Notice
from desktopchat.core.parameter_layers import Origin, Source
from desktopchat.core.params import SamplingParams

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


def parameters_of(rig: Rig) -> ParameterController:
    parameters = ParameterController(rig.chat, rig.models, rig.storage, rig.store, rig.chat)
    parameters.start()
    rig.drain()
    return parameters


def test_default_of_a_model_is_there_after_a_restart(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.load()
    parameters = parameters_of(rig)
    rig.chat.set_sampling(SamplingParams(temperature=0.3))
    parameters.make_default(for_model=True)
    assert parameters.origins()["temperature"] == Origin(Source.MODEL)
    rig.drain()

    rig = make_rig()
    parameters = parameters_of(rig)
    assert rig.chat.sampling == SamplingParams()  # no model is open yet
    rig.load()
    assert rig.chat.sampling == SamplingParams(temperature=0.3)
    assert parameters.origins()["temperature"] == Origin(Source.MODEL)


def test_new_conversation_starts_with_the_defaults_and_a_stored_one_keeps_its_own(rig: Rig) -> None:
    parameters = parameters_of(rig)
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.say("Hello")
    first = rig.chat.conversation_id
    assert first is not None
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.new_conversation()
    assert rig.chat.sampling == SamplingParams()
    rig.chat.set_sampling(SamplingParams(top_k=7))
    parameters.make_default(for_model=False)
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.open_conversation(first)
    assert rig.chat.sampling == SamplingParams(max_tokens=2)
    parameters.reset("top_k")
    assert rig.chat.sampling == SamplingParams(max_tokens=2, top_k=7)
    rig.drain()
    assert rig.storage.call(lambda: rig.store.get(first).sampling) == SamplingParams(max_tokens=2, top_k=7)


def test_what_was_changed_in_a_new_conversation_outlives_the_load_of_a_model(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    parameters_of(rig)
    rig.chat.set_sampling(SamplingParams(temperature=1.2))
    rig.load()
    assert rig.chat.sampling.temperature == 1.2


def test_own_preset_is_saved_used_and_removed(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    parameters = parameters_of(rig)
    rig.chat.set_sampling(SamplingParams(temperature=1.7))
    parameters.save_preset("Wild")
    rig.drain()
    rig = make_rig()
    parameters = parameters_of(rig)
    parameters.apply_preset("Wild")
    assert rig.chat.sampling.temperature == 1.7
    assert parameters.origins()["temperature"] == Origin(Source.PRESET, "Wild")
    rig.chat.set_sampling(rig.chat.sampling.changed(temperature=1.6))
    assert parameters.origins()["temperature"] == Origin(Source.CHANGED, "Wild")
    parameters.forget_preset("Wild")
    assert parameters.origins()["temperature"] == Origin(Source.CONVERSATION)


def test_preset_of_the_program_is_not_replaced(rig: Rig) -> None:
    parameters = parameters_of(rig)
    notices: list[Notice] = []
    parameters.noticed.connect(notices.append)
    parameters.save_preset("Code")
    assert [notice.cause for notice in notices] == ["Code is a preset of the program."]
    assert len(parameters.presets) == 4
