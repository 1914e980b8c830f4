"""The bars for much: a conversation of 10,000 messages, and a list of 100,000 conversations."""

import statistics
import time
from functools import partial
from pathlib import Path

import psutil
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benchmarks.rounds import Result
from benchmarks.window_rig import LoopMeter, program
from benchmarks.window_stream import with_history
from desktopchat.controllers.conversation_list import Place
from desktopchat.storage.connection import open_connection
from desktopchat.storage.database import Database

_LONG = 10_000  # messages
_MANY = 100_000  # conversations
_TOP = 40  # pixels; the margin above the first message is never scrolled away by the keys


def long_conversation(folder: Path, rounds: int) -> list[Result]:
    """Open a conversation of 10,000 messages, and go up to its first one by key."""
    data = folder / "long"
    data.mkdir()
    conversation = with_history(data / "desktopchat.db", _LONG)
    with program(data, "scripted") as app:
        page = app.window.page.transcript
        times = []
        for _ in range(rounds):
            app.chat.new_conversation()
            app.wait(lambda: app.chat.conversation_id is None)
            app.run_for(0.2)
            opening = partial(app.chat.open_conversation, conversation)
            times.append(app.seconds_until(opening, app.chat.conversation_opened, page.viewport()))
        app.run_for(1)
        memory = psutil.Process().memory_full_info().uss
        meter = LoopMeter()
        page.setFocus()
        deadline = time.monotonic() + 120
        while page.not_laid_out()[0] or page.verticalScrollBar().value() > _TOP:
            QTest.keyClick(page, Qt.Key.Key_PageUp)
            app.run_for(0.02)
            if time.monotonic() > deadline:
                raise TimeoutError("the first message was not reached")
        meter.stop()
        grown = (psutil.Process().memory_full_info().uss - memory) / 1e6
    opened = 1000 * statistics.median(times)
    return [
        Result("10,000 messages opened and painted", opened, "most", 150, "ms", {"seconds": times}),
        Result("longest gap on the way to the first message", 1000 * meter.longest(), "most", 50, "ms"),
        Result("memory that the way took", grown, "most", 100, "MB"),
    ]


def many_conversations(folder: Path, rounds: int) -> list[Result]:
    """Show a list of 100,000 conversations, and filter it letter by letter."""
    data = folder / "many"
    data.mkdir()
    _many(data / "desktopchat.db")
    with program(data, "scripted") as app:
        sidebar = app.window.sidebar
        model, list_view = sidebar.view.model(), sidebar.view.viewport()
        opened = []
        for _ in range(rounds):
            app.seconds_until(partial(model.show_place, Place.ARCHIVE), model.modelReset)
            back = partial(model.show_place, Place.CONVERSATIONS)
            opened.append(app.seconds_until(back, model.rowsInserted, list_view))
        sidebar.focus_filter()
        app.run_for(0.2)
        filtered = []
        for letter in "harbour 77":
            press = partial(QTest.keyClicks, sidebar.filter, letter)
            filtered.append(app.seconds_until(press, app.window.search.searched))
            app.run_for(0.1)
        sidebar.filter.clear()
    return [
        Result("list of 100,000 conversations", 1000 * statistics.median(opened), "most", 50, "ms"),
        Result("filter, median of the letters", 1000 * statistics.median(filtered), "most", 50, "ms"),
        Result("filter, slowest letter", 1000 * max(filtered), "most", 50, "ms", {"seconds": filtered}),
    ]


def _many(path: Path) -> None:
    Database(path).close()
    connection = open_connection(path)
    words = ("harbour", "valley", "engine", "winter", "letter", "garden", "music", "bread", "天气", "船")
    with connection:
        connection.executemany(
            "INSERT INTO conversation (id, title, created_at, updated_at, tip_id) VALUES (?, ?, ?, ?, ?)",
            (
                (number, f"{words[number % 10]} {words[number // 10 % 10]} {number}", number, number, number)
                for number in range(1, _MANY + 1)
            ),
        )
        connection.executemany(
            "INSERT INTO message (id, conversation_id, parent_id, role, content, state, created_at)"
            " VALUES (?, ?, ?, 'user', ?, 'complete', ?)",
            ((number, number, -number, f"What of {words[number % 7]}?", number) for number in range(1, _MANY + 1)),
        )
    connection.close()
