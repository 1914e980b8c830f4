"""Texts to vectors: a context of its own, in which many texts are evaluated at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import llama_cpp
import numpy as np

from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import EmptyPromptError, EngineError, EngineMemoryError, TextTooLongError
from desktopchat.core.modelfile import ModelFile, Pooling
from desktopchat.core.sentence import Sentence
from desktopchat.engine.llama.batch import Batch
from desktopchat.engine.llama.native import Native

# A text is evaluated as a whole, and what that takes grows with the square of its length. People can ask for more.
_USUAL_WINDOW = 2048  # tokens
_MOST_TEXTS = 64  # at once; llama.cpp knows 256
# A model that was not made for it is averaged over its tokens: what stands last in a text would count too much.
_POOLING: dict[Pooling, int] = {
    "": llama_cpp.LLAMA_POOLING_TYPE_MEAN,
    "mean": llama_cpp.LLAMA_POOLING_TYPE_MEAN,
    "cls": llama_cpp.LLAMA_POOLING_TYPE_CLS,
    "last": llama_cpp.LLAMA_POOLING_TYPE_LAST,
}


class Embedder:
    """A context that gives vectors.

    Args:
        model: The llama.cpp model.
        file: Where it comes from.
        n_ctx: Longest text in tokens for a model that was made for vectors; 0 takes what is usual, as do models that
            answer. Never more than the model was trained for.

    Attributes:
        n_ctx: Longest text in tokens.

    Raises:
        EngineError: The model has no vectors to give.
        EngineMemoryError: There is not enough memory.
    """

    def __init__(
        self, native: Native, model: llama_cpp.llama_model_p, file: ModelFile, n_ctx: int, n_threads: int
    ) -> None:
        if file.pooling not in _POOLING:
            raise EngineError(
                Sentence("{name} judges how well two texts match and makes no vectors.", name=file.name),
                "Choose an embedding model.",
            )
        self._native = native
        self._model = model
        self._vocab = llama_cpp.llama_model_get_vocab(model)
        trained = int(llama_cpp.llama_model_n_ctx_train(model)) or _USUAL_WINDOW
        # The window of a chat may be so long that a text as long would take gigabytes.
        wanted = n_ctx if file.pooling else 0
        window = min(wanted or _USUAL_WINDOW, trained)
        keeps_state = llama_cpp.llama_model_is_recurrent(model) or llama_cpp.llama_model_is_hybrid(model)
        self._most_texts = 1 if keeps_state else _MOST_TEXTS
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = window
        params.n_seq_max = self._most_texts
        params.kv_unified = True
        params.embeddings = True
        params.pooling_type = _POOLING[file.pooling]
        params.n_threads = params.n_threads_batch = n_threads
        params.no_perf = True
        native.last_errors.clear()
        self._context = llama_cpp.llama_init_from_model(model, params)
        if not self._context:
            raise EngineMemoryError(
                Sentence(
                    "There is not enough memory for vectors of {name} from {count} tokens.",
                    name=file.name,
                    count=window,
                ),
                "Choose a smaller context window in the settings, or a smaller model.",
                "\n".join(native.last_errors),
            )
        self.n_ctx = min(window, int(llama_cpp.llama_n_ubatch(self._context)))
        self._size = int(llama_cpp.llama_model_n_embd_out(model))
        self._batch = Batch(self.n_ctx)

    def embed(self, texts: Sequence[str], n_threads: int) -> tuple[Embedding, ...]:
        """Return the vectors of texts.

        Raises:
            EmptyPromptError: One of them is empty.
            TextTooLongError: One of them does not fit.
            EngineError: The evaluation failed.
        """
        llama_cpp.llama_set_n_threads(self._context, n_threads, n_threads)
        tokens = [self._tokens(text, number) for number, text in enumerate(texts, 1)]
        return tuple(found for group in self._groups(tokens) for found in self._evaluated(group))

    def _tokens(self, text: str, number: int) -> list[int]:
        data = text.encode("utf-8", "surrogatepass")
        room = len(data) + 8
        buffer = (llama_cpp.llama_token * room)()
        # What stands in a text never becomes a control token.
        count = llama_cpp.llama_tokenize(self._vocab, data, len(data), buffer, room, True, False)
        if not text.strip() or not count:
            raise EmptyPromptError(Sentence("Text {number} is empty.", number=number), "Leave it out.")
        if count < 0 or count > self.n_ctx:
            raise TextTooLongError(
                Sentence(
                    "Text {number} has {count} tokens, but at most {most} make a vector.",
                    number=number,
                    count=abs(count),
                    most=self.n_ctx,
                ),
                "Cut it into parts, or load the model with a larger context, as far as it was trained for one.",
            )
        return buffer[:count]

    def _groups(self, texts: Sequence[list[int]]) -> Iterator[list[list[int]]]:
        """Yield as many texts at a time as fit into one evaluation."""
        group: list[list[int]] = []
        room = self.n_ctx
        for tokens in texts:
            if group and (len(tokens) > room or len(group) == self._most_texts):
                yield group
                group, room = [], self.n_ctx
            group.append(tokens)
            room -= len(tokens)
        if group:
            yield group

    def _evaluated(self, group: Sequence[list[int]]) -> Iterator[Embedding]:
        self._batch.clear()
        for sequence, tokens in enumerate(group):
            for position, token in enumerate(tokens):
                self._batch.add(token, position, sequence)
        memory = llama_cpp.llama_get_memory(self._context)
        if memory:
            llama_cpp.llama_memory_clear(memory, False)
        if llama_cpp.llama_decode(self._context, self._batch.native):
            raise self._failure("\n".join(self._native.last_errors))
        for sequence, tokens in enumerate(group):
            pointer = llama_cpp.llama_get_embeddings_seq(self._context, sequence)
            if not pointer:
                raise self._failure("no vector")
            values = np.ctypeslib.as_array(pointer, shape=(self._size,)).astype(np.float64)
            if not np.isfinite(values).all():
                raise self._failure("a vector with numbers that are none")
            length = float(np.linalg.norm(values)) or 1.0
            yield Embedding((values / length).astype("<f4").tobytes(), len(tokens))

    def _failure(self, details: str) -> EngineError:
        return EngineError(
            "llama.cpp could not make a vector of the text.", "Load the model again, or choose another one.", details
        )

    def close(self) -> None:
        """Free the context."""
        if self._context:
            self._batch.close()
            llama_cpp.llama_free(self._context)
        self._context = None
