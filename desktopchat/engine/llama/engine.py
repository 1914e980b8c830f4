"""LlamaEngine: llama.cpp in this process, driven token by token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread

import psutil

from desktopchat.core.adapter import Adapter
from desktopchat.core.beside import read_beside
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.distribution import Distribution
from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import (
    CancelledError,
    EmptyPromptError,
    NoModelError,
    PurposeError,
    UserError,
)
from desktopchat.core.load_plan import LoadPlan, plan_load
from desktopchat.core.memory import CPU, SEQUENCES, DeviceMemory
from desktopchat.core.memory_words import refusal
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import PICTURE, Rendered, Token
from desktopchat.engine.api import (
    PLAIN_PROMPT,
    Adapted,
    BackendInfo,
    GenerationEvent,
    GenerationRequest,
    LoadEvent,
    LoadPlanned,
    LoadProgress,
    ModelLoaded,
    PromptSettings,
    Take,
    never,
)
from desktopchat.engine.guard import Bounds
from desktopchat.engine.llama.adapters import Adapters
from desktopchat.engine.llama.batching import BatchProbe
from desktopchat.engine.llama.cache import Cache
from desktopchat.engine.llama.crew import Crew
from desktopchat.engine.llama.draft import DraftModel
from desktopchat.engine.llama.embedding import Embedder
from desktopchat.engine.llama.expecting import distribution_of
from desktopchat.engine.llama.generation import Generation, Plan, changed
from desktopchat.engine.llama.member import Member
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.llama.native import AbortFlag, Native
from desktopchat.engine.llama.prompts import Prompts, projector_of, too_long
from desktopchat.engine.llama.templates import choose_template
from desktopchat.engine.llama.vision import has_library
from desktopchat.engine.media import is_picture
from desktopchat.engine.prefix import common_length
from desktopchat.engine.speculation import Drafter, NgramDrafter
from desktopchat.engine.states import StateStore
from desktopchat.engine.template import template_arguments

_MEMORY_SHARE = 0.1  # of the machine's memory, for KV states of other conversations
_MEMORY_MOST = 1 << 30  # bytes
_DISK_LIMIT = 2 << 30  # bytes
_MOST_ALTERNATIVES = 20  # as in the OpenAI API
# Each token looks over the cells of all others too, and a CPU gains less and less by a larger batch: two cores wrote
# 1.3 times as fast with 4 answers together, 1.5 with 8, and no faster with 16 (SmolLM2 135M Q4_1, 100 tokens each).
_SEATS_ON_CPU = 8


class LlamaEngine:
    """The engine on llama-cpp-python's low-level API. See `engine.api.Engine` for the methods.

    Args:
        states: Folder for KV states; None keeps them in memory alone.
        bounds: Limits on what a chat template may take.
    """

    def __init__(self, states: Path | None = None, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._native = Native()
        self._abort = AbortFlag()
        self._interrupted = Event()
        memory = min(int(psutil.virtual_memory().total * _MEMORY_SHARE), _MEMORY_MOST)
        self._states = StateStore(states, memory, _DISK_LIMIT)
        self._loaded: LoadedModel | None = None
        self._cache: Cache | None = None
        self._probe: BatchProbe | None = None
        self._crew: Crew | None = None
        self._draft: DraftModel | None = None
        self._adapters: Adapters | None = None
        self._embedder: Embedder | None = None
        self._made_prompts: Prompts | None = None
        self._generation: Generation | None = None
        self._running: int | None = None
        self._cancelled: int | None = None

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        """Plan, then load a model, reporting at most one progress event for each per cent."""
        self.unload()
        self._interrupted.clear()
        self._abort.clear()
        plan: LoadPlan | None = None
        if model.pooling:
            params = replace(params, draft=None)
        elif model.shape is not None and not params.rpc:  # what other machines have is not known here
            projector = projector_of(model, params) if has_library() else ""
            beside = read_beside(model.shape, params.adapters, projector)
            plan = plan_load(model.shape, params, self._native.devices(), beside)
            yield LoadPlanned(plan)
            if params.must_fit and plan.lacking is not None:
                raise refusal(model, plan)
            params = plan.applied(params)
        self._native.allocated.clear()
        # llama.cpp reports progress by a callback inside one long call, so the call has a thread of its own.
        progress: SimpleQueue[float | None] = SimpleQueue()
        outcome: list[LoadedModel | BaseException] = []

        def on_progress(fraction: float) -> bool:
            progress.put(fraction)
            return not self._interrupted.is_set()

        def run() -> None:
            try:
                outcome.append(LoadedModel(self._native, model, params, self._abort, on_progress, plan))
            except BaseException as error:
                outcome.append(error)
            progress.put(None)

        thread = Thread(target=run, name="model-load")
        thread.start()
        try:
            shown = -1
            while (fraction := progress.get()) is not None:
                if int(fraction * 100) > shown:
                    shown = int(fraction * 100)
                    yield LoadProgress(fraction)
        finally:
            if not outcome:
                self._interrupted.set()
            thread.join()
        loaded = outcome[0]
        if isinstance(loaded, BaseException):
            raise loaded
        if self._interrupted.is_set():
            loaded.close()
            raise CancelledError("Loading was stopped.")
        if model.pooling:
            self._loaded = loaded
            loaded.info = replace(loaded.info, n_ctx=self._own_embedder(loaded).n_ctx, warnings=())
            yield ModelLoaded(loaded.info)
            return
        loaded.template, name, warnings = choose_template(loaded, params.template, self._bounds)
        loaded.info = replace(
            loaded.info,
            template=name,
            warnings=(*warnings, *model.remarks, *loaded.info.warnings),
            asks=loaded.template.asks(),
            sample=loaded.template.sample(),
            sees=bool(projector_of(model, params)) and has_library(),
            seats=self._seats_of(loaded),
        )
        self._loaded = loaded
        self._made_prompts = Prompts(self._native, loaded, self._abort)
        if params.draft is not None:
            yield from self._load_draft(params.draft)
        took = self._took(model, params, plan)
        self._adapters = Adapters(self._native, loaded)
        refused = self._adapters.apply_sound(params.adapters)
        loaded.info = replace(
            loaded.info, took=took, adapted=self._adapters.adapted, warnings=(*refused, *loaded.info.warnings)
        )
        self._begin_cache(loaded, self._adapters)
        yield ModelLoaded(loaded.info)

    def _took(self, model: ModelFile, params: LoadParams, plan: LoadPlan | None) -> tuple[DeviceMemory, ...]:
        """Return what was allocated for the model; empty when that is unknown."""
        if plan is not None:
            return self._native.allocated.on(plan.memory)
        if not params.rpc or model.shape is None:
            return ()
        devices = [device.name for device in self._native.devices() if device.kind != "cpu"]
        took = self._native.allocated.among((CPU, *devices), model.shape.size)
        return tuple(part for part in took if part.total)

    def _begin_cache(self, loaded: LoadedModel, adapters: Adapters) -> None:
        """Start with an empty cache, and with the kept states of just this model with these adapters."""
        key = " ".join(filter(None, (loaded.identity(), adapters.key)))
        self._states.use_model(key, cuttable=loaded.reuse == "full")
        self._cache = Cache(loaded, self._states)
        self._probe = BatchProbe(loaded)
        if self._crew is None:
            held = (self._cache, self._probe, self._abort)
            self._crew = Crew(self._native, loaded, *held, self._answer_alone, self._drafters)
        self._crew.cache, self._crew.probe = self._cache, self._probe

    @staticmethod
    def _seats_of(loaded: LoadedModel) -> int:
        """Return how many answers are worth writing together."""
        if loaded.reuse != "full":
            return 1
        return SEQUENCES - 1 if loaded.on_gpu else _SEATS_ON_CPU

    def _load_draft(self, file: ModelFile) -> Iterator[LoadEvent]:
        """Load the model that drafts, with the context of the one that answers."""
        assert self._loaded is not None
        params = replace(self._loaded.params, n_ctx=self._loaded.n_ctx, draft=None)
        small = LoadedModel(self._native, file, params, self._abort, lambda _: not self._interrupted.is_set())
        try:
            self._draft = DraftModel(small, self._loaded)
        except UserError:
            small.close()
            self.unload()
            raise
        yield LoadProgress(1.0)

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer a request, evaluating only what no kept KV state holds."""
        loaded, cache = self._model()
        assert self._probe is not None
        _check(request)
        self._pause()
        generation = Generation(self._native, loaded, cache, self._abort, request, self._drafters(), self._probe)
        plan = self._plan(loaded, cache, request)
        self._generation, self._running = generation, request.id
        loaded.resume()
        self._abort.clear()
        if self._cancelled == request.id:
            self._abort.set()
        try:
            yield from generation.run(plan)
        finally:
            self._generation = self._running = None

    def _drafters(self) -> list[Drafter]:
        """Return what guesses the tokens of an answer."""
        lookup = self._loaded is not None and self._loaded.params.lookup
        return [*([NgramDrafter()] if lookup else []), *([] if self._draft is None else [self._draft])]

    @property
    def _prompts(self) -> Prompts:
        assert self._made_prompts is not None
        return self._made_prompts

    @property
    def seats(self) -> int:
        """Requests that are worth joining at a time."""
        return self._loaded.info.seats if self._loaded is not None else 1

    def join(self, request: GenerationRequest, take: Take) -> None:
        """Take a request up beside others; its prompt is made at once."""
        self._model()
        assert self._crew is not None
        pictures = any(message.pictures for message in request.messages)
        alone = request.from_scratch or request.scores_prompt or pictures or request.overflow == "shift"
        if alone or self.seats == 1 or request.sampling.n >= SEQUENCES:
            self._crew.join(Member(request, take, alone=True))
            return
        try:
            _check(request)
            asked, _, left_out = self._prompts.fitted(request)
        except UserError as error:
            take(error)
        else:
            self._crew.join(Member(request, take, asked.tokens, asked.opened, left_out))

    def step(self) -> bool:
        """Go on with what has joined."""
        if self._crew is None:
            return False
        self._crew.step()
        return self._crew.is_busy

    def _answer_alone(self, request: GenerationRequest, take: Take) -> None:
        try:
            for event in self.generate(request):
                take(event)
        except UserError as error:
            take(error)

    def _pause(self) -> None:
        """Give the whole KV cache to what is not done together."""
        if self._crew is not None:
            self._crew.pause()

    def _plan(self, loaded: LoadedModel, cache: Cache, request: GenerationRequest) -> Plan:
        """Return what to evaluate, and put the cache to the longest known part of it.

        Raises:
            EmptyPromptError: There is nothing to answer.
            ContextOverflowError: The prompt does not fit, and nothing may be left out.
        """
        asked, messages, left_out = self._prompts.fitted(request)
        tokens = asked.tokens
        if request.from_scratch or request.scores_prompt:
            cache.start_over(request.conversation)
            wanted = tokens
        else:
            wanted = cache.arrange(request.conversation, tokens)
        if len(wanted) >= loaded.n_ctx:  # the model's own tokens may be more than the tokenizer's
            cache.clear()
            wanted = tokens
        system_tokens = 1
        if request.overflow == "shift" and messages and messages[0].role is Role.SYSTEM:
            other = self._prompts.of(request, [messages[0], ChatMessage(Role.USER, "-")])
            system_tokens = common_length(tokens, other.tokens)
        return Plan(wanted, system_tokens, left_out, asked.opened, asked.pictures, self._prompts.vision)

    def make_way(self) -> None:
        """Cut the step short that runs or begins next; what it evaluates is evaluated again."""
        if (crew := self._crew) is not None:
            crew.make_way()

    def count_tokens(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> int:
        """Return the length of the prompt that these messages make, in tokens."""
        loaded, _ = self._model()
        rendered = loaded.template.render(messages, template_arguments(settings))
        return len(self._prompts.asked(rendered).tokens) if rendered.segments else 0

    def rendered(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> Rendered:
        """Return the prompt that these messages make, as text and as tokens."""
        loaded, _ = self._model()
        prompt = loaded.template.render(messages, template_arguments(settings))
        if not prompt.segments:
            return Rendered("", ())
        text = "".join("[picture]" if segment.picture else segment.text for segment in prompt.segments)
        return Rendered(text, _spelled(loaded, self._prompts.asked(prompt).tokens))

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return what a text is to the model."""
        loaded, _ = self._model()
        return _spelled(loaded, loaded.plain_tokens(text))

    def distribution(self, tokens: Sequence[int]) -> Distribution:
        """Return what may follow these tokens, from an answer of one token to them."""
        loaded, cache = self._model()
        assert self._probe is not None
        begun = [*loaded.tokenize(()), *tokens]
        if not begun:
            raise EmptyPromptError("The prompt is empty.", "Type something to answer.")
        if len(begun) >= loaded.n_ctx:
            raise too_long(len(begun), loaded.n_ctx)
        request = GenerationRequest(0, sampling=SamplingParams(temperature=0, max_tokens=1))
        self._pause()
        wanted = cache.arrange("", begun)
        generation = Generation(self._native, loaded, cache, self._abort, request, (), self._probe)
        loaded.resume()
        self._abort.clear()
        for _ in generation.run(Plan(wanted, 1, 0)):
            pass
        assert cache.prompt_logits is not None
        return distribution_of(loaded, cache.prompt_logits[1])

    def embed(self, texts: Sequence[str]) -> tuple[Embedding, ...]:
        """Return a vector for each text."""
        loaded = self._loaded
        if loaded is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        loaded.adapt_threads()
        return self._own_embedder(loaded).embed(texts, loaded.n_threads)

    def _own_embedder(self, loaded: LoadedModel) -> Embedder:
        """Return the embedder of the model; one that answers gets it when vectors are first wanted."""
        if self._embedder is None:
            self._embedder = Embedder(
                self._native, loaded.model, loaded.info.file, loaded.params.n_ctx, loaded.n_threads
            )
        return self._embedder

    def backend_info(self) -> BackendInfo:
        """Return build and devices."""
        return self._native.backend_info()

    def cancel(self, generation_id: int) -> None:
        """End a generation at once, inside an evaluation too (on a CPU; on a GPU after the slice)."""
        self._cancelled = generation_id
        if self._running == generation_id:
            self._abort.set()
        if (crew := self._crew) is not None:
            crew.cancel(generation_id)

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Use other parameters from the next token on."""
        generation = self._generation
        if generation is not None and self._running == generation_id:
            generation.sampling = changed(generation.sampling, sampling.validated())

    def interrupt(self) -> None:
        """Abandon a load."""
        self._interrupted.set()

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """Write the KV states to disk that are only in memory."""
        if self._cache is not None:
            self._cache.save(is_wanted)

    def forget(self, conversation: str) -> None:
        """Remove the KV states of a conversation."""
        self._states.forget(conversation)
        if self._cache is not None and self._cache.owner == conversation:
            self._cache.clear()

    def adapt(self, adapters: Sequence[Adapter]) -> Adapted:
        """Apply these adapters and no others; what the KV cache holds of the ones before goes to the kept states."""
        loaded, cache = self._model()
        assert self._adapters is not None
        key = self._adapters.key
        adapted = self._adapters.apply(adapters)
        if self._adapters.key != key:
            self._pause()
            cache.save()
            cache.clear()
            self._begin_cache(loaded, self._adapters)
        return adapted

    def unload(self) -> None:
        """Free the model, after its KV states were written."""
        self.save()
        if self._crew is not None:
            self._crew.close(NoModelError("The model was put away.", "Open one, and ask again."))
        self._crew = None
        if self._draft is not None:
            self._draft.close()
        self._draft = None
        if self._embedder is not None:
            self._embedder.close()
        self._embedder = None
        if self._made_prompts is not None:
            self._made_prompts.close()
        self._made_prompts = None
        if self._loaded is not None:
            self._loaded.close()
        self._loaded = self._cache = self._probe = self._adapters = None

    def close(self) -> None:
        """Free everything."""
        self.unload()

    def _model(self) -> tuple[LoadedModel, Cache]:
        if self._loaded is not None and self._loaded.info.file.pooling:
            raise PurposeError(
                Sentence("{name} compares texts and writes none.", name=self._loaded.info.file.name),
                "Choose a model that answers.",
            )
        if self._loaded is None or self._cache is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        return self._loaded, self._cache


def _check(request: GenerationRequest) -> None:
    """Look at what a request asks for.

    Raises:
        UserError: It cannot be.
    """
    request.sampling.validated()
    if not 0 <= request.top_logprobs <= _MOST_ALTERNATIVES:
        raise UserError(
            Sentence("At most {most} alternatives can be reported.", most=_MOST_ALTERNATIVES), "Ask for fewer."
        )
    if request.sampling.n > SEQUENCES:
        raise UserError(Sentence("At most {most} answers can be generated at once.", most=SEQUENCES), "Ask for fewer.")


def _spelled(loaded: LoadedModel, tokens: Sequence[int]) -> tuple[Token, ...]:
    return tuple(Token(PICTURE, b"") if is_picture(token) else Token(token, loaded.spelling(token)) for token in tokens)
