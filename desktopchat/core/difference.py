"""What two texts differ in: line by line first, then word by word, at a cost that is bounded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# Words with the space behind them; each character of scripts that put no spaces between words.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]\s*|\w+\s*|[^\w\s]\s*|\s+")
_MOST_LINES = 4_000_000  # pairs of lines that are held against each other, at most
_MOST_WORDS = 1_000_000  # pairs of words, of one pair of lines
_ALL_WORDS = 20_000_000  # pairs of words, of all lines together
_ALIKE = 0.3  # lines that share less than this are other lines, not changed ones


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, and whether the other text lacks it."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class DiffRow:
    """Lines that stand beside each other; None where one text has none.

    Attributes:
        same: They are equal.
    """

    left: tuple[Piece, ...] | None
    right: tuple[Piece, ...] | None
    same: bool = False


def difference(left: str, right: str) -> list[DiffRow]:
    """Return the lines of both texts side by side, with what differs marked."""
    a, b = left.splitlines(), right.splitlines()
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    rows = [_same(line) for line in a[:head]]
    rows += _changed(a[head : len(a) - tail], b[head : len(b) - tail])
    return rows + [_same(line) for line in a[len(a) - tail :]]


def _common(a: list[str], b: list[str]) -> int:
    """Return with how many equal lines two lists begin."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def _changed(a: list[str], b: list[str]) -> Iterator[DiffRow]:
    budget = _ALL_WORDS
    for tag, a1, a2, b1, b2 in _opcodes(a, b, _MOST_LINES):
        if tag == "equal":
            yield from map(_same, a[a1:a2])
            continue
        for place in range(max(a2 - a1, b2 - b1)):
            one = a[a1 + place] if a1 + place < a2 else None
            other = b[b1 + place] if b1 + place < b2 else None
            if one is None or other is None:
                yield DiffRow(_whole(one), _whole(other))
                continue
            words = _WORD.findall(one), _WORD.findall(other)
            cost = len(words[0]) * len(words[1])
            if cost <= min(budget, _MOST_WORDS):
                budget -= cost
                yield _by_words(*words)
            else:
                yield DiffRow(_whole(one), _whole(other))


def _opcodes(a: list[str], b: list[str], most: int) -> Sequence[tuple[str, int, int, int, int]]:
    if not a or not b or len(a) * len(b) > most:
        return [("replace", 0, len(a), 0, len(b))]
    return SequenceMatcher(None, a, b).get_opcodes()


def _by_words(a: list[str], b: list[str]) -> DiffRow:
    matcher = SequenceMatcher(None, a, b)
    if matcher.ratio() < _ALIKE:
        return DiffRow(_whole("".join(a)), _whole("".join(b)))
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        for side, words in ((left, a[a1:a2]), (right, b[b1:b2])):
            if words:
                side.append(Piece("".join(words), tag != "equal"))
    return DiffRow(tuple(left), tuple(right))


def _whole(line: str | None) -> tuple[Piece, ...] | None:
    return None if line is None else (Piece(line, True),)


def _same(line: str) -> DiffRow:
    pieces = (Piece(line, False),)
    return DiffRow(pieces, pieces, same=True)
