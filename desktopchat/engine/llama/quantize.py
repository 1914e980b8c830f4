"""llama.cpp's quantizer, and what a quantization costs, in a process of their own: `desktopchat --quantize-child`.

One JSON object comes on the standard input, with what is to be done; one a line goes to the standard output.
"""

import ctypes
import json
import math
import os
import re
import sys
import time
from threading import Thread
from typing import Any, TextIO

import llama_cpp
import numpy as np

from desktopchat.engine.llama import ggml
from desktopchat.engine.llama.batch import Batch

_STEP = re.compile(r"\[ *(\d+)/ *(\d+)\]")
_WINDOW = 512  # tokens that are evaluated together, as llama.cpp's own llama-perplexity does
_MOST = 64  # windows; more change the third digit
_GENERATED = 32  # tokens for the speed


def main() -> int:
    """Do what the standard input says; 0 when it worked."""
    # What llama.cpp or a driver prints must not come between our lines.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = json.loads(sys.stdin.readline())
    Thread(target=_end_with_the_input, daemon=True).start()
    ggml.load_backends()
    try:
        worked = _quantize(out, **order) if "target" in order else _measure(out, **order)
    finally:
        out.close()
    return 0 if worked else 1


def _end_with_the_input() -> None:
    """Leave no orphan at work when the program that asked is gone."""
    sys.stdin.read()
    os._exit(1)


def _quantize(out: TextIO, source: str, target: str, ftype: int, n_threads: int) -> bool:
    told = [0]

    def heard(_level: int, text: bytes, _data: Any) -> None:
        found = _STEP.search(text.decode("utf-8", "replace"))
        if found and int(found[1]) > told[0]:
            told[0] = int(found[1])
            _tell(out, done=told[0], of=int(found[2]))
        sys.stderr.buffer.write(text)

    callback = llama_cpp.llama_log_callback(heard)
    llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype, params.nthread = ftype, n_threads
    return bool(llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.byref(params)) == 0)


def _measure(out: TextIO, model: str, text: str, n_threads: int) -> bool:
    llama_cpp.llama_backend_init()
    loaded = llama_cpp.llama_model_load_from_file(os.fsencode(model), llama_cpp.llama_model_default_params())
    if not loaded:
        return False
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = params.n_batch = params.n_ubatch = _WINDOW
    params.n_threads = params.n_threads_batch = n_threads
    context = llama_cpp.llama_init_from_model(loaded, params)
    vocab = llama_cpp.llama_model_get_vocab(loaded)
    tokens = _tokens(vocab, text.encode())
    windows = [tokens[start : start + _WINDOW] for start in range(0, len(tokens) - 1, _WINDOW)][:_MOST]
    # A last one that is short tells little; of a short text it is all there is.
    windows = [one for one in windows if len(one) == _WINDOW] or windows
    if not windows:
        return False
    total, count = 0.0, 0
    batch = Batch(_WINDOW)
    for number, window in enumerate(windows, 1):
        # The first half is what the second is judged with.
        first = len(window) // 2 if len(window) == _WINDOW else 1
        rows = _logits(context, batch, window, llama_cpp.llama_vocab_n_tokens(vocab))
        for place in range(first, len(window)):
            total -= _log_probability(rows[place - 1], window[place])
            count += 1
        _tell(out, done=number, of=len(windows))
    rate = _speed(context, batch, windows[0][0])
    _tell(out, perplexity=math.exp(total / count), tokens=count, tokens_per_second=rate)
    return True


def _tokens(vocab: Any, text: bytes) -> list[int]:
    room = 0
    while True:
        buffer = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(vocab, text, len(text), buffer, room, True, False)
        if count >= 0:
            return list(buffer[:count])
        room = -count  # so many there are


def _logits(context: Any, batch: Batch, window: list[int], n_vocab: int) -> Any:
    """Return the logits behind each token: float32 of shape (tokens, vocabulary), valid until the next call."""
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    _fill(batch, window, 0)
    if llama_cpp.llama_decode(context, batch.native) != 0:
        raise RuntimeError("llama_decode failed")
    return np.ctypeslib.as_array(llama_cpp.llama_get_logits(context), shape=(len(window), n_vocab))


def _log_probability(logits: Any, token: int) -> float:
    most = float(logits.max())
    return float(logits[token]) - most - math.log(float(np.exp(logits - most).sum(dtype=np.float64)))


def _speed(context: Any, batch: Batch, token: int) -> float:
    """Return how many tokens a second are generated."""
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    started = 0.0
    for place in range(_GENERATED + 1):
        if place == 1:  # the first one also warms up
            started = time.perf_counter()
        _fill(batch, [token], place)
        llama_cpp.llama_decode(context, batch.native)
        llama_cpp.llama_synchronize(context)
    return _GENERATED / (time.perf_counter() - started)


def _fill(batch: Batch, tokens: list[int], start: int) -> None:
    batch.clear()
    for place, token in enumerate(tokens, start):
        batch.add(token, place)


def _tell(out: TextIO, **words: Any) -> None:
    print(json.dumps(words), file=out, flush=True)
