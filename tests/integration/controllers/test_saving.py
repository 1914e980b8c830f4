"""What the disk refused is tried again, told once, and never takes the place of something newer."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktopchat.controllers import saving as module
from desktopchat.controllers.saving import Saving
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import DiskError, StorageError
from desktopchat.core.notice import Notice


class FullDisk:
    def __init__(self) -> None:
        self.full = True
        self.written: list[str] = []

    def writing(self, text: str) -> Callable[[], str]:
        def work() -> str:
            if self.full:
                raise DiskError("The disk is full.", "Free some space.")
            self.written.append(text)
            return text

        return work


@pytest.fixture
def storage() -> Iterator[TaskRunner]:
    runner = TaskRunner("storage")
    yield runner
    runner.close()


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def saving(storage: TaskRunner, notices: list[Notice], monkeypatch: pytest.MonkeyPatch) -> Saving:
    monkeypatch.setattr(module, "RETRY_INTERVAL", 20)
    made = Saving(storage)
    made.noticed.connect(notices.append)
    return made


def test_what_was_refused_is_tried_again_and_told_once(saving: Saving, notices: list[Notice], qtbot: QtBot) -> None:
    disk, done = FullDisk(), list[str]()
    saving.keep("title", disk.writing("a title"), done.append)
    saving.keep("draft", disk.writing("a draft"), done.append)
    qtbot.waitUntil(lambda: bool(notices))
    disk.full = False
    qtbot.waitUntil(lambda: len(notices) == 2)
    assert sorted(disk.written) == sorted(done) == ["a draft", "a title"]
    assert notices[0].cause == "The disk is full."
    assert "saving goes on by itself" in notices[0].cure
    assert notices[1].cause == "Saving works again; everything is on disk."


def test_newer_work_takes_the_place_of_older(saving: Saving, notices: list[Notice], qtbot: QtBot) -> None:
    disk = FullDisk()
    saving.keep("draft", disk.writing("old"))
    qtbot.waitUntil(lambda: bool(notices))
    saving.keep("draft", disk.writing("new"))
    disk.full = False
    qtbot.waitUntil(lambda: len(notices) == 2)
    assert disk.written[-1] == "new"
    assert "old" not in disk.written


def test_what_was_saved_in_another_way_is_forgotten(
    saving: Saving, storage: TaskRunner, notices: list[Notice], qtbot: QtBot
) -> None:
    disk = FullDisk()
    saving.keep("draft", disk.writing("sent since"))
    qtbot.waitUntil(lambda: bool(notices))
    saving.forget("draft")
    disk.full = False
    saving.keep("title", disk.writing("a title"))
    qtbot.waitUntil(lambda: len(notices) == 2)
    assert disk.written == ["a title"]


def test_other_failures_are_not_tried_again(saving: Saving, notices: list[Notice], qtbot: QtBot) -> None:
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        raise StorageError("This conversation does not exist any more.")

    saving.keep("title", work)
    qtbot.waitUntil(lambda: bool(notices))
    assert notices[0].cause == "This conversation does not exist any more."
    disk, notices[:] = FullDisk(), []
    saving.keep("draft", disk.writing("a draft"))
    qtbot.waitUntil(lambda: bool(notices))
    disk.full = False
    qtbot.waitUntil(lambda: len(notices) == 2)  # a round of new attempts has passed
    assert len(calls) == 1


def test_the_end_of_the_app_tries_a_last_time(
    saving: Saving, storage: TaskRunner, notices: list[Notice], qtbot: QtBot
) -> None:
    disk = FullDisk()
    saving.keep("draft", disk.writing("typed"))
    qtbot.waitUntil(lambda: bool(notices))
    disk.full = False
    saving.close()
    storage.close()
    assert "typed" in disk.written
