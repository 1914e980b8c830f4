"""Log-probabilities of the chosen token and its likeliest alternatives, from the step's own logits."""

from __future__ import annotations

import math
from typing import Any

import llama_cpp
import numpy as np

from desktopchat.core.token import Alternative, TokenLogprobs
from desktopchat.engine.llama.model import LoadedModel

_BLOCK = 512
_NEAR = np.float32(8)  # e**-8: the likeliest of the rest has a 3,000th of the chance of the likeliest of all
# Schraudolph, "A fast, compact approximation of the exponential function", Neural Computation 11 (1999): as integers,
# the bits of a float are nearly its logarithm. The offset makes the mean error over an octave zero.
_BITS = np.float32(2**23 / math.log(2))
_RANGE = 80  # float32 holds no smaller ones than e**-87
_ONE = 2**23 * (127 - math.log2(1.5 * math.log(2)))

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


def norm_of(logits: Logits, near: np.ndarray[Any, np.dtype[np.intp]], scratch: Logits) -> float:
    """Return log(sum(exp(logits))), at most 1e-3 off for the logits of a model.

    Exact for the values that `near` names; the many small ones are approximated, in half the time of numpy's
    exponential. Each may be 3 % off, in both directions alike, so that it takes thousands that are all the same to be
    off in their sum.

    Args:
        logits: float32 of shape (vocabulary,).
        near: Places of those within `_NEAR` of the largest.
        scratch: Of the shape of the logits, for intermediate values.
    """
    most = float(logits.max())
    # Of a flat one nothing would be gained; and a NaN of a damaged model must stay one.
    gains = 0 < len(near) < len(logits) // 8
    if not gains or most - float(logits.min()) > _RANGE:
        return most + math.log(float(np.exp(np.subtract(logits, most, out=scratch), out=scratch).sum()))
    # With the largest taken out, nothing overflows. numpy adds up in pairs: 1e-6 are lost.
    values = logits[near]
    exact = float(np.exp(values - most).sum())
    rest = _rough_sum(logits, most, scratch) - _rough_sum(values, most, values)
    return most + math.log(exact + rest)


def _rough_sum(values: Logits, most: float, scratch: Logits) -> float:
    """Return about sum(exp(values - most)), where none is more than `_RANGE` below `most`."""
    np.multiply(values, _BITS, out=scratch)
    np.add(scratch, np.float32(_ONE - most * float(_BITS)), out=scratch)
    np.copyto(scratch.view(np.int32), scratch, casting="unsafe")
    return float(scratch.sum())


def logprobs_of(loaded: LoadedModel, logits: Logits, token: int, count: int, scratch: Logits) -> TokenLogprobs:
    """Return what `token` had as its chance, and the `count` likeliest tokens.

    Args:
        logits: float32 of shape (vocabulary,), before any sampler.
        scratch: Of the same shape, for intermediate values: memory that is new for each token costs a third more.
    """
    near = np.flatnonzero(logits > logits.max() - _NEAR)
    top = near[largest(logits[near], count)] if len(near) >= count else largest(logits, count)
    norm = norm_of(logits, near, scratch)

    def alternative(place: int) -> Alternative:
        return Alternative(place, loaded.spelling(place), float(logits[place]) - norm, loaded.kind(place))

    return TokenLogprobs(alternative(token), tuple(alternative(int(place)) for place in top))
