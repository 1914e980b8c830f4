"""Where the values of the parameters come from: the defaults of all or of a model, a preset, or the person."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from desktopchat.core.errors import UserError
from desktopchat.core.params import PARAMETERS, REASONING_EFFORTS, SamplingParams
from desktopchat.core.sentence import Sentence

Values = Mapping[str, Any]

_NAMES = tuple(spec.name for spec in PARAMETERS)
# A preset is about style: how long an answer is, which one and how many stay the person's choice.
_STYLE = tuple(name for name in _NAMES if name not in ("max_tokens", "seed", "n"))
# How much the model thinks is held by a preset only where the person chose it: most styles go with both.
_THINKING = ("enable_thinking", "reasoning_effort")
_PROGRAM = SamplingParams()


class Source(StrEnum):
    """Where a value comes from."""

    PROGRAM = "program"
    EVERYWHERE = "everywhere"
    MODEL = "model"
    PRESET = "preset"
    CHANGED = "changed"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value comes from.

    Attributes:
        preset: Its name, when the source is a preset, or one of which this value was changed.
    """

    source: Source
    preset: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """Values that make a style. All of the style that it does not name is as the program has it.

    Whether the model thinks, and how much, is left as it is where it is not named.
    """

    name: str
    values: Values
    own: bool = False

    def applied(self, sampling: SamplingParams) -> SamplingParams:
        """Return these parameters in this style."""
        style = {name: self.values.get(name, getattr(_PROGRAM, name)) for name in _STYLE}
        thinking = {name: self.values[name] for name in _THINKING if name in self.values}
        return sampling.changed(**style, **thinking, preset=self.name)


BUILT_IN: tuple[Preset, ...] = (
    Preset("Precise", {"temperature": 0.2, "top_p": 0.9}),
    Preset("Balanced", {}),
    Preset("Creative", {"temperature": 1.1, "top_p": 1.0, "min_p": 0.03}),
    Preset("Code", {"temperature": 0.1, "top_k": 20}),
)


