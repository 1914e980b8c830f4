"""The doubt lens in a real window on the real model."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktopchat.core.params import SamplingParams
from desktopchat.library.folder import inspect
from desktopchat.ui.doubt.sentence_list import SentenceList
from tests.running_app import running_app

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def test_samples_are_drawn_read_and_kept_by_key(qtbot: QtBot, tmp_path: Path, starter_model: Path) -> None:
    with running_app(qtbot, tmp_path) as app:
        with qtbot.waitSignal(app.models.model_loaded, timeout=60_000):
            app.models.load(inspect(str(starter_model)))
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)

        def press(*keys: Key) -> None:
            for key in keys:
                qtbot.keyClick(QGuiApplication.focusObject(), key)

        app.chat.set_sampling(SamplingParams(max_tokens=40, temperature=0.6, seed=1))
        app.chat.send("What is water made of? Answer in two short sentences.")
        app.wait(lambda: len(app.shown) == 2 and not app.chat.busy and app.shown[1].usage.completion_tokens > 0)
        both = Modifier.ControlModifier | Modifier.ShiftModifier
        qtbot.keyClick(QGuiApplication.focusObject(), Key.Key_F9, both)
        rows = app.window.commands.overlay.findChild(SentenceList)
        app.wait(lambda: rows.count() > 0)
        spoken = [rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(rows.count())]
        assert all(" of 4 agree: " in one for one in spoken)
        count = app.storage.call(lambda: app.database.execute("SELECT count(*) FROM message"))
        press(Key.Key_3, Key.Key_K)
        app.wait(lambda: app.shown[1].siblings == 2)
        assert app.storage.call(lambda: app.database.execute("SELECT count(*) FROM message")) == [(count[0][0] + 1,)]
        assert app.shown[1].sibling == 1
        press(Key.Key_R)  # the end of the window ends what is drawn
        app.wait(lambda: app.window.insight.doubt.running)
