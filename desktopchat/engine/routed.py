"""RoutedEngine: a model here or a model of a server, one at a time."""

from collections.abc import Callable, Iterator, Sequence

from desktopchat.core.adapter import Adapter
from desktopchat.core.chat import ChatMessage
from desktopchat.core.distribution import Distribution
from desktopchat.core.embedding import Embedding
from desktopchat.core.memory import CPU
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.token import Rendered, Token
from desktopchat.engine.api import (
    PLAIN_PROMPT,
    Adapted,
    BackendInfo,
    Engine,
    GenerationEvent,
    GenerationRequest,
    LoadEvent,
    ModelLoaded,
    PromptSettings,
    Take,
    never,
)
from desktopchat.engine.energy import EnergyMeter


class RoutedEngine:
    """Lets the engine answer that the loaded model belongs to. See `engine.api.Engine` for the methods.

    Args:
        local: For models on this machine's disks.
        make_remote: Makes the one for models of servers, when one is wanted for the first time.
        before_sharing: Called with the RPC servers that are to take a share of a model here; raises what speaks
            against it.
        meter: Tells what the answers of models here take.
    """

    def __init__(
        self,
        local: Engine,
        make_remote: Callable[[], Engine],
        before_sharing: Callable[[tuple[str, ...]], None],
        meter: EnergyMeter | None = None,
    ) -> None:
        self._meter = meter
        self._before_sharing = before_sharing
        self._local = self._present = local
        self._make_remote = make_remote
        self._remote: Engine | None = None

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        """Load it where it belongs; the other one gives its memory back first."""
        wanted = self._local
        if model.is_served:
            wanted = self._remote = self._remote or self._make_remote()
        elif params.rpc:
            self._before_sharing(params.rpc)
        if wanted is not self._present:
            self._present.unload()
            self._present = wanted
        for event in wanted.load(model, params):
            if self._meter is not None and isinstance(event, ModelLoaded):
                self._meter.on_gpu = any(part.total for part in event.info.took if part.device != CPU)
            yield event

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer."""
        events = self._present.generate(request)
        return self._meter.metered(events) if self._meter and self._present is self._local else events

    @property
    def seats(self) -> int:
        """Requests that are worth joining at a time."""
        return self._present.seats

    def join(self, request: GenerationRequest, take: Take) -> None:
        """Take a request up beside others."""
        metered = self._meter.joined(take) if self._meter and self._present is self._local else take
        self._present.join(request, metered)

    def step(self) -> bool:
        """Go on with what has joined."""
        return self._present.step()

    def make_way(self) -> None:
        """Cut the step that runs short."""
        self._present.make_way()

    def count_tokens(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> int:
        """Return the length of the prompt that these messages make, in tokens."""
        return self._present.count_tokens(messages, settings)

    def rendered(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> Rendered:
        """Return the prompt that these messages make."""
        return self._present.rendered(messages, settings)

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return what a text is to the model."""
        return self._present.tokens(text)

    def distribution(self, tokens: Sequence[int]) -> Distribution:
        """Return what may follow these tokens."""
        return self._present.distribution(tokens)

    def embed(self, texts: Sequence[str]) -> tuple[Embedding, ...]:
        """Return a vector for each text."""
        return self._present.embed(texts)

    def backend_info(self) -> BackendInfo:
        """Return what this machine has."""
        return self._local.backend_info()

    def cancel(self, generation_id: int) -> None:
        """End a generation soon."""
        self._present.cancel(generation_id)

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Use other parameters."""
        self._present.update_sampling(generation_id, sampling)

    def interrupt(self) -> None:
        """Abandon a load."""
        self._present.interrupt()

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """Write what is only in memory."""
        self._present.save(is_wanted)

    def forget(self, conversation: str) -> None:
        """Remove the KV states of a conversation, which only models here have."""
        self._local.forget(conversation)

    def unload(self) -> None:
        """Give the model's memory back."""
        self._present.unload()

    def adapt(self, adapters: Sequence[Adapter]) -> Adapted:
        """Apply these adapters and no others."""
        return self._present.adapt(adapters)

    def close(self) -> None:
        """Give everything back."""
        self._local.close()
        if self._remote is not None:
            self._remote.close()