@dataclass(frozen=True, slots=True)
class ParameterLayers:
    """The defaults that were chosen, and the presets.

    Attributes:
        everywhere: What differs from the program's own defaults.
        models: What differs from that, by the name of the model.
        own: Presets that the person saved.
    """

    everywhere: Values = field(default_factory=dict)
    models: Mapping[str, Values] = field(default_factory=dict)
    own: tuple[Preset, ...] = ()

    @property
    def presets(self) -> tuple[Preset, ...]:
        """All presets, those of the program first."""
        return (*BUILT_IN, *self.own)

    def defaults(self, model: str) -> SamplingParams:
        """Return what a new conversation with this model starts with."""
        return _PROGRAM.changed(**{**self.everywhere, **self.models.get(model, {})})

    def origins(self, sampling: SamplingParams, model: str) -> dict[str, Origin]:
        """Return where each parameter of the panel has its value from."""
        ours, everywhere = self.defaults(model), self.defaults("")
        preset = self._preset_of(sampling)
        origins = {}
        for name in _NAMES:
            value = getattr(sampling, name)
            if value == getattr(ours, name):
                if name in self.models.get(model, {}):
                    origins[name] = Origin(Source.MODEL)
                elif value == getattr(_PROGRAM, name) and value == getattr(everywhere, name):
                    origins[name] = Origin(Source.PROGRAM)
                else:
                    origins[name] = Origin(Source.EVERYWHERE)
            elif preset is not None and name in _STYLE:
                kept = value == getattr(preset.applied(sampling), name)
                origins[name] = Origin(Source.PRESET if kept else Source.CHANGED, preset.name)
            else:
                origins[name] = Origin(Source.CONVERSATION)
        return origins

    def _preset_of(self, sampling: SamplingParams) -> Preset | None:
        """Return the preset with exactly these values, else the one that was chosen last."""
        chosen = [one for one in self.presets if one.name == sampling.preset]
        whole = (one for one in (*chosen, *self.presets) if one.applied(sampling) == sampling.changed(preset=one.name))
        return next(whole, chosen[0] if chosen else None)

    def rebased(self, sampling: SamplingParams, old: SamplingParams, new: SamplingParams) -> SamplingParams:
        """Return parameters with other defaults: what was left at the old ones takes the new ones."""
        kept = {name: getattr(sampling, name) for name in _NAMES if getattr(sampling, name) != getattr(old, name)}
        return sampling.changed(**({name: getattr(new, name) for name in _NAMES} | kept))

    def with_defaults(self, sampling: SamplingParams, model: str = "") -> "ParameterLayers":
        """Return layers in which these parameters are the defaults of a model, or without one of all."""
        below = self.defaults("") if model else _PROGRAM
        values = {name: getattr(sampling, name) for name in _NAMES if getattr(sampling, name) != getattr(below, name)}
        if not model:
            return replace(self, everywhere=values)
        others = {name: one for name, one in self.models.items() if name != model}
        return replace(self, models=others | ({model: values} if values else {}))

    def with_copy(self, old: str, new: str) -> "ParameterLayers":
        """Return layers in which a model has the defaults of another one, unless it has some of its own."""
        return replace(self, models={new: self.models[old], **self.models}) if old in self.models else self

    def with_preset(self, name: str, sampling: SamplingParams) -> "ParameterLayers":
        """Return layers with the style of these parameters as a preset, in place of the own one of that name.

        Raises:
            UserError: The program's own presets cannot be changed, and a preset needs a name.
        """
        name = " ".join(name.split())
        if not name:
            raise UserError("The preset has no name.", "Give it one, such as Letters.")
        if any(one.name.casefold() == name.casefold() for one in BUILT_IN):
            raise UserError(Sentence("{name} is a preset of the program.", name=name), "Choose another name.")
        held = (*_STYLE, *_THINKING)
        values = {one: getattr(sampling, one) for one in held if getattr(sampling, one) != getattr(_PROGRAM, one)}
        return replace(self, own=(*self.without_preset(name).own, Preset(name, values, own=True)))

    def without_preset(self, name: str) -> "ParameterLayers":
        """Return layers without an own preset."""
        return replace(self, own=tuple(one for one in self.own if one.name.casefold() != name.casefold()))

    def to_dict(self) -> dict[str, Any]:
        """Return all as JSON can hold it."""
        return {
            "everywhere": dict(self.everywhere),
            "models": {name: dict(values) for name, values in self.models.items()},
            "presets": {one.name: dict(one.values) for one in self.own},
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ParameterLayers":
        """Build from `to_dict`'s result; what this program does not know or allow is left out."""
        return cls(
            _sound(values.get("everywhere", {})),
            {name: _sound(one) for name, one in values.get("models", {}).items()},
            tuple(Preset(name, _sound(one), own=True) for name, one in values.get("presets", {}).items()),
        )


def beginning_with(defaults: SamplingParams, before: SamplingParams) -> SamplingParams:
    """Return what a conversation starts with that takes the system prompt along: a persona comes with its style."""
    if not before.persona:
        return defaults
    return defaults.changed(persona=before.persona, **{name: getattr(before, name) for name in _STYLE})


def _sound(values: Values) -> Values:
    """Return the values of known parameters that stand inside their ranges."""
    sound: dict[str, Any] = {}
    for spec in PARAMETERS:
        value = values.get(spec.name)
        if value is None:
            if spec.name == "seed" and spec.name in values:
                sound[spec.name] = None
            continue
        allows = isinstance(value, int) if not spec.decimals else isinstance(value, int | float)
        if allows and not isinstance(value, bool) and spec.minimum <= value <= spec.maximum:
            sound[spec.name] = value
    if isinstance(thinks := values.get("enable_thinking"), bool):
        sound["enable_thinking"] = thinks
    if isinstance(effort := values.get("reasoning_effort"), str) and effort in REASONING_EFFORTS:
        sound["reasoning_effort"] = effort
    return sound
