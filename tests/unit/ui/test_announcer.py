"""New text is read by the sentence, whatever pieces it comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.ui.announcer import Announcer


def read(*pieces: str, end: bool = True) -> list[str]:
    said: list[str] = []
    announcer = Announcer(said.append)
    announcer.set_answering(True)
    for piece in pieces:
        announcer.take(1, piece)
    if end:
        announcer.set_answering(False)
    return said


def test_sentence_is_said_when_it_ends() -> None:
    assert read("A cat is", " small. It", end=False) == ["A cat is small."]
    assert read("A cat is", " small. It", " purrs") == ["A cat is small.", "It purrs"]


def test_chinese_sentence_ends_without_a_space() -> None:
    assert read("猫很小。它", "会叫！你喜欢吗？是", end=False) == ["猫很小。", "它会叫！", "你喜欢吗？"]
    assert read("他说：“好。”然后走了。") == ["他说：“好。”", "然后走了。"]


def test_point_in_a_number_or_an_address_ends_nothing() -> None:
    assert read("Pi is 3.", "14 here. See a.example.org now.") == ["Pi is 3.14 here.", "See a.example.org now."]


def test_lines_and_items_of_lists_stand_alone() -> None:
    assert read("# Cats\n\n1. Feed it.\n2. Pet it\n") == ["# Cats", "1. Feed it.", "2. Pet it"]


def test_rules_and_fences_are_silent() -> None:
    assert read("---\n```\nx = 1\n```\n") == ["x = 1"]


def test_of_several_answers_the_first_is_read() -> None:
    said: list[str] = []
    announcer = Announcer(said.append)
    announcer.set_answering(True)
    announcer.take(1, "One. ")
    announcer.take(2, "Two. ")
    announcer.set_answering(False)
    announcer.set_answering(True)
    announcer.take(2, "Three. ")
    assert said == ["One.", "Three."]


def test_answer_out_of_sight_is_silent() -> None:
    said: list[str] = []
    announcer = Announcer(said.append)
    announcer.set_answering(True)
    announcer.take(1, "One. Tw")
    announcer.leave()
    announcer.take(1, "o. Three. ")
    announcer.set_answering(False)
    assert said == ["One."]


@pytest.mark.parametrize("mark", ["\u202e", "\u0007"])
def test_hidden_marks_are_not_said_as_they_are(mark: str) -> None:
    assert mark not in read(f"a{mark}b.")[0]


@given(st.text(alphabet="ab1 .!。？\n”", max_size=60), st.data())
def test_nothing_is_left_out_in_whatever_pieces_it_comes(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    said = "".join(read(*pieces))
    assert [letter for letter in said if letter.isalnum()] == [letter for letter in text if letter.isalnum()]
