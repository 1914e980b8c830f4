"""Log-probabilities of the chosen token and its likeliest alternatives, from the step's own logits."""

from __future__ import annotations

import math
from typing import Any

import llama_cpp
import numpy as np

from desktopchat.core.token import Alternative, TokenLogprobs
from desktopchat.engine.llama.model import LoadedModel

_BLOCK = 512

Logits = np.ndarray[Any, np.dtype[np.float32]]


def logits_of(loaded: LoadedModel, row: int) -> Logits:
    """Return the logits of a row of the last batch in place: float32 of shape (vocabulary,), valid until the next."""
    pointer = llama_cpp.llama_get_logits_ith(loaded.context, row)
    return np.ctypeslib.as_array(pointer, shape=(loaded.n_vocab,))


def largest(logits: Logits, count: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the places of the `count` largest values, largest first.

    No value below the `count` largest maxima of blocks can be one of them, so that only a few are left to be
    sorted: a tenth of the time of numpy.argpartition over the whole.
    """
    count = min(count, len(logits))
    if (blocks := len(logits) // _BLOCK) > count:
        maxima = logits[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        # Said this way round, a NaN of a damaged model leaves something.
        places = np.flatnonzero(~(logits < np.partition(maxima, -count)[-count]))
    else:
        places = np.argpartition(logits, -count)[-count:]
    return places[np.argsort(-logits[places], kind="stable")[:count]]


def logprobs_of(loaded: LoadedModel, logits: Logits, token: int, count: int, scratch: Logits) -> TokenLogprobs:
    """Return what `token` had as its chance, and the `count` likeliest tokens.

    Args:
        logits: float32 of shape (vocabulary,), before any sampler.
        scratch: Of the same shape, for intermediate values: memory that is new for each token costs a third more.
    """
    top = largest(logits, count)
    most = logits[top[0]]
    # log(sum(exp)) with the largest taken out, so that nothing overflows. numpy adds up in pairs: 1e-6 are lost.
    np.exp(np.subtract(logits, most, out=scratch), out=scratch)
    norm = float(most) + math.log(float(scratch.sum()))

    def alternative(place: int) -> Alternative:
        return Alternative(place, loaded.spelling(place), float(logits[place]) - norm, loaded.kind(place))

    return TokenLogprobs(alternative(token), tuple(alternative(int(place)) for place in top))
