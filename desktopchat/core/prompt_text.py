"""Prompts to begin with. Fields in them are {name}, or {name=what stands there at first}."""

import re
from dataclasses import dataclass

_FIELD = re.compile(r"\{([^\W\d_][\w -]{0,39})(?:=([^{}\n]*))?\}")


@dataclass(frozen=True, slots=True)
class Prompt:
_SHOWN = 60  # characters of a prompt that are shown beside its name

    """A text to begin with, under a name."""

    name: str
    text: str


def fields_in(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text as it is inserted, and where its fields begin and end, in UTF-16 units as Qt counts.
    @property
    def beginning(self) -> str:
        """Return the first line, of which a long one is cut."""
        line = next((line for line in self.text.splitlines() if line.strip()), "")
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"

    A field without a beginning of its own keeps its name in braces.
    """
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = end = 0
    for field in _FIELD.finditer(text):
        before = text[end : field.start()]
        shown = field.group() if field[2] is None else field[2]
        start = length + _units(before)
        length = start + _units(shown)
        places.append((start, length))
        parts += [before, shown]
        end = field.end()
    return "".join([*parts, text[end:]]), places


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
