"""A loaded model with its context and vocabulary, freed by `close`."""

from __future__ import annotations

import ctypes
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import llama_cpp
import numpy as np

from desktopchat.core.address import Place, place_of
from desktopchat.core.errors import CancelledError, EngineMemoryError, ModelFileError
from desktopchat.core.load_plan import AUTOMATIC_N_CTX, LEAST_N_CTX, REACHES_NO_GPU, LoadPlan
from desktopchat.core.memory import SEQUENCES
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.core.picture import Picture
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import Kind
from desktopchat.engine.api import ModelInfo
from desktopchat.engine.llama.helpers import add_helpers
from desktopchat.engine.llama.native import AbortFlag, Native
from desktopchat.engine.llama.threads import ThreadGovernor
from desktopchat.engine.media import is_picture
from desktopchat.engine.speculation import LONGEST_DRAFT
from desktopchat.engine.template import ChatTemplate, Segment

_SAMPLE = 1 << 20  # bytes at both ends of a model file that tell it from others
_SPLIT_FROM = 256  # cells
_PIECE_LIMIT = 1024  # bytes of the longest token
_KV_TYPES = {"auto": llama_cpp.GGML_TYPE_F16, "f16": llama_cpp.GGML_TYPE_F16, "q8_0": llama_cpp.GGML_TYPE_Q8_0}
_FLASH = {"on": 1, "off": 0, "auto": -1}


_REUSE_WARNINGS = {
    "window": (
        Sentence("This model looks back only so far: after going far back, a conversation is read from the start."),
    ),
    "append": (Sentence("This model can only go on: after an edit, a conversation is read from the start."),),
}


