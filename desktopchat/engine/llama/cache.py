"""The KV cache of the running conversation, and the way to and from the kept states of the others."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable
from typing import Any

import llama_cpp
import numpy as np

from desktopchat.engine.api import never
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.media import is_inside, still
from desktopchat.engine.prefix import Match, match
from desktopchat.engine.states import SLICE, State, StateStore

# Keeping a state is worth it from this many tokens on, and restoring one from fewer: it takes less than evaluating ten.
_WORTHWHILE = 64
_RESTORED = 16


class Cache:
    """Sequence 0 of the KV cache, which holds exactly `tokens`.

    Attributes:
        owner: The conversation that they belong to.
        tokens: What is evaluated.
        prompt_logits: Logits after the last prompt, float32 of shape (vocabulary,), with its tokens: the same
            prompt asked again needs no evaluation at all.
        repeatable: Whether those logits come from the evaluation of a whole prompt.
    """

    def __init__(self, loaded: LoadedModel, states: StateStore) -> None:
        self._loaded = loaded
        self._states = states
        self._memory = loaded.memory
        self.owner = ""
        self.tokens: list[int] = []
        self._still = 0  # how many of them do not move the position on
        self.repeatable = False
        self.prompt_logits: tuple[list[int], np.ndarray[Any, np.dtype[np.float32]]] | None = None

    @property
    def still(self) -> int:
        """By how much the position of the next token is less than the number of cells."""
        return self._still

    def take_picture(self, tokens: list[int]) -> None:
        """Note that a picture was evaluated."""
        self.tokens += tokens
        self._still += still(tokens)

    def arrange(self, owner: str, prompt: list[int]) -> list[int]:
        """Make the cache a prefix of a prompt, the longest that is to be had.

        Args:
            owner: The conversation.
            prompt: Its tokens, as the tokenizer makes them.

        Returns:
            Tokens that spell the prompt and begin with the cached ones. At least one of them is still to be
            evaluated, unless `prompt_logits` are those of the whole.
        """
        best = self.match(self.tokens, prompt)
        chosen = None
        for name, tokens in self._states.candidates(owner):
            found = self.match(tokens, prompt)
            if found.covered >= best.covered + _RESTORED:
                best, chosen = found, name
        state = self._states.get(chosen) if chosen else None
        if chosen and state is None:
            best = self.match(self.tokens, prompt)
        lost = len(self.tokens) - (0 if state else best.kept)
        self._keep_if(lost)
        if state is not None and not self._restore(state):
            best = Match(0, 0)
        self.owner = owner
        wanted = self.tokens[: best.kept] + prompt[best.covered :]
        known = self.prompt_logits is not None and self.prompt_logits[0] == wanted
        self._cut(best.kept if known else min(best.kept, len(wanted) - 1))
        return wanted

    def match(self, tokens: list[int], prompt: list[int]) -> Match:
        """Return how much of a prompt these tokens of a sequence serve."""
        found = match(tokens, prompt, self._loaded.spelling, self._loaded.is_control)
        back = 0  # a picture is there as a whole or not at all
        while found.covered - back < len(prompt) and is_inside(prompt[found.covered - back]):
            back += 1
        found = Match(found.kept - back, found.covered - back)
        if self._loaded.reuse == "append" and found.kept < len(tokens):
            return Match(0, 0)
        return found

    def _cut(self, length: int) -> None:
        if length == len(self.tokens):
            return
        # A sliding window has forgotten old positions, and a recurrent state cannot be cut at all.
        oldest = llama_cpp.llama_memory_seq_pos_min(self._memory, 0)
        unmoved = still(self.tokens[:length]) if self._still else 0
        position = length - unmoved
        forgotten = self._loaded.reuse != "full" and oldest > max(0, position - self._loaded.n_swa)
        if forgotten or not llama_cpp.llama_memory_seq_rm(self._memory, 0, position, -1):
            self.clear()
        else:
            del self.tokens[length:]
            self._still = unmoved

    def adopt(self, owner: str, tokens: list[int], sequence: int) -> None:
        """Take over what another sequence holds, which keeps it too."""
        self.put_away()
        llama_cpp.llama_memory_seq_cp(self._memory, sequence, 0, 0, len(tokens))
        self.owner, self.tokens, self.repeatable = owner, tokens, False

    def start_over(self, owner: str) -> None:
        """Be empty for a prompt that is to be evaluated as a whole."""
        self.put_away()
        self.owner = owner

    def move_to(self, sequence: int, length: int) -> None:
        """Give the first tokens to another sequence, and be empty."""
        llama_cpp.llama_memory_seq_cp(self._memory, 0, sequence, 0, length)
        self.clear()

    def put_away(self) -> None:
        """Be empty, with what was there among the kept states if that is worth it."""
        self._keep_if(len(self.tokens))
        self.clear()

    def _keep_if(self, lost: int) -> None:
        """Keep the present state if so many lost tokens are worth it."""
        if lost >= _WORTHWHILE and self._is_new():
            self.keep()

    def _is_new(self) -> bool:
        """Return whether much of the present state is in no kept one, as it is after a pause.

        Copying 4,000 tokens takes 10 ms where the memory for it is at hand, and 200 ms where the system has to find it.
        """
        return len(self.tokens) - self._states.covered(self.owner, self.tokens) >= _WORTHWHILE

    def drop_tail(self) -> None:
        """Remove from llama.cpp what is not in `tokens`: an abandoned slice, a refused draft."""
        llama_cpp.llama_memory_seq_rm(self._memory, 0, len(self.tokens) - self._still, -1)

    def shift(self, keep: int, count: int) -> None:
        """Drop `count` tokens after the first `keep`, and move the rest up."""
        llama_cpp.llama_memory_seq_rm(self._memory, 0, keep, keep + count)
        llama_cpp.llama_memory_seq_add(self._memory, 0, keep + count, -1, -count)
        del self.tokens[keep : keep + count]

    def remember_logits(self, repeatable: bool) -> None:
        """Keep the logits of the prompt that was just evaluated."""
        self.repeatable = repeatable
        pointer = llama_cpp.llama_get_logits_ith(self._loaded.context, -1)
        logits = np.ctypeslib.as_array(pointer, shape=(self._loaded.n_vocab,)).copy()
        self.prompt_logits = (list(self.tokens), logits)
        if self._loaded.reuse != "full":
            self.keep(logits.tobytes())  # the only way back to here

    def keep(self, logits: bytes = b"", is_wanted: Callable[[], bool] = never) -> None:
        """Put the state of the present conversation among the kept ones, with the logits of its last token.

        Args:
            is_wanted: Says that there is something better to do; nothing is kept then.
        """
        size = llama_cpp.llama_state_seq_get_size(self._loaded.context, 0)
        if not self.tokens or not size:
            return
        buffer = np.empty(size, dtype=np.uint8)
        for start in range(0, size, SLICE):  # here the system finds the memory, which takes much longer than the copy
            buffer[start : start + SLICE : mmap.PAGESIZE] = 0
            if is_wanted():
                return
        pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        written = llama_cpp.llama_state_seq_get_data(self._loaded.context, pointer, size, 0)
        if written:
            self._states.put(State(self.owner, list(self.tokens), buffer.data[:written], logits))

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """Write the present state and the kept ones to disk, if much has changed.

        Args:
            is_wanted: Says that there is something better to do; the rest is left for another time.
        """
        if self.owner and self._is_new():
            self.keep(is_wanted=is_wanted)
        self._states.save(is_wanted)

    def clear(self) -> None:
        """Forget everything."""
        llama_cpp.llama_memory_seq_rm(self._memory, 0, -1, -1)  # others have sequences of their own
        self.tokens = []
        self._still = 0

    def _restore(self, state: State) -> bool:
        self.clear()
        data = np.frombuffer(state.data, dtype=np.uint8)
        pointer = data.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        if not llama_cpp.llama_state_seq_set_data(self._loaded.context, pointer, len(data), 0):
            self.clear()
            return False
        self.tokens = list(state.tokens)
        self._still = still(self.tokens)
        if state.logits:
            self.prompt_logits = (list(state.tokens), np.frombuffer(state.logits, dtype=np.float32))
            self.repeatable = False
        return True
