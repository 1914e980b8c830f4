"""Tokens that llama.cpp evaluates together."""

from __future__ import annotations

import llama_cpp


class Batch:
    """A llama_batch, filled row by row.

    Reading an array out of a ctypes structure makes an object each time, which costs more than what is written into
    it, and between two tokens of an answer nothing of that is in the processor's cache: so they are looked up once.

    Args:
        room: Rows at most.

    Attributes:
        native: What `llama_decode` takes.
        size: Rows that are filled.
    """

    def __init__(self, room: int) -> None:
        self.native = llama_cpp.llama_batch_init(room, 0, 1)
        self.size = 0
        self._tokens, self._positions, self._wanted = self.native.token, self.native.pos, self.native.logits
        self._sequences = [self.native.seq_id[row] for row in range(room)]
        for row in range(room):
            self.native.n_seq_id[row] = 1

    def clear(self) -> None:
        """Begin with the first row again."""
        self.size = self.native.n_tokens = 0

    def add(self, token: int, position: int, sequence: int = 0, *, wanted: bool = True) -> None:
        """Fill the next row.

        Args:
            wanted: Its logits are wanted, or its embedding.
        """
        row = self.size
        self._tokens[row] = token
        self._positions[row] = position
        self._sequences[row][0] = sequence
        self._wanted[row] = wanted
        self.size = self.native.n_tokens = row + 1

    def close(self) -> None:
        """Free it."""
        llama_cpp.llama_batch_free(self.native)
