"""Personas: a system prompt with fields, and how to answer with it.

A persona is a Markdown file. Lines between two rules (---) at its beginning may give its name, a description and
parameters such as `temperature: 0.3`; the rest is the system prompt. Fields in it are those of prompts, {name} and
{name=what stands there at first}. One that stands alone on a line may have several lines; left empty, it takes its
paragraph away. A paragraph below {when: some, words} is told once one of them is said (`core.lore`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktopchat.core.errors import PersonaError, UserError
from desktopchat.core.params import PARAMETERS, SamplingParams
from desktopchat.core.prompt_text import FIELD
from desktopchat.core.sentence import Sentence

MAX_TEXT = 100_000  # characters of a system prompt
MAX_NAME = 80
_MAX_DESCRIPTION = 200
_MAX_FIELDS = 12  # that fit on a card
_RULE = "---"
_HEAD_CURE = Sentence("Use name, description and parameters such as temperature: 0.3.")
_SPECS = {spec.name: spec for spec in PARAMETERS if spec.name not in ("seed", "n")}


@dataclass(frozen=True, slots=True)
class Blank:
    """A field that is filled in before a persona is used.

    Attributes:
        first: What stands there at first; None where nothing is given, so that something has to be.
        has_lines: It may have several.
    """

    name: str
    first: str | None
    has_lines: bool = False


@dataclass(frozen=True, slots=True)
class Persona:
    """What a model is to be.

    Attributes:
        text: The system prompt, with fields.
        values: Parameters that go with it, by name.
    """

    name: str
    text: str
    description: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """The fields, in the order in which they come first."""
        found: dict[str, Blank] = {}
        for line in self.text.split("\n"):
            alone = FIELD.fullmatch(line.strip()) is not None
            for match in FIELD.finditer(line):
                name, first = match[1], match[2]
                before = found.get(name, Blank(name, None))
                known = before.first if before.first is not None else first
                found[name] = Blank(name, known, before.has_lines or alone)
        return tuple(found.values())

    def filled(self, given: Mapping[str, str]) -> str:
        """Return the system prompt with what was given for each field; what stands there at first for the others."""
        values = {blank.name: given.get(blank.name, blank.first or "").strip() for blank in self.blanks}
        kept = (part for part in re.split(r"\n{2,}", self.text) if not _is_left_out(part, values))
        return FIELD.sub(lambda match: values[match[1]], "\n\n".join(kept)).strip()


def read_persona(name: str, source: str) -> Persona:
    """Return the persona that a file holds.

    Args:
        name: What it is called unless the file says so itself.
        source: Text of the file.

    Raises:
        UserError: It cannot be understood.
    """
    head, text = _parts(source)
    described = ""
    values: dict[str, float] = {}
    for line in head:
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            raise PersonaError(Sentence("“{line}” is no line of its head.", line=line[:MAX_NAME]), _HEAD_CURE)
        if key == "name":
            name = value
        elif key == "description":
            described = value
        elif key in _SPECS:
            values[key] = _number(key, value)
        else:
            raise PersonaError(Sentence("It cannot have “{key}” in its head.", key=key[:MAX_NAME]), _HEAD_CURE)
    SamplingParams(**values).validated()  # type: ignore[arg-type]
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise PersonaError("Its name is empty or too long.", "Give it a name of at most 80 characters.")
    if not text:
        raise PersonaError("It has no system prompt.", "Write below its head what the model is to be.")
    if len(text) > MAX_TEXT:
        raise PersonaError("Its system prompt is too long.", "Keep below 100,000 characters.")
    persona = Persona(name, text, " ".join(described.split())[:_MAX_DESCRIPTION], values)
    if len(persona.blanks) > _MAX_FIELDS:
        raise PersonaError("It has too many fields.", "Use at most 12 words in braces.")
    return persona


def persona_source(persona: Persona) -> str:
    """Return the text of a file that `read_persona` understands."""
    head = [f"name: {persona.name}"]
    if persona.description:
        head.append(f"description: {persona.description}")
    head += [f"{name}: {value}" for name, value in persona.values.items()]
    return "\n".join([_RULE, *head, _RULE, "", persona.text, ""])


def _parts(source: str) -> tuple[list[str], str]:
    lines = source.strip("\n").split("\n")
    if lines[0].strip() != _RULE:
        return [], source.strip()
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == _RULE), 0)
    if not end:
        raise PersonaError("Its head does not end.", "Put --- on a line below it.")
    return [line for line in lines[1:end] if line.strip()], "\n".join(lines[end + 1 :]).strip()


def _number(name: str, value: str) -> float:
    try:
        return float(value) if _SPECS[name].decimals else int(value)
    except ValueError:
        raise UserError(
            Sentence("“{value}” is no value of {name}.", value=value[:MAX_NAME], name=name), "Write a number."
        ) from None


def _is_left_out(paragraph: str, values: Mapping[str, str]) -> bool:
    alone = (FIELD.fullmatch(line.strip()) for line in paragraph.split("\n"))
    return any(match is not None and not values[match[1]] for match in alone)
