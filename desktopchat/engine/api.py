"""The engine interface: what goes in, what comes out. Everything here may cross the engine's pipe."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from desktopchat.core.adapter import Adapter
from desktopchat.core.address import Place
from desktopchat.core.chat import ChatMessage, FinishReason, Timings, ToolCall, Usage
from desktopchat.core.device import Device
from desktopchat.core.distribution import Distribution
from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import UserError
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import Rendered, Token, TokenLogprobs

Overflow = Literal["stop", "drop_oldest", "shift"]


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """What the engine was built from and where it can run.

    Attributes:
        supports_gpu: It reaches a GPU here.
        kinds: What it was built for, as ggml calls it: "CPU", "Vulkan".
        folder: Where its libraries lie; empty when it has none.
    """

    engine: str
    version: str
    build: str
    devices: tuple[Device, ...]
    supports_gpu: bool
    kinds: tuple[str, ...] = ()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Adapted:
    """The adapters that are applied to a model.

    Attributes:
        took: What they take of each device, the CPU first; empty when that is unknown.
    """

    adapters: tuple[Adapter, ...] = ()
    took: tuple[DeviceMemory, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model and how it was loaded.

    Attributes:
        n_ctx: Context window in use, in tokens; 0 when a server does not tell.
        device: Where it runs, in words for people ("CPU, 2 threads").
        template: "gguf" (from the file), "own" (another one), the name of a built-in one, "none" (plain completion)
            or "server" (applied there).
        asks: Which of "enable_thinking", "reasoning_effort" and "tools" the template asks for.
        sample: How it puts the question "Hello".
        reuse: What the KV cache of this model allows: "full"; "window" (attention looks back only so far, so
            going back far is evaluated again); "append" (recurrent: only going on is cheap).
        load_seconds: Wall time of the load.
        warnings: Sentences that the person should see.
        plan: How it was loaded and what that was to take; None when its shape is unknown.
        took: What was really allocated on each device, the CPU first; empty when that is unknown.
        place: Where it answers.
        estimates: Its `count_tokens` only estimates.
        limited: It takes only the sampling parameters of OpenAI's API.
        adapted: The adapters that were applied at once; `took` does not count them.
        sees: Pictures may be sent to it.
        seats: Answers that it writes together, of requests that join.
    """

    file: ModelFile
    n_ctx: int
    n_vocab: int
    device: Sentence
    template: str
    load_seconds: float
    reuse: Literal["full", "window", "append"] = "full"
    warnings: tuple[Sentence, ...] = ()
    plan: LoadPlan | None = None
    took: tuple[DeviceMemory, ...] = ()
    asks: tuple[str, ...] = ()
    sample: str = ""
    place: Place = Place.HERE
    estimates: bool = False
    limited: bool = False
    adapted: Adapted = Adapted()
    sees: bool = False
    seats: int = 1


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """What a prompt is made with besides its messages.

    Attributes:
        enable_thinking, reasoning_effort: As of `SamplingParams`.
        tools: As of `GenerationRequest`.
    """

    enable_thinking: bool | None = None
    reasoning_effort: str = ""
    tools: str = ""

    @classmethod
    def of(cls, sampling: SamplingParams, tools: str = "") -> "PromptSettings":
        """Return what of these parameters counts for a prompt."""
        return cls(sampling.enable_thinking, sampling.reasoning_effort, tools)


PLAIN_PROMPT = PromptSettings()


