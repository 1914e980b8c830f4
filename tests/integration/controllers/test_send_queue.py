"""What is written ahead is sent in its order, waits when something went wrong, and is never lost."""

from collections.abc import Callable
from typing import Any

import pytest

from desktopchat.controllers.send_queue import SendQueue
from desktopchat.core.attached import Written, attach_text
from desktopchat.core.chat import Role
from desktopchat.core.params import SamplingParams
from desktopchat.engine.scripted import ScriptedEngine

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


class Told:
    """A queue, and what it told."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.queue = SendQueue(rig.chat, rig.storage, rig.store)
        self.shown: list[tuple[list[str], bool]] = []
        self.events: list[Any] = []
        self.queue.changed.connect(lambda queue, waiting: self.shown.append(([one.text for one in queue], waiting)))
        self.queue.added.connect(lambda: self.events.append("added"))
        self.queue.taken.connect(self.events.append)
        self.queue.removed.connect(lambda: self.events.append("removed"))
        self.queue.noticed.connect(self.events.append)
        self.queue.refused.connect(self.events.append)

    def add(self, *texts: str) -> None:
        for text in texts:
            self.queue.add(Written(text))
        self.rig.drain()

    def texts(self) -> list[str]:
        return [one.text for one in self.queue.queue]

    def on_disk(self, number: int | None) -> list[str]:
        return [one.text for one in self.rig.storage.call(lambda: self.rig.store.pending.queue(number))]

    def said(self) -> list[str]:
        return [message.content for message in self.rig.shown if message.role is Role.USER]


@pytest.fixture
def slow(make_rig: Callable[..., Rig]) -> Told:
    """An answer that goes on until it is stopped or its end is set."""
    rig = make_rig(ScriptedEngine(rate=100))
    rig.load()
    told = Told(rig)
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("first")
    rig.wait(lambda: len(rig.shown) == 2)
    return told


def end(told: Told) -> None:
    """Let this answer and those that follow end soon by themselves."""
    told.rig.chat.set_sampling(SamplingParams(max_tokens=1))


def test_they_are_sent_one_after_the_other_when_the_answer_has_ended(slow: Told) -> None:
    slow.add("second", "third", "second")
    assert slow.events == ["added"] * 3
    assert slow.said() == ["first"]
    assert slow.on_disk(slow.rig.chat.conversation_id) == ["second", "third", "second"]
    end(slow)
    slow.rig.wait(lambda: len(slow.rig.shown) == 8 and not slow.rig.chat.busy)
    slow.rig.drain()
    assert slow.said() == ["first", "second", "third", "second"]
    assert slow.rig.texts() == slow.rig.stored()
    assert slow.texts() == slow.on_disk(slow.rig.chat.conversation_id) == []
    assert not any(waiting for _, waiting in slow.shown)


def test_they_wait_after_a_stop_until_the_person_goes_on(slow: Told) -> None:
    slow.add("second", "third")
    slow.rig.chat.stop()
    slow.rig.wait_idle()
    assert slow.said() == ["first"]
    assert slow.shown[-1] == (["second", "third"], True)
    end(slow)
    slow.rig.chat.send("at once")  # does not set them going again
    slow.rig.wait(lambda: slow.said() == ["first", "at once"] and not slow.rig.chat.busy)
    assert slow.queue.is_waiting
    slow.queue.go_on()
    slow.rig.wait(lambda: len(slow.said()) == 4 and not slow.rig.chat.busy)
    assert slow.said() == ["first", "at once", "second", "third"]


def test_they_wait_after_a_restart(slow: Told, make_rig: Callable[..., Rig]) -> None:
    slow.queue.add(Written("second", (attach_text("notes.txt", "A boat."),)))
    slow.add("third")
    rig = make_rig()  # with the first one under way
    told = Told(rig)
    rig.chat.open_last()
    rig.wait(lambda: bool(told.shown))
    assert told.shown[-1] == (["second", "third"], True)
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    told.queue.go_on()
    rig.wait(lambda: len(told.said()) == 3 and not rig.chat.busy)
    assert told.said() == ["first", "second", "third"]
    assert [file.text for file in rig.shown[2].files] == ["A boat."]


def test_one_is_taken_back_and_becomes_the_draft(slow: Told) -> None:
    notes = attach_text("notes.txt", "A boat.")
    slow.queue.add(Written("second", (notes,)))
    slow.add("third")
    slow.queue.take(0, Written(""))
    slow.rig.drain()
    number = slow.rig.chat.conversation_id
    assert slow.events[-1] == Written("second", (notes,))
    assert slow.texts() == slow.on_disk(number) == ["third"]
    assert slow.rig.storage.call(lambda: slow.rig.store.get(number)).draft == "second"
    assert slow.rig.storage.call(lambda: slow.rig.store.pending.files(number)) == (notes,)


def test_what_was_being_written_takes_the_place_of_the_one_that_is_taken_back(slow: Told) -> None:
    slow.add("second", "third")
    slow.queue.take(0, Written("draft"))
    slow.rig.drain()
    assert slow.texts() == slow.on_disk(slow.rig.chat.conversation_id) == ["draft", "third"]


def test_removed_one_comes_back_to_its_place(slow: Told) -> None:
    slow.add("second", "third", "fourth")
    slow.queue.remove(1)
    slow.rig.drain()
    assert slow.events[-1] == "removed"
    assert slow.texts() == slow.on_disk(slow.rig.chat.conversation_id) == ["second", "fourth"]
    slow.queue.undo()
    slow.rig.drain()
    assert slow.texts() == slow.on_disk(slow.rig.chat.conversation_id) == ["second", "third", "fourth"]
    slow.queue.undo()
    assert slow.texts() == ["second", "third", "fourth"]


def test_each_conversation_has_its_own_and_is_answered_where_it_was_written(slow: Told) -> None:
    first = slow.rig.chat.conversation_id
    slow.add("second")
    with slow.rig.qtbot.waitSignal(slow.rig.chat.conversation_opened):
        slow.rig.chat.new_conversation()
    assert slow.texts() == []
    slow.add("new one", "and more")
    assert slow.on_disk(None) == ["new one", "and more"]
    slow.rig.chat.stop()
    slow.rig.wait_idle()
    assert slow.queue.is_waiting
    slow.rig.chat.set_sampling(SamplingParams(max_tokens=1))
    slow.queue.go_on()
    slow.rig.wait(lambda: len(slow.rig.shown) == 4 and not slow.rig.chat.busy)
    slow.rig.drain()
    assert slow.said() == ["new one", "and more"]
    assert slow.rig.chat.conversation_id != first
    assert slow.on_disk(None) == slow.on_disk(slow.rig.chat.conversation_id) == []
    assert slow.on_disk(first) == ["second"]


def test_one_is_added_while_the_conversation_of_the_first_is_made(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.storage.call(lambda: rig.store.pending.set_queue(None, (Written("first"),)))
    told = Told(rig)
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.new_conversation()
    told.queue.go_on()
    told.queue.add(Written("second"))
    rig.wait(lambda: len(told.said()) == 2 and not rig.chat.busy)
    rig.drain()
    assert told.events == ["added"]
    assert told.said() == ["first", "second"]
    assert told.on_disk(None) == told.on_disk(rig.chat.conversation_id) == []


def test_they_go_on_in_a_conversation_that_is_not_open(slow: Told) -> None:
    first = slow.rig.chat.conversation_id
    slow.add("second")
    end(slow)
    with slow.rig.qtbot.waitSignal(slow.rig.chat.conversation_opened):
        slow.rig.chat.new_conversation()
    slow.rig.wait(lambda: not slow.on_disk(first) and not slow.rig.chat.busy)
    slow.rig.drain()
    path = slow.rig.storage.call(lambda: slow.rig.store.path(first))
    assert [message.content for message in path if message.role is Role.USER] == ["first", "second"]
    assert path[-1].content == "word1"
    assert slow.rig.shown == []


def test_a_disk_that_refuses_leaves_the_message_where_it_was(slow: Told) -> None:
    rig = slow.rig
    limit = rig.storage.call(lambda: rig.database.execute("PRAGMA page_count")[0][0])
    rig.storage.call(lambda: rig.database.execute(f"PRAGMA max_page_count = {limit}"))
    slow.queue.add(Written("x" * 1_000_000))
    rig.wait(lambda: bool(slow.events))
    assert slow.events[0].level == "error"
    assert slow.texts() == []
    rig.storage.call(lambda: rig.database.execute("PRAGMA max_page_count = 1000000"))


def test_without_a_model_they_wait_with_a_cure(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.storage.call(lambda: rig.store.pending.set_queue(None, (Written("hello"),)))
    told = Told(rig)
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.new_conversation()
    told.queue.go_on()
    rig.drain()
    assert told.events[-1].command == "model.open"
    assert told.shown[-1] == (["hello"], True)
    assert told.on_disk(None) == ["hello"]


def test_nothing_is_sent_into_another_store(slow: Told) -> None:
    slow.add("second")
    slow.rig.chat.stop()
    slow.rig.wait_idle()
    slow.rig.storage.call(lambda: slow.rig.store.pending.set_queue(slow.rig.chat.conversation_id, ()))
    slow.rig.chat.store_replaced.emit()
    with slow.rig.qtbot.waitSignal(slow.rig.chat.conversation_opened):
        slow.rig.chat.open_last()
    assert slow.shown[-1] == ([], False)


def test_one_that_is_under_way_to_a_deleted_conversation_is_kept_for_its_return(slow: Told) -> None:
    first = slow.rig.chat.conversation_id
    slow.add("second")
    slow.rig.chat.stop()
    slow.rig.wait_idle()
    with slow.rig.qtbot.waitSignal(slow.rig.chat.conversation_opened):
        slow.rig.shelving.delete_conversation(first)
    slow.rig.drain()
    assert slow.texts() == []
    slow.rig.shelving.undo_delete()
    slow.rig.wait(lambda: slow.rig.chat.conversation_id == first)
    assert slow.shown[-1] == (["second"], True)
