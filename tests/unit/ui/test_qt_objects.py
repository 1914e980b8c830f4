"""What a test made of Qt ends with it, not on a thread of a later test."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QStringListModel, QTimer
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot
from qt_objects import end_what_is_left
from shiboken6 import isValid


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Let cycles stay until they are collected by hand."""
    gc.disable()
    yield
    gc.enable()


class Model(QStringListModel):
    """Stands in a cycle, as what is connected in a circle does, and has a timer that runs."""

    def __init__(self, ended_on: list[str]) -> None:
        super().__init__(["row"])
        self._ended_on = ended_on
        self._self = self
        timer = QTimer(self)
        timer.start(0)

    def __del__(self) -> None:
        self._ended_on.append(threading.current_thread().name)


@pytest.mark.usefixtures("no_collection")
def test_view_and_model_in_a_cycle_end_here(qtbot: QtBot) -> None:
    ended_on: list[str] = []
    model, view = Model(ended_on), QListView()
    view.setModel(model)
    view.deleteLater()
    kept = weakref.ref(model)
    del model
    end_what_is_left()
    assert not isValid(view)
    assert kept() is None
    worker = threading.Thread(target=gc.collect)
    worker.start()
    worker.join()
    assert ended_on == [threading.main_thread().name]
