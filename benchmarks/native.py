"""llama.cpp without anything of ours around it: the time of a bare evaluation at a depth."""

import time
from pathlib import Path

import llama_cpp
import numpy as np


class Native:
    """A model in this process with our settings: one context, batches of 512."""

    def __init__(self, model: Path, n_ctx: int, threads: int, *, flash: bool, sequences: int = 1) -> None:
        self._log = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(self._log, None)
        llama_cpp.llama_backend_init()
        self._model = llama_cpp.llama_model_load_from_file(str(model).encode(), llama_cpp.llama_model_default_params())
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, 512, 512
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = int(flash)
        params.n_seq_max, params.kv_unified = sequences, True
        self._context = llama_cpp.llama_init_from_model(self._model, params)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._random = np.random.default_rng(1)
        self._n_vocab = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self._model))
        self._depth = 0

    def fill(self, depth: int) -> None:
        """Evaluate so many random tokens."""
        for start in range(0, depth, 512):
            self._evaluate(min(512, depth - start))
        self._depth = depth

    def seconds(self, count: int) -> float:
        """Return the time to evaluate so many more tokens at that depth, which are then forgotten."""
        started = time.perf_counter()
        for start in range(0, count, 512):
            self._evaluate(min(512, count - start))
        seconds = time.perf_counter() - started
        llama_cpp.llama_memory_seq_rm(self._memory, 0, self._depth, -1)
        return seconds

    def seconds_together(self, sequences: int, steps: int) -> float:
        """Return the time of steps that each evaluate a token of so many sequences, which begin alike at that depth."""
        batch = llama_cpp.llama_batch_init(sequences, 0, 1)
        for number in range(1, sequences):
            llama_cpp.llama_memory_seq_cp(self._memory, 0, number, -1, -1)
        started = time.perf_counter()
        for step in range(steps):
            for row in range(sequences):
                batch.token[row] = int(self._random.integers(0, self._n_vocab))
                batch.pos[row] = self._depth + step
                batch.n_seq_id[row] = 1
                batch.seq_id[row][0] = row
                batch.logits[row] = 1
            batch.n_tokens = sequences
            if llama_cpp.llama_decode(self._context, batch):
                raise RuntimeError("llama.cpp could not evaluate")
            llama_cpp.llama_synchronize(self._context)
        seconds = time.perf_counter() - started
        llama_cpp.llama_batch_free(batch)
        for number in range(sequences):
            llama_cpp.llama_memory_seq_rm(self._memory, number, self._depth if number == 0 else -1, -1)
        return seconds

    def close(self) -> None:
        """Free all."""
        llama_cpp.llama_free(self._context)
        llama_cpp.llama_model_free(self._model)

    def _evaluate(self, count: int) -> None:
        tokens = (llama_cpp.llama_token * count)(*self._random.integers(0, self._n_vocab, count).tolist())
        if llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(tokens, count)):
            raise RuntimeError("llama.cpp could not evaluate")
        llama_cpp.llama_synchronize(self._context)