def never() -> bool:
    """Say that nothing else is to be done."""
    return False


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One answer, or `sampling.n` of them, to one prompt.

    Attributes:
        id: Chosen by the caller, never twice; `cancel` and `update_sampling` name it.
        messages: From the system message to the last turn. When the last turn is an assistant's,
            its text is continued and not repeated in the output.
        prompt: Plain text to complete instead of `messages`, without a chat template.
        prompt_tokens: Tokens to complete instead of both.
        conversation: Names whose KV states these are; empty keeps none on disk.
        overflow: What to do when the context window is full: "stop" refuses the prompt and ends the answer,
            "drop_oldest" leaves out the oldest turns, "shift" does so too and also makes room while it
            answers. What was left out is reported in `Usage`.
        top_logprobs: Number of alternatives reported with each token, 0 to 20; 0 reports no probabilities.
        scores_prompt: Report them for the tokens of the prompt too, all of which are evaluated for it.
        ignore_eos: Go on after an end-of-generation token, to measure speed.
        tools: What the model may call: a JSON list as in the OpenAI API; empty is none, and then no calls come.
        from_scratch: Nothing that was evaluated before is used, and nobody else is answered meanwhile, so that the
            same seed gives the same answer.
    """

    id: int
    messages: tuple[ChatMessage, ...] = ()
    sampling: SamplingParams = field(default_factory=SamplingParams)
    prompt: str | None = None
    conversation: str = ""
    overflow: Overflow = "stop"
    top_logprobs: int = 0
    ignore_eos: bool = False
    tools: str = ""
    from_scratch: bool = False
    prompt_tokens: tuple[int, ...] = ()
    scores_prompt: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it has a prompt that no chat template makes."""
        return self.prompt is not None or bool(self.prompt_tokens)


@dataclass(frozen=True, slots=True)
class LoadPlanned:
    """First event of a load: how it will be done and what it will take. What does not fit is refused after it."""

    plan: LoadPlan


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """Part of the model that is in memory, from 0 to 1."""

    fraction: float


@dataclass(frozen=True, slots=True)
class ModelLoaded:
    """Last event of a load."""

    info: ModelInfo


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """Prompt tokens that are in the KV cache. Sent first with what was reused, then after each slice."""

    done: int
    total: int
    cached: int


@dataclass(frozen=True, slots=True)
class PromptScored:
    """How likely the next tokens of the prompt were.

    Attributes:
        first: The one that nothing stands before, of which nothing is known.
    """

    logprobs: tuple[TokenLogprobs, ...]
    first: Token | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """New parts of one answer: valid Unicode, never part of a stop string.

    Attributes:
        index: Which of the `n` answers.
        text: Of what the model says.
        tokens: Tokens generated for this answer since the last delta.
        logprobs: One entry for each of them, when asked for.
        reasoning: Of what the model thinks before it says something.
        calls: Tool calls that are whole now.
    """

    index: int
    text: str
    tokens: int = 1
    logprobs: tuple[TokenLogprobs, ...] = ()
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceFinished:
    """One of the `n` answers is complete.

    Attributes:
        seed: The seed that this answer was drawn with.
        stop: The stop string that ended it, if one did.
        reasoning_tokens: Tokens of its reasoning.
        reasoning_seconds: How long that took.
    """

    index: int
    reason: FinishReason
    seed: int
    stop: str = ""
    reasoning_tokens: int = 0
    reasoning_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class GenerationFinished:
    """Last event of a generation."""

    usage: Usage
    timings: Timings


LoadEvent = LoadPlanned | LoadProgress | ModelLoaded
GenerationEvent = PromptProgress | PromptScored | Delta | ChoiceFinished | GenerationFinished
# Hears what comes of a request, of which `GenerationFinished` or an error is the last.
Take = Callable[[GenerationEvent | UserError], None]


