"""A sentence is English for everybody, and can be said in another language."""

import errno

import pytest

from desktopchat.core.errors import StorageError
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence, joined, reason_of, unpack

GERMAN = {
    "{name} is damaged: {why}.": "{why}, also ist {name} hin.",
    "Not a directory": "Kein Ordner",
    "{first} {second}": "{first} – {second}",
    "Try again.": "Noch einmal.",
}
DAMAGED = Sentence("{name} is damaged: {why}.", name="{why}", why=Sentence("Not a directory"))


def german(sentence: Sentence) -> str:
    return sentence.said(lambda template: GERMAN.get(template, template))


def test_sentence_is_an_english_string() -> None:
    assert DAMAGED == "{why} is damaged: Not a directory."
    assert f"{DAMAGED}" == str(DAMAGED) == DAMAGED
    assert type(str(DAMAGED)) is str


def test_values_that_are_sentences_are_said_too() -> None:
    assert german(DAMAGED) == "Kein Ordner, also ist {why} hin."


def test_whole_numbers_get_separators() -> None:
    assert Sentence("{count} tokens of {part}", count=12_345, part="1234") == "12,345 tokens of 1234"


def test_text_without_values_is_kept_as_it_is() -> None:
    assert Sentence("a {name} and a } brace") == "a {name} and a } brace"
    assert Sentence.of("{x}") == "{x}"
    assert Sentence.of(DAMAGED) is DAMAGED


def test_sentence_gets_other_values() -> None:
    assert DAMAGED.about(name="a.gguf", why="cut off") == "a.gguf is damaged: cut off."


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [("Bad.", "", "Bad."), ("", "Try again.", "Try again."), ("", "", ""), ("Bad.", "Try again.", "Bad. Try again.")],
)
def test_sentences_are_joined(first: str, second: str, whole: str) -> None:
    assert joined(first, second) == whole


def test_errors_and_notices_are_said_whole() -> None:
    error = StorageError(DAMAGED, "Try again.")
    assert str(error) == error.sentence == "{why} is damaged: Not a directory. Try again."
    assert german(error.sentence) == "Kein Ordner, also ist {why} hin. – Noch einmal."
    assert german(Notice.from_error(error).sentence) == german(error.sentence)
    assert german(Notice("info", "Bad.", "Try again.").sentence) == "Bad. – Noch einmal."


@pytest.mark.parametrize("sentence", [DAMAGED, joined(DAMAGED, "Try again."), Sentence("Plain {x}.")])
def test_sentence_survives_a_pipe(sentence: Sentence) -> None:
    unpacked = unpack(Sentence, sentence.packed())
    assert unpacked == sentence
    assert german(unpacked) == german(sentence)
    assert unpack(Sentence, str(sentence)) == sentence


def test_pipe_brings_no_sentence_that_grows_or_runs_code() -> None:
    assert unpack(Sentence, ["{a}{a}{a}", {"a": "x"}]) == "x{a}{a}"
    assert unpack(Sentence, ["{a.__class__} {a:>999999999} {0}", {"a": "x"}]) == "{a.__class__} {a:>999999999} {0}"


def nested(depth: int) -> list[object]:
    return ["{a}", {"a": nested(depth - 1) if depth else "x"}]


@pytest.mark.parametrize(
    "packed", [None, 3, [], ["a"], ["a", "b"], [3, {}], ["{a}", {"a": 3}], ["{a}", {"a": ["b"]}], nested(100)]
)
def test_pipe_brings_no_other_thing(packed: object) -> None:
    with pytest.raises(ValueError, match="no sentence"):
        unpack(Sentence, packed)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(errno.ENOENT, "Das System kann die Datei nicht finden"), "No such file or directory"),
        (OSError(9_999, "Something new"), "Something new"),
        (OSError("odd"), "odd"),
    ],
)
def test_system_says_why(error: OSError, reason: str) -> None:
    assert reason_of(error) == reason
