"""llama.cpp's evaluation of tokens, and what its results mean."""

from __future__ import annotations

from typing import Any

import llama_cpp

from desktopchat.core.errors import EngineError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.llama.native import AbortFlag, Native

_ABORTED = 2  # llama_decode's result after the abort callback said so
_NO_SLOT = 1  # llama_decode's result when the KV cache is full


class AbortedError(Exception):
    """The evaluation was ended from another thread."""


class NoSlotError(EngineError):
    """The KV cache is full."""

    code = "no_slot"


def evaluate(native: Native, loaded: LoadedModel, abort: AbortFlag, batch: Any) -> None:
    """Evaluate a llama_batch. What raises may have left some of its tokens in the KV cache.

    Raises:
        AbortedError, EngineError: As of `judge`.
    """
    loaded.adapt_threads()
    judge(native, _ABORTED if abort.is_set() else llama_cpp.llama_decode(loaded.context, batch))


def judge(native: Native, result: int) -> None:
    """Raise what a result of llama.cpp means.

    Raises:
        AbortedError: It was ended from another thread.
        NoSlotError: The KV cache is full.
        EngineError: It failed.
    """
    if result == 0:
        return
    if result == _ABORTED:
        raise AbortedError
    if result == _NO_SLOT:
        raise NoSlotError(
            Sentence("The context window is full."),
            Sentence("Start a new conversation, or load the model with a larger context."),
        )
    raise EngineError(
        "llama.cpp could not evaluate the text.",
        "Load the model again; if it happens again, choose a smaller context or fewer GPU layers.",
        "\n".join(native.last_errors),
    )
