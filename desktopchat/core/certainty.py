"""How sure a model was of a token, in four words."""

import math
from enum import StrEnum


class Certainty(StrEnum):
    """From the probability that a token had before any sampler."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"
    GUESS = "guess"


LEAST = {Certainty.SURE: 0.9, Certainty.LIKELY: 0.5, Certainty.UNSURE: 0.2, Certainty.GUESS: 0.0}
_SHOWN = 0.0005  # half of the last digit that is shown, so that the word fits the number


def certainty(logprob: float) -> Certainty:
    """Return the word for a natural logarithm of a probability."""
    chance = math.exp(logprob) + _SHOWN
    return next(word for word, least in LEAST.items() if chance >= least)
