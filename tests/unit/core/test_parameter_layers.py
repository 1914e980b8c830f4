"""A value says where it comes from, and defaults reach what was left alone."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.errors import UserError
from desktopchat.core.parameter_layers import BUILT_IN, Origin, ParameterLayers, Preset, Source
from desktopchat.core.params import PARAMETERS, SamplingParams

PLAIN = SamplingParams()
LAYERS = ParameterLayers({"temperature": 0.5, "top_k": 10}, {"qwen": {"temperature": 0.6}})


def source(layers: ParameterLayers, sampling: SamplingParams, model: str, name: str) -> Origin:
    return layers.origins(sampling, model)[name]


def test_new_conversation_starts_with_the_defaults_of_its_model() -> None:
    assert LAYERS.defaults("qwen") == PLAIN.changed(temperature=0.6, top_k=10)
    assert LAYERS.defaults("other") == PLAIN.changed(temperature=0.5, top_k=10)
    assert ParameterLayers().defaults("qwen") == PLAIN


def test_origin_tells_the_layer() -> None:
    sampling = LAYERS.defaults("qwen").changed(max_tokens=7)
    assert source(LAYERS, sampling, "qwen", "temperature") == Origin(Source.MODEL)
    assert source(LAYERS, sampling, "qwen", "top_k") == Origin(Source.EVERYWHERE)
    assert source(LAYERS, sampling, "qwen", "max_tokens") == Origin(Source.CONVERSATION)
    assert source(LAYERS, sampling, "qwen", "top_p") == Origin(Source.PROGRAM)


def test_programs_value_is_a_choice_where_the_default_is_another() -> None:
    assert source(LAYERS, PLAIN.changed(top_k=3), "qwen", "temperature") == Origin(Source.CONVERSATION)


@pytest.mark.parametrize("preset", [one for one in BUILT_IN if one.values], ids=lambda one: one.name)
def test_preset_is_known_by_all_its_values(preset: Preset) -> None:
    applied = preset.applied(PLAIN)
    layers = ParameterLayers()
    for name in preset.values:
        assert source(layers, applied, "", name) == Origin(Source.PRESET, preset.name)
    changed = applied.changed(dry_multiplier=0.3)
    assert source(layers, changed, "", "dry_multiplier") == Origin(Source.CHANGED, preset.name)
    assert source(layers, changed, "", next(iter(preset.values))) == Origin(Source.PRESET, preset.name)
    by_hand = changed.changed(preset="")
    assert source(layers, by_hand, "", next(iter(preset.values))) == Origin(Source.CONVERSATION)


def test_preset_is_known_also_where_its_values_were_chosen_by_hand() -> None:
    by_hand = BUILT_IN[0].applied(PLAIN).changed(preset="Creative")
    assert source(LAYERS, by_hand, "qwen", "temperature") == Origin(Source.PRESET, "Precise")


def test_preset_that_is_gone_is_not_named() -> None:
    layers = ParameterLayers().with_preset("Letters", PLAIN.changed(temperature=1.4))
    changed = layers.own[0].applied(PLAIN).changed(temperature=1.5)
    assert source(layers, changed, "", "temperature") == Origin(Source.CHANGED, "Letters")
    assert source(layers.without_preset("Letters"), changed, "", "temperature") == Origin(Source.CONVERSATION)


def test_preset_changes_the_style_alone() -> None:
    before = SamplingParams(max_tokens=9, seed=4, n=2, mirostat=2, stop=("END",), grammar='root ::= "a"')
    after = BUILT_IN[0].applied(before)
    assert (after.max_tokens, after.seed, after.n, after.stop, after.grammar) == (9, 4, 2, ("END",), before.grammar)
    assert (after.temperature, after.mirostat) == (0.2, 0)


def test_presets_differ_and_hold_allowed_values() -> None:
    assert len({one.applied(PLAIN).changed(preset="") for one in BUILT_IN}) == len(BUILT_IN)
    for one in BUILT_IN:
        one.applied(PLAIN).validated()


def test_own_preset_is_saved_under_its_name_once() -> None:
    layers = ParameterLayers().with_preset("  My  letters ", PLAIN.changed(temperature=1.4, max_tokens=3))
    layers = layers.with_preset("my letters", PLAIN.changed(temperature=1.5))
    assert layers.own == (Preset("my letters", {"temperature": 1.5}, own=True),)
    assert layers.without_preset("MY LETTERS").own == ()


def test_preset_holds_thinking_where_it_was_chosen() -> None:
    quick = PLAIN.changed(temperature=0.3, enable_thinking=False, reasoning_effort="low")
    layers = ParameterLayers().with_preset("Quick", quick).with_preset("Letters", PLAIN.changed(temperature=1.4))
    layers = ParameterLayers.from_dict(json.loads(json.dumps(layers.to_dict())))
    first, second = layers.own
    applied = first.applied(PLAIN.changed(enable_thinking=True))
    assert (applied.enable_thinking, applied.reasoning_effort) == (False, "low")
    kept = second.applied(applied)
    assert (kept.temperature, kept.enable_thinking, kept.reasoning_effort) == (1.4, False, "low")
    assert source(layers, applied, "", "temperature") == Origin(Source.PRESET, "Quick")
    kept = BUILT_IN[0].applied(applied)
    assert (kept.enable_thinking, kept.reasoning_effort) == (False, "low")


@pytest.mark.parametrize("value", ["yes", 1, None, [], {}])
def test_thinking_that_is_none_is_left_out(value: object) -> None:
    presets = {"presets": {"A": {"enable_thinking": value, "reasoning_effort": value}}}
    (preset,) = ParameterLayers.from_dict(presets).own
    assert preset.values == {}


@pytest.mark.parametrize("name", ["", "  ", "precise"])
def test_preset_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(UserError):
        ParameterLayers().with_preset(name, PLAIN)


def test_what_was_left_alone_follows_other_defaults() -> None:
    old, new = PLAIN, PLAIN.changed(temperature=0.3, top_k=5)
    moved = LAYERS.rebased(PLAIN.changed(top_k=99, stop=("x",)), old, new)
    assert moved == PLAIN.changed(temperature=0.3, top_k=99, stop=("x",))


def test_defaults_of_a_model_hold_only_what_differs() -> None:
    layers = LAYERS.with_defaults(PLAIN.changed(temperature=0.5, top_k=11), "phi")
    assert layers.models["phi"] == {"top_k": 11}
    assert layers.defaults("phi") == PLAIN.changed(temperature=0.5, top_k=11)
    assert "qwen" in layers.models
    assert "qwen" not in LAYERS.with_defaults(LAYERS.defaults(""), "qwen").models


def test_defaults_of_all_leave_those_of_models() -> None:
    layers = LAYERS.with_defaults(PLAIN.changed(max_tokens=3))
    assert layers.everywhere == {"max_tokens": 3}
    assert layers.models == LAYERS.models


def test_what_is_not_allowed_is_left_out() -> None:
    read = ParameterLayers.from_dict(
        {"everywhere": {"temperature": 99, "top_k": True, "top_p": 0.5, "new": 1, "max_tokens": 1.5}, "more": 1}
    )
    assert read == ParameterLayers({"top_p": 0.5})


@st.composite
def samplings(draw: st.DrawFn) -> SamplingParams:
    values = {}
    for spec in PARAMETERS:
        if spec.decimals:
            numbers: st.SearchStrategy[float] = st.floats(spec.minimum, spec.maximum)
        else:
            numbers = st.integers(int(spec.minimum), int(spec.maximum))
        values[spec.name] = draw(st.none() | numbers if spec.name == "seed" else numbers)
    return SamplingParams(**values)


@given(samplings(), samplings(), st.sampled_from(["", "qwen"]))
def test_what_was_made_default_is_what_a_new_conversation_has(
    one: SamplingParams, other: SamplingParams, model: str
) -> None:
    layers = ParameterLayers().with_defaults(other).with_preset("Mine", other).with_defaults(one, model)
    assert layers.defaults(model) == replace(PLAIN, **{spec.name: getattr(one, spec.name) for spec in PARAMETERS})
    read = ParameterLayers.from_dict(json.loads(json.dumps(layers.to_dict())))
    assert read == layers
    conversation = {Source.CONVERSATION, Source.PRESET}
    assert not conversation & {origin.source for origin in layers.origins(one, model).values()}
