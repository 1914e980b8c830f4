"""What size of model a computer holds and how fast it would be, estimated from one measured answer."""

from dataclasses import dataclass

from desktopchat.core.chat import Timings, Usage

READING_SPEED = 5.0  # tokens/s, some 230 words a minute: as fast as one reads
BYTES_A_PARAMETER = 0.6  # of Q4_K_M, the usual choice: 4.85 bits
_SHARE = 0.75  # of the free memory; the rest is for the KV cache, buffers and what other programs need next
_LEAST_PASSES = 16  # fewer are mostly noise
_WORTH = 2  # times the file in use; less is no better model


@dataclass(frozen=True, slots=True)
class Memory:
    """Where a model is computed.

    Attributes:
        free, total: Bytes.
        gpu: Name of the GPU; empty for the processor.
    """

    free: int
    total: int
    gpu: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A size of model that fits.

    Attributes:
        size: Of the file, in bytes.
        parameters: At 4 bits.
        speed: Tokens/s; on a GPU at least this.
    """

    size: int
    parameters: float
    speed: float
    memory: Memory

    @property
    def is_slowness_the_limit(self) -> bool:
        """Whether larger ones would fit into the memory."""
        return self.size < int(self.memory.free * _SHARE)


def passes_per_second(usage: Usage, timings: Timings) -> float:
    """Return how often the whole model was read in a second of writing; 0 when there was too little to measure.

    A token that was guessed and found right cost no pass of its own. The first token came out of the prompt.
    """
    passes = usage.completion_tokens - usage.accepted_tokens - 1
    if passes < _LEAST_PASSES or timings.generation_seconds <= 0:
        return 0.0
    return passes / timings.generation_seconds


def suggest(file_size: int, passes: float, memory: Memory) -> Suggestion | None:
    """Return the largest model that fits into the memory and still writes as fast as one reads.

    To write a token every weight is read once, and reading takes nearly all of the time. So `passes * file_size` is
    the bandwidth of the memory that is really reached, and a file of another size S gives about
    `passes * file_size / S` tokens/s. On a GPU a tiny model spends most of its time on starting each computation, which
    a larger one does not: there the result is the least to be expected, and does not limit the size.

    Args:
        file_size: Of the model that was measured, in bytes.
        passes: Its speed, as `passes_per_second` returns it.
        memory: Where it was computed.

    Returns:
        None when nothing was measured, or when the model in use is about as large as this computer holds.
    """
    bandwidth = passes * file_size  # bytes/s
    size = memory.free * _SHARE
    if not memory.gpu:
        size = min(size, bandwidth / READING_SPEED)
    if bandwidth <= 0 or size < _WORTH * file_size:
        return None
    return Suggestion(int(size), size / BYTES_A_PARAMETER, bandwidth / size, memory)
