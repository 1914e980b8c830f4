"""The local endpoint in the window: switched on and off, and every call told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.address import Place
from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.core.errors import EngineCrashedError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.secret import Secret
from desktopchat.engine.api import ModelInfo
from desktopchat.storage.stores import Stores

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.controllers.batch import BatchController
    from desktopchat.server.calls import Calls
    from desktopchat.server.queue import EngineQueue

_WINDOW, _LAN = "endpoint.window", "endpoint.lan"
_MOST_CALLS = 200
_MOST_TEXT = 8 << 20  # characters that all calls which are kept may have been about


@dataclass(frozen=True, slots=True)
class EndpointState:
    """What programs find.

    Attributes:
        address: Where they ask; empty while they cannot.
        key: What they must know.
        is_open: Other machines may ask too.
        changes: It is being switched on or off.
    """

    address: str = ""
    key: Secret | None = None
    is_open: bool = False
    changes: bool = False


class OpenEndpoint(Protocol):
    """An endpoint that listens, as of `desktopchat.endpoint`."""

    @property
    def port(self) -> int:
        """Where it listens."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether other machines may ask too."""
        ...

    @property
    def key(self) -> Secret:
        """What programs must know."""
        ...

    def renew_key(self) -> None:
        """Make another key."""
        ...

    def close(self) -> None:
        """End it."""
        ...


Make = Callable[["EngineQueue", Callable[[], ModelInfo | None], "Calls"], OpenEndpoint]


