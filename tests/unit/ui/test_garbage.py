"""What Qt made must end on the thread of the window, whichever thread makes garbage."""

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytestqt.qtbot import QtBot

from desktopchat.ui.garbage import GarbageCollector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    gc.enable()
    made = GarbageCollector()
    yield made
    made.close()
    assert gc.isenabled()
    gc.disable()  # as all tests have it


class Cycle:
    ended_on: list[str] = []  # noqa: RUF012, cleared by the test

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Cycle.ended_on.append(threading.current_thread().name)


def test_cycles_end_on_the_window_s_thread(collector: GarbageCollector, qtbot: QtBot) -> None:
    Cycle.ended_on.clear()
    Cycle()

    def make_garbage() -> None:
        for _ in range(50):
            lists: list[list[object]] = [[] for _ in range(1000)]
            for one in lists:
                one.append(one)

    with ThreadPoolExecutor(1, "worker") as worker:
        worker.submit(make_garbage).result()
    assert Cycle.ended_on == []
    qtbot.waitUntil(lambda: bool(Cycle.ended_on))
    assert Cycle.ended_on == [threading.current_thread().name]
