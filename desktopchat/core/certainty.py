"""How sure a model was of a token, in four words."""

import math
from bisect import bisect_right
from enum import StrEnum


class Certainty(StrEnum):
    """From the probability that a token had before any sampler."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"
    GUESS = "guess"


LEAST = {Certainty.SURE: 0.9, Certainty.LIKELY: 0.5, Certainty.UNSURE: 0.2, Certainty.GUESS: 0.0}
_SHOWN = 0.0005  # half of the last digit that is shown, so that the word fits the number
_WORDS = (Certainty.GUESS, Certainty.UNSURE, Certainty.LIKELY, Certainty.SURE)
_BOUNDS = [math.log(LEAST[word] - _SHOWN) for word in _WORDS[1:]]


def certainty(logprob: float) -> Certainty:
    """Return the word for a natural logarithm of a probability."""
    return _WORDS[bisect_right(_BOUNDS, logprob)]
