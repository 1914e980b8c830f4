"""The part of a text that shows why it was found, with the found words marked."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from desktopchat.core.query import Term
from desktopchat.core.words import fold, pattern

LENGTH = 160  # characters of an excerpt
_BEFORE = 40  # of them before the first hit
_SLACK = 20  # characters in which a space is looked for to end at
_PIECE = 512
_SPACE = re.compile(r"\s+")
# What would drive a terminal, turn the direction of the line, or take no room.
_HARMFUL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# Characters that folding replaces one by one: Latin, Greek, Cyrillic, Chinese and Japanese, Hangul, full width.
_FOLDS_EVENLY = re.compile(
    "[\x00-\x7f\xe0-\xe5\xe7-\xef\xf1-\xf6\xf8-\xfd·–—‘’“”\u03ac-\u03af\u03b1-\u03ce\u0410-\u045f"
    "\u3000-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]*"
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of text on one line.

    Attributes:
        marks: Start and end of each found place in it, in order, apart from each other.
    """

    text: str
    marks: tuple[Span, ...] = ()

    def from_hit(self, before: int) -> "Excerpt":
        """Return it without what stands far before the first mark, for where there is little room.

        Args:
            before: Characters before the mark that may stay.
        """
        start = self.marks[0][0] - before if self.marks else 0
        if start <= before:
            return self
        if (space := _SPACE.search(self.text, start - 1, self.marks[0][0])) is not None:
            start = space.end()
        return Excerpt("…" + self.text[start:], tuple((a - start + 1, b - start + 1) for a, b in self.marks))


class Highlighter:
    """Finds the terms of one query in texts."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._patterns = [pattern(term.words, prefix=term.prefix) for term in terms]

    def excerpt(self, text: str, length: int = LENGTH) -> Excerpt:
        """Return the piece of a text in which the terms occur; its beginning when none of them does.

        The whole text is folded once and looked through once for each term; only the piece is looked at closely.

        Args:
            length: About how many characters.
        """
        place = _place(text, self._patterns) if len(text) > length else 0
        start = max(0, place - _BEFORE)
        if start > 0 and (space := _SPACE.search(text, start, place)):
            start = space.end()
        end = min(len(text), start + length)
        if end < len(text) and (space := _SPACE.search(text, max(place + 1, end - _SLACK), end)):
            end = space.start()
        piece = " ".join(_HARMFUL.sub("", text[start:end]).split())
        marks = _marks(piece, self._patterns)
        if start > 0:
            piece, marks = f"…{piece}", tuple((begin + 1, stop + 1) for begin, stop in marks)
        return Excerpt(f"{piece}…" if end < len(text) else piece, marks)

    def mark(self, text: str) -> Excerpt:
        """Return a short text, such as a title, whole."""
        return self.excerpt(text, max(LENGTH, len(text)))


def _place(text: str, patterns: Sequence[re.Pattern[str]]) -> int:
    """Return about where the terms occur together: at the latest of their first places."""
    pieces = [text[start:end] for start, end in _cuts(text)]
    folded = [fold(piece) for piece in pieces]
    whole = "".join(folded)
    places = [found.start() for one in patterns if (found := one.search(whole))]
    if not places:
        return 0
    place = max(places)
    if len(whole) == len(text):
        return place  # or so
    ends = list(accumulate(map(len, folded)))
    number = bisect_right(ends, place)
    origins = _origins(pieces[number])
    return sum(map(len, pieces[:number])) + origins[place - (ends[number] - len(folded[number]))][0]


def _cuts(text: str) -> Iterator[Span]:
    """Cut a text where folding the pieces is folding the whole."""
    start = 0
    while start < len(text):
        end = start + _PIECE
        while end < len(text) and not _stands_alone(text[end]):
            end += 1
        yield start, end
        start = end


def _marks(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[Span, ...]:
    """Return where the terms occur."""
    folded = fold(text)
    found = sorted(match.span() for one in patterns for match in one.finditer(folded))
    if not found:
        return ()
    if not _FOLDS_EVENLY.fullmatch(text):
        origins = _origins(text)
        found = sorted((origins[start][0], origins[end - 1][1]) for start, end in found)
    marks = [found[0]]
    for start, end in found[1:]:
        if start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return tuple(marks)


def _origins(text: str) -> list[Span]:
    """Return for each character of the folded text which part of the text it came from."""
    origins: list[Span] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _stands_alone(text[end]):
            origins += [(start, end)] * _folded_length(text[start:end])
            start = end
    return origins


@lru_cache(4096)
def _folded_length(text: str) -> int:
    return len(fold(text))


@lru_cache(4096)
def _stands_alone(character: str) -> bool:
    """Return whether folding does not put this character together with the one before it."""
    return not unicodedata.category(character).startswith("M")
