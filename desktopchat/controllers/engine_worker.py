"""The engine's thread: runs its iterators and turns events into signals."""

import contextlib
import itertools
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, Signal

from desktopchat.core.adapter import Adapter
from desktopchat.core.attached import Written
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import EngineCrashedError, NoModelError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.picture import Picture
from desktopchat.core.prompt import worded
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    Engine,
    GenerationFinished,
    GenerationRequest,
    LoadPlanned,
    LoadProgress,
    ModelLoaded,
    PromptProgress,
    PromptSettings,
)

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.server.queue import EngineQueue


def taken(deltas: deque[Delta]) -> list[Delta]:
    """Take what the engine has sent so far off its queue.

    What comes meanwhile waits for the next time: an engine that is faster than this would never let it end.
    """
    return [deltas.popleft() for _ in range(len(deltas))]


class EngineWorker(QObject):
    """Owns the engine and lives in a thread of its own, `thread`.

    Attributes:
        load_planned: LoadPlan.
        load_progressed: Part that is loaded, 0 to 1.
        model_loaded: ModelInfo.
        load_failed: UserError.
        unloaded: The model's memory is free.
        prompt_progressed: Generation id, PromptProgress.
        choice_finished: Generation id, ChoiceFinished.
        generation_finished: Generation id, GenerationFinished.
        generation_failed: Generation id, UserError.
        occupied: Whether the window is being answered, for which programs wait.
        parts_counted: Tokens of system prompt, history and draft.
        measured: Written, and its tokens.
        devices_seen: BackendInfo.
        engine_lost: UserError; the engine died while nothing was being written.
        renewed: There is another engine.
        adapted: Adapted.
        adapt_failed: UserError; the adapters before are still applied.
        told: Number of a question, and what the engine said.
        told_nothing: Number of a question, and the UserError that is in the way.
    """

    load_planned = Signal(object)
    load_progressed = Signal(float)
    model_loaded = Signal(object)
    load_failed = Signal(object)
    unloaded = Signal()
    prompt_progressed = Signal(int, object)
    choice_finished = Signal(int, object)
    generation_finished = Signal(int, object)
    generation_failed = Signal(int, object)
    occupied = Signal(bool)
    parts_counted = Signal(int, int, int)
    measured = Signal(object, int)
    devices_seen = Signal(object)
    engine_lost = Signal(object)
    renewed = Signal()
    adapted = Signal(object)
    adapt_failed = Signal(object)
    told = Signal(int, object)
    told_nothing = Signal(int, object)

    _load_requested = Signal(object, object)
    _generate_requested = Signal(object, object)
    _unload_requested = Signal()
    _forget_requested = Signal(str)
    _count_requested = Signal(object, str, object)
    _measure_requested = Signal(object)
    _look_requested = Signal()
    _renew_requested = Signal()
    _adapt_requested = Signal(object)
    _serve_requested = Signal(object)
    _ask_requested = Signal(int, object)

    def __init__(self, create: Callable[[], Engine]) -> None:
        super().__init__()
        self._create = create
        self._made: Engine | None = None
        self._lock = Lock()
        self._serving: set[EngineQueue] = set()  # those of which a job is on its way to the engine's thread
        self._questions = itertools.count(1)
        self._history: tuple[object, int, int] = ((), 0, 0)  # the prompt that was counted last, and its tokens
        self.thread_of_engine = QThread()
        self.thread_of_engine.setObjectName("engine")
        self.moveToThread(self.thread_of_engine)
        self._load_requested.connect(self._on_load_requested)
        self._generate_requested.connect(self._on_generate_requested)
        self._unload_requested.connect(self._on_unload_requested)
        self._forget_requested.connect(self._on_forget_requested)
        self._count_requested.connect(self._on_count_requested)
        self._measure_requested.connect(self._on_measure_requested)
        self._look_requested.connect(self._on_look_requested)
        self._renew_requested.connect(self._on_renew_requested)
        self._adapt_requested.connect(self._on_adapt_requested)
        self._ask_requested.connect(self._on_ask_requested)
        # Queued, for each job asks for the next one from the engine's own thread.
        self._serve_requested.connect(self._on_serve_requested, Qt.ConnectionType.QueuedConnection)
        self.thread_of_engine.start()

    def load(self, model: ModelFile, params: LoadParams) -> None:
        """Load a model after what runs now. From any thread."""
        self._load_requested.emit(model, params)

    def generate(self, request: GenerationRequest, deltas: deque[Delta]) -> None:
        """Answer after what runs now. From any thread.

        Args:
            deltas: Gets what is generated, for whoever asked to take out; a signal for each token would cost the
                window more than to show it. All of it is there before `generation_finished` and `generation_failed`.
        """
        self._generate_requested.emit(request, deltas)

    def unload(self) -> None:
        """Free the model after what runs now. From any thread."""
        self._unload_requested.emit()

    def forget(self, conversation: str) -> None:
        """Remove the KV states of a conversation after what runs now. From any thread."""
        self._forget_requested.emit(conversation)

    def count(self, turns: tuple[ChatMessage, ...], draft: str, settings: PromptSettings) -> None:
        """Count the tokens of a prompt by part, after what runs now. From any thread."""
        self._count_requested.emit(turns, draft, settings)

    def measure(self, written: Written) -> None:
        """Count the tokens of a message with its files, after what runs now. From any thread."""
        self._measure_requested.emit(written)

    def look_at_devices(self) -> None:
        """Find out where can be computed and how much memory is free, after what runs now. From any thread."""
        self._look_requested.emit()

    def renew(self) -> None:
        """End the engine after what runs now and make another, as the store is then. From any thread."""
        self._renew_requested.emit()

    def adapt(self, adapters: tuple[Adapter, ...]) -> None:
        """Apply these adapters and no others, after what runs now. From any thread."""
        self._adapt_requested.emit(adapters)

    def ask(self, question: Callable[[Engine], object]) -> int:
        """Ask the engine something short, after what runs now; return the number of the question. From any thread."""
        number = next(self._questions)
        self._ask_requested.emit(number, question)
        return number

    def serve(self, queue: "EngineQueue") -> None:
        """Do what waits there; what the window asks for goes between its steps. From any thread."""
        with self._lock:
            if queue in self._serving:
                return
            self._serving.add(queue)
        self._serve_requested.emit(queue)

    def cancel(self, generation_id: int) -> None:
        """End a generation soon. From any thread."""
        if self._made is not None:
            self._made.cancel(generation_id)

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Use other parameters from the next token on. From any thread."""
        if self._made is not None:
            self._made.update_sampling(generation_id, sampling)

    def interrupt(self) -> None:
        """Abandon a load. From any thread."""
        if self._made is not None:
            self._made.interrupt()

    def close(self) -> None:
        """End the thread and the engine. Whatever runs must have been cancelled before."""
        self.thread_of_engine.quit()
        self.thread_of_engine.wait()
        if self._made is not None:
            self._made.close()

    @property
    def _engine(self) -> Engine:
        """The engine, made when it is first needed: its modules would hold up the window at the start."""
        if self._made is None:
            self._made = self._create()
        return self._made

    def _settle(self) -> None:
        """Let the answers that were begun for programs come to their end, before their model goes."""
        with contextlib.suppress(UserError):
            while self._engine.step():
                pass

    def _on_load_requested(self, model: ModelFile, params: LoadParams) -> None:
        self._settle()
        try:
            for event in self._engine.load(model, params):
                match event:
                    case LoadPlanned(plan):
                        self.load_planned.emit(plan)
                    case LoadProgress(fraction):
                        self.load_progressed.emit(fraction)
                    case ModelLoaded(info):
                        self._history = ((), 0, 0)
                        self.model_loaded.emit(info)
        except UserError as error:
            self.load_failed.emit(error)

    def _on_generate_requested(self, request: GenerationRequest, deltas: deque[Delta]) -> None:
        self.occupied.emit(True)
        try:
            for event in self._engine.generate(request):
                match event:
                    case Delta():
                        deltas.append(event)
                    case PromptProgress():
                        self.prompt_progressed.emit(request.id, event)
                    case ChoiceFinished():
                        self.choice_finished.emit(request.id, event)
                    case GenerationFinished():
                        self.generation_finished.emit(request.id, event)
        except UserError as error:
            self.generation_failed.emit(request.id, error)
        finally:
            self.occupied.emit(False)

    def _on_forget_requested(self, conversation: str) -> None:
        try:
            self._engine.forget(conversation)
        except EngineCrashedError as error:
            self.engine_lost.emit(error)

    def _on_count_requested(self, turns: tuple[ChatMessage, ...], draft: str, settings: PromptSettings) -> None:
        def tokens(*messages: ChatMessage) -> int:
            return self._engine.count_tokens(messages, settings) if messages else 0

        question = ChatMessage(Role.USER, draft or "?")
        system = turns[:1] if turns and turns[0].role is Role.SYSTEM else ()
        try:
            alone = tokens(question)
            # The draft changes often, what is above it seldom, and that may be long.
            if self._history[0] != (turns, settings):
                with_system = tokens(*system, question) - alone
                self._history = ((turns, settings), with_system, tokens(*turns, question) - with_system - alone)
        except EngineCrashedError as error:
            self.engine_lost.emit(error)
        except UserError:
            pass  # a model or template that cannot count says so when it is asked
        else:
            self.parts_counted.emit(*self._history[1:], alone if draft else 0)

    def _on_measure_requested(self, written: Written) -> None:
        try:
            content = worded(written.text, written.files)
            pictures = tuple(Picture.of(file.data) for file in written.files if file.is_picture and file.data)
            both = self._engine.count_tokens([ChatMessage(Role.USER, content, pictures=pictures)])
            template = self._engine.count_tokens([ChatMessage(Role.USER, "?")]) - 1
        except EngineCrashedError as error:
            self.engine_lost.emit(error)
        except UserError:
            pass
        else:
            self.measured.emit(written, max(0, both - template))

    def _on_look_requested(self) -> None:
        try:
            self.devices_seen.emit(self._engine.backend_info())
        except EngineCrashedError as error:
            self.engine_lost.emit(error)
        except UserError:
            pass  # what is made of it is a comfort

    def _on_renew_requested(self) -> None:
        if self._made is not None:
            self._settle()
            self._made.close()
        self._made = None
        self.unloaded.emit()
        self.renewed.emit()

    def _on_adapt_requested(self, adapters: tuple[Adapter, ...]) -> None:
        try:
            self.adapted.emit(self._engine.adapt(adapters))
        except EngineCrashedError as error:
            self.adapt_failed.emit(error)
            self.engine_lost.emit(error)
        except UserError as error:
            self.adapt_failed.emit(error)

    def _on_ask_requested(self, number: int, question: Callable[[Engine], object]) -> None:
        try:
            self.told.emit(number, question(self._engine))
        except EngineCrashedError as error:
            self.told_nothing.emit(number, error)
            self.engine_lost.emit(error)
        except UserError as error:
            self.told_nothing.emit(number, error)

    def _on_serve_requested(self, queue: "EngineQueue") -> None:
        try:
            queue.run_next(self._engine)
        except NoModelError:
            pass  # the job has been told, or is told the next time
        except EngineCrashedError as error:
            self.engine_lost.emit(error)
            return  # whoever loads the model again lets it go on
        finally:
            with self._lock:
                self._serving.discard(queue)
        if not queue.is_idle:
            self.serve(queue)

    def _on_unload_requested(self) -> None:
        self._settle()
        self._engine.unload()
        self.unloaded.emit()
