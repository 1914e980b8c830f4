"""What an answer would have said at another temperature, with the same random draws."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from desktopchat.core.params import SamplingParams
from desktopchat.core.token_log import TokenLog

_FREE = 1.0  # the temperature at which the model's own probabilities hold


class Draws:
    """The random draws behind an answer, as far as what was chosen tells of them.

    llama.cpp draws a token by inverting the distribution function (`llama_sampler_dist_apply` in llama-sampler.cpp): a
    number u, uniform in [0, 1), chooses the first token whose summed probability is above it. With the likeliest tokens
    first and l_i their log-probabilities, the sums at a temperature T are

        F_k(T) = sum_{i<=k} exp(l_i / T) / sum_i exp(l_i / T)

    That token c came at the answer's own temperature t says that u lay in [F_{c-1}(t), F_c(t)), whose middle stands for
    it. At another temperature the same u chooses the first k with F_k(T) > u: the token would have flipped when that is
    not c. This is the usual counterfactual of sampling by inversion; Oberst and Sontag, "Counterfactual Off-Policy
    Evaluation with Gumbel-Max Structural Causal Models" (2019), tell it from the coupling by Gumbel noise, which gives
    others. As no F_k grows with T, a hotter draw never gives a likelier token, and at T = 0 the likeliest one comes.

    What is assumed: only the alternatives that were kept could have come. Of them top-k, min-p and top-p leave what
    they leave before the temperature, their usual place, and at least all down to the chosen one; other samplers leave
    all. The text before is the one that was written, so what is said of a token behind the first that flips holds for
    this text and not for the one that would have been written. An answer at temperature 0 had no draws: then u is 1/2,
    and where another than the likeliest token came, the middle at T = 1.

    Args:
        log: The answer.
        sampling: Parameters that it was written with.
    """

    def __init__(self, log: TokenLog, sampling: SamplingParams) -> None:
        self._temperature = sampling.temperature
        self._steps: list[tuple[int, list[float], int, float]] = []
        for place in range(len(log)):
            if log.is_given(place):
                continue
            logprobs, chosen = log.candidates(place)
            logprobs = logprobs[: max(_left(logprobs, sampling), chosen + 1)]
            if len(logprobs) > 1:
                self._steps.append((place, logprobs, chosen, self._draw(logprobs, chosen)))

    def flips(self, temperature: float) -> dict[int, int]:
        """Return which steps would have come out otherwise, and which of their candidates would have come."""
        if temperature == self._temperature:
            return {}
        found = {}
        for place, logprobs, chosen, draw in self._steps:
            other = 0
            if temperature > 0:
                sums = _sums(logprobs, temperature)
                other = min(bisect_right(sums, draw * sums[-1]), len(sums) - 1)
            if other != chosen:
                found[place] = other
        return found

    def _draw(self, logprobs: Sequence[float], chosen: int) -> float:
        if self._temperature <= 0 and chosen == 0:
            return 0.5
        sums = _sums(logprobs, self._temperature if self._temperature > 0 else _FREE)
        before = sums[chosen - 1] if chosen else 0.0
        return (before + sums[chosen]) / 2 / sums[-1]


def _sums(logprobs: Sequence[float], temperature: float) -> list[float]:
    """Return the summed weights, likeliest first."""
    most = logprobs[0]
    return list(accumulate(math.exp((one - most) / temperature) for one in logprobs))


def _left(logprobs: Sequence[float], sampling: SamplingParams) -> int:
    """Return how many candidates the truncating samplers leave."""
    if sampling.mirostat:
        return len(logprobs)
    left = len(logprobs)
    for name in sampling.samplers:
        if name == "top_k" and sampling.top_k > 0:
            left = min(left, sampling.top_k)
        elif name == "min_p" and sampling.min_p > 0:
            least = logprobs[0] + math.log(sampling.min_p)
            left = min(left, sum(one >= least for one in logprobs))
        elif name == "top_p" and sampling.top_p < 1:
            sums = _sums(logprobs[:left], _FREE)
            left = min(left, bisect_right(sums, sampling.top_p * sums[-1]) + 1)
    return max(left, 1)
