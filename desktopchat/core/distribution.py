"""The distribution of the next token, and how the sampling parameters bend it.

The order is that of the engine: top-k, top-p, min-p, temperature; each works on what the one before has left. What they
do is what llama.cpp's samplers of these names do (src/llama-sampler.cpp).
"""

import math
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal

# Top-p has to sort. Over a whole vocabulary that takes 5 to 20 ms a token (measured); tokens beyond these have no share
# that matters.
MOST_CANDIDATES = 1000


@dataclass(frozen=True, slots=True)
class Chance:
    """A token that may come next.

    Attributes:
        piece: The bytes that it stands for.
        logprob: Natural logarithm of its probability before any sampler.
        ends: It ends the text.
    """

    token: int
    piece: bytes
    logprob: float
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a model expects next, before any sampler.

    Attributes:
        top: The likeliest tokens, at most `MOST_CANDIDATES`, likeliest first.
        tail: All others in lots of nearly the same probability: their log-probability, and how many they are.
    """

    top: tuple[Chance, ...]
    tail: tuple[tuple[float, int], ...] = ()

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self.top) + sum(count for _, count in self.tail)


@dataclass(frozen=True, slots=True)
class Bending:
    """The sampling parameters that bend a distribution, as of `SamplingParams`."""

    temperature: float
    top_k: int
    top_p: float
    min_p: float


@dataclass(frozen=True, slots=True)
class Bent:
    """What a sampler draws from.

    Attributes:
        shares: Probabilities of the first tokens of `Distribution.top`; the others have none.
        rest: Probability of all tokens that come after those together.
        after_top_k, after_top_p, after_min_p: How many tokens each left.
    """

    shares: tuple[float, ...]
    rest: float
    after_top_k: int
    after_top_p: int
    after_min_p: int


Name = Literal["temperature", "top_k", "top_p", "min_p"]
# What a key goes through, from the weakest to the strongest value of each; 0 of top-k is off.
STEPS: dict[Name, tuple[float, ...]] = {
    "temperature": tuple(tenth / 10 for tenth in range(31)),
    "top_k": (1, 2, 3, 5, 10, 20, 40, 100, 200, 500, MOST_CANDIDATES, 0),
    "top_p": (0.05, *(tenth / 10 for tenth in range(1, 10)), 0.95, 0.99, 1.0),
    "min_p": (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
}


def stepped(by: Bending, name: Name, step: int) -> Bending:
    """Return the next (1) or the previous (-1) value of a parameter; at an end it stays."""
    values, now = STEPS[name], getattr(by, name)
    place = values.index(now) if now in values else min(range(len(values)), key=lambda one: abs(values[one] - now))
    value = values[min(max(place + step, 0), len(values) - 1)]
    match name:
        case "temperature":
            return replace(by, temperature=value)
        case "top_k":
            return replace(by, top_k=int(value))
        case "top_p":
            return replace(by, top_p=value)
    return replace(by, min_p=value)


def drawn(bent: Bent, chance: float) -> int:
    """Return the place of the token in `Distribution.top` that a chance from 0 to 1 draws; of the rest, the last."""
    sums = accumulate(bent.shares)
    return next((place for place, together in enumerate(sums) if together > chance), len(bent.shares) - 1)


def bend(distribution: Distribution, by: Bending) -> Bent:
    """Apply top-k, top-p, min-p and temperature to a distribution."""
    top = [chance.logprob for chance in distribution.top]
    tail = distribution.tail
    if by.top_k > 0 or by.top_p < 1:
        top, tail = top[: by.top_k or MOST_CANDIDATES], ()
    after_top_k = len(top) + _count(tail)
    if by.top_p < 1:
        sums = accumulate(_shares(top, (), 1.0)[0])
        enough = next((place for place, together in enumerate(sums, 1) if together >= by.top_p), len(top))
        top = top[:enough]
    after_top_p = len(top) + _count(tail)
    if by.min_p > 0:
        least = top[0] + math.log(by.min_p)
        top = [logprob for logprob in top if logprob >= least]
        tail = tuple(lot for lot in tail if lot[0] >= least)
    after_min_p = len(top) + _count(tail)
    if by.temperature <= 0:
        return Bent((1.0,), 0.0, after_top_k, after_top_p, after_min_p)
    shares, rest = _shares(top, tail, by.temperature)
    return Bent(tuple(shares), rest, after_top_k, after_top_p, after_min_p)


def _shares(top: list[float], tail: tuple[tuple[float, int], ...], temperature: float) -> tuple[list[float], float]:
    """Return the softmax of these at a temperature, and what the tail has of it."""
    first = top[0]  # the greatest: nothing overflows
    weights = [math.exp((logprob - first) / temperature) for logprob in top]
    others = sum(count * math.exp((logprob - first) / temperature) for logprob, count in tail)
    whole = math.fsum(weights) + others
    return [weight / whole for weight in weights], others / whole


def _count(tail: tuple[tuple[float, int], ...]) -> int:
    return sum(count for _, count in tail)
