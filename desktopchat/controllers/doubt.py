"""Asks a question again, several times at once, to see how far the answers agree."""

import itertools
from collections import deque
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.asides import Asides
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker, taken
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.picture_shelf import PictureShelf
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.agreement import Agreement, agreement
from desktopchat.core.chat import ChatMessage, FinishReason, Message, MessageState, Timings, Usage
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.prompt import blind
from desktopchat.core.sentence import Sentence
from desktopchat.engine.api import ChoiceFinished, Delta, GenerationFinished, GenerationRequest
from desktopchat.storage.conversations import ConversationStore

SAMPLES = 4
MOST_SAMPLES = 8
_FIRST_ID = -(1 << 30)  # numbers of answers count upwards from 1, those of titles downwards from -1
_WARM = 0.7  # the coldest answers are all the same, which says nothing
_LEAST_TOKENS = 64
_INTERVAL = 200  # ms between two reports


@dataclass(frozen=True, slots=True)
class Sample:
    """Another answer to the question.

    Attributes:
        tokens: How many were generated for it.
        seed: What it was drawn with.
    """

    text: str = ""
    reasoning: str = ""
    tokens: int = 0
    seed: int | None = None
    finish_reason: FinishReason | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What came of it.

    Attributes:
        answer: The answer that is looked at.
        temperature: What the samples were drawn at.
        sentences: Those of the answer, once all samples are there.
        request_id: What was asked.
    """

    answer: Message
    samples: tuple[Sample, ...]
    temperature: float
    usage: Usage = field(default_factory=Usage)
    timings: Timings = field(default_factory=Timings)
    sentences: tuple[Agreement, ...] = ()
    request_id: int = 0


class DoubtController(QObject):
    """Gives way to every answer. The samples are kept nowhere, but for what they took, unless one is made another
    version of the answer.

    Attributes:
        progressed: Tokens that were generated, and samples that are whole.
        ended: Doubt.
        failed: Sentence of what was in the way.
        kept: Place of the sample that is another version now.
        noticed: Notice.
    """

    progressed = Signal(int, int)
    ended = Signal(object)
    failed = Signal(object)
    kept = Signal(int)
    noticed = Signal(object)

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        worker: EngineWorker,
        storage: TaskRunner,
        io: TaskRunner,
        store: ConversationStore,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._worker = worker
        self._storage = storage
        self._io = io
        self._store = store
        self._preferences = preferences
        self._pictures = PictureShelf(storage, store, self)
        self._asides = Asides(worker, storage, store, self)
        self._ids = itertools.count(_FIRST_ID, -1)
        self._asked: Doubt | None = None
        self._sampling = SamplingParams()
        self._running = 0
        self._deltas: deque[Delta] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self._on_timer_timeout)
        chat.answering_changed.connect(self._on_chat_answering_changed)
        worker.choice_finished.connect(self._on_worker_choice_finished)
        worker.generation_finished.connect(self._on_worker_generation_finished)
        worker.generation_failed.connect(self._on_worker_generation_failed)

    @property
    def running(self) -> bool:
        """Whether samples are being drawn."""
        return self._asked is not None

    def begin(self, answer: Message, count: int = SAMPLES) -> None:
        """Draw so many samples of the turn that an answer ended, with its parameters."""
        self.stop()
        asked = answer.sampling or SamplingParams()
        temperature = asked.temperature or _WARM
        # Longer ones would take longer, and have little that the answer could be compared with.
        most = max(_LEAST_TOKENS, 5 * answer.usage.completion_tokens // (4 * answer.usage.answers))
        self._sampling = asked.changed(n=count, seed=None, temperature=temperature, max_tokens=most)
        doubt = self._asked = Doubt(answer, (Sample(),) * count, temperature)

        def read() -> tuple[tuple[Message, ...], str]:
            path = self._store.path(answer.conversation_id, before=answer.id)
            return path, self._store.get(answer.conversation_id).system_prompt

        def done(found: tuple[tuple[Message, ...], str]) -> None:
            path, system_prompt = found
            self._pictures.turns(path, system_prompt, lambda turns: self._generate(doubt, turns))

        self._storage.run(read, done, self._fail)

    def stop(self) -> None:
        """Draw no more."""
        if self._running:
            self._worker.cancel(self._running)
        self._running = 0
        self._asked = None
        self._timer.stop()

    def keep(self, doubt: Doubt, place: int) -> None:
        """Make a sample another version of the answer; the one that is shown stays so."""
        answer, sample = doubt.answer, doubt.samples[place]

        def work() -> None:
            with self._store.together():
                tip = self._store.get(answer.conversation_id).tip_id
                model, sampling = self._models.identity, self._sampling.changed(n=1)
                reply = self._store.add_reply(answer.conversation_id, answer.parent_id, model=model, sampling=sampling)
                self._store.finish(
                    reply.id,
                    content=sample.text,
                    reasoning=sample.reasoning,
                    state=MessageState.COMPLETE,
                    finish_reason=sample.finish_reason,
                    seed=sample.seed,
                    usage=replace(doubt.usage, answers=len(doubt.samples)),
                    timings=replace(doubt.timings, joules=doubt.timings.joules / len(doubt.samples)),
                )
                self._asides.take_out(doubt.request_id)
                if tip is not None:
                    self._store.show_below(answer.conversation_id, tip)

        def done(_: None) -> None:
            self.kept.emit(place)
            self._chat.reload()

        self._storage.run(work, done, self._on_storage_failed)

    def _generate(self, doubt: Doubt, turns: tuple[ChatMessage, ...]) -> None:
        if self._asked is not doubt:
            return
        if self._chat.answering:
            self._fail(UserError("An answer is being written.", "Wait for its end."))
            return
        messages = turns if self._models.sees else blind(turns)
        conversation, overflow = str(doubt.answer.conversation_id), self._preferences["chat.overflow"]
        self._running = next(self._ids)
        self._deltas = deque()
        self._timer.start()
        request = GenerationRequest(self._running, messages, self._sampling, None, conversation, overflow)
        self._asides.watch(self._running, doubt.answer.conversation_id, self._models.identity, self._sampling.n)
        self._worker.generate(request, self._deltas)

    def _take(self) -> None:
        """Put what has come to its samples."""
        if self._asked is None:
            return
        samples = list(self._asked.samples)
        for delta in taken(self._deltas):
            old = samples[delta.index]
            samples[delta.index] = replace(
                old,
                text=old.text + delta.text,
                reasoning=old.reasoning + delta.reasoning,
                tokens=old.tokens + delta.tokens,
            )
        self._asked = replace(self._asked, samples=tuple(samples))

    def _on_timer_timeout(self) -> None:
        self._take()
        if self._asked is not None:
            samples = self._asked.samples
            whole = sum(sample.finish_reason is not None for sample in samples)
            self.progressed.emit(sum(sample.tokens for sample in samples), whole)

    def _on_chat_answering_changed(self, answering: bool) -> None:
        if answering and self._asked is not None:
            self._fail(UserError("The samples gave way to an answer.", "Draw them again after it."))

    def _on_worker_choice_finished(self, number: int, choice: ChoiceFinished) -> None:
        if number == self._running and self._asked is not None:
            samples = list(self._asked.samples)
            samples[choice.index] = replace(samples[choice.index], seed=choice.seed, finish_reason=choice.reason)
            self._asked = replace(self._asked, samples=tuple(samples))

    def _on_worker_generation_finished(self, number: int, result: GenerationFinished) -> None:
        if number != self._running or self._asked is None:
            return
        self._take()
        doubt = replace(self._asked, usage=result.usage, timings=result.timings, request_id=number)
        self._running, self._asked = 0, None
        self._timer.stop()

        def compare() -> Doubt:
            texts = [sample.text for sample in doubt.samples]
            return replace(doubt, sentences=agreement(doubt.answer.content, texts))

        self._io.run(compare, self.ended.emit)

    def _on_worker_generation_failed(self, number: int, error: UserError) -> None:
        if number == self._running:
            self._running = 0
            self._fail(error)

    def _fail(self, error: UserError) -> None:
        self.stop()
        self.failed.emit(Sentence.of(error.sentence))

    def _on_storage_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
