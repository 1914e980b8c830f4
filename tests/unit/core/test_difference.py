"""What two texts differ in."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.difference import DiffRow, Piece, difference


def told(row: DiffRow) -> str:
    def side(pieces: tuple[Piece, ...] | None) -> str:
        return "~" if pieces is None else "".join(f"[{one.text}]" if one.changed else one.text for one in pieces)

    return f"{'=' if row.same else '|'} {side(row.left)} | {side(row.right)}"


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        ("", "", []),
        ("one\ntwo", "one\ntwo", ["= one | one", "= two | two"]),
        ("a small animal", "a furry animal", ["| a [small ]animal | a [furry ]animal"]),
        ("one\ntwo", "one", ["= one | one", "| [two] | ~"]),
        ("one", "zero\none", ["| ~ | [zero]", "= one | one"]),
        ("yes", "no", ["| [yes] | [no]"]),
        ("天气很好", "天气不好", ["| 天气[很]好 | 天气[不]好"]),
        ("a\nsame\nb", "c\nsame\nd", ["| [a] | [c]", "= same | same", "| [b] | [d]"]),
    ],
)
def test_lines_first_then_words(left: str, right: str, rows: list[str]) -> None:
    assert [told(row) for row in difference(left, right)] == rows


TEXTS = st.text(st.sampled_from("ab \n天.")) | st.text(max_size=40)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_it(left: str, right: str) -> None:
    rows = difference(left, right)
    for text, sides in ((left, [row.left for row in rows]), (right, [row.right for row in rows])):
        lines = ["".join(piece.text for piece in side) for side in sides if side is not None]
        assert lines == text.splitlines()
    for row in rows:
        assert row.same == (row.left is not None and row.left == row.right and not row.left[0].changed)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a " * 40_000, "b a " * 30_000),
        ("a\nb\n" * 20_000, "b\na\n" * 20_000),
        ("\n".join(f"word {number} " * 60 for number in range(600)), "\n".join(f"{n} word " * 60 for n in range(600))),
    ],
)
def test_cost_is_bounded(left: str, right: str) -> None:
    begin = time.process_time()
    difference(left, right)
    assert time.process_time() - begin < 5
