"""The app without its window: real storage, a real engine thread, the scripted engine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.conversation_list import ConversationListModel
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.reading import OpenConversation
from desktopchat.controllers.shelf import ShelfController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Message
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.notice import Notice
from desktopchat.core.params import LoadParams
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores

MODEL = ModelFile("/models/scripted.gguf", "scripted", 0, "none")


@dataclass
class Rig:
    """The controllers and what they told."""

    qtbot: QtBot
    engine: Any
    worker: EngineWorker
    storage: TaskRunner
    io: TaskRunner
    database: Database
    stores: Stores
    models: ModelController
    chat: ChatController
    shelving: ShelfController
    conversations: ConversationListModel
    shown: list[Message] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    draft: str = ""

    @property
    def store(self) -> ConversationStore:
        return self.stores.conversations

    def watch(self) -> None:
        """Keep what the window would show."""
        self.chat.conversation_opened.connect(self._on_opened)
        self.chat.path_changed.connect(self._on_path)
        self.chat.message_added.connect(self._on_added)
        self.chat.text_received.connect(self._on_text)
        self.chat.message_changed.connect(self._on_changed)
        self.chat.noticed.connect(self.notices.append)
        self.shelving.noticed.connect(self.notices.append)
        self.chat.send_refused.connect(self.notices.append)
        self.models.load_failed.connect(self.notices.append)

    def _on_opened(self, opened: OpenConversation) -> None:
        self.shown = list(opened.messages)
        self.draft = opened.draft

    def _on_path(self, path: tuple[Message, ...]) -> None:
        self.shown = list(path)

    def _on_added(self, message: Message) -> None:
        self.shown.append(message)

    def _on_text(self, message_id: int, text: str) -> None:
        self.shown = [replace(m, content=m.content + text) if m.id == message_id else m for m in self.shown]

    def _on_changed(self, message: Message) -> None:
        self.shown = [message if m.id == message.id else m for m in self.shown]

    def load(self) -> None:
        with self.qtbot.waitSignal(self.models.model_loaded):
            self.models.load(MODEL)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    def wait_idle(self) -> None:
        """Wait until nothing is being answered and all of it is stored."""
        self.wait(lambda: not self.chat.answering)
        self.drain()

    def drain(self) -> None:
        """Wait until the storage thread has done all that it was given, and was heard."""
        done: list[bool] = []
        self.storage.run(lambda: True, done.append)
        self.wait(lambda: bool(done))

    def answer(self, ask: Callable[[], None]) -> None:
        """Ask for an answer and wait until it has ended and is stored."""
        with self.qtbot.waitSignal(self.chat.answering_changed, check_params_cb=lambda on: not on, timeout=20_000):
            ask()
        self.drain()

    def say(self, text: str) -> None:
        self.answer(lambda: self.chat.send(text))

    def texts(self) -> list[str]:
        return [message.content for message in self.shown]

    def stored(self) -> list[str]:
        assert self.chat.conversation_id is not None
        return [message.content for message in self.store.path(self.chat.conversation_id)]


@pytest.fixture
def make_rig(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    """Build the controllers on the database of the test; calling it again starts the app again."""
    running: list[Rig] = []

    def stop() -> None:
        for rig in running:
            rig.chat.shutdown()
            rig.worker.close()
            rig.io.close()
            rig.storage.close()
            rig.database.close()
        running.clear()

    def start(engine: Any = None) -> Rig:
        stop()
        engine = engine or ScriptedEngine(rate=0)
        database = Database(tmp_path / "desktopchat.db")
        stores = Stores(database)
        store = stores.conversations
        store.recover()
        storage, io = TaskRunner("storage"), TaskRunner("io", 2)
        worker = EngineWorker(lambda: engine)
        models = ModelController(worker, io, storage, store, LoadParams())
        chat = ChatController(worker, models, storage, store)
        shelving = ShelfController(chat, worker, storage, stores)
        conversations = ConversationListModel(chat, shelving, storage, stores)
        rig = Rig(qtbot, engine, worker, storage, io, database, stores, models, chat, shelving, conversations)
        rig.watch()
        running.append(rig)
        with qtbot.waitSignal(chat.conversation_opened):
            chat.open_last()
        return rig

    yield start
    stop()


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    """The controllers with the scripted model loaded."""
    rig = make_rig()
    rig.load()
    return rig
