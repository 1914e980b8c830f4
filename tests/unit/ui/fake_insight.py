"""Stand-ins for what looks into answers and branches."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fake_chats import FakeChat, FakeStore
from fake_models import FakeModels
from fake_running import NOWHERE, InlineRunner
from PySide6.QtCore import QObject, QTimer, Signal

from desktopchat.controllers.branches import BranchController
from desktopchat.controllers.comparison import Comparison
from desktopchat.controllers.glass import GlassController
from desktopchat.controllers.ledger import LedgerController
from desktopchat.controllers.preferences import Preferences
from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.cost import LedgerBy, LedgerRow
from desktopchat.core.errors import UserError
from desktopchat.core.outline import Node
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.settings.file import Settings


class FakeExplain(QObject):
    explained = Signal(object)
    scrubbed = Signal(object, float, object)
    forked = Signal()
    prompt_told = Signal(object)
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.asked.append((name, *values))


class FakeBranchStore:
    """One question with two answers."""

    def nodes(self, _conversation_id: int) -> tuple[Node, ...]:
        user, answer, done = Role.USER, Role.ASSISTANT, MessageState.COMPLETE
        kinds = [(1, -1, user, "Hello?"), (2, 1, answer, "Hi."), (3, 1, answer, "Good morning.")]
        return tuple(Node(number, above, role, words, done, 0.0) for number, above, role, words in kinds)

    def tip(self, _conversation_id: int) -> int:
        return 3

    def siblings(self, _message_id: int) -> tuple[int, ...]:
        return (2, 3)

    def messages(self, ids: Sequence[int]) -> tuple[Message, ...]:
        nodes = [node for node in self.nodes(1) if node.id in ids]
        return tuple(Message(one.id, 1, one.parent_id, one.role, one.words, one.state, 0.0) for one in nodes)

    def continue_at(self, message_id: int) -> Message:
        return self.messages((message_id,))[0]


class FakeBranching:
    """The real controller, on a store that is given or made up."""

    def __init__(self, chat: "FakeChat", store: Any = None, models: "FakeModels | None" = None) -> None:
        self.branches = BranchController(chat, InlineRunner(), store or FakeBranchStore())
        self.comparison = Comparison(chat, models or FakeModels())


class FakeLedger(LedgerController):
    """The real one, but for where the rows come from."""

    def __init__(self, *rows: LedgerRow, folder: Path = NOWHERE) -> None:
        runner = InlineRunner()
        super().__init__(runner, FakeStore(), Preferences(Settings.load(folder / "settings.toml"), runner))
        self.rows = rows
        self.asked: list[LedgerBy] = []

    def read(self, by: LedgerBy, done: Callable[[tuple[LedgerRow, ...]], None]) -> None:
        self.asked.append(by)
        done(self.rows)


class FakeWorker(QObject):
    """Asks a scripted engine at once."""

    told = Signal(int, object)
    told_nothing = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.engine = ScriptedEngine(rate=0)
        self.waiting: list[tuple[int, Callable[[Any], object]]] = []
        self._questions = itertools.count(1)

    def ask(self, question: Callable[[Any], object]) -> int:
        number = next(self._questions)
        self.waiting.append((number, question))
        QTimer.singleShot(0, self._answer)
        return number

    def _answer(self) -> None:
        number, question = self.waiting.pop(0)
        try:
            self.told.emit(number, question(self.engine))
        except UserError as error:
            self.told_nothing.emit(number, error)


class FakeDoubt(QObject):
    progressed = Signal(int, int)
    ended = Signal(object)
    failed = Signal(object)
    kept = Signal(int)
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeInsight:
    def __init__(self, *rows: LedgerRow, folder: Path = NOWHERE) -> None:
        self.ledger = FakeLedger(*rows, folder=folder)
        self.chat, self.models, self.worker = FakeChat(), FakeModels(), FakeWorker()
        self.glass = GlassController(self.chat, self.models, self.worker)
        self.doubt = FakeDoubt()
        self.explain = FakeExplain()
