"""What a text means to a model, as a direction in its space."""

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum, sqrt


@dataclass(frozen=True, slots=True)
class Embedding:
    """A text as a vector of length 1.

    Attributes:
        data: Its numbers as float32, little endian: what a store keeps and a pipe carries.
        tokens: Length of the text.
    """

    data: bytes
    tokens: int

    @classmethod
    def of(cls, values: Iterable[float], tokens: int) -> "Embedding":
        """Return the vector that points where these numbers do; all zeros stay so."""
        numbers = list(values)
        length = sqrt(fsum(number * number for number in numbers)) or 1.0
        return cls(_swapped(array("f", (number / length for number in numbers))).tobytes(), tokens)

    @property
    def values(self) -> tuple[float, ...]:
        """The numbers."""
        return tuple(_swapped(array("f", self.data)))

    def similarity(self, other: "Embedding") -> float:
        """Return the cosine of the angle between two vectors: 1 for the same direction."""
        return fsum(one * two for one, two in zip(self.values, other.values, strict=True))


def _swapped(numbers: "array[float]") -> "array[float]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
