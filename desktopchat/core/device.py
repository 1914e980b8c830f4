"""A device that ggml can compute on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """A device that ggml can compute on.

    Attributes:
        kind: "cpu", "gpu", "igpu" or "accel".
        free: Free memory in bytes; 0 when it does not tell.
        total: Memory in bytes.
        likes_flash: A CPU that attends faster with flash attention than without. With AVX-512 llama.cpp 0.3.36 writes
            1.08x to 1.2x as fast with it at 100 to 3,000 tokens, with AVX2 on the same processor 0.88x.
    """

    name: str
    description: str
    kind: str
    free: int
    total: int
    likes_flash: bool = False
