"""Every single write, sync, truncation and opening of a file fails once: nothing that was called saved is lost."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopchat.core.care import CopyKind
from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.errors import StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.transfer import TransferConversation, TransferMessage
from desktopchat.storage.backups import Backups
from desktopchat.storage.checking import check_fully, check_quickly
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores
from tests.failing_vfs import ERRORS, FailingDisk, Fault

SCHEMA_1 = Path(__file__).parents[2] / "data" / "schema-1.db"
MODEL, SAMPLING = ModelIdentity("m"), SamplingParams()
ENDED: dict[str, Any] = {"seed": 1, "usage": Usage(), "timings": Timings(), "finish_reason": FinishReason.STOP}


@pytest.fixture
def disk() -> Iterator[FailingDisk]:
    disk = FailingDisk()
    yield disk
    disk.unregister()


class Session:
    """What a person does in a while. A step that failed is tried again when the disk works, as the window does.

    Attributes:
        saved: Content by message id, as far as it was said to be saved.
        refused: How often a step failed.
    """

    def __init__(self, path: Path, disk: FailingDisk) -> None:
        self.path = path
        self.disk = disk
        self.saved: dict[int, str] = {}
        self.refused = 0
        self.deleted: list[int] = []

    def run(self) -> None:
        database = self.do(lambda: Database(self.path))
        try:
            self.talk(Stores(database))
        finally:
            self.do(database.close)

    def do(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except (StorageError, SystemError):  # apsw says the latter of an error in Python that ends a backup
            self.refused += 1
            self.disk.mend()
            return step()

    def talk(self, stores: Stores) -> None:
        store, trash = stores.conversations, stores.trash
        conversation = self.do(lambda: store.create("Boats")).id
        tip: int | None = None
        for number in range(3):
            text = f"question {number} 天气"
            user, answer = self.do(
                lambda parent=tip, text=text: store.add_turn(conversation, parent, text, model=MODEL, sampling=SAMPLING)
            )
            self.saved[user.id] = text
            for piece in ("the ", "sea "):
                self.do(lambda answer=answer, piece=piece: store.append_texts([(answer.id, piece)]))
                self.saved[answer.id] = self.saved.get(answer.id, "") + piece
            content = "the sea is wide " * 200
            self.do(
                lambda answer=answer, content=content: store.finish(
                    answer.id, content=content, state=MessageState.COMPLETE, **ENDED
                )
            )
            self.saved[answer.id] = content
            tip = answer.id
        self.do(lambda: store.save_draft(conversation, "a draft"))
        self.do(lambda: store.rename(conversation, "Sails"))
        gone = self.do(store.create).id
        self.do(lambda: store.add_turn(gone, None, "to be purged", model=MODEL, sampling=SAMPLING))
        self.do(store.recover)
        self.do(lambda: trash.delete_conversation(gone))
        self.do(trash.purge)
        self.do(lambda: trash.purge(0))
        deleted = tip
        assert deleted is not None
        self.do(lambda: trash.delete_message(deleted))
        self.do(trash.undo)
        self.do(lambda: stores.shelf.move(conversation, stores.shelf.make_folder("Harbour")))
        self.do(lambda: stores.transfer.take(IMPORTED))
        self.do(lambda: Backups(self.path).make(CopyKind.ASKED))


IMPORTED = TransferConversation(
    uid="imported",
    title="From elsewhere",
    created_at=1.0,
    updated_at=2.0,
    messages=(
        TransferMessage("1", None, Role.USER, "asked elsewhere", 1.0),
        TransferMessage("2", "1", Role.ASSISTANT, "answered elsewhere", 2.0),
    ),
    tip_uid="2",
)


def run_with(disk: FailingDisk, fault: Fault) -> Session:
    """Let a session run on a store of the first schema with a fault, and look at what is left of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desktopchat.db"
        shutil.copyfile(SCHEMA_1, path)
        session = Session(path, disk)
        with disk.failing(fault):
            session.run()
        database = Database(path)
        try:
            Stores(database).conversations.recover()
            rows = dict(database.execute("SELECT id, content FROM message"))
            assert {number: rows.get(number) for number in session.saved} == session.saved
            texts = sorted(rows.values())
            assert texts.count("asked elsewhere") == 1
            assert "to be purged" not in texts
            [(title, draft, folder_name)] = database.execute(
                "SELECT c.title, draft, f.name FROM conversation c JOIN folder f ON f.id = folder_id"
            )
            assert (title, draft, folder_name) == ("Sails", "a draft", "Harbour")
        finally:
            database.close()
        assert check_fully(path, None) == []
        for copy in Backups(path).files():
            check_quickly(copy.path, None)
    return session


@pytest.mark.parametrize("lasts", [False, True])
@pytest.mark.parametrize("kind", ERRORS)
def test_a_failure_loses_nothing(kind: str, lasts: bool, disk: FailingDisk, soak: bool) -> None:
    place = runs = told = 0
    fired = True
    while fired:
        # In the short form the steps grow, but the first calls and the one after the last are among them.
        place += 1 if soak else max(1, place // 2)
        fault = Fault(kind, place, lasts)
        told += bool(run_with(disk, fault).refused)
        runs += 1
        fired = fault.fired
    print(f"{kind}, {lasts=}: {runs} runs of {fault.calls} calls each; {told} times somebody was told")
    assert told
    assert runs > 1
