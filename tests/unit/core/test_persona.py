"""What a persona's file says, and what becomes of its fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.errors import UserError
from desktopchat.core.persona import Blank, Persona, persona_source, read_persona

TUTOR = """---
name: Tutor
description: Gives hints
temperature: 0.4
max_tokens: 300
---

You teach {subject=maths} to {who}.

Use these words for {subject}:
{words=}

Never say {who} is wrong."""


def test_head_and_text_are_read() -> None:
    tutor = read_persona("file", TUTOR)
    assert (tutor.name, tutor.description) == ("Tutor", "Gives hints")
    assert tutor.values == {"temperature": 0.4, "max_tokens": 300}
    assert tutor.text.startswith("You teach {subject=maths}")
    assert tutor.blanks == (Blank("subject", "maths"), Blank("who", None), Blank("words", "", has_lines=True))


def test_text_without_a_head_is_named_after_its_file() -> None:
    assert read_persona("pirate", "\nArr.\n") == Persona("pirate", "Arr.")


def test_fields_are_filled_and_what_is_given_holds_no_fields() -> None:
    tutor = read_persona("file", TUTOR)
    given_values = {"who": "{subject} fans", "words": "sum {who=x}"}
    assert tutor.filled(given_values) == (
        "You teach maths to {subject} fans.\n\nUse these words for maths:\nsum {who=x}\n\n"
        "Never say {subject} fans is wrong."
    )


def test_a_field_that_is_left_empty_takes_its_paragraph_away() -> None:
    tutor = read_persona("file", TUTOR)
    assert tutor.filled({"who": "Ann"}) == "You teach maths to Ann.\n\nNever say Ann is wrong."


def test_the_first_value_may_stand_at_a_later_place() -> None:
    persona = Persona("x", "{a} and {a=b}")
    assert persona.blanks == (Blank("a", "b"),)
    assert persona.filled({}) == "b and b"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("", "has no system prompt"),
        ("---\nname: x\n---\n", "has no system prompt"),
        ("---\nname: x\n\nText", "head does not end"),
        ("---\nname:\n---\nText", "name is empty"),
        (f"---\nname: {'x' * 81}\n---\nText", "too long"),
        ("---\ncolour: red\n---\nText", "cannot have “colour”"),
        ("---\nred\n---\nText", "“red” is no line"),
        ("---\ntemperature: hot\n---\nText", "“hot” is no value of temperature"),
        ("---\ntemperature: 9\n---\nText", "must be from 0 to 5"),
        ("---\ntemperature: nan\n---\nText", "must be from 0 to 5"),
        ("---\nmax_tokens: 0.5\n---\nText", "“0.5” is no value of max_tokens"),
        ("---\nseed: 1\n---\nText", "cannot have “seed”"),
        ("x" * 100_001, "too long"),
        (" ".join(f"{{a{number}}}" for number in range(13)), "too many fields"),
    ],
)
def test_what_is_wrong_is_one_sentence(source: str, cause: str) -> None:
    with pytest.raises(UserError) as caught:
        read_persona("file", source)
    assert cause in caught.value.cause
    assert caught.value.cure


def test_a_file_that_was_written_is_read_again() -> None:
    tutor = read_persona("file", TUTOR)
    assert read_persona("other", persona_source(tutor)) == tutor


@given(st.text() | st.text("-\n:name {}=0.").map(lambda text: f"---\n{text}"))
def test_no_text_is_too_odd_to_be_told_of(source: str) -> None:
    try:
        persona = read_persona("file", source)
    except UserError:
        return
    persona.filled({blank.name: "{x}" for blank in persona.blanks})
