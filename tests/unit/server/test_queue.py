"""Who is served first, and what becomes of those who are not."""

import threading
from collections.abc import Callable

import pytest

from desktopchat.core.errors import EngineCrashedError
from desktopchat.engine.api import Engine
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.server.queue import EngineQueue, QueueFullError


class Note:
    """A job that notes that it ran."""

    def __init__(self, number: int, ran: list[int], error: Exception | None = None) -> None:
        self.id = number
        self.is_told = self.was_tried = False
        self.is_dropped = False
        self._ran = ran
        self._error = error

    def begin(self, engine: Engine, ended: Callable[[], None]) -> None:
        self._ran.append(self.id)
        error, self._error = self._error, None
        self.is_told = error is None
        ended()
        if error is not None:
            raise error

    def dropped(self) -> None:
        self.is_dropped = True


def test_all_are_served_in_their_order() -> None:
    ran: list[int] = []
    queue = EngineQueue()
    for number in (1, 2, 3):
        queue.submit(Note(number, ran))
    engine = ScriptedEngine()
    while queue.run_next(engine):
        pass
    assert ran == [1, 2, 3]


def test_only_so_many_wait() -> None:
    ran: list[int] = []
    queue = EngineQueue(most_waiting=2)
    queue.submit(Note(1, ran))
    queue.submit(Note(2, ran))
    with pytest.raises(QueueFullError) as caught:
        queue.submit(Note(3, ran))
    assert caught.value.wait >= 1
    assert queue.waiting == 2


def test_one_that_met_a_dead_engine_does_not_wait_in_a_closed_queue() -> None:
    queue = EngineQueue()

    class Closing(Note):
        def begin(self, engine: Engine, ended: Callable[[], None]) -> None:
            queue.close()
            super().begin(engine, ended)

    job = Closing(1, [], EngineCrashedError("It died."))
    queue.submit(job)
    with pytest.raises(EngineCrashedError):
        queue.run_next(ScriptedEngine())
    assert job.is_dropped
    assert queue.waiting == 0


def test_those_beside_whom_an_engine_died_run_one_by_one() -> None:
    class Wide(ScriptedEngine):
        seats = 3

    beside: list[set[int]] = []
    running: dict[int, Callable[[], None]] = {}

    class Long(Note):
        def begin(self, engine: Engine, ended: Callable[[], None]) -> None:
            running[self.id] = ended
            beside.append(set(running))

    queue, engine = EngineQueue(), Wide()
    jobs = [Long(number, []) for number in (1, 2, 3, 4)]
    jobs[1].was_tried = True
    for job in jobs:
        queue.submit(job)
    for _ in jobs:
        queue.run_next(engine)
        for job in jobs:
            if (end := running.pop(job.id, None)) is not None:
                job.is_told = True
                end()
    assert beside == [{1}, {2}, {3}, {3, 4}]


def test_one_that_waits_can_be_taken_out() -> None:
    ran: list[int] = []
    queue = EngineQueue()
    first, second = Note(1, ran), Note(2, ran)
    queue.submit(first)
    queue.submit(second)
    queue.cancel(first)
    queue.cancel(first)
    assert first.is_dropped
    assert queue.run_next(ScriptedEngine())
    assert ran == [2]


def test_one_that_runs_is_ended_at_the_engine() -> None:
    class Cancelling(ScriptedEngine):
        cancelled: int | None = None

        def cancel(self, generation_id: int) -> None:
            self.cancelled = generation_id

    class Ending(Note):
        def begin(self, engine: Engine, ended: Callable[[], None]) -> None:
            queue.cancel(self)

    queue, engine = EngineQueue(), Cancelling()
    queue.submit(Ending(7, []))
    queue.run_next(engine)
    assert engine.cancelled == 7


def test_one_that_met_a_dead_engine_is_first_when_it_lives_again() -> None:
    ran: list[int] = []
    queue, engine = EngineQueue(), ScriptedEngine()
    queue.submit(Note(1, ran, EngineCrashedError("It died.")))
    queue.submit(Note(2, ran))
    with pytest.raises(EngineCrashedError):
        queue.run_next(engine)
    while queue.run_next(engine):
        pass
    assert ran == [1, 1, 2]


def test_it_is_heard_once_when_something_is_to_be_done() -> None:
    heard: list[int] = []
    queue = EngineQueue(heard=lambda: heard.append(1))
    queue.submit(Note(1, []))
    queue.submit(Note(2, []))
    assert len(heard) == 1
    while queue.run_next(ScriptedEngine()):
        pass
    queue.submit(Note(3, []))
    assert len(heard) == 2


def test_closing_drops_what_waits_and_wakes_who_waits() -> None:
    queue = EngineQueue()
    thread = threading.Thread(target=lambda: queue.run_next(ScriptedEngine(), 60))
    thread.start()
    queue.close()
    thread.join(10)
    assert not thread.is_alive()
    with pytest.raises(QueueFullError):
        queue.submit(Note(1, []))
    other, job = EngineQueue(), Note(2, [])
    other.submit(job)
    other.close()
    assert job.is_dropped
    assert not other.run_next(ScriptedEngine())
