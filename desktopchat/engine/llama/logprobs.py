"""Log-probabilities of the chosen token and its likeliest alternatives, from the step's own logits."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import llama_cpp
import numpy as np

from desktopchat.core.token import Alternative, TokenLogprobs
from desktopchat.engine.llama.model import LoadedModel

_BLOCK = 512
_NEAR = np.float32(8)  # e**-8: the likeliest of the rest has a 3,000th of the chance of the likeliest of all
_FLAT = 100  # times the chance of the likeliest is what all have together: none weighs enough to be looked at alone
# Schraudolph, "A fast, compact approximation of the exponential function", Neural Computation 11 (1999): as integers,
# the bits of a float are nearly its logarithm. It takes 1 + f for 2**f, 0 <= f < 1; the mean of (1 + f) / 2**f is
# 0.5 / log(2)**2, and with it in the offset the mean error of a sum that is spread over octaves is zero.
_BITS = np.float32(2**23 / math.log(2))
_FEW, _RANGE = 5, 80  # a few octaves at least; and float32 holds no smaller ones than e**-87
_ONE = 2**23 * (127 - math.log2(0.5 / math.log(2) ** 2))

Logits = np.ndarray[Any, np.dtype[np.float32]]
Places = np.ndarray[Any, np.dtype[np.intp]]


def logits_of(loaded: LoadedModel, row: int) -> Logits:
    """Return the logits of a row of the last batch in place: float32 of shape (vocabulary,), valid until the next."""
    pointer = llama_cpp.llama_get_logits_ith(loaded.context, row)
    address = ctypes.addressof(pointer.contents)
    logits = loaded.logits.get(address)
    if logits is None:  # numpy takes longer to make one than to look for the likeliest in it
        logits = loaded.logits[address] = np.ctypeslib.as_array(pointer, shape=(loaded.n_vocab,))
    return logits


def is_quick(count: int, size: int) -> bool:
    """Return whether `largest` takes a short cut for so many of so many values."""
    return size // _BLOCK > count


def largest(logits: Logits, count: int) -> Places:
    """Return the places of the `count` largest values, largest first.

    No value below the `count` largest maxima of blocks can be one of them, so that only a few blocks are looked into:
    a tenth of the time of numpy.argpartition over the whole.
    """
    count = min(count, len(logits))
    if is_quick(count, len(logits)):
        blocks = len(logits) // _BLOCK
        maxima = logits[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        least = np.partition(maxima, -count)[-count]
        # Said this way round, a NaN of a damaged model leaves something.
        starts = np.flatnonzero(~(maxima < least)) * _BLOCK
        inside = (starts[:, np.newaxis] + np.arange(_BLOCK)).ravel()
        places = np.concatenate((inside, np.arange(blocks * _BLOCK, len(logits))))
        places = places[~(logits[places] < least)]
    else:
        places = np.sort(np.argpartition(logits, -count)[-count:])
    return places[np.argsort(-logits[places], kind="stable")[:count]]


def norm_of(logits: Logits, scratch: Logits) -> tuple[float, Places | None]:
    """Return log(sum(exp(logits))), at most 5e-4 off for the logits of a model, and where the largest were looked for.

    The values near the largest are added up exactly; the many small ones, and all where none stands out, are
    approximated, in half the time of numpy's exponential. Each may be 4 % off, in both directions alike.

    Args:
        logits: float32 of shape (vocabulary,).
        scratch: Of the same shape, for intermediate values.

    Returns:
        The logarithm, and the places of all values within `_NEAR` of the largest, or None where nobody looked.
    """
    most = float(logits.max())
    # Said this way round, a NaN of a damaged model goes the way where it stays one.
    if not _FEW <= most - float(logits.min()) <= _RANGE:
        return most + math.log(float(np.exp(np.subtract(logits, most, out=scratch), out=scratch).sum())), None
    total = _rough_sum(logits, most, scratch)
    if total > _FLAT:
        return most + math.log(total), None
    near = np.flatnonzero(logits > most - _NEAR)
    values = logits[near]
    # With the largest taken out, nothing overflows. numpy adds up in pairs: 1e-6 are lost.
    exact = float(np.exp(values - most).sum())
    return most + math.log(exact + (total - _rough_sum(values, most, values))), near


def _rough_sum(values: Logits, most: float, scratch: Logits) -> float:
    """Return about sum(exp(values - most)), where none is more than `_RANGE` below `most`."""
    np.multiply(values, _BITS, out=scratch)
    np.add(scratch, np.float32(_ONE - most * float(_BITS)), out=scratch)
    np.copyto(scratch.view(np.int32), scratch, casting="unsafe")
    return float(scratch.sum())


def logprobs_of(
    loaded: LoadedModel, logits: Logits, token: int, count: int, scratch: Logits, likeliest: Places | None = None
) -> TokenLogprobs:
    """Return what `token` had as its chance, and the `count` likeliest tokens.

    Args:
        logits: float32 of shape (vocabulary,), before any sampler.
        scratch: Of the same shape, for intermediate values: memory that is new for each token costs a third more.
        likeliest: What `largest` says of them, where it was asked already.
    """
    norm, near = norm_of(logits, scratch)
    if likeliest is not None and len(likeliest) >= count:
        top = likeliest[:count]
    elif near is not None and len(near) >= count:
        top = near[largest(logits[near], count)]
    else:
        top = largest(logits, count)

    def alternative(place: int) -> Alternative:
        return Alternative(place, loaded.spelling(place), float(logits[place]) - norm, loaded.kind(place))

    return TokenLogprobs(alternative(token), tuple(alternative(int(place)) for place in top))
