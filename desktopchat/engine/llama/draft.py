"""A small model that guesses what a large one will say."""

from __future__ import annotations

from collections.abc import Sequence

import llama_cpp
import numpy as np

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.llama.logprobs import logits_of
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.prefix import common_length

# A guess that the small model itself thinks less likely is not worth checking (llama.cpp's default is 0.75 for
# its --draft-p-min as well).
_LEAST_PROBABILITY = 0.75


class DraftModel:
    """Guesses greedily with a small model of the same vocabulary.

    Args:
        small: The model that guesses; it belongs to this object from now on.
        large: The model that answers.

    Raises:
        UserError: The two do not share a vocabulary.
    """

    def __init__(self, small: LoadedModel, large: LoadedModel) -> None:
        step = max(1, large.n_vocab // 1000)
        shared = small.n_vocab == large.n_vocab and all(
            small.spelling(token) == large.spelling(token) for token in range(0, large.n_vocab, step)
        )
        if not shared:
            raise UserError(
                Sentence(
                    "{small} cannot draft for {large}: their vocabularies differ.",
                    small=small.info.file.name,
                    large=large.info.file.name,
                ),
                "Choose a smaller model of the same family.",
            )
        self._model = small
        self._tokens: list[int] = []

    def propose(self, tokens: Sequence[int], newest: int, length: int, _cost: float) -> list[int]:
        """Return up to `length` tokens of which the small model is sure."""
        wanted = [*tokens, newest]
        if len(wanted) + length > self._model.n_ctx:
            return []
        kept = min(common_length(self._tokens, wanted), len(wanted) - 1)
        llama_cpp.llama_memory_seq_rm(self._model.memory, 0, kept, -1)
        del self._tokens[kept:]
        draft: list[int] = []
        while len(draft) < length and self._evaluate(wanted[len(self._tokens) :]):
            logits = logits_of(self._model, -1)
            token = int(logits.argmax())
            probability = 1.0 / float(np.exp(logits - logits[token]).sum(dtype=np.float64))
            if probability < _LEAST_PROBABILITY or self._model.is_end(token):
                break
            draft.append(token)
            wanted.append(token)
        return draft

    def _evaluate(self, tokens: list[int]) -> bool:
        """Evaluate tokens and return whether that went well; a drafter that fails only guesses nothing."""
        for start in range(0, len(tokens), self._model.n_batch):
            part = tokens[start : start + self._model.n_batch]
            array = (llama_cpp.llama_token * len(part))(*part)
            if llama_cpp.llama_decode(self._model.context, llama_cpp.llama_batch_get_one(array, len(part))):
                llama_cpp.llama_memory_seq_rm(self._model.memory, 0, len(self._tokens), -1)
                return False
            self._tokens += part
        return True

    def forget(self) -> None:
        """Nothing to do: the tokens are compared each time."""

    def close(self) -> None:
        """Free the small model."""
        self._model.close()
