from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.excerpt import _FOLDS_EVENLY, LENGTH, Excerpt, Highlighter
from desktopchat.core.query import parse
from desktopchat.core.words import fold, words


def highlighter(query: str, *, typing: bool = False) -> Highlighter:
    return Highlighter(parse(query, date(2026, 5, 17), typing=typing).wanted)


def shown(excerpt: Excerpt) -> str:
    text = excerpt.text
    for start, end in reversed(excerpt.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("cafe strasse", "Das Cafe\u0301 in der Straße", "Das [Cafe\u0301] in der [Straße]"),
        ("istan*", "İstanbul", "[İstan]bul"),
        ("café", "A cafe, THE CAFÉ", "A [cafe], THE [CAFÉ]"),
        ("天气", "今天天气怎么样", "今天[天气]怎么样"),
        ("데이터", "빅데이터를", "빅[데이터]를"),
        ("ベース", "データベース", "データ[ベース]"),
        ("python c++", "用Python写 C++ not C", "用[Python]写 [C++] not C"),
        ('"a b"', "a b, a-b and b a", "[a b], [a-b] and b a"),
        ("a ab", "ab a", "[ab] [a]"),
        ("елка", "Ёлка", "[Ёлка]"),
        ("👍", "so 👍🏽!", "so [👍]🏽!"),
        ("2 fine", "½ ﬁne", "[½] [ﬁne]"),
        ("absent", "the text", "the text"),
        ("x", "one\n\n  two\tx", "one two [x]"),
        ("red", "\x1b[31m red\u202e \x07bell", "[31m [red] bell"),
    ],
)  # fmt: skip
def test_words_are_marked(query: str, text: str, expected: str) -> None:
    assert shown(highlighter(query).mark(text)) == expected


@pytest.mark.parametrize("filling", ["word ", "слово ", "e\u0301te\u0301 ", "漢字", "\n\n- item ½ "])
def test_excerpt_of_a_long_text_shows_the_hit(filling: str) -> None:
    text = filling * 5000 + "the 天气 Naïve " + filling * 5000
    excerpt = highlighter("天气 naive").excerpt(text)
    assert "[天气] [Naïve]" in shown(excerpt)
    assert len(excerpt.text) <= LENGTH + 2
    assert excerpt.text[0] == excerpt.text[-1] == "…"


def test_excerpt_shows_the_place_where_the_words_stand_together() -> None:
    text = "common " * 500 + "common rare " + "common " * 500
    assert "[common] [rare] [common]" in shown(highlighter("common rare").excerpt(text))


def test_beginning_is_shown_when_there_is_nothing_to_mark() -> None:
    excerpt = highlighter("").excerpt("word " * 100)
    assert excerpt.text.startswith("word word")
    assert excerpt.text.endswith("word…")
    assert highlighter("").excerpt("") == Excerpt("")


@given(st.text(max_size=400), st.text(max_size=8))
def test_marks_are_in_order_and_inside(text: str, query: str) -> None:
    for excerpt in (highlighter(query).excerpt(text, 80), highlighter(query).mark(text)):
        places = [place for mark in excerpt.marks for place in mark]
        assert places == sorted(set(places))
        assert not places or (places[0] >= 0 and places[-1] <= len(excerpt.text))


@given(st.text(st.sampled_from("aé ß天ﬁİ\u0301ёが👍"), min_size=1, max_size=60), st.data())
def test_what_is_in_a_text_is_marked(text: str, data: st.DataObject) -> None:
    if found := words(text):
        word = data.draw(st.sampled_from(found))
        assert highlighter(f'"{word}"').mark(text).marks


def test_what_is_said_to_fold_evenly_does() -> None:
    even = [chr(code) for code in range(0x10000) if _FOLDS_EVENLY.fullmatch(chr(code))]
    assert len(even) > 30_000
    assert not [character for character in even if len(fold(character)) != 1]


def test_room_before_the_hit_can_be_short() -> None:
    excerpt = Excerpt("one two three four five", ((14, 18),))
    assert shown(excerpt.from_hit(6)) == "…three [four] five"
    assert excerpt.from_hit(14) == excerpt
    assert Excerpt("none").from_hit(2) == Excerpt("none")
    assert shown(Excerpt("今天天气怎么样", ((5, 7),)).from_hit(2)) == "…气怎[么样]"