class Engine(Protocol):
    """Loads one model at a time and generates with it.

    All methods but `cancel`, `update_sampling` and `interrupt` belong to one thread. Iterators must be
    run to their end, or closed, before the next call.
    """

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        """Load a model in place of the one before; ends with `ModelLoaded`.

        Raises:
            ModelFileError: llama.cpp cannot use the file.
            CancelledError: `interrupt` was called.
            EngineMemoryError: There is not enough memory; that a plan says so keeps a load from being tried.
            EngineError: The engine died.
            NetworkError: The server of the model refused, or did not answer.
        """
        ...

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer; ends with `GenerationFinished`, also after a cancel.

        Raises:
            NoModelError: Nothing is loaded.
            ContextOverflowError: The prompt does not fit.
            TemplateError: The chat template failed.
            EngineError: Evaluation failed, or the engine died.
            NetworkError: The server of the model refused, or broke off.
        """
        ...

    @property
    def seats(self) -> int:
        """Requests that are worth joining at a time."""
        ...

    def join(self, request: GenerationRequest, take: Take) -> None:
        """Take a request up beside others, for `step` to answer. All other methods may be called between two steps:
        what has joined waits meanwhile, and has nothing taken from it but time.

        Args:
            take: Called on the thread of this engine, within any of its methods. Hears an error where `generate`
                would raise one.

        Raises:
            NoModelError: Nothing is loaded; `take` hears nothing then.
        """
        ...

    def step(self) -> bool:
        """Go on for a moment with what has joined, and return whether some of it is left.

        Raises:
            EngineError: The engine died, which all that had joined have heard.
        """
        ...

    def make_way(self) -> None:
        """Cut the step short that runs or begins next: something else is wanted. From any thread; never blocks."""
        ...

    def count_tokens(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> int:
        """Return the length of the prompt that these messages make, in tokens, as it would be generated from."""
        ...

    def rendered(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> Rendered:
        """Return the prompt that these messages make, as `count_tokens` counts it; nothing is left out of it.

        Raises:
            NoModelError: Nothing is loaded.
            TemplateError: The chat template failed.
            HiddenPromptError: A server has the model, and makes the prompt there.
            EngineError: The engine died.
        """
        ...

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return what a text is to the model; it is read as people's words, so none of them is a control token.

        Raises:
            NoModelError: Nothing is loaded.
            HiddenPromptError: A server has the model, and the vocabulary.
            EngineError: The engine died.
        """
        ...

    def distribution(self, tokens: Sequence[int]) -> Distribution:
        """Return what may follow these tokens, which stand alone: without a chat template, after a begin token.

        Raises:
            NoModelError: Nothing is loaded.
            EmptyPromptError: There are none, and the model has no begin token.
            ContextOverflowError: They do not fit.
            HiddenPromptError: A server has the model, and the vocabulary.
            EngineError: The model gives no numbers, or the engine died.
        """
        ...

    def embed(self, texts: Sequence[str]) -> tuple[Embedding, ...]:
        """Return a vector for each text, in their order.

        Raises:
            NoModelError: Nothing is loaded.
            EmptyPromptError: A text is empty.
            TextTooLongError: A text is longer than the model reads at once.
            EngineError: The model has no vectors, evaluation failed, or the engine died.
            NetworkError: The server of the model refused, or did not answer.
        """
        ...

    def backend_info(self) -> BackendInfo:
        """Return build and devices. Needs no model."""
        ...

    def cancel(self, generation_id: int) -> None:
        """End a generation soon, with what it has so far. From any thread; never blocks."""
        ...

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Use other parameters from the next token of `generate` on (`n` and `seed` stay).

        From any thread; never blocks.
        """
        ...

    def interrupt(self) -> None:
        """Abandon a load. From any thread; never blocks."""
        ...

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """Write what is only in memory, such as KV states, to disk. Called when there is nothing to do.

        Args:
            is_wanted: Says that there is something to do again; the rest is left for another time.
        """
        ...

    def forget(self, conversation: str) -> None:
        """Remove all KV states of a conversation, from memory and disk."""
        ...

    def unload(self) -> None:
        """Give the model's memory back."""
        ...

    def adapt(self, adapters: Sequence[Adapter]) -> Adapted:
        """Apply these adapters to the loaded model and no others, from the next answer on.

        What is refused leaves those before in place; another load starts with those of its parameters.

        Raises:
            NoModelError: Nothing is loaded.
            AdapterError: A file is missing, damaged or made for another model, or a server has the model.
            EngineMemoryError: There is not enough memory.
            EngineError: The engine died.
        """
        ...

    def close(self) -> None:
        """Give everything back. May be called twice."""
        ...
