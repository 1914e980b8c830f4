"""RemoteEngine: a model that a server has, behind the interface of all engines."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from desktopchat.core.adapter import Adapter
from desktopchat.core.address import Place, ServerAddress
from desktopchat.core.chat import ChatMessage
from desktopchat.core.device import Device
from desktopchat.core.distribution import Distribution
from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import (
    AbandonedError,
    AdapterError,
    CancelledError,
    EmptyPromptError,
    HiddenPromptError,
    NoModelError,
    UserError,
)
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.secret import Secret
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import Rendered, Token
from desktopchat.engine.api import (
    PLAIN_PROMPT,
    Adapted,
    BackendInfo,
    GenerationEvent,
    GenerationRequest,
    LoadEvent,
    LoadProgress,
    ModelInfo,
    ModelLoaded,
    PromptSettings,
    Take,
    never,
)
from desktopchat.engine.in_turn import InTurn
from desktopchat.engine.remote import counting, embedding, server
from desktopchat.engine.remote.generation import Generation, Served
from desktopchat.network.connection import Connection

_MOST_ALTERNATIVES = 20  # as in the OpenAI API
_LOADING, _COUNTING, _EMBEDDING = "load", "count", "embed"

Connect = Callable[[ServerAddress, Secret | None], Connection]


class RemoteEngine:
    """Asks an OpenAI-compatible server. See `engine.api.Engine` for the methods.

    Nothing is sent but what is asked: no draft, no title, no second server. A server that answers has the parameters
    already, so a change counts from the next answer on; only `max_tokens` and `stop` are looked after here.

    Args:
        connect: Makes a connection; nothing else here does.
        key_of: Returns the key for a server, if there is one.
    """

    def __init__(self, connect: Connect, key_of: Callable[[ServerAddress], Secret | None]) -> None:
        self._connect = connect
        self._key_of = key_of
        self._served: Served | None = None
        self._connection: Connection | None = None  # of what is loaded or being loaded
        self._interrupted = False
        self._generation: Generation | None = None
        self._running: int | None = None
        self._cancelled: int | None = None
        self._in_turn = InTurn(self.generate)

    def load(self, model: ModelFile, _params: LoadParams) -> Iterator[LoadEvent]:
        """Ask the server for its models; nothing has to be put into memory."""
        self.unload()
        self._interrupted = False
        started = time.perf_counter()
        address = ServerAddress.parse(model.path)
        connection = self._connection = self._connect(address, self._key_of(address))
        connection.task_name = _LOADING
        try:
            yield LoadProgress(0.0)
            if self._interrupted:
                raise AbandonedError
            found = server.choose(server.list_models(connection, address), address)
            yield LoadProgress(0.5)
            found = server.with_properties(connection, address, found)
            yield LoadProgress(1.0)
        except AbandonedError:
            self.unload()
            raise CancelledError("Loading was stopped.") from None
        except (UserError, GeneratorExit):
            self.unload()
            raise
        connection.task_name = None
        address = address.of_model(found.id)
        counts = found.is_llama and address.place is Place.BESIDE
        self._served = Served(connection, address, found, counting.Estimate())
        file = replace(model, name=ModelFile.at(address).name, path=str(address), n_ctx_train=model.n_ctx_train)
        yield ModelLoaded(
            ModelInfo(
                file,
                found.n_ctx,
                0,
                _device(address),
                "server",
                time.perf_counter() - started,
                warnings=_warnings(address),
                place=address.place,
                estimates=not counts,
                limited=not found.is_llama,
                asks=found.asks,
                sees=found.sees,
            )
        )

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer."""
        served = self._model()
        request.sampling.validated()
        if request.prompt_tokens or request.scores_prompt:
            cause = Sentence("{host} has the vocabulary, so tokens mean nothing here.", host=served.address.label)
            raise HiddenPromptError(cause, "Load a model of this machine.")
        if not 0 <= request.top_logprobs <= _MOST_ALTERNATIVES:
            raise UserError(
                Sentence("At most {most} alternatives can be reported.", most=_MOST_ALTERNATIVES), "Ask for fewer."
            )
        texts = [message.content for message in request.messages] if request.prompt is None else [request.prompt]
        shows = any(message.pictures for message in request.messages)
        if not shows and not any(text.strip() for text in texts):
            raise EmptyPromptError("The prompt is empty.", "Type something to answer.")
        generation = Generation(served, request, secrets.randbelow(1 << 31), lambda: self._cancelled == request.id)
        self._generation, self._running = generation, request.id
        served.connection.task_name = request.id
        try:
            yield from generation.run()
        finally:
            self._generation = self._running = None
            served.connection.task_name = None

    @property
    def seats(self) -> int:
        """Requests that are worth joining at a time."""
        return 1

    def join(self, request: GenerationRequest, take: Take) -> None:
        """Take a request up."""
        self._model()
        self._in_turn.join(request, take)

    def step(self) -> bool:
        """Answer the next one that has joined."""
        return self._in_turn.step()

    def make_way(self) -> None:
        """Nothing to do: an answer is not cut short."""

    def count_tokens(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> int:
        """Return the length of the prompt, or an estimate: what is not sent yet leaves this machine for no count."""
        served = self._model()
        if served.model.is_llama and served.address.place is Place.BESIDE:
            served.connection.task_name = _COUNTING
            counted = counting.exact(served.connection, served.address, messages, settings)
            served.connection.task_name = None
            if counted is not None:
                return counted
        return served.estimate.of(messages)

    def rendered(self, _messages: Sequence[ChatMessage], _settings: PromptSettings = PLAIN_PROMPT) -> Rendered:
        """Refuse: the prompt is made where the model is, and never seen here."""
        host = self._model().address.label
        cause = Sentence("{host} makes the prompt itself, so it cannot be shown.", host=host)
        raise HiddenPromptError(cause, "Load a model of this machine.")

    def tokens(self, _text: str) -> tuple[Token, ...]:
        """Refuse: the vocabulary is where the model is."""
        cause = Sentence("{host} has the vocabulary, so tokens cannot be shown.", host=self._model().address.label)
        raise HiddenPromptError(cause, "Load a model of this machine.")

    def distribution(self, _tokens: Sequence[int]) -> Distribution:
        """Refuse, as of tokens."""
        cause = Sentence("{host} has the vocabulary, so tokens cannot be shown.", host=self._model().address.label)
        raise HiddenPromptError(cause, "Load a model of this machine.")

    def embed(self, texts: Sequence[str]) -> tuple[Embedding, ...]:
        """Return a vector for each text, as the server makes them."""
        served = self._model()
        served.connection.task_name = _EMBEDDING
        try:
            return embedding.ask(served, texts)
        finally:
            served.connection.task_name = None

    def backend_info(self) -> BackendInfo:
        """Return the server as a device."""
        served = self._served
        name = served.address.label if served else "no server"
        return BackendInfo("remote", "1", "", (Device(name, "server", "cpu", 0, 0),), False)

    def cancel(self, generation_id: int) -> None:
        """End a generation at once, whatever the server does."""
        self._cancelled = generation_id
        connection = self._connection
        if connection is not None and self._running == generation_id:
            connection.abandon(generation_id)

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Take over what can be looked after here: `max_tokens` and `stop`."""
        generation = self._generation
        if generation is not None and self._running == generation_id:
            generation.change(sampling.validated())

    def interrupt(self) -> None:
        """Abandon a load."""
        self._interrupted = True
        connection = self._connection
        if connection is not None:
            connection.abandon(_LOADING)

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """There is nothing to save."""

    def forget(self, conversation: str) -> None:
        """There is nothing to forget here; what a server keeps is its own affair."""

    def unload(self) -> None:
        """Close the connection."""
        self._served = None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        self._in_turn.end(NoModelError("The model was put away.", "Load it again to go on."))

    def adapt(self, adapters: Sequence[Adapter]) -> Adapted:
        """Refuse them: what a server applies to its model is decided there."""
        self._model()
        if adapters:
            raise AdapterError("Adapters cannot be applied to the model of a server.", "Load a model of this machine.")
        return Adapted()

    def close(self) -> None:
        """Close the connection."""
        self.unload()

    def _model(self) -> Served:
        if self._served is None:
            raise NoModelError("No model is loaded.", "Open a model first.")
        return self._served


def _device(address: ServerAddress) -> Sentence:
    if address.place is Place.BESIDE:
        return Sentence("{host}, another program on this machine", host=address.label)
    return Sentence("{host}, leaves this machine", host=address.label)


def _warnings(address: ServerAddress) -> tuple[Sentence, ...]:
    if not address.is_open:
        return ()
    return (
        Sentence(
            "What you write goes to {host} unencrypted: whoever is in that network can read it.", host=address.label
        ),
    )
