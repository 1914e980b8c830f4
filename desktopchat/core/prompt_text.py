"""Prompts to begin with. Fields in them are {name}, or {name=what stands there at first}.

A name that comes again is the same field once more.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

FIELD = re.compile(r"\{([^\W\d_][\w -]{0,39})(?:=([^{}\n]*))?\}")
# A value may be called what a person's field may not: "Price (USD)".
_NAMED = re.compile(r"\{([^{}=\n]+)(?:=[^{}\n]*)?\}")

_SHOWN = 60  # characters of a prompt that are shown beside its name


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text to begin with, under a name."""

    name: str
    text: str

    @property
    def beginning(self) -> str:
        """Return the first line, of which a long one is cut."""
        line = next((line for line in self.text.splitlines() if line.strip()), "")
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def fields_in(text: str) -> tuple[str, list[list[tuple[int, int]]]]:
    """Return the text as it is inserted, and for each field where its places begin and end.

    They are counted in UTF-16 units, as Qt does. A field for which nothing is given at first keeps its name in braces.
    Two places of one field that touch cannot be told apart once they are filled in, so the second is one of its own.
    """
    first: dict[str, str] = {}
    for field in FIELD.finditer(text):
        if field[2] is not None:
            first.setdefault(field[1], field[2])
    parts: list[str] = []
    fields: list[list[tuple[int, int]]] = []
    known: dict[str, list[tuple[int, int]]] = {}
    length = end = 0
    for field in FIELD.finditer(text):
        before = text[end : field.start()]
        shown = first.get(field[1], field.group())
        start = length + _units(before)
        length = start + _units(shown)
        places = known.get(field[1])
        if places is None or not before:
            places = known[field[1]] = []
            fields.append(places)
        places.append((start, length))
        parts += [before, shown]
        end = field.end()
    return "".join([*parts, text[end:]]), fields


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with values in its fields, each as it is.

    Braces around what is neither a value nor the name of a field stay, such as those of JSON. In place of an empty
    value comes what stands in the field at first.

    Raises:
        KeyError: There is no value of this name, and nothing stands in its field at first.
    """
    first: dict[str, str] = {}
    for field in FIELD.finditer(text):
        if field[2] is not None:
            first.setdefault(field[1], field[2])

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values and name not in first and FIELD.fullmatch(found[0]) is None:
            return found[0]
        return values.get(name) or first[name] if name in first else values[name]

    return _NAMED.sub(put, text)


def has_field(text: str, names: Collection[str]) -> bool:
    """Return whether one of these values, or what looks like one, belongs into the text."""
    return any(found[1] in names or FIELD.fullmatch(found[0]) for found in _NAMED.finditer(text))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
