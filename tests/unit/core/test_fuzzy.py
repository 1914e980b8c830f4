"""Names are found by a few letters, the best first."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.fuzzy import CHUNK, LIMIT, STRETCH, Names, Use, folded, marks, score

DAY = 86_400.0


def found(names: list[str], query: str, bonus: dict[int, float] | None = None) -> list[str]:
    steps = list(Names(names).search(query, bonus))
    return [names[match.place] for match in steps[-1]] if steps else []


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("new", "New conversation"),
        ("conv", "Conversations"),
        ("nc", "New conversation"),
        ("newcon", "New conversation"),
        ("hc", "High contrast"),
        ("contrast high", "High contrast"),
        ("cafe", "Café in Paris"),
        ("天气", "明天天气怎么样"),
        ("straße", "Strasse"),
    ],
)
def test_best_name_comes_first(query: str, best: str) -> None:
    names = ["The newest renewal", "New conversation", "Conversations", "High contrast", "Café in Paris"]
    names += ["明天天气怎么样", "Strasse", "Fine coat"]
    assert found(names, query)[0] == best


def test_start_comes_before_word_before_inside_before_gaps() -> None:
    names = ["xsxexax", "undersea", "the sea", "seaside"]
    assert found(names, "sea") == ["seaside", "the sea", "undersea", "xsxexax"]


def test_first_letters_of_words_come_before_letters_inside() -> None:
    assert found(["Continue it", "Next theme"], "nt") == ["Next theme", "Continue it"]


def test_starts_are_found_below_many_that_are_worse() -> None:
    many = [f"undersea {number}" for number in range(3_000)]
    assert found([*many, "the sea", "seaside"], "sea")[:2] == ["seaside", "the sea"]
    few = [f"undersea {number}" if number % 8 == 0 else f"hill {number}" for number in range(3_000)]
    assert found([*few, "the sea", "seaside"], "sea")[:2] == ["seaside", "the sea"]


def test_every_word_must_fit() -> None:
    assert found(["deploy the docker image", "deploy it"], "dock depl") == ["deploy the docker image"]


def test_shorter_name_comes_first() -> None:
    assert found(["pin the board to the wall", "pin"], "pin") == ["pin", "pin the board to the wall"]


def test_equally_good_ones_keep_their_order() -> None:
    assert found(["boat 1", "boat 2", "boat 3"], "boat") == ["boat 1", "boat 2", "boat 3"]


def test_what_is_used_often_comes_first_also_from_far_below() -> None:
    names = [f"sea {number}" for number in range(5_000)]
    assert found(names, "sea", {4_999: 20.0})[0] == "sea 4999"


@pytest.mark.parametrize("query", ["", "  ", "zzz", "\n", "\0", "天"])
def test_nothing_is_found_of_nothing(query: str) -> None:
    assert found(["alpha", "beta"], query) == []
    assert found([], query) == []


def test_names_with_line_breaks_stay_one_name() -> None:
    assert found(["one\ntwo", "three"], "two") == ["one\ntwo"]


def test_uses_fade() -> None:
    use = Use(0.0, 0.0).again(0.0).again(0.0)
    assert use.weight_at(14 * DAY) == pytest.approx(1.0)
    assert use.bonus(0.0) > use.bonus(14 * DAY) > use.bonus(1_000 * DAY) >= 0.0


def test_marks_show_what_was_typed() -> None:
    assert marks("New conversation", "con") == (4, 5, 6)
    assert marks("Second con", "con") == (7, 8, 9)
    assert marks("New conversation", "nc") == (0, 4)
    assert marks("New", "zz") == ()


def test_search_stops_early_and_in_steps() -> None:
    names = Names(f"some words {number}" for number in range(50_000))
    sizes = [len(step) for step in names.search("so")]
    assert (sizes[0], sizes[-1]) == (LIMIT // 3, LIMIT)
    assert len(sizes) < 6
    backwards = list(names.search("sdrow"))
    stretches = -(-sum(len(f"some words {number}\n") for number in range(50_000)) // STRETCH)
    assert len(backwards) == pytest.approx(50_000 / CHUNK + stretches, abs=3), "one step for so many names"
    assert backwards[-1] == []


def test_word_is_found_wherever_a_stretch_of_the_text_ends() -> None:
    for length in range(STRETCH - 12, STRETCH + 3):
        assert found(["x" * length, "seaside", "a sea"], "seas") == ["seaside"]


def test_rare_letter_is_looked_for_in_steps() -> None:
    names = Names(f"name {number}{'ä天' * (number % 999 == 7)}" for number in range(30_000))
    steps = list(names.search("天天"))
    assert len(steps) > 6
    assert steps[-1] == []


WORDS = st.text(alphabet=string.ascii_lowercase[:6] + " é天", max_size=12)


@given(st.lists(WORDS, max_size=20), WORDS)
def test_it_finds_what_a_plain_look_finds(names: list[str], query: str) -> None:
    words = folded(query).split()
    expected = {place for place, name in enumerate(names) if words and score(folded(name), words) > 0}
    steps = list(Names(names).search(query))
    assert {match.place for match in (steps[-1] if steps else [])} == expected


@given(WORDS, WORDS)
def test_score_knows_letters_that_follow_each_other(name: str, word: str) -> None:
    word = word.replace(" ", "")
    letters = iter(folded(name))
    assert (score(folded(name), [folded(word)]) > 0) == all(letter in letters for letter in folded(word))


def test_any_name_is_found_by_itself() -> None:
    chance = random.Random(7)
    names = ["".join(chance.choices(string.ascii_lowercase + "    ", k=20)).strip() for _ in range(300)]
    for name in names[:50]:
        assert found(names, name)[0] == name
