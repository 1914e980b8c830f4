"""Which adapters a person has put beside a model, as it is remembered, and how that is told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktopchat.core.adapter import Adapter
from desktopchat.core.errors import AdapterError


@dataclass(frozen=True, slots=True)
class AdapterChoice:
    """An adapter that is at hand for a model.

    Attributes:
        on: Whether it is applied.
    """

    adapter: Adapter
    on: bool = True


def applied(choices: Iterable[AdapterChoice]) -> tuple[Adapter, ...]:
    """Return the adapters that are on."""
    return tuple(choice.adapter for choice in choices if choice.on)


def placed(choices: Iterable[AdapterChoice], there: Callable[[str], str]) -> tuple[AdapterChoice, ...]:
    """Return the choices with other paths."""
    return tuple(replace(one, adapter=replace(one.adapter, path=there(one.adapter.path))) for one in choices)


def pack(choices: Iterable[AdapterChoice]) -> list[list[Any]]:
    """Return the choices as JSON can hold them."""
    return [
        [one.path, one.kind, one.scale, one.first_layer, one.last_layer, choice.on]
        for choice in choices
        for one in (choice.adapter,)
    ]


def unpack(packed: Any) -> tuple[AdapterChoice, ...]:
    """Return what was packed; what is nothing of the kind is left out."""
    found = []
    for item in packed if isinstance(packed, list) else ():
        match item:
            case [str(path), ("lora" | "control_vector") as kind, int() | float() as scale, int(first), int(last), on]:
                try:
                    found.append(AdapterChoice(Adapter(path, kind, float(scale), first, last), bool(on)))
                except (AdapterError, OverflowError):
                    continue
    return tuple(found)


def adapted_name(name: str, adapters: Sequence[Adapter]) -> str:
    """Return what a model with these adapters is called, such as "SmolLM2 + pirate×0.8"."""
    return " + ".join([name, *(_scaled(adapter) for adapter in adapters if adapter.scale)])


def scale_text(scale: float) -> str:
    """Return a scale as people write it."""
    return f"{scale:.4g}".replace("-", "\N{MINUS SIGN}")


def _scaled(adapter: Adapter) -> str:
    return adapter.name if adapter.scale == 1 else f"{adapter.name}×{scale_text(adapter.scale)}"
