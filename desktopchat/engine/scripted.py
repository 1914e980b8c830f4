"""ScriptedEngine: numbered words at a set rate, without a model, for tests, screenshots and soak runs."""

import itertools
import math
import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import log
from pathlib import Path
from threading import Event

from desktopchat.core.adapter import Adapter, check_kind, read_adapter
from desktopchat.core.chat import ChatMessage, FinishReason, Role, Timings, Usage
from desktopchat.core.device import Device
from desktopchat.core.distribution import Chance, Distribution
from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import CancelledError, ContextOverflowError, EmptyPromptError, NoModelError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import PICTURE, Alternative, Rendered, Token, TokenLogprobs
from desktopchat.engine.api import (
    PLAIN_PROMPT,
    Adapted,
    BackendInfo,
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    LoadEvent,
    LoadProgress,
    ModelInfo,
    ModelLoaded,
    PromptProgress,
    PromptScored,
    PromptSettings,
    Take,
    never,
)
from desktopchat.engine.formats import Format
from desktopchat.engine.in_turn import InTurn
from desktopchat.engine.text import TextStream

DEFAULT_RATE = 50.0  # words a second
N_CTX = 4096
_PROMPT_SLICE = 512
_PER_PICTURE = 100
_PICTURE = "[picture]"
_N_VOCAB = 1 << 16
_END = b"<end>"
# How likely the words are that come, one after the other; for the rest of the time each has a rival above it.
_CHANCES = (0.92, 0.6, 0.3, 0.12)
_RIVAL = 0.5
_DIMENSIONS = 64  # of the vectors
_FORMAT = Format.of("</think>")


