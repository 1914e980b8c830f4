"""How much of a prompt is in the KV cache already, by what the tokens spell and not only by their ids.

The tokens that a model generates are often not the ones that its tokenizer makes of the same text. By ids
alone a follow-up would reuse a conversation only up to the first such place in the first answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """`cached[:kept]` spells the same as `prompt[:covered]`."""

    kept: int
    covered: int


def common_length(first: Sequence[int], second: Sequence[int]) -> int:
    """Return the number of equal tokens at the start of both."""
    length = min(len(first), len(second))
    if first[:length] == second[:length]:
        return length
    return next(place for place in range(length) if first[place] != second[place])


def match(
    cached: Sequence[int],
    prompt: Sequence[int],
    piece: Callable[[int], bytes],
    is_control: Callable[[int], bool],
) -> Match:
    """Return the longest match whose ends are ends of a token on both sides.

    Control tokens match themselves alone: text that spells one is another thing.

    Args:
        cached: Tokens in the KV cache.
        prompt: Tokens of the wanted prompt, as the tokenizer makes them.
        piece: The bytes that a token stands for.
    """
    kept = covered = common_length(cached, prompt)
    best = Match(kept, covered)
    ours = theirs = b""  # what is spelled beyond the common part; at most one of them is not empty
    while True:
        if not ours and not theirs:
            best = Match(kept, covered)
            if kept == len(cached) or covered == len(prompt):
                return best
            if cached[kept] == prompt[covered]:
                kept, covered = kept + 1, covered + 1
                continue
        if not ours:
            if kept == len(cached) or is_control(cached[kept]):
                return best
            ours = piece(cached[kept])
            kept += 1
        if not theirs:
            if covered == len(prompt) or is_control(prompt[covered]):
                return best
            theirs = piece(prompt[covered])
            covered += 1
        length = min(len(ours), len(theirs))
        if not length or ours[:length] != theirs[:length]:
            return best
        ours, theirs = ours[length:], theirs[length:]