class EndpointController(QObject):
    """Lets programs ask the model of the window, off its thread, each when the window itself wants nothing.

    Args:
        make: Opens the endpoint; called off the window's thread.

    Attributes:
        changed: EndpointState.
        called: EndpointCall, when one begins, while it is answered, and when it has ended.
        kept: Id of the conversation that was made of a call.
        noticed: Notice.
    """

    changed = Signal(object)
    called = Signal(object)
    kept = Signal(int)
    noticed = Signal(object)
    _heard = Signal(object)

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        worker: EngineWorker,
        preferences: Preferences,
        storage: TaskRunner,
        stores: Stores,
        make: Make,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._worker = worker
        self._preferences = preferences
        self._storage = storage
        self._stores = stores
        self._make = make
        self._tasks = TaskRunner("endpoint switch")
        self._listening: OpenEndpoint | None = None  # of the switch's thread alone
        self._open: OpenEndpoint | None = None
        self._queue: EngineQueue | None = None
        self._running: Calls | None = None
        self._info: ModelInfo | None = None
        self._kept: dict[int, EndpointCall] = {}
        self._batch: BatchController | None = None
        self._occupied = False
        self.state = EndpointState()
        self._heard.connect(self._on_heard)
        worker.model_loaded.connect(self._on_worker_model_loaded)
        worker.unloaded.connect(self._on_worker_unloaded)
        worker.load_failed.connect(self._on_worker_load_failed)
        worker.engine_lost.connect(self._on_worker_engine_lost)
        worker.occupied.connect(self._on_worker_occupied)
        worker.generation_failed.connect(self._on_worker_generation_failed)
        preferences.changed.connect(self._on_preferences_changed)

    @property
    def batch(self) -> "BatchController":
        """Asks the rows of files on the same way; made when it is first wanted."""
        if self._batch is None:
            from desktopchat.controllers.batch import BatchController

            self._batch = BatchController(self._chat, self._models, self._worker, self)
        return self._batch

    @property
    def address(self) -> str:
        """Where programs ask, or would."""
        port = self._open.port if self._open else self._preferences["endpoint.port"]
        return f"http://127.0.0.1:{port}/v1"

    @property
    def calls(self) -> tuple[EndpointCall, ...]:
        """What was asked since the window is open, the newest first."""
        return tuple(reversed(self._kept.values()))

    def start(self) -> None:
        """Switch it on if the person wants it whenever the window is open."""
        if self._preferences[_WINDOW] == "on":
            self._switch_on()

    def toggle(self) -> None:
        """Switch it on, or off; it is so at the next start too."""
        self._preferences.set(_WINDOW, "off" if self._preferences[_WINDOW] == "on" else "on")

    def set_open(self, is_open: bool) -> None:
        """Let other machines ask too, or no longer."""
        self._preferences.set(_LAN, "on" if is_open else "off")

    def renew_key(self) -> None:
        """Make another key."""
        opened = self._open
        if opened is not None:
            self._tasks.run(opened.renew_key, lambda _: self._tell(), self._on_failed)

    def stop(self, call: EndpointCall) -> None:
        """End a call soon."""
        if self._running is not None:
            self._running.stop(call.number)

    def keep(self, call: EndpointCall, title: str) -> None:
        """Make a conversation of what was said in a call; `kept` tells which."""
        conversation = call.conversation(title)

        def done(conversation_id: int) -> None:
            self._chat.conversations_changed.emit()
            self.kept.emit(conversation_id)

        self._storage.run(lambda: self._stores.transfer.take(conversation).conversation_id, done, self._on_failed)

    def close(self) -> None:
        """Refuse everything from now on and end it."""
        if self._batch is not None:
            self._batch.close()
        self._switch_off()
        self._tasks.close()

    def _switch_on(self) -> None:
        if self._queue is not None:
            return
        from desktopchat.server.calls import Calls
        from desktopchat.server.queue import EngineQueue

        queue = self._queue = EngineQueue(heard=lambda: self._worker.serve(queue))
        calls = self._running = self._running or Calls(self._heard.emit)  # which goes on counting
        self._tell(changes=True)

        def work() -> OpenEndpoint:
            self._listening = self._make(queue, self._model, calls)
            return self._listening

        self._tasks.run(work, partial(self._on_opened, queue), partial(self._on_not_opened, queue))

    def _switch_off(self) -> None:
        queue, self._queue = self._queue, None
        if queue is None:
            return
        queue.close()
        self._open = None
        self._tasks.run(self._shut)
        self._tell()

    def _shut(self) -> None:
        """End what listens; on the switch's thread, after what was to open it."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()

    def _model(self) -> ModelInfo | None:
        """Return the model that programs may ask; on their thread. Nothing they say is passed on to a server."""
        info = self._info
        return info if info is not None and info.place is Place.HERE else None

    def _tell(self, *, changes: bool = False) -> None:
        opened = self._open
        if opened is None:
            self.state = EndpointState(changes=changes)
        else:
            self.state = EndpointState(self.address, opened.key, opened.is_open, changes)
        self.changed.emit(self.state)

    def _on_opened(self, queue: "EngineQueue", opened: OpenEndpoint) -> None:
        if self._queue is queue:  # else it was switched off meanwhile, and is being closed
            self._open = opened
            self._tell()

    def _on_not_opened(self, queue: "EngineQueue", error: UserError) -> None:
        if self._queue is queue:
            self._preferences.set(_WINDOW, "off")
        self._on_failed(error)

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error, "endpoint.show"))

    def _on_heard(self, call: EndpointCall) -> None:
        call = replace(call, pauses=call.runs and self._occupied)
        self._kept[call.number] = call
        for number in list(self._kept)[:-_MOST_CALLS]:
            del self._kept[number]
        self._forget_text()
        self.called.emit(call)

    def _forget_text(self) -> None:
        """Keep what was said in the newest calls alone, so that memory is bounded."""
        left = _MOST_TEXT
        for number, call in reversed(self._kept.items()):
            left -= len(call.answer) + sum(len(turn.content) for turn in call.turns)
            if left < 0 and not call.runs:
                self._kept[number] = call.without_text()

    def _on_worker_model_loaded(self, info: ModelInfo) -> None:
        self._info = info
        self._go_on()

    def _on_worker_unloaded(self) -> None:
        self._info = None

    def _on_worker_load_failed(self, _error: UserError) -> None:
        self._info = None
        self._go_on()  # those who wait are told

    def _on_worker_engine_lost(self, _error: UserError) -> None:
        if self._queue is not None:
            self._models.ensure_loaded()

    def _on_worker_generation_failed(self, _generation_id: int, error: UserError) -> None:
        if isinstance(error, EngineCrashedError) and self._queue is not None:
            self._models.ensure_loaded()

    def _on_worker_occupied(self, occupied: bool) -> None:
        self._occupied = occupied
        for number, call in self._kept.items():
            if call.runs:
                self._kept[number] = replace(call, pauses=occupied)
                self.called.emit(self._kept[number])

    def _go_on(self) -> None:
        if self._queue is not None:
            self._worker.serve(self._queue)

    def _on_preferences_changed(self, key: str, _value: object) -> None:
        if key == _WINDOW:
            self._switch_on() if self._preferences[_WINDOW] == "on" else self._switch_off()
        elif key == _LAN and self._queue is not None:
            self._switch_off()
            self._switch_on()
