"""Titles made by the model in the background, while nothing else wants it."""

import itertools
from collections import deque
from dataclasses import dataclass, field

from PySide6.QtCore import QObject

from desktopchat.controllers.asides import Asides
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.errors import UserError
from desktopchat.core.params import SamplingParams
from desktopchat.core.title import question, title_in
from desktopchat.engine.api import Delta, GenerationRequest
from desktopchat.storage.conversations import ConversationStore

_SAMPLING = SamplingParams(temperature=0.0, max_tokens=24, stop=("\n\n",), enable_thinking=False)


@dataclass(slots=True)
class _Wanted:
    """A title that is being made."""

    request_id: int
    conversation_id: int
    asked: str
    answered: str
    deltas: deque[Delta] = field(default_factory=deque)


class TitleController(QObject):
    """Names a conversation after its first answer. It gives way to every answer, and a person's title stays.

    Until then, and where the model's answer is no title, the conversation is called by its first line.
    """

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
        self._wanted: _Wanted | None = None
        self._ids = itertools.count(-1, -1)  # those of answers count upwards
        self._asides = Asides(worker, storage, store, self)
        chat.message_changed.connect(self._on_chat_message_changed)
        chat.answering_changed.connect(self._on_chat_answering_changed)
        worker.generation_finished.connect(self._on_worker_generation_finished)
        worker.generation_failed.connect(self._on_worker_generation_failed)

    def _on_chat_message_changed(self, message: Message) -> None:
        if message.role is not Role.ASSISTANT or message.state is not MessageState.COMPLETE:
            return
        conversation_id = message.conversation_id

        def work() -> tuple[Message, ...]:
            return self._store.path(conversation_id) if self._store.wants_title(conversation_id) else ()

        self._storage.run(work, self._on_path_read, _ignore)

    def _on_path_read(self, path: tuple[Message, ...]) -> None:
        idle = self._wanted is None and not self._chat.answering and self._models.loaded is not None
        if self._models.is_elsewhere:
            return  # a server is asked for what the person asks it for, and for nothing else
        if len(path) != 2 or not idle or not path[1].content.strip():
            return
        asked, answered = path
        self._wanted = _Wanted(next(self._ids), asked.conversation_id, asked.content, answered.content)
        turns = question(asked.content, answered.content)
        self._asides.watch(self._wanted.request_id, asked.conversation_id, self._models.identity)
        self._worker.generate(GenerationRequest(self._wanted.request_id, turns, _SAMPLING), self._wanted.deltas)

    def _on_chat_answering_changed(self, answering: bool) -> None:
        if answering and self._wanted is not None:
            self._worker.cancel(self._wanted.request_id)
            self._wanted = None

    def _on_worker_generation_finished(self, request_id: int, _result: object) -> None:
        wanted = self._wanted
        if wanted is None or wanted.request_id != request_id:
            return
        self._wanted = None
        text = "".join(delta.text for delta in wanted.deltas)
        title = title_in(text, wanted.asked, wanted.answered)
        if title:
            self._chat.suggest_title(wanted.conversation_id, title)

    def _on_worker_generation_failed(self, request_id: int, _error: UserError) -> None:
        if self._wanted is not None and self._wanted.request_id == request_id:
            self._wanted = None


def _ignore(_error: UserError) -> None:
    """A better title is a comfort; a disk that fails is reported where text is at stake."""