class ScriptedEngine:
    """Answers every prompt with "word1 word2 ..." up to max_tokens; a word counts as a token.

    A prompt whose last turn is `say: TEXT` is answered with TEXT instead, word by word; reasoning stands between
    `<think>` and `</think>`.

    Args:
        rate: Words a second; 0 means as fast as possible.
    """

    def __init__(self, rate: float = DEFAULT_RATE) -> None:
        self._rate = rate
        self._model: ModelFile | None = None
        self._running: int | None = None
        self._cancelled: int | None = None
        self._stop = Event()
        self._interrupted = Event()
        self._changed: tuple[int, SamplingParams] | None = None
        self._in_turn = InTurn(self.generate)

    @classmethod
    def from_option(cls, option: str) -> "ScriptedEngine":
        """Make one from what stands behind "scripted:" on the command line.

        Raises:
            UserError: The option is no rate.
        """
        try:
            rate = float(option or DEFAULT_RATE)
        except ValueError:
            rate = -1
        if not 0 <= rate < float("inf"):
            raise UserError(
                Sentence("“{option}” is not a rate in words per second.", option=option), "Write it like scripted:50."
            )
        return cls(rate)

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        """Pretend to load."""
        self._interrupted.clear()
        for step in range(5):
            if self._interrupted.is_set():
                raise CancelledError("Loading was stopped.")
            yield LoadProgress(step / 4)
        self._model = model
        info = ModelInfo(model, params.n_ctx or N_CTX, 0, Sentence("no device (scripted)"), "none", 0.0)
        sees = bool(params.projector or model.projector)
        yield ModelLoaded(replace(info, adapted=Adapted(params.adapters), sees=sees))

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer with numbered words."""
        started = time.perf_counter()
        sampling = request.sampling.validated()
        self._running = request.id
        self._stop.clear()
        if self._cancelled == request.id:
            self._stop.set()
        settings = PromptSettings.of(sampling, request.tools)
        total = len(request.prompt_tokens) or len((request.prompt or "").split())
        if not request.is_plain:
            total = self.count_tokens(request.messages, settings)
        if not total:
            raise EmptyPromptError("The prompt is empty.", "Type something to answer.")
        if total >= N_CTX:
            raise ContextOverflowError(
                Sentence(
                    "The prompt has {count} tokens, but the context window holds {size}.", count=total, size=N_CTX
                ),
                "Shorten it.",
            )
        for done in range(0, total, _PROMPT_SLICE):
            yield PromptProgress(done, total, 0)
        yield PromptProgress(total, total, 0)
        if request.scores_prompt:
            yield _scored(request)
        first_token = time.perf_counter() - started
        generated = 0
        for index in range(sampling.n):
            splitter = _FORMAT.splitter(with_calls=False)
            splitter.begin(self._begun(request))
            stream = TextStream(sampling.stop, splitter)
            reason, count, thought_tokens = FinishReason.CANCELLED, 0, 0
            logprobs: list[TokenLogprobs] = []
            for word in self._words(request):
                if self._changed and self._changed[0] == request.id:
                    sampling, self._changed = self._changed[1], None
                    stream.stops = sampling.stop
                if sampling.max_tokens and count >= sampling.max_tokens:
                    reason = FinishReason.LENGTH
                    break
                if self._stop.wait(1 / self._rate if self._rate else 0):
                    break
                count += 1
                thought_tokens += stream.thinking
                if request.top_logprobs:
                    logprobs.append(_likely(word, count, request.top_logprobs))
                if parts := stream.feed(word.encode()):
                    yield Delta(index, parts.content, logprobs=tuple(logprobs), reasoning=parts.reasoning)
                    logprobs.clear()
                if stream.stopped_by:
                    reason = FinishReason.STOP
                    break
            else:
                reason = FinishReason.STOP
            if (rest := stream.finish()) or logprobs:
                yield Delta(index, rest.content, 0, tuple(logprobs), rest.reasoning)
            generated += count
            thought_seconds = thought_tokens / self._rate if self._rate else 0.0
            seed = sampling.seed or 0
            yield ChoiceFinished(index, reason, seed, stream.stopped_by, thought_tokens, thought_seconds)
        seconds = time.perf_counter() - started - first_token
        yield GenerationFinished(Usage(total, 0, generated), Timings(first_token, first_token, seconds))

    def _begun(self, request: GenerationRequest) -> str:
        """Return what there is of an answer that is to be gone on with."""
        last = request.messages[-1] if request.messages else None
        if last is None or last.role is not Role.ASSISTANT:
            return ""
        return "".join(part.text for part in _FORMAT.begun(last.reasoning, last.content, ""))

    def _words(self, request: GenerationRequest) -> Iterator[str]:
        last = request.messages[-1] if request.messages else ChatMessage(Role.USER, request.prompt or "")
        if last.role is Role.ASSISTANT:
            begun = len(last.content.split())
            return (f" word{number}" for number in itertools.count(begun + 1))
        if last.content.startswith("say:"):
            words = last.content.removeprefix("say:").strip(" ").split(" ")
            return iter([words[0], *(f" {word}" for word in words[1:])])
        return (f"{' ' if number > 1 else ''}word{number}" for number in itertools.count(1))

    @property
    def seats(self) -> int:
        """Requests that are worth joining at a time."""
        return 1

    def join(self, request: GenerationRequest, take: Take) -> None:
        """Take a request up."""
        if self._model is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        self._in_turn.join(request, take)

    def step(self) -> bool:
        """Answer the next one that has joined."""
        return self._in_turn.step()

    def make_way(self) -> None:
        """Nothing to do: an answer is not cut short."""

    def count_tokens(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> int:
        """Return the number of words, one of which the effort is, and so many for each picture."""
        if self._model is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        words = sum(len(one.content.split()) + _PER_PICTURE * len(one.pictures) for one in messages)
        return words + len(settings.reasoning_effort.split())

    def rendered(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> Rendered:
        """Return the effort and the messages in a row; a word is a token, and its number is made of its letters."""
        if self._model is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        parts = [settings.reasoning_effort, *(_shown(one) for one in messages)]
        text = "\n".join(filter(None, parts))
        tokens: list[Token] = []
        for part in re.split(rf"({re.escape(_PICTURE)})", text):
            tokens += (Token(PICTURE, b""),) * _PER_PICTURE if part == _PICTURE else self.tokens(part)
        return Rendered(text, tuple(tokens))

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the words of a text, each with the space before it; what is only space goes with the last one."""
        if self._model is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        pieces = [piece.encode("utf-8", "replace") for piece in re.findall(r"\s*\S+(?:\s+\Z)?", text)]
        return tuple(Token(_number(piece), piece) for piece in pieces)

    def distribution(self, tokens: Sequence[int]) -> Distribution:
        """Return ten words, each half as likely as the one before, and the end of the text as unlikely as the last."""
        if self._model is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        words = [f" word{number}".encode() for number in range(len(tokens) + 1, len(tokens) + 11)]
        chances = [Chance(zlib.crc32(word) % _N_VOCAB, word, -number * log(2)) for number, word in enumerate(words, 1)]
        return Distribution((*chances, Chance(0, b"", -10 * log(2), ends=True)))

    def embed(self, texts: Sequence[str]) -> tuple[Embedding, ...]:
        """Return vectors that are the closer the more words two texts share."""
        if self._model is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        found = []
        for number, text in enumerate(texts, 1):
            if not (words := text.lower().split()):
                raise EmptyPromptError(Sentence("Text {number} is empty.", number=number), "Leave it out.")
            values = [0.0] * _DIMENSIONS
            for word in words:
                values[zlib.crc32(word.encode("utf-8", "replace")) % _DIMENSIONS] += 1
            found.append(Embedding.of(values, len(words)))
        return tuple(found)

    def backend_info(self) -> BackendInfo:
        """Return an invented device."""
        return BackendInfo("scripted", "1", "no build", (Device("none", "No device", "cpu", 0, 0),), False)

    def cancel(self, generation_id: int) -> None:
        """End a generation before its next word."""
        self._cancelled = generation_id
        if self._running == generation_id:
            self._stop.set()

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Use other parameters from the next word on."""
        self._changed = (generation_id, sampling)

    def interrupt(self) -> None:
        """Abandon a load."""
        self._interrupted.set()

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """There is nothing to save."""

    def forget(self, conversation: str) -> None:
        """There is nothing to forget."""

    def adapt(self, adapters: Sequence[Adapter]) -> Adapted:
        """Look at the files, and change nothing."""
        if self._model is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        for adapter in adapters:
            check_kind(read_adapter(Path(adapter.path)), adapter.kind)
        return Adapted(tuple(adapters))

    def unload(self) -> None:
        """Forget the model."""
        self._model = None
        self._in_turn.end(NoModelError("The model was put away.", "Load it again to go on."))

    def close(self) -> None:
        """Forget the model."""
        self.unload()


def _shown(message: ChatMessage) -> str:
    return " ".join(filter(None, [*[_PICTURE] * len(message.pictures), message.content]))


def _scored(request: GenerationRequest) -> PromptScored:
    """Return the words of a prompt, each as likely as one of an answer; a token that is a number is its word."""
    words = [f" {token}" for token in request.prompt_tokens] or re.findall(r"\s*\S+", request.prompt or "")
    first = Token(_number(words[0].encode()), words[0].encode())
    return PromptScored(
        tuple(_likely(word, place, request.top_logprobs) for place, word in enumerate(words[1:])), first
    )


def _number(piece: bytes) -> int:
    return zlib.crc32(piece) % _N_VOCAB


def _likely(word: str, place: int, count: int) -> TokenLogprobs:
    """Return what a word had as its chance, and so many that could have come; the least likely one is the end."""
    chances = {word.encode(): _CHANCES[place % len(_CHANCES)]}
    if chances[word.encode()] < _RIVAL:
        chances[f" rival{place}".encode()] = _RIVAL
    while len(chances) < count:
        piece = _END if len(chances) == count - 1 else f" other{len(chances)}".encode()
        chances[piece] = (1 - sum(chances.values())) / 2
    top = sorted(
        (
            Alternative(_number(piece), piece, math.log(one), "end" if piece == _END else "text")
            for piece, one in chances.items()
        ),
        key=lambda one: -one.logprob,
    )
    return TokenLogprobs(next(one for one in top if one.piece == word.encode()), tuple(top[:count]))
