from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.chat import Role
from desktopchat.core.query import Filter, FilterKind, Query, Term, parse

TODAY = date(2026, 5, 17)


def wanted(text: str, *, typing: bool = False) -> list[tuple[str, bool]]:
    query = parse(text, TODAY, typing=typing)
    assert not query.unwanted
    assert not query.filters
    return [(" ".join(term.words), term.prefix) for term in query.wanted]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("two Words", [("two", False), ("words", False)]),
        ('"an exact phrase" more', [("an exact phrase", False), ("more", False)]),
        ("“curly quotes” „low“", [("curly quotes", False), ("low", False)]),
        ('an "open phrase', [("an", False), ("open phrase", False)]),
        ("wea* a* 天*", [("wea", True), ("a", False), ("天", False)]),
        ("C++ x_y foo.bar", [("c ++", False), ("x y", False), ("foo bar", False)]),
        ("AND NEAR(a, b) ^ * {x}: (", [("and", False), ("near a", False), ("b", False), ("x", False)]),
        ("天气预报", [("天 气 预 报", False)]),
        ("--help a-b - -", [("help", False), ("a b", False)]),
        ("foo:bar tag: before:2026-13 before:soon role:you role:", [
            ("foo bar", False), ("tag", False), ("before 2026 13", False), ("before soon", False), ("role you", False),
            ("role", False),
        ]),
        ("", []),
        ("?! …", []),
    ],
)  # fmt: skip
def test_words_and_phrases(text: str, terms: list[tuple[str, bool]]) -> None:
    assert wanted(text) == terms


def test_last_word_may_go_on_while_one_types() -> None:
    assert wanted("old wea", typing=True) == [("old", False), ("wea", True)]
    assert wanted("wea ", typing=True) == [("wea", False)]
    assert wanted('"old wea', typing=True) == [("old wea", True)]
    assert wanted('"old wea"', typing=True) == [("old wea", False)]
    assert wanted("foo.b foo.ba", typing=True) == [("foo b", False), ("foo ba", True)]
    assert wanted("w", typing=True) == [("w", False)]
    assert wanted("天气", typing=True) == [("天 气", False)]
    assert wanted("tag:", typing=True) == [("tag", True)]
    assert parse("-wea", TODAY, typing=True).unwanted == (Term(("wea",)),)


def test_what_is_left_out() -> None:
    query = parse('a -b -"c d" e-f -tag:x -in:archive', TODAY)
    assert query.wanted == (Term(("a",)), Term(("e", "f")))
    assert query.unwanted == (Term(("b",)), Term(("c", "d")))
    assert query.filters == (
        Filter(FilterKind.TAG, "x", negated=True),
        Filter(FilterKind.ARCHIVE, negated=True),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("model:Qwen2.5-7B", Filter(FilterKind.MODEL, "Qwen2.5-7B")),
        ('tag:"to do"', Filter(FilterKind.TAG, "to do", exact=True)),
        ("TAG：工作", Filter(FilterKind.TAG, "工作")),
        ("role:me", Filter(FilterKind.ROLE, Role.USER)),
        ("role:user", Filter(FilterKind.ROLE, Role.USER)),
        ("role:Answer", Filter(FilterKind.ROLE, Role.ASSISTANT)),
        ("role:assistant", Filter(FilterKind.ROLE, Role.ASSISTANT)),
        ("in:title", Filter(FilterKind.TITLE)),
        ("in:archive", Filter(FilterKind.ARCHIVE)),
        ("in:trash", Filter(FilterKind.TRASH)),
        ("in:Recipes", Filter(FilterKind.FOLDER, "Recipes")),
        ('in:"trash"', Filter(FilterKind.FOLDER, "trash", exact=True)),
        ("before:2026", Filter(FilterKind.BEFORE, date(2026, 1, 1))),
        ("before:2026-05", Filter(FilterKind.BEFORE, date(2026, 5, 1))),
        ("after:2026-5-7", Filter(FilterKind.AFTER, date(2026, 5, 7))),
        ("after:today", Filter(FilterKind.AFTER, TODAY)),
        ("after:yesterday", Filter(FilterKind.AFTER, date(2026, 5, 16))),
        ("after:7d", Filter(FilterKind.AFTER, date(2026, 5, 10))),
        ("before:9999", Filter(FilterKind.BEFORE, date(9999, 1, 1))),
    ],
)
def test_filters(text: str, found: Filter) -> None:
    assert parse(text, TODAY) == Query(filters=(found,))
    assert parse(f"word {text} more", TODAY).filters == (found,)


@pytest.mark.parametrize("value", ["2026-02-30", "0000", "2026-", "20", "7", "d", "tomorrow"])
def test_what_is_no_date_is_a_word(value: str) -> None:
    query = parse(f"before:{value}", TODAY)
    assert not query.filters
    assert query.wanted[0].words[0] == "before"


def test_pasted_book_stays_small() -> None:
    query = parse("word " * 100_000, TODAY)
    assert 0 < len(query.wanted) < 100
    assert not parse("", TODAY)
    assert parse("-x", TODAY)


@given(
    st.text(st.sampled_from('a"-:* \n(in tag:“”\ud800\x00天') | st.characters(codec=None), max_size=60), st.booleans()
)
def test_every_text_is_a_query(text: str, typing: bool) -> None:
    query = parse(text, TODAY, typing=typing)
    assert all(term.words for term in (*query.wanted, *query.unwanted))
    for one in query.filters:
        str(one.value).encode()  # raises at half a surrogate pair
