"""The answer that is being written: from the engine to the screen and to the disk."""

import itertools
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.engine_worker import EngineWorker, taken
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.picture_shelf import PictureShelf
from desktopchat.controllers.receipts import Receipts
from desktopchat.controllers.saving import Saving
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.words import said
from desktopchat.core.chat import ChatMessage, FinishReason, Message, MessageState, Timings, Usage
from desktopchat.core.cost import added
from desktopchat.core.errors import EndlessTemplateError, TemplateError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.prompt import blind
from desktopchat.core.sentence import Sentence
from desktopchat.core.token import ALTERNATIVES
from desktopchat.core.token_log import TokenLog
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationFinished,
    GenerationRequest,
    Overflow,
    PromptProgress,
)
from desktopchat.storage.conversations import ConversationStore

PAINT_INTERVAL = 33  # ms; 30 paints a second read as smooth
# Where a paint costs the window's thread much, there are fewer, for the decoder needs the cores too.
LONGEST_PAINT_INTERVAL = 150  # ms
_PAINT_SHARE = 1 / 15  # of the time
_SMOOTHING = 0.2  # some systems count a thread's time in steps of 16 ms
SAVE_INTERVAL = 200  # ms; with the write itself, what was shown is on disk within 250 ms


@dataclass(slots=True)
class _Text:
    """Text that grows; `shown` and `saved` count its characters."""

    whole: str
    shown: int = 0
    saved: int = 0

    @classmethod
    def known(cls, text: str) -> "_Text":
        return cls(text, len(text), len(text))

    def to_show(self) -> str:
        start, self.shown = self.shown, len(self.whole)
        return self.whole[start:]


@dataclass(slots=True)
class _Answer:
    """One of the `n` answers."""

    message: Message
    content: _Text
    reasoning: _Text
    log: TokenLog = field(default_factory=TokenLog)
    choice: ChoiceFinished | None = None

    @property
    def begun(self) -> bool:
        return bool(self.content.whole or self.reasoning.whole)


@dataclass(slots=True)
class _Generation:
    """A request and its answers. The first one is on screen, the others are its siblings."""

    request: GenerationRequest
    is_ready: bool = False  # its turns, with their pictures, are in the request
    deltas: deque[Delta] = field(default_factory=deque)
    answers: list[_Answer] = field(default_factory=list)
    context_tokens: int = 0
    saving: bool = False

    def take(self) -> None:
        """Put what the engine has sent so far to its answers."""
        arrived = taken(self.deltas)
        for index, answer in enumerate(self.answers):
            own = [delta for delta in arrived if delta.index == index]
            answer.content.whole += "".join(delta.text for delta in own)
            answer.reasoning.whole += "".join(delta.reasoning for delta in own)
            for delta in own:
                answer.log.add(delta.logprobs)
        self.context_tokens += sum(delta.tokens for delta in arrived)


