"""The glass box in a real window on the real model."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktopchat.library.folder import inspect
from desktopchat.ui.glass.chance_list import ChanceList
from tests.running_app import running_app

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def test_a_sentence_is_looked_through_and_the_chat_goes_on(qtbot: QtBot, tmp_path: Path, starter_model: Path) -> None:
    with running_app(qtbot, tmp_path) as app:
        with qtbot.waitSignal(app.models.model_loaded, timeout=60_000):
            app.models.load(inspect(str(starter_model)))
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)

        def press(*keys: Key) -> None:
            for key in keys:
                qtbot.keyClick(QGuiApplication.focusObject(), key)
                QGuiApplication.processEvents()

        qtbot.keyClick(QGuiApplication.focusObject(), Key.Key_F9, Modifier.ControlModifier)
        chances = app.window.commands.overlay.findChild(ChanceList)
        app.wait(lambda: chances.count() == 100)
        assert chances.chosen().piece == b" Paris"
        app.meter.longest = 0.0
        press(Key.Key_Return)
        for key in (Key.Key_T, Key.Key_K, Key.Key_P, Key.Key_M):
            press(key, *[Key.Key_Left] * 12, *[Key.Key_Right] * 12)
        press(Key.Key_Return)
        app.wait(lambda: app.window.insight.glass.side(0).grown[1] == " Paris" and chances.chosen().piece != b" Paris")
        assert app.meter.longest < 0.1, app.meter.culprit  # seconds
        press(Key.Key_Escape)
        assert app.window.commands.overlay is None
        app.chat.send("Hello")
        app.wait(lambda: len(app.shown) == 2 and not app.chat.busy)
        assert app.shown[-1].content
