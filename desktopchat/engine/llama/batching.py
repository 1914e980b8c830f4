"""Whether a model computes several tokens at once to the very bits of one token alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llama_cpp
import numpy as np

from desktopchat.core.memory import SEQUENCES
from desktopchat.engine.llama.batch import Batch
from desktopchat.engine.llama.logprobs import Logits, logits_of
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.speculation import LONGEST_DRAFT

# Kernels differ by the number of tokens: one, some, a tile of four or more with and without a rest.
_SIZES = (2, 5, LONGEST_DRAFT + 1)
_LONGEST = max(_SIZES)
_PADDING = 256  # llama.cpp looks back on a multiple of so many cells


class BatchProbe:
    """Evaluates tokens that were evaluated alone once more in batches, and compares the logits bit by bit.

    llama.cpp computes a batch with other kernels than a single token. Whether they round alike depends on the
    model's types, the KV cache's type and flash attention; some of them change with the number of threads, or where the
    cells that are looked back on pass a power of two. So a verdict holds for one model as it was loaded, for so many
    threads, up to the next of those powers.
    """

    def __init__(self, loaded: LoadedModel) -> None:
        self._loaded = loaded
        self._verdicts: dict[tuple[int, int], bool] = {}  # by reach and threads
        self._alone: list[tuple[int, int, Logits]] = []  # token, position and its logits
        self._alone_threads = 0

    def begin(self) -> None:
        """Forget what was evaluated alone, for another answer begins."""
        self._alone.clear()

    def note(self, token: int, position: int) -> None:
        """Take in a token that was just evaluated alone."""
        threads = self._loaded.n_threads
        if (_reach(position), threads) in self._verdicts:
            return
        follows = self._alone and self._alone[-1][1] + 1 == position and self._alone_threads == threads
        if not follows or _reach(self._alone[0][1]) != _reach(position):
            self._alone.clear()
        self._alone_threads = threads
        del self._alone[: -_LONGEST + 1]
        self._alone.append((token, position, logits_of(self._loaded, 0).copy()))

    def room(self, position: int) -> int:
        """Return how many positions from this one on share its verdict."""
        return (1 << _reach(position)) - _PADDING - position

    def is_exact(
        self,
        position: int,
        batch: Batch,
        decode: Callable[[Any], None],
        sequence: int = 0,
        scratch: int = SEQUENCES - 1,
    ) -> bool:
        """Return whether a batch at this position gives the bits of single tokens; False while that is not known.

        Args:
            position: The first position that is not in the KV cache yet.
            batch: It has room for the longest draft and the token before it.
            decode: Evaluates what is in it.
            sequence: That of the answer, the only one.
            scratch: One that is free.
        """
        key = _reach(position), self._loaded.n_threads
        known = self._verdicts.get(key)
        if known is not None or len(self._alone) < _LONGEST or self._alone[-1][1] + 1 != position:
            return bool(known)
        if position + _LONGEST > self._loaded.n_ctx:
            return False
        memory, start = self._loaded.memory, self._alone[0][1]
        try:
            llama_cpp.llama_memory_seq_cp(memory, sequence, scratch, 0, start)
            self._verdicts[key] = all(self._repeats(size, batch, decode, scratch) for size in _SIZES)
        finally:
            llama_cpp.llama_memory_seq_rm(memory, scratch, -1, -1)
            self._alone.clear()
        return self._verdicts[key]

    def _repeats(self, size: int, batch: Batch, decode: Callable[[Any], None], scratch: int) -> bool:
        batch.clear()
        for token, position, _ in self._alone[:size]:
            batch.add(token, position, scratch)
        decode(batch.native)
        llama_cpp.llama_memory_seq_rm(self._loaded.memory, scratch, self._alone[0][1], -1)
        return all(
            np.array_equal(logits_of(self._loaded, row), logits)
            for row, (_, _, logits) in enumerate(self._alone[:size])
        )


def _reach(position: int) -> int:
    """Return the bits of the number of cells that are looked back on."""
    return (position // _PADDING * _PADDING + _PADDING).bit_length()
