"""Pictures in a sequence of tokens: as many negative numbers as a picture takes places, which spell its identity.

Two prompts share a picture when they share these numbers, so what holds for tokens (how much of a prompt is in the
KV cache, what a kept state is of) holds for pictures too. Two bits of each number say whether a picture begins with
it and whether the position moves on: some models put a whole picture into fewer positions than it takes cells.
"""

import hashlib
from array import array
from collections.abc import Sequence

_BEGINS, _MOVES = 1, 2
_SIGN = 0x7FFFFFFF


def picture_tokens(identity: str, n_tokens: int, n_positions: int) -> list[int]:
    """Return the numbers for a picture, or for a part of one that is evaluated as a whole.

    Args:
        identity: The same for the same picture, part and projector alone.
        n_tokens: Cells of the KV cache that it takes.
        n_positions: How far it moves the position on; at most `n_tokens`.
    """
    noise = array("I", hashlib.shake_256(identity.encode()).digest(4 * n_tokens))
    return [
        ~(number & _SIGN & ~(_BEGINS | _MOVES) | _BEGINS * (not place) | _MOVES * (place < n_positions))
        for place, number in enumerate(noise)
    ]


def is_picture(token: int) -> bool:
    """Return whether a token is a place of a picture."""
    return token < 0


def begins(token: int) -> bool:
    """Return whether a picture begins with this token."""
    return token < 0 and bool(~token & _BEGINS)


def is_inside(token: int) -> bool:
    """Return whether a token belongs to a picture that began before it."""
    return token < 0 and not ~token & _BEGINS


def length_at(tokens: Sequence[int], start: int) -> int:
    """Return how many tokens the picture has that begins at `start`."""
    end = start + 1
    while end < len(tokens) and is_inside(tokens[end]):
        end += 1
    return end - start


def still(tokens: Sequence[int]) -> int:
    """Return how many tokens do not move the position on."""
    return sum(token < 0 and not ~token & _MOVES for token in tokens)
