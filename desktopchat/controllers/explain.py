"""What an answer could have been, the other ways from it, and the prompt that it answered."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.picture_shelf import PictureShelf
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import ChatMessage, FinishReason, Message, MessageState, Role, Timings, Usage
from desktopchat.core.draws import Draws
from desktopchat.core.errors import UserError
from desktopchat.core.fork import Fork, fork
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.prompt import blind
from desktopchat.core.token import Alternative, Rendered
from desktopchat.core.token_log import TokenLog
from desktopchat.engine.api import Engine, PromptSettings
from desktopchat.storage.conversations import ConversationStore


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with its tokens.

    Attributes:
        log: They spell the whole answer; empty when no alternatives were kept with it.
    """

    message: Message
    log: TokenLog

    @property
    def sampling(self) -> SamplingParams:
        """What it was written with."""
        return self.message.sampling or SamplingParams()


@dataclass(frozen=True, slots=True)
class SentPrompt:
    """The prompt of an answer.

    Attributes:
        model: Whose chat template and vocabulary it is in.
        is_same: It is as long as the one that was answered.
    """

    message: Message
    rendered: Rendered
    model: str

    @property
    def is_same(self) -> bool:
        """Whether it has as many tokens as the one that was answered, by the model that answered."""
        told = (len(self.rendered.tokens), self.model)
        return told == (self.message.usage.prompt_tokens, self.message.model)


class ExplainController(QObject):
    """Reads and reckons on the thread of the storage.

    Attributes:
        explained: Explanation.
        scrubbed: Explanation, a temperature, and which steps would have come out otherwise: a dict of their places
            and those of the candidates that would have come.
        forked: The other answer is on its way.
        prompt_told: SentPrompt.
        noticed: Notice.
    """

    explained = Signal(object)
    scrubbed = Signal(object, float, object)
    forked = Signal()
    prompt_told = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        worker: EngineWorker,
        storage: TaskRunner,
        store: ConversationStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._worker = worker
        self._storage = storage
        self._store = store
        self._pictures = PictureShelf(storage, store, self)
        self._draws: tuple[Explanation, Draws] | None = None  # on the thread of the storage
        self._asked: tuple[int, Message] | None = None  # the number of the question about a prompt, and whose it is
        worker.told.connect(self._on_worker_told)
        worker.told_nothing.connect(self._on_worker_told_nothing)

    def explain(self, message: Message) -> None:
        """Read the tokens of an answer."""

        def work() -> Explanation:
            log = self._store.tokens.read(message.id)
            said = message.content or message.reasoning
            if len(log) and said not in log.texts().decode("utf-8", "replace"):
                log = log.begun(said)
            return Explanation(message, log)

        self._storage.run(work, self.explained.emit, self._fail)

    def scrub(self, explanation: Explanation, temperature: float) -> None:
        """Find out what would have come at another temperature."""

        def work() -> dict[int, int]:
            if self._draws is None or self._draws[0] is not explanation:
                self._draws = explanation, Draws(explanation.log, explanation.sampling)
            return self._draws[1].flips(temperature)

        def done(flips: dict[int, int]) -> None:
            self.scrubbed.emit(explanation, temperature, flips)

        self._storage.run(work, done, self._fail)

    def fork(self, explanation: Explanation, place: int, choice: Alternative) -> None:
        """Begin another answer beside one, with the same text up to a token and `choice` in its place."""
        message = explanation.message
        if self._chat.busy:
            self.noticed.emit(Notice("info", "An answer is being written.", "Wait for its end, or stop it."))
            return
        try:
            begun = fork(message, explanation.log, place, choice)
        except UserError as error:
            self._fail(error)
            return
        if begun.has_ended:
            self._storage.run(lambda: self._store_begun(message, begun), self._on_ended_stored, self._fail)
        else:
            self._chat.go_on(lambda: self._store_begun(message, begun))
            self.forked.emit()

    def tell_prompt(self, message: Message) -> None:
        """Find out what the model was sent before an answer, as far as that is still known."""

        def work() -> tuple[tuple[Message, ...], str, str]:
            path = self._store.path(message.conversation_id, before=message.id)
            prompt = self._store.get(message.conversation_id).system_prompt
            return path, prompt, _gone_on_from(message, self._store.tokens.read(message.id))

        def read(found: tuple[tuple[Message, ...], str, str]) -> None:
            path, prompt, begun = found
            answer = (ChatMessage(Role.ASSISTANT, begun),) if begun else ()
            self._pictures.turns(path, prompt, lambda turns: ask((*turns, *answer)))

        def ask(turns: tuple[ChatMessage, ...]) -> None:
            settings = PromptSettings.of(message.sampling or self._chat.sampling)
            seen = turns if self._models.sees else blind(turns)

            def render(engine: Engine) -> Rendered:
                return engine.rendered(seen, settings)

            self._asked = (self._worker.ask(render), message)

        self._storage.run(work, read, self._fail)

    def _store_begun(self, message: Message, begun: Fork) -> Message:
        store, model, sampling = self._store, self._models.identity, self._chat.sampling
        if begun.has_ended:  # nobody but the model of the answer has written it
            model, sampling = ModelIdentity(message.model), message.sampling or sampling
        with store.together():
            reply = store.add_reply(message.conversation_id, message.parent_id, model=model, sampling=sampling)
            store.append_texts([(reply.id, begun.content, begun.reasoning)])
            store.tokens.keep(reply.id, begun.log)
            if begun.has_ended:
                store.finish(
                    reply.id,
                    content=begun.content,
                    reasoning=begun.reasoning,
                    state=MessageState.COMPLETE,
                    finish_reason=FinishReason.STOP,
                    seed=message.seed,
                    usage=Usage(),
                    timings=Timings(),
                )
        return store.message(reply.id)

    def _on_ended_stored(self, _message: Message) -> None:
        self._chat.reload()
        self.forked.emit()

    def _on_worker_told(self, number: int, answer: object) -> None:
        if self._asked is not None and self._asked[0] == number and isinstance(answer, Rendered):
            message = self._asked[1]
            self.prompt_told.emit(SentPrompt(message, answer, self._models.identity.name))

    def _on_worker_told_nothing(self, number: int, error: UserError) -> None:
        if self._asked is not None and self._asked[0] == number:
            self._fail(error)

    def _fail(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))


def _gone_on_from(message: Message, log: TokenLog) -> str:
    """Return what there was of an answer when the model went on with it, as its prompt ended with that."""
    before = len(log) - message.usage.completion_tokens
    is_known = 0 < before < len(log) and message.content and not message.reasoning
    return log.texts(before).decode("utf-8", "replace") if is_known else ""