class GenerationController(QObject):
    """Runs one generation at a time and sees to it that no letter of it is lost.

    Attributes:
        pictures: Makes turns of what is stored.
        text_received: Message id, new text and new reasoning, at most 30 times a second.
        message_changed: Message in its final state, as stored.
        prompt_progressed: Tokens evaluated and in all; (0, 0) when it is over.
        answering_changed: Whether an answer is being written or waits for its model.
        ended: The id of the conversation, and whether the answer ended without being stopped and without a failure.
        context_changed: Tokens in the context window so far, five times a second.
        noticed: Notice.
    """

    text_received = Signal(int, str, str)
    message_changed = Signal(object)
    prompt_progressed = Signal(int, int)
    answering_changed = Signal(bool)
    ended = Signal(int, bool)
    context_changed = Signal(int)
    noticed = Signal(object)

    def __init__(
        self,
        worker: EngineWorker,
        models: ModelController,
        storage: TaskRunner,
        store: ConversationStore,
        overflow: Overflow,
        receipts: Receipts,
        saving: Saving,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._overflow = overflow
        self._receipts = receipts
        self._saving = saving
        self._worker = worker
        self._models = models
        self._storage = storage
        self._store = store
        self.pictures = PictureShelf(storage, store, self)
        self._running: _Generation | None = None
        self._waiting: _Generation | None = None
        self._ids = itertools.count(1)
        self._paint_timer = QTimer(self)
        self._paint_seconds = 0.0
        self._thread_time = 0.0
        self._paint_timer.timeout.connect(self._on_paint_timer_timeout)
        self._save_timer = QTimer(self)
        self._save_timer.setInterval(SAVE_INTERVAL)
        self._save_timer.timeout.connect(self._on_save_timer_timeout)
        worker.prompt_progressed.connect(self._on_worker_prompt_progressed)
        worker.choice_finished.connect(self._on_worker_choice_finished)
        worker.generation_finished.connect(self._on_worker_generation_finished)
        worker.generation_failed.connect(self._on_worker_generation_failed)
        models.load_started.connect(self._on_models_load_started)
        models.model_loaded.connect(self._on_models_model_loaded)
        models.unloaded.connect(self._on_models_unloaded)

    @property
    def answering(self) -> bool:
        """Whether an answer is being written or waits for its model."""
        return self._running is not None or self._waiting is not None

    def begin(
        self, path: Sequence[Message], system_prompt: str, messages: Sequence[Message], sampling: SamplingParams
    ) -> None:
        """Ask for the answers whose messages these are, as soon as a model is loaded.

        Args:
            path: What is asked; ends with the answer `messages[0]`, which is continued if it has begun.
            messages: As many as `sampling.n`, in state streaming.
        """
        conversation = str(messages[0].conversation_id)
        generation = _Generation(GenerationRequest(next(self._ids), (), sampling, None, conversation, self._overflow))
        for message in messages:
            generation.answers.append(_Answer(message, _Text.known(message.content), _Text.known(message.reasoning)))
        self._waiting = generation
        self.answering_changed.emit(True)
        self.pictures.turns(path, system_prompt, lambda turns: self._on_turns_read(generation, turns))

    def _on_turns_read(self, generation: _Generation, turns: tuple[ChatMessage, ...]) -> None:
        if self._waiting is not generation:
            return  # stopped meanwhile
        generation.request, generation.is_ready = replace(generation.request, messages=turns), True
        if self._models.loaded is not None:
            self._on_models_model_loaded()
        else:
            self._models.ensure_loaded()

    def stop(self) -> None:
        """End the generation; its text stays."""
        if self._running is not None:
            self._worker.cancel(self._running.request.id)
        elif self._waiting is not None:
            generation, self._waiting = self._waiting, None
            self._finish(generation, FinishReason.CANCELLED)
        self._models.cancel_load()

    def update_sampling(self, sampling: SamplingParams) -> None:
        """Use other parameters from the next token on; a server has those of this answer already."""
        if self._running is not None:
            self._worker.update_sampling(self._running.request.id, sampling)
            if self._models.is_elsewhere:
                words = Sentence("The server has the parameters of this answer already; these count from the next one.")
                self.noticed.emit(Notice("info", words))

    def with_running_text(self, message: Message) -> Message:
        """Return the message with the text that is in memory but perhaps not yet on disk."""
        if self._running is not None:
            self._running.take()
        for generation in (self._running, self._waiting):
            for answer in generation.answers if generation else ():
                if answer.message.id == message.id:
                    answer.content.to_show(), answer.reasoning.to_show()
                    return replace(message, content=answer.content.whole, reasoning=answer.reasoning.whole)
        return message

    def shutdown(self) -> None:
        """Store what there is as interrupted, before the app ends."""
        generation = self._running or self._waiting
        self._running = self._waiting = None
        self._paint_timer.stop()
        self._save_timer.stop()
        if generation is not None:
            self._worker.cancel(generation.request.id)
            self._finish(generation, FinishReason.CANCELLED, state=MessageState.INTERRUPTED)

    # --- what the models and the engine say -----------------------------------------------------------

    def _on_models_model_loaded(self, _loaded: object = None) -> None:
        if self._waiting is not None and self._waiting.is_ready:
            self._running, self._waiting = self._waiting, None
            if not self._models.sees:
                request = self._running.request
                self._running.request = replace(request, messages=blind(request.messages))
            if not self._models.is_elsewhere:
                self._running.request = replace(self._running.request, top_logprobs=ALTERNATIVES)
            self._thread_time = time.thread_time()
            self._paint_timer.start(PAINT_INTERVAL)
            self._save_timer.start()
            self._worker.generate(self._running.request, self._running.deltas)

    def _on_models_load_started(self, _name: str) -> None:
        if self._running is not None:
            self._worker.cancel(self._running.request.id)

    def _on_models_unloaded(self) -> None:
        if self._waiting is not None:
            generation, self._waiting = self._waiting, None
            self._finish(generation, FinishReason.ERROR, said(Sentence("The model could not be loaded.")))

    def _current(self, generation_id: int) -> _Generation | None:
        """Return the running generation if it is this one; late events of others are dropped."""
        generation = self._running
        return generation if generation is not None and generation.request.id == generation_id else None

    def _on_worker_prompt_progressed(self, generation_id: int, progress: PromptProgress) -> None:
        if generation := self._current(generation_id):
            generation.context_tokens = progress.done
            over = progress.done == progress.total
            self.prompt_progressed.emit(*((0, 0) if over else (progress.done, progress.total)))

    def _on_worker_choice_finished(self, generation_id: int, choice: ChoiceFinished) -> None:
        if generation := self._current(generation_id):
            generation.answers[choice.index].choice = choice

    def _on_worker_generation_finished(self, generation_id: int, result: GenerationFinished) -> None:
        if generation := self._current(generation_id):
            self._end()
            self._finish(generation, FinishReason.STOP, usage=result.usage, timings=result.timings)

    def _on_worker_generation_failed(self, generation_id: int, error: UserError) -> None:
        if generation := self._current(generation_id):
            self._end()
            begun = any(answer.begun for answer in generation.answers)
            self._finish(generation, FinishReason.ERROR, said(error.sentence))
            again = "message.continue" if begun else "message.regenerate"
            bad_template = isinstance(error, TemplateError | EndlessTemplateError)
            self.noticed.emit(self._models.notice(error, "model.template" if bad_template else again))

    def _end(self) -> None:
        self._on_paint_timer_timeout()
        self._paint_timer.stop()
        self._save_timer.stop()
        self._running = None
        self.prompt_progressed.emit(0, 0)

    # --- screen and disk ------------------------------------------------------------------------------

    def _on_paint_timer_timeout(self) -> None:
        if self._running is None:
            return
        self._running.take()
        answer = self._running.answers[0]
        now = time.thread_time()
        self._paint_seconds += _SMOOTHING * (now - self._thread_time - self._paint_seconds)
        self._thread_time = now
        wanted = round(1000 * self._paint_seconds / _PAINT_SHARE)
        self._paint_timer.setInterval(min(max(PAINT_INTERVAL, wanted), LONGEST_PAINT_INTERVAL))
        text, reasoning = answer.content.to_show(), answer.reasoning.to_show()
        if text or reasoning:
            self.text_received.emit(answer.message.id, text, reasoning)

    def _on_save_timer_timeout(self) -> None:
        generation = self._running
        if generation is None:
            return
        generation.take()
        self.context_changed.emit(generation.context_tokens)
        if generation.saving:
            return
        unsaved = [
            (answer, answer.content.whole[answer.content.saved :], answer.reasoning.whole[answer.reasoning.saved :])
            for answer in generation.answers
        ]
        unsaved = [piece for piece in unsaved if piece[1] or piece[2]]
        if not unsaved:
            return

        def save() -> None:
            self._store.append_texts((answer.message.id, text, reasoning) for answer, text, reasoning in unsaved)

        def done(_: None) -> None:
            generation.saving = False
            for answer, text, reasoning in unsaved:
                answer.content.saved += len(text)
                answer.reasoning.saved += len(reasoning)
            self._saving.succeed()

        def failed(error: UserError) -> None:
            generation.saving = False
            self._saving.refuse(error)

        generation.saving = True
        self._storage.run(save, done, failed)

    def _finish(
        self,
        generation: _Generation,
        reason: FinishReason,
        error: str = "",
        *,
        usage: Usage | None = None,
        timings: Timings | None = None,
        state: MessageState | None = None,
    ) -> None:
        """Store how the answers ended; `reason` counts for those that the engine did not end itself."""
        generation.take()
        for answer in generation.answers:
            choice = answer.choice or ChoiceFinished(0, reason, 0)
            # An answer that was gone on with has thought before.
            before = answer.message.usage, answer.message.timings
            used, took = added(before, len(generation.answers), usage, timings)
            final = replace(
                answer.message,
                content=answer.content.whole,
                reasoning=answer.reasoning.whole,
                state=state or _final_state(choice.reason, answer),
                finish_reason=choice.reason,
                seed=answer.choice.seed if answer.choice else None,
                usage=replace(used, reasoning_tokens=used.reasoning_tokens + choice.reasoning_tokens),
                timings=replace(took, reasoning_seconds=took.reasoning_seconds + choice.reasoning_seconds),
                error=error if choice.reason is FinishReason.ERROR else "",
            )
            self.message_changed.emit(final)
            self._store_final(final, answer)
        self.answering_changed.emit(False)
        shown = generation.answers[0]
        ended = shown.choice.reason if shown.choice else reason
        self.ended.emit(shown.message.conversation_id, ended in _WELL)

    def _store_final(self, final: Message, answer: _Answer) -> None:
        before = answer.message.content or answer.message.reasoning

        def store() -> Message:
            with self._store.together():
                stored = self._store.finish(
                    final.id,
                    content=final.content,
                    reasoning=final.reasoning,
                    state=final.state,
                    finish_reason=final.finish_reason,
                    seed=final.seed,
                    usage=final.usage,
                    timings=final.timings,
                    error=final.error,
                )
                if len(answer.log):
                    self._store.tokens.go_on(final.id, before, answer.log)
            return stored

        def done(message: Message) -> None:
            self.message_changed.emit(message)
            self._receipts.add(message)

        self._saving.keep(("answer", final.id), store, done)


_WELL = (FinishReason.STOP, FinishReason.LENGTH)


def _final_state(reason: FinishReason, answer: _Answer) -> MessageState:
    if reason is not FinishReason.ERROR:
        return MessageState.COMPLETE
    return MessageState.INTERRUPTED if answer.begun else MessageState.FAILED
