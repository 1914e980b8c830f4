"""Finds names by a few of their letters, at once also among 100,000.

What is typed is split into words. Each word must occur in a name: at its start, at the start of a word, inside of one,
or else as letters that follow each other with gaps. The names that are found first among those of one kind are the
first ones, so they should stand newest first.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from desktopchat.core.words import fold

LIMIT = 150  # hits that are worth looking at
# What is looked at before one asks whether to go on: less than a millisecond each on a slow machine.
CHUNK = 100  # names that are scored
STRETCH = 1 << 17  # bytes of text in which a word is looked for
_PIECE = 5_000  # names in which a letter is looked for
_COMMON = 500  # occurrences from which on the best are looked for first
_LONGEST_QUERY = 64  # letters
_HALF_LIFE = 14 * 86_400  # seconds after which a use counts half

_SPACE = ord(" ")
_PAUSE = -1  # no place: some time went by
_START, _WORD, _INSIDE, _GAPS = 100.0, 80.0, 50.0, 10.0
_USED = 30.0  # the most that being used often adds


@dataclass(frozen=True, slots=True)
class Match:
    """A name that was found.

    Attributes:
        place: Where it stands among the names.
        score: The higher, the better.
    """

    place: int
    score: float


def folded(name: str) -> str:
    """Return a name as it is searched: without case and accents, in one line."""
    return fold(name).replace("\n", " ").replace("\0", " ")


class Names:
    """Names that can be searched. Made once, on any thread; it takes 0.2 s for 100,000.

    Args:
        names: In the order in which equally good ones are preferred.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = [folded(name) for name in names]
        # One text of all of them, in bytes: looking for letters in it is what CPython does fastest.
        parts = [name.encode("utf-8", "replace") for name in self._names]
        self._text = b"\n" + b"\n".join(parts) + b"\n"
        self._starts = list(accumulate((len(part) + 1 for part in parts), initial=1))
        self._with: dict[str, int] = {}  # a number with one byte for each name, which is 1 where the letter occurs
        for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
            self._with[letter] = int.from_bytes(_having(letter, self._names), "big")

    def __len__(self) -> int:
        return len(self._names)

    def search(self, query: str, bonus: Mapping[int, float] | None = None) -> Iterator[list[Match]]:
        """Find names, in steps: after each one come the matches so far, best first, and one may stop.

        Args:
            query: What was typed.
            bonus: What is added to the score of names by their places; these are looked at first.
        """
        words = tuple(dict.fromkeys(fold(query)[:_LONGEST_QUERY].split()))
        if not words or not self._names:
            return
        bonus = bonus or {}
        found: dict[int, float] = {}
        looked = 0
        for places in (self._in_one_piece(words, bonus), self._with_letters(words)):
            for place in places:
                if place >= 0 and place not in found and (value := score(self._names[place], words)):
                    found[place] = value + bonus.get(place, 0.0)
                    if len(found) >= LIMIT:
                        yield _sorted(found)
                        return
                looked += 1
                if place == _PAUSE or looked % CHUNK == 0:
                    yield _sorted(found)
            yield _sorted(found)

    def _in_one_piece(self, words: tuple[str, ...], bonus: Mapping[int, float]) -> Iterator[int]:
        """Return the places of names in which a long word stands, the likely ones first; some come twice."""
        yield from bonus
        for word in sorted(words, key=len, reverse=True):
            part = word.encode("utf-8", "replace")
            occurrences = self._occurrences(part)
            some: list[tuple[int, int]] = []
            for place, at in occurrences:
                if place == _PAUSE:
                    yield _PAUSE
                else:
                    some.append((place, at))
                if len(some) == _COMMON:
                    break
            if some:
                break
        else:
            return
        if len(some) < _COMMON:
            starts, text = self._starts, self._text
            some.sort(key=lambda found: 0 if starts[found[0]] == found[1] else 1 if text[found[1] - 1] == _SPACE else 2)
            yield from (place for place, _at in some)
            return
        yield from (place for place, _at in some[: LIMIT // 3])  # so that there is something to see
        for start in (b"\n", b" "):
            yield _PAUSE  # there is something to see
            yield from (place for place, _at in self._occurrences(start + part))
        yield from (place for place, _at in chain(some, occurrences))

    def _occurrences(self, part: bytes) -> Iterator[tuple[int, int]]:
        """Return the places of the names in which a part occurs, each with where in the text that is."""
        at, text, starts = 0, self._text, self._starts
        skipped = part.startswith(b"\n")
        for end in range(STRETCH, len(text) + STRETCH, STRETCH):
            last = end + len(part) - 1
            while (found := text.find(part, at, last)) >= 0:
                place = bisect_right(starts, found + skipped) - 1
                yield place, found
                at = starts[place + 1] - 1
            at = max(at, end)
            yield _PAUSE, end

    def _with_letters(self, words: tuple[str, ...]) -> Iterator[int]:
        """Return the places of the names that have all letters of the words, wherever they stand."""
        if len(words) == len(words[0]) == 1:
            return  # it stands in one piece wherever it stands
        flags = -1
        for letter in {letter for word in words for letter in word}:
            if letter not in self._with:
                having = bytearray()
                for start in range(0, len(self._names), _PIECE):
                    having += _having(letter, self._names[start : start + _PIECE])
                    yield _PAUSE
                self._with[letter] = int.from_bytes(having, "big")
            flags &= self._with[letter]
            if not flags:
                return
        marked = flags.to_bytes(len(self._names), "big")
        place = marked.find(1)
        while place >= 0:
            yield place
            place = marked.find(1, place + 1)


def _having(letter: str, names: Sequence[str]) -> bytes:
    """Return one byte for each name, which is 1 where the letter occurs."""
    return bytes([letter in name for name in names])


def score(name: str, words: Sequence[str]) -> float:
    """Return how well folded words fit a folded name: the mean over the words; 0 when one does not fit."""
    total = 0.0
    for word in words:
        at = name.find(word)
        if at == 0:
            total += _START
        elif at > 0:
            at_word = at if not name[at - 1].isalnum() else name.find(" " + word)
            total += _WORD if at_word >= 0 else _INSIDE
        elif (places := _gapped(name, word)) is not None:
            total += _gap_score(name, places)
        else:
            return 0.0
    # Of two that fit alike, the shorter one is meant.
    return total / len(words) + 5.0 / (1 + len(name) / 16)


def marks(name: str, query: str) -> tuple[int, ...]:
    """Return the places in a name of what was typed, to show why it was found."""
    plain = folded(name)
    if len(plain) != len(name):
        return ()  # folding took letters away: the places are not known
    places: set[int] = set()
    for word in fold(query)[:_LONGEST_QUERY].split():
        at = plain.find(word)
        if at > 0 and plain[at - 1].isalnum() and (better := plain.find(" " + word)) >= 0:
            at = better + 1
        found = range(at, at + len(word)) if at >= 0 else _gapped(plain, word)
        places.update(found or ())
    return tuple(sorted(places))


def _gapped(name: str, word: str) -> list[int] | None:
    """Return where the letters of a word stand, with few gaps; None when they do not follow each other."""
    at = -1
    for letter in word:
        at = name.find(letter, at + 1)
        if at < 0:
            return None
    if (first := _at_words(name, word)) is not None:
        return first
    places = [at]
    for letter in reversed(word[:-1]):  # backwards from the first end: no gap is wider than it need be
        at = name.rfind(letter, 0, at)
        places.append(at)
    return places[::-1]


def _at_words(name: str, word: str) -> list[int] | None:
    """Return where the letters of a word stand when each begins a word or follows the one before; else None."""
    at, places = -1, []
    for letter in word:
        if name.startswith(letter, at + 1):
            at += 1
        elif (at := name.find(" " + letter, max(at, 0)) + 1) <= 0:
            return None
        places.append(at)
    return places


def _gap_score(name: str, places: list[int]) -> float:
    """Return more for letters that begin words or stand together."""
    good = sum(
        at == 0 or not name[at - 1].isalnum() or at - 1 == before
        for before, at in zip([-2, *places], places, strict=False)
    )
    share = good / len(places)
    spread = len(places) / (places[-1] - places[0] + 1)
    return _GAPS + 48.0 * share + 5.0 * spread


def _sorted(found: Mapping[int, float]) -> list[Match]:
    return [Match(place, value) for place, value in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


@dataclass(frozen=True, slots=True)
class Use:
    """How often something was chosen, as it counts at a time."""

    weight: float
    at: float

    def again(self, now: float) -> "Use":
        """Return what it is after one more time."""
        return Use(self.weight_at(now) + 1.0, now)

    def weight_at(self, now: float) -> float:
        """Return what is left of it: half after two weeks."""
        return float(self.weight * 0.5 ** (max(0.0, now - self.at) / _HALF_LIFE))

    def bonus(self, now: float) -> float:
        """Return what it adds to a score."""
        return _USED * (1.0 - math.exp(-self.weight_at(now) / 2))
