"""How far answers agree with the sentences of another one."""

import pytest

from desktopchat.core.agreement import agreement, sentences

ANSWER = "The tower stands in Paris. It was built in 1889. Cats like it very much."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It is 3.5 m high. No more.", ["It is 3.5 m high.", "No more."]),
        ("他来了。天气很好！你呢？“好。”我说", ["他来了。", "天气很好！", "你呢？", "“好。”", "我说"]),
        ("1. First\n2. Second", ["1. First", "2. Second"]),
        ("- one\n\n---\n- two", ["- one", "- two"]),
        ("“Come.” He went.", ["“Come.”", "He went."]),
        ("", []),
        ("…\n***", []),
    ],
)
def test_text_is_cut_into_sentences(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_same_words_agree_and_others_do_not() -> None:
    others = ["In Paris stands the tower. Cats like it.", "The tower stands in Paris.", "Dogs bark at night."]
    tower, built, cats = agreement(ANSWER, others)
    assert (tower.text, tower.agreeing) == ("The tower stands in Paris.", 2)
    assert (built.agreeing, cats.agreeing) == (0, 1)
    assert [one.text for one in tower.closest] == [
        "In Paris stands the tower.",
        "The tower stands in Paris.",
        "Dogs bark at night.",
    ]
    assert [one.likeness for one in tower.closest] == [1.0, 1.0, 0.0]


def test_likeness_is_the_f1_of_the_words() -> None:
    (one,) = agreement("w x y z", ["the y and z of v"])
    assert one.closest[0].likeness == pytest.approx(2 * (2 / 4) * (2 / 3) / (2 / 4 + 2 / 3))
    (twice,) = agreement("ha ha ha", ["ha"])
    assert twice.closest[0].likeness == 0.5  # each word counts as often as both have it


def test_other_numbers_do_not_agree() -> None:
    built = agreement(ANSWER, ["It was built in 1899.", "It was built long ago.", "Well, it was built in 1889."])[1]
    assert [one.agrees for one in built.closest] == [False, False, True]
    assert [one.has_numbers for one in built.closest] == [False, False, True]


def test_a_sentence_with_the_numbers_goes_before_a_likelier_one() -> None:
    built = agreement(ANSWER, ["It was built in 1899. They say it was built in 1889."])[1]
    assert built.closest[0].text == "They say it was built in 1889."


def test_chinese_is_compared_by_characters_and_case_does_not_matter() -> None:
    (one,) = agreement("北京是中国的首都。", ["中国的首都是北京。"])
    assert one.agreeing == 1
    (other,) = agreement("PARIS IS LARGE.", ["Paris is large."])
    assert other.closest[0].likeness == 1.0


def test_words_that_any_sentence_has_do_not_count() -> None:
    (one,) = agreement("The capital of France is Paris.", ["Le Grand Château is the capital of France."])
    assert one.closest[0].likeness == 0.5
    assert one.agreeing == 0
    (all_empty,) = agreement("It is this.", ["It is that."])
    assert all_empty.closest[0].likeness == pytest.approx(2 / 3)


def test_empty_answers_agree_with_nothing() -> None:
    (one,) = agreement("Yes.", ["", "Yes."])
    assert [closest.agrees for closest in one.closest] == [False, True]
    assert agreement("", ["Yes."]) == ()
