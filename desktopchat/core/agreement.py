"""How far other answers to the same question agree with each sentence of an answer.

The idea is that of SelfCheckGPT (Manakul, Liusie and Gales 2023, arXiv 2303.08896): what a model knows, it says again
when it is asked again, and what it makes up comes out otherwise. Each sentence is compared with the most similar one of
each other answer, by the F1 of the words that both have (ROUGE-1, Lin 2004) in place of the vectors used there, for it
needs no second model. Words that any sentence may have do not count, and numbers count for themselves: an answer agrees
that has a sentence with an F1 of at least `AGREES` and all of its numbers.
That is agreement and not truth: a model may say the same wrong thing again and again.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from desktopchat.core.words import words

AGREES = 0.6
_EMPTY = frozenset(
    """
    a an the this that these those it its he she they them their his her we our you your i my me
    and or but so as if than then also of to in on at by for from with into about
    is are was were be been being am do does did has have had can could will would may might which who whom
    的 了 是 在 和 与 也 就 都 而 及 着 过 这 那 它 他 她 们 我 你 您 个 一 有 为 于 之
    """.split()  # noqa: SIM905  (a list of so many quoted words is harder to read)
)
# A full stop ends a sentence where a blank follows; Chinese ones do so anywhere, and a line always.
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]*_]*\s+|(?<=[。！？])[”’」』）]*|\n+")
_NUMBER_OF_A_LIST = re.compile(r"\W*\d+[.)]\W*")


@dataclass(frozen=True, slots=True)
class Closest:
    """The sentence of another answer that is most like one of this.

    Attributes:
        likeness: F1 of their words, 0 to 1.
        has_numbers: All numbers of the one are in the other.
    """

    text: str = ""
    likeness: float = 0.0
    has_numbers: bool = True

    @property
    def agrees(self) -> bool:
        """Whether it counts as the same."""
        return self.likeness >= AGREES and self.has_numbers


@dataclass(frozen=True, slots=True)
class Agreement:
    """A sentence, and what each of the other answers has that is most like it."""

    text: str
    closest: tuple[Closest, ...]

    @property
    def agreeing(self) -> int:
        """How many of the other answers agree."""
        return sum(one.agrees for one in self.closest)


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: Counter[str]
    numbers: frozenset[str]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, without what has no words."""
    found: list[str] = []
    begun = ""
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()]
        start = end.end()
        if _NUMBER_OF_A_LIST.fullmatch(begun + piece) and "\n" not in piece:
            begun += piece  # it stands with its text
            continue
        found.append(begun + piece)
        begun = ""
    found.append(begun + text[start:])
    return [one.strip() for one in found if words(one)]


def agreement(answer: str, others: Sequence[str]) -> tuple[Agreement, ...]:
    """Return how far the other answers agree with each sentence of an answer."""
    against = [[_known(one) for one in sentences(other)] for other in others]
    return tuple(
        Agreement(one.text, tuple(_closest(one, other) for other in against)) for one in map(_known, sentences(answer))
    )


def _known(text: str) -> _Sentence:
    found = words(text)
    full = [word for word in found if word not in _EMPTY and not word.isdecimal()]
    return _Sentence(text, Counter(full or found), frozenset(word for word in found if word.isdecimal()))


def _closest(one: _Sentence, others: Sequence[_Sentence]) -> Closest:
    likest = (Closest(other.text, _likeness(one, other), one.numbers <= other.numbers) for other in others)
    return max(likest, key=lambda other: (other.agrees, other.likeness), default=Closest())


def _likeness(one: _Sentence, other: _Sentence) -> float:
    """Return the F1 of the words that two sentences have."""
    both = sum((one.words & other.words).values())
    return 2 * both / (one.words.total() + other.words.total())
