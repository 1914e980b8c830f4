"""A device that ggml can compute on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """A device that ggml can compute on.

    Attributes:
        kind: "cpu", "gpu", "igpu" or "accel".
        free: Free memory in bytes; 0 when it does not tell.
        total: Memory in bytes.
    """

    name: str
    description: str
    kind: str
    free: int
    total: int