class LoadedModel:
    """Model, context and vocabulary.

    Args:
        params: With nothing left open, if there was a plan.
        progress: Gets the part that is loaded, 0 to 1; returns False to abandon the load.
        plan: Where `params` come from.

    Raises:
        ModelFileError: llama.cpp cannot use the file.
        CancelledError: `progress` returned False.
        EngineMemoryError: There was not enough memory for the context.
    """

    def __init__(
        self,
        native: Native,
        file: ModelFile,
        params: LoadParams,
        abort: AbortFlag,
        progress: Callable[[float], bool],
        plan: LoadPlan | None = None,
    ) -> None:
        started = time.perf_counter()
        self.params = params
        self._model = self._context = None
        native.last_errors.clear()
        if params.rpc:
            add_helpers(native, params.rpc)
        on_gpu = self.on_gpu = native.reaches_gpu and params.n_gpu_layers != 0
        self._load(native, file, params, on_gpu, progress)
        try:
            self.vocab = llama_cpp.llama_model_get_vocab(self._model)
            self.n_vocab = int(llama_cpp.llama_vocab_n_tokens(self.vocab))
            self._governor = ThreadGovernor(params.n_threads)
            n_threads = self._governor.threads
            self.n_ctx = self.n_batch = 0
            self.memory: llama_cpp.llama_memory_t | None = None
            if not file.pooling:  # else it reads in a context of another kind (embedding.py)
                self._make_context(native, file, params, n_threads, abort)
                self.n_ctx = int(llama_cpp.llama_n_ctx(self._context))
                self.n_batch = int(llama_cpp.llama_n_batch(self._context))
                self.memory = llama_cpp.llama_get_memory(self._context)
            on_cpu = plan is None or plan.memory[0].kv > 0
            self._splits_cells = on_cpu and params.flash_attn != "off" and params.kv_type != "q8_0"
            self.n_swa = int(llama_cpp.llama_model_n_swa(self._model))
            self.reuse = self._reuse()
            self.logits: dict[int, np.ndarray[Any, np.dtype[np.float32]]] = {}  # by address
            self._tokenized: dict[tuple[str, bool], list[int]] = {}
            self._pieces: dict[int, bytes] = {}
            self._spellings: dict[int, bytes] = {}
            self._kinds: dict[int, Kind] = {}
            self._piece_buffer = ctypes.create_string_buffer(_PIECE_LIMIT)
            self.bos, self.eos = (
                self._token_text(token)
                for token in (llama_cpp.llama_vocab_bos(self.vocab), llama_cpp.llama_vocab_eos(self.vocab))
            )
            # What it really gets is chosen once it is loaded (templates.choose_template).
            self.template = ChatTemplate(None)
        except BaseException:
            self.close()
            raise
        if on_gpu:
            device = Sentence("GPU and CPU, {count} threads", count=n_threads)
        else:
            device = Sentence("CPU, {count} threads", count=n_threads) if n_threads > 1 else Sentence("CPU, 1 thread")
        if on_gpu and params.rpc:
            device = Sentence("{helpers} and CPU, {count} threads", helpers=", ".join(params.rpc), count=n_threads)
        unplanned = (REACHES_NO_GPU,) if params.n_gpu_layers > 0 and not on_gpu else ()
        self.info = ModelInfo(
            file=file,
            n_ctx=self.n_ctx,
            n_vocab=self.n_vocab,
            device=device,
            template="none",
            load_seconds=time.perf_counter() - started,
            reuse=self.reuse,
            warnings=(*_REUSE_WARNINGS.get(self.reuse, ()), *(plan.warnings if plan else unplanned)),
            plan=plan,
            place=place_of(params.rpc) if on_gpu else Place.HERE,
        )

    @property
    def n_threads(self) -> int:
        """Threads to use now."""
        return self._governor.threads

    @property
    def model(self) -> llama_cpp.llama_model_p:
        """The llama.cpp model."""
        assert self._model is not None
        return self._model

    @property
    def context(self) -> llama_cpp.llama_context_p:
        """The llama.cpp context."""
        assert self._context is not None
        return self._context

    def _load(
        self, native: Native, file: ModelFile, params: LoadParams, on_gpu: bool, progress: Callable[[float], bool]
    ) -> None:
        cancelled = False

        def on_progress(fraction: float, _data: object) -> bool:
            nonlocal cancelled
            cancelled = cancelled or not progress(fraction)
            return not cancelled

        model_params = llama_cpp.llama_model_default_params()
        model_params.n_gpu_layers = params.n_gpu_layers if on_gpu else 0
        experts = native.experts_on_cpu(params.n_cpu_experts) if on_gpu and params.n_cpu_experts > 0 else None
        model_params.tensor_buft_overrides = ctypes.cast(experts, ctypes.c_void_p) if experts else None
        split = (ctypes.c_float * llama_cpp.llama_max_devices())(*params.tensor_split[: llama_cpp.llama_max_devices()])
        if any(split):
            model_params.tensor_split = split
        callback = llama_cpp.llama_progress_callback(on_progress)
        model_params.progress_callback = callback
        self._model = llama_cpp.llama_model_load_from_file(os.fsencode(file.path), model_params)
        if cancelled:
            self.close()
            raise CancelledError("Loading was stopped.")
        # A failed load is a null pointer object, which is not None but false.
        if not self._model:
            raise _load_failure(file, native.last_errors)

    def _make_context(
        self, native: Native, file: ModelFile, params: LoadParams, n_threads: int, abort: AbortFlag
    ) -> None:
        trained = int(llama_cpp.llama_model_n_ctx_train(self._model)) or 4096
        wanted = max(params.n_ctx or min(trained, AUTOMATIC_N_CTX), LEAST_N_CTX)
        context_params = llama_cpp.llama_context_default_params()
        context_params.n_ctx = wanted
        context_params.n_batch = context_params.n_ubatch = min(params.n_batch, wanted)
        context_params.n_seq_max = SEQUENCES
        # Logits are wanted for few tokens at a time; room for those of a whole batch would take 0.1 to 0.5 GB.
        context_params.n_outputs_max = max(SEQUENCES, LONGEST_DRAFT + 1)
        context_params.kv_unified = True
        context_params.n_threads = context_params.n_threads_batch = n_threads
        context_params.flash_attn_type = _FLASH[params.flash_attn]
        context_params.type_k = context_params.type_v = _KV_TYPES[params.kv_type]
        context_params.swa_full = False
        context_params.no_perf = True
        self._context = llama_cpp.llama_init_from_model(self._model, context_params)
        if not self._context:
            raise EngineMemoryError(
                Sentence(
                    "There is not enough memory for {name} with a context of {wanted} tokens.",
                    name=file.name,
                    wanted=wanted,
                ),
                "Choose a smaller context window in the settings, or a smaller model.",
                "\n".join(native.last_errors),
            )
        llama_cpp.llama_set_abort_callback(self._context, abort.callback, abort.data)

    def _reuse(self) -> Literal["full", "window", "append"]:
        if llama_cpp.llama_model_is_recurrent(self._model) or llama_cpp.llama_model_is_hybrid(self._model):
            return "append"
        return "window" if self.n_swa else "full"

    def _token_text(self, token: int) -> str:
        if token < 0:
            return ""
        text = llama_cpp.llama_vocab_get_text(self.vocab, token)
        return text.decode("utf-8", "replace") if text else ""

    def control_texts(self) -> list[str]:
        """Return the texts of all control tokens."""
        mask = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN
        attributes, vocab = llama_cpp.llama_vocab_get_attr, self.vocab
        return [self._token_text(token) for token in range(self.n_vocab) if attributes(vocab, token) & mask]

    def resume(self) -> None:
        """Start after a rest, in which the load of the machine was not looked at."""
        self._governor.resume()

    def adapt_threads(self) -> None:
        """Leave the cores to other programs that they need. Cheap enough to be called for every token."""
        if self._governor.look() and self._context:
            llama_cpp.llama_set_n_threads(self._context, self._governor.threads, self._governor.threads)

    def is_rounded(self, cells: int) -> bool:
        """Return whether looking back on so many cells gives other bits now than with all threads.

        A CPU's flash attention gives each thread a part of the cells of one token, from 512 of them on; llama.cpp
        looks back on a multiple of 256 (ggml_compute_forward_flash_attn_ext_f16 in ggml-cpu/ops.cpp).
        """
        return self._splits_cells and cells >= _SPLIT_FROM and self._governor.threads < self._governor.most

    def tokenize(self, segments: Sequence[Segment], look: Callable[[Picture], list[int]] | None = None) -> list[int]:
        """Return the tokens of a prompt; control tokens come from trusted segments alone.

        Args:
            look: Returns what a picture takes; not needed without one.

        What the prompt before had too is not tokenized again: 4,000 tokens would take 11 ms of a follow-up.
        """
        known, self._tokenized = self._tokenized, {}
        bos = llama_cpp.llama_vocab_bos(self.vocab)
        add_bos = bool(llama_cpp.llama_vocab_get_add_bos(self.vocab)) and bos >= 0
        tokens = [bos] if add_bos else []
        for place, segment in enumerate(segments):
            if segment.picture is not None:
                assert look is not None
                tokens += look(segment.picture)
                continue
            text = segment.text
            if place == 0 and add_bos and segment.trusted:
                text = text.removeprefix(self._token_text(bos))
            key = (text, segment.trusted)
            part = known.get(key) or self._tokenize(text.encode("utf-8", "surrogatepass"), segment.trusted)
            self._tokenized[key] = part
            tokens += part
        return tokens

    def plain_tokens(self, text: str) -> list[int]:
        """Return the tokens of a text that stands alone, without a begin token and with no control token."""
        return self._tokenize(text.encode("utf-8", "surrogatepass"), special=False)

    def _tokenize(self, text: bytes, special: bool) -> list[int]:
        room = len(text) + 8
        while True:
            buffer = (llama_cpp.llama_token * room)()
            count = llama_cpp.llama_tokenize(self.vocab, text, len(text), buffer, room, False, special)
            if count >= 0:
                return buffer[:count]
            room = -count

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token puts into the answer; control tokens put none."""
        piece = self._pieces.get(token)
        if piece is None:
            piece = self._pieces[token] = self._piece(token, special=False)
        return piece

    def spelling(self, token: int) -> bytes:
        """Return the bytes that stand for a token, a control token too."""
        spelling = self._spellings.get(token)
        if spelling is None:
            spelling = self._spellings[token] = self._piece(token, special=True)
        return spelling

    def _piece(self, token: int, *, special: bool) -> bytes:
        length = llama_cpp.llama_token_to_piece(self.vocab, token, self._piece_buffer, _PIECE_LIMIT, 0, special)
        return self._piece_buffer.raw[: max(0, length)]

    def is_control(self, token: int) -> bool:
        """Return whether a token is no text, but a sign or a place of a picture."""
        return is_picture(token) or bool(llama_cpp.llama_vocab_is_control(self.vocab, token))

    def is_end(self, token: int) -> bool:
        """Return whether a token ends the answer, of whatever kind it is."""
        return self.kind(token) == "end"

    def kind(self, token: int) -> Kind:
        """Return what a token is in an answer."""
        kind = self._kinds.get(token)
        if kind is None:
            ends = llama_cpp.llama_vocab_is_eog(self.vocab, token)
            # The sign for what is unknown is no control token, and is not put into the answer either.
            is_sign = self.is_control(token) or self.piece(token) != self.spelling(token)
            kind = self._kinds[token] = "end" if ends else "sign" if is_sign else "text"
        return kind

    def identity(self) -> str:
        """Return what the KV states depend on: the file's content, llama.cpp's version and the settings."""
        params = self.params
        digest = hashlib.sha256()
        with Path(self.info.file.path).open("rb") as file:
            digest.update(file.read(_SAMPLE))
            file.seek(-min(_SAMPLE, self.info.file.size), os.SEEK_END)
            digest.update(file.read())
        settings = (self.info.file.size, params.kv_type, params.flash_attn, params.n_gpu_layers)
        return f"{digest.hexdigest()} {llama_cpp.__version__} {settings}"

    def close(self) -> None:
        """Free context and model."""
        if self._context:
            llama_cpp.llama_free(self._context)
        if self._model:
            llama_cpp.llama_model_free(self._model)
        self._context = self._model = None


def _load_failure(file: ModelFile, errors: list[str]) -> ModelFileError | EngineMemoryError:
    text = "\n".join(errors)
    lowered = text.lower()
    if "unknown model architecture" in lowered:
        return ModelFileError(
            Sentence(
                "{name} is of the architecture “{architecture}”, which this llama.cpp does not know.",
                name=file.name,
                architecture=file.architecture,
            ),
            "Update desktopchat, or choose another model.",
            text,
        )
    if "unable to allocate" in lowered or "out of memory" in lowered or "failed to allocate" in lowered:
        return EngineMemoryError(
            Sentence("There is not enough memory for {name}.", name=file.name),
            "Choose a smaller model or fewer GPU layers.",
            text,
        )
    return ModelFileError(
        Sentence(
            "llama.cpp cannot load {name}: the file is damaged or of a kind that it does not know.", name=file.name
        ),
        "Download it again, or choose another model.",
        text,
    )
