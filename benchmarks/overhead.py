"""Our own cost per token: the real loop with llama.cpp's evaluation and sampling replaced by nothing."""

import ctypes
import random
import statistics
import time
from unittest.mock import patch

import llama_cpp

from benchmarks.rounds import Result, words
from benchmarks.setup import Setup
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine import wire
from desktopchat.engine.api import Delta, GenerationRequest
from desktopchat.engine.llama import writing
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.library.folder import inspect

_TOKENS = 2000
_WINDOW = 200  # tokens at both ends that are compared


def overhead(setup: Setup) -> list[Result]:
    """The child's work for a token, the frame on the pipe included, and how it grows with the answer."""
    engine = LlamaEngine()
    for _ in engine.load(inspect(setup.model), LoadParams(n_ctx=4096)):
        pass
    try:
        runs = [_run(engine, number) for number in range(setup.rounds + 1)][1:]  # the first one fills caches
    finally:
        engine.close()
    cost = statistics.median(run[-1] - run[0] for run in runs) / _TOKENS * 1000
    early = statistics.median(run[2 * _WINDOW] - run[_WINDOW] for run in runs) / _WINDOW * 1000
    late = statistics.median(run[-1] - run[-1 - _WINDOW] for run in runs) / _WINDOW * 1000
    figures = {"milliseconds_at_200": round(early, 4), "milliseconds_at_2000": round(late, 4)}
    return [
        Result("own cost per token over 2,000 tokens", cost, "most", 0.05, "ms", figures),
        Result("own cost at the end, of the beginning", late / early, "most", 1.2, figures=figures),
    ]


def _run(engine: LlamaEngine, number: int) -> list[float]:
    """Return when each token was ready for the pipe."""
    choose = random.Random(number)
    tokens = [choose.randrange(1000, 40_000) for _ in range(_TOKENS + 1)]
    moments: list[float] = []
    request = GenerationRequest(
        number + 1, (), SamplingParams(max_tokens=_TOKENS + 1, seed=1), words(8, number), ignore_eos=True
    )
    source = iter(tokens)
    with (
        patch.object(llama_cpp, "llama_decode", lambda *_: 0),
        patch.object(llama_cpp, "llama_sampler_sample", lambda *_: next(source)),
        patch.object(llama_cpp, "llama_get_logits_ith", _logits(engine)),
        patch.object(writing, "SEND_INTERVAL", 0.0),  # a frame for each token, which is the most that it can cost
    ):
        for event in engine.generate(request):
            if isinstance(event, Delta):
                wire.encode(1, event)
                moments += [time.perf_counter()] * event.tokens
    return moments


def _logits(engine: LlamaEngine) -> object:
    """Return a stand-in for logits, which there are none of without an evaluation."""
    loaded, _ = engine._model()
    zeros = (ctypes.c_float * loaded.n_vocab)()
    pointer = ctypes.cast(zeros, ctypes.POINTER(ctypes.c_float))
    return lambda *_: pointer
