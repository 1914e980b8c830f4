"""The answer that is being written: from the engine to the screen and to the disk."""

import itertools
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.receipts import Receipts
from desktopchat.controllers.saving import Saving
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.words import said
from desktopchat.core.chat import ChatMessage, FinishReason, Message, MessageState, Timings, Usage
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence
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
class _Answer:
    """One of the `n` answers; `shown` and `saved` count characters of `text`."""

    message: Message
    text: str
    shown: int = 0
    saved: int = 0
    reason: FinishReason | None = None
    seed: int | None = None


@dataclass(slots=True)
class _Generation:
    """A request and its answers. The first one is on screen, the others are its siblings."""

    request: GenerationRequest
    deltas: deque[Delta] = field(default_factory=deque)
    answers: list[_Answer] = field(default_factory=list)
    context_tokens: int = 0
    saving: bool = False

    def take(self) -> None:
        """Put what the engine has sent since to its answers."""
        while self.deltas:
            delta = self.deltas.popleft()
            self.answers[delta.index].text += delta.text
            self.context_tokens += delta.tokens


class GenerationController(QObject):
    """Runs one generation at a time and sees to it that no letter of it is lost.

    Attributes:
        text_received: Message id and new text, at most 30 times a second.
        message_changed: Message in its final state, as stored.
        prompt_progressed: Tokens evaluated and in all; (0, 0) when it is over.
        answering_changed: Whether an answer is being written or waits for its model.
        ended: The id of the conversation, and whether the answer ended without being stopped and without a failure.
        context_changed: Tokens in the context window so far, five times a second.
        noticed: Notice.
    """

    text_received = Signal(int, str)
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

    def begin(self, turns: tuple[ChatMessage, ...], messages: Sequence[Message], sampling: SamplingParams) -> None:
        """Ask for the answers whose messages these are, as soon as a model is loaded.

        Args:
            turns: The prompt; ends with an assistant turn when `messages[0]` is to be continued.
            messages: As many as `sampling.n`, in state streaming.
        """
        conversation = str(messages[0].conversation_id)
        request = GenerationRequest(next(self._ids), turns, sampling, None, conversation, self._overflow)
        generation = _Generation(request)
        for message in messages:
            length = len(message.content)
            generation.answers.append(_Answer(message, message.content, shown=length, saved=length))
        self._waiting = generation
        self.answering_changed.emit(True)
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
                    answer.shown = len(answer.text)
                    return replace(message, content=answer.text)
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
        if self._waiting is not None:
            self._running, self._waiting = self._waiting, None
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
            generation.answers[choice.index].reason = choice.reason
            generation.answers[choice.index].seed = choice.seed

    def _on_worker_generation_finished(self, generation_id: int, result: GenerationFinished) -> None:
        if generation := self._current(generation_id):
            self._end()
            self._finish(generation, FinishReason.STOP, usage=result.usage, timings=result.timings)

    def _on_worker_generation_failed(self, generation_id: int, error: UserError) -> None:
        if generation := self._current(generation_id):
            self._end()
            begun = any(answer.text for answer in generation.answers)
            self._finish(generation, FinishReason.ERROR, said(error.sentence))
            self.noticed.emit(self._models.notice(error, "message.continue" if begun else "message.regenerate"))

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
        if len(answer.text) > answer.shown:
            text, answer.shown = answer.text[answer.shown :], len(answer.text)
            self.text_received.emit(answer.message.id, text)

    def _on_save_timer_timeout(self) -> None:
        generation = self._running
        if generation is None:
            return
        generation.take()
        self.context_changed.emit(generation.context_tokens)
        if generation.saving:
            return
        unsaved = [
            (answer, answer.text[answer.saved :]) for answer in generation.answers if len(answer.text) > answer.saved
        ]
        if not unsaved:
            return

        def save() -> None:
            self._store.append_texts((answer.message.id, text) for answer, text in unsaved)

        def done(_: None) -> None:
            generation.saving = False
            for answer, text in unsaved:
                answer.saved += len(text)
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
            ended = answer.reason or reason
            final = replace(
                answer.message,
                content=answer.text,
                state=state or _final_state(ended, answer.text),
                finish_reason=ended,
                seed=answer.seed,
                usage=usage or Usage(),
                timings=timings or Timings(),
                error=error if ended is FinishReason.ERROR else "",
            )
            self.message_changed.emit(final)
            self._store_final(final)
        self.answering_changed.emit(False)
        shown = generation.answers[0]
        self.ended.emit(shown.message.conversation_id, (shown.reason or reason) in _WELL)

    def _store_final(self, final: Message) -> None:
        def store() -> Message:
            return self._store.finish(
                final.id,
                content=final.content,
                state=final.state,
                finish_reason=final.finish_reason,
                seed=final.seed,
                usage=final.usage,
                timings=final.timings,
                error=final.error,
            )

        def done(message: Message) -> None:
            self.message_changed.emit(message)
            self._receipts.add(message)

        self._saving.keep(("answer", final.id), store, done)


_WELL = (FinishReason.STOP, FinishReason.LENGTH)


def _final_state(reason: FinishReason, text: str) -> MessageState:
    if reason is not FinishReason.ERROR:
        return MessageState.COMPLETE
    return MessageState.INTERRUPTED if text else MessageState.FAILED
