"""The distribution of the next token, from the logits of a prompt."""

from __future__ import annotations

import numpy as np

from desktopchat.core.distribution import MOST_CANDIDATES, Chance, Distribution
from desktopchat.core.errors import EngineError
from desktopchat.engine.llama.logprobs import Logits, largest
from desktopchat.engine.llama.model import LoadedModel

# Width of a lot of the tail, in log-probability: what the tail has together is exact at temperature 1, else nearly.
_LOT = 0.2


def distribution_of(loaded: LoadedModel, logits: Logits) -> Distribution:
    """Return the distribution that logits stand for.

    Args:
        logits: float32 of shape (vocabulary,).

    Raises:
        EngineError: There is no number among them.
    """
    found = logits.astype(np.float64)
    # Masked tokens have none, and a damaged model may have worse.
    sound = np.isfinite(found)
    if not sound.any():
        raise EngineError("The model gives no probabilities.", "Load it again, or choose another model.")
    found = np.where(sound, found, -np.inf)
    most = found.max()
    logprobs = found - (most + np.log(np.exp(found - most).sum()))
    places = [int(place) for place in largest(np.where(sound, logits, -np.inf), MOST_CANDIDATES) if sound[place]]
    top = tuple(Chance(place, loaded.spelling(place), float(logprobs[place]), loaded.is_end(place)) for place in places)
    others = sound.copy()
    others[places] = False
    return Distribution(top, _lots(logprobs[others]))


def _lots(logprobs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[tuple[float, int], ...]:
    if not len(logprobs):
        return ()
    lots = np.floor(logprobs / _LOT).astype(np.int64)
    names, which, counts = np.unique(lots, return_inverse=True, return_counts=True)
    sums = np.zeros(len(names))
    np.add.at(sums, which, np.exp(logprobs - lots * _LOT))
    means = np.log(sums / counts) + names * _LOT
    return tuple((float(mean), int(count)) for mean, count in zip(means, counts, strict=True))
