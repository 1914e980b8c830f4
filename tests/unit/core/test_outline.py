"""The tree as rows that fold."""

import time

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.outline import Node, Outline


def node(number: int, parent: int, role: Role | None = None) -> Node:
    role = role or (Role.USER if number % 2 else Role.ASSISTANT)
    return Node(number, parent, role, f"text {number}", MessageState.COMPLETE, float(number))


# 1 ─ 2 ─ 3 ─ 4     the shown branch ends with 6: 1 ─ 2 ─ 5 ─ 6
# │   └── 5 ─ 6
# └── 8 ─ 9 ─ 10
TREE = (
    node(1, -1),
    node(2, 1),
    node(3, 2),
    node(4, 3),
    node(5, 2),
    node(6, 5),
    node(8, 1),
    node(9, 8),
    node(10, 9),
)


def drawn(outline: Outline) -> list[tuple[int, int]]:
    return [(number, level) for number, level, *_ in outline.places()]


def test_shown_branch_is_the_trunk_and_others_are_folded_beside_it() -> None:
    outline = Outline(TREE, 6)
    assert drawn(outline) == [(1, 0), (8, 1), (2, 0), (3, 1), (5, 0), (6, 0)]
    rows = {place[0]: outline.row(place) for place in outline.places()}
    assert [number for number, row in rows.items() if row.is_shown] == [1, 2, 5, 6]
    assert (rows[8].is_folded, rows[8].below, rows[8].sibling, rows[8].siblings) == (True, 2, 2, 2)
    assert (rows[1].replies, rows[1].below, rows[2].replies) == (2, 8, 2)
    assert outline.counts() == (9, 3)


def test_folding_and_revealing() -> None:
    outline = Outline(TREE, 6)
    outline.fold(8, False)
    assert drawn(outline) == [(1, 0), (8, 1), (9, 1), (10, 1), (2, 0), (3, 1), (5, 0), (6, 0)]
    outline.fold(1, True)
    assert drawn(outline) == [(1, 0)]
    outline.reveal(4)
    assert (4, 1) in drawn(outline)
    outline.fold_all(True)
    assert drawn(outline) == drawn(Outline(TREE, 6))
    assert outline.has_folds
    outline.fold_all(False)
    assert len(drawn(outline)) == len(TREE)
    assert not outline.has_folds
    assert [number for number in range(1, 7) if outline.is_fork(number)] == [1, 2]


def test_ways_through_the_tree() -> None:
    outline = Outline(TREE, 6)
    assert [outline.parent(number) for number in (1, 5, 8)] == [None, 2, 1]
    assert [outline.child(number) for number in (1, 2, 8, 6)] == [2, 5, 9, None]
    assert [outline.end(number) for number in (1, 2, 3, 8)] == [10, 6, 4, 10]
    assert outline.siblings(5) == (3, 5)
    assert 7 not in outline
    assert [outline.is_above(*pair) for pair in ((1, 4), (4, 4), (5, 4), (4, 1))] == [True, True, False, False]


def test_folds_stay_when_the_tree_is_read_again() -> None:
    outline = Outline(TREE, 6)
    outline.fold(8, False)
    outline.fold(5, True)
    again = Outline((*TREE, node(12, 4)), 6, outline)
    assert drawn(again) == [(1, 0), (8, 1), (9, 1), (10, 1), (2, 0), (3, 1), (5, 0)]
    assert drawn(Outline(TREE, 10)) == [(1, 0), (2, 1), (8, 0), (9, 0), (10, 0)]


def test_nothing_is_no_trouble() -> None:
    assert Outline().places() == []
    alone = Outline((node(1, -1),), None)
    assert alone.row(alone.places()[0]).is_shown is False


def test_long_and_broad_trees_are_quick() -> None:
    """10,000 messages in a line are no 10,000 levels, and 1,000 versions are 1,000 rows."""
    chain = [node(number, number - 1 or -1) for number in range(1, 10_001)]
    broad = [node(1, -1), *(node(number, 1, Role.ASSISTANT) for number in range(2, 1_002))]
    begin = time.process_time()
    long_rows, broad_rows = drawn(Outline(chain, 10_000)), drawn(Outline(broad, 500))
    took = time.process_time() - begin
    assert (len(long_rows), {level for _, level in long_rows}) == (10_000, {0})
    assert (len(broad_rows), {level for _, level in broad_rows}) == (1_001, {0, 1})
    assert broad_rows[-1] == (500, 0)
    assert took < 0.5
