"""What is answered in the window stands in its footer and in the ledger."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from desktopchat.core.cost import LedgerBy
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import SamplingParams
from desktopchat.engine.energy import EnergyMeter
from desktopchat.engine.routed import RoutedEngine
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.ledger import read_ledger
from desktopchat.ui.transcript.words import MessageWords
from tests.running_app import running_app

MODEL = ModelFile("/models/scripted.gguf", "scripted", 0, "none")


def test_answers_stand_in_the_ledger(qtbot: QtBot, tmp_path: Path) -> None:
    scripted = ScriptedEngine(rate=0)
    engine = RoutedEngine(scripted, lambda: scripted, lambda _: None, EnergyMeter(lambda: 1e9, tmp_path))
    with running_app(qtbot, tmp_path, engine=engine) as app:
        with qtbot.waitSignal(app.models.model_loaded):
            app.models.load(MODEL)
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        app.chat.set_sampling(SamplingParams(max_tokens=3, n=2))
        app.chat.send("Why?")
        app.wait(lambda: len(app.shown) == 2 and not app.chat.busy and app.shown[-1].usage.completion_tokens > 0)
        app.chat.set_sampling(SamplingParams(max_tokens=2))
        app.chat.continue_answer()
        app.wait(lambda: not app.chat.busy and app.shown[-1].usage.earlier_completion_tokens > 0)
        assert "Wh, estimated (1e+09 W)" in MessageWords({}).footer(app.shown[-1])

        qtbot.keyClick(QGuiApplication.focusObject(), Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
        card = app.window.commands.overlay
        table = card.findChild(QTableView).model()
        app.wait(lambda: table.rowCount() == 2)
        (row,) = app.storage.call(lambda: read_ledger(app.database, LedgerBy.CONVERSATION))
        assert (row.answers, row.completion_tokens) == (2, 8)
        assert row.joules > 0
        assert [table.index(1, column).data() for column in (1, 3)] == ["2", "8"]
        qtbot.keyClick(QGuiApplication.focusObject(), Qt.Key.Key_3)
        app.wait(lambda: table.index(1, 0).data() == "Why?")
