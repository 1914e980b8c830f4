"""Ten megabytes are pasted without a stall, counted by the model's tokenizer, kept, and refused by name when sent."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from pytestqt.qtbot import QtBot

from tests.running_app import running_app

LONGEST_GAP = 0.1  # seconds
# Beside other programs nobody can promise that; a paste that is laid out in the window would take seconds.
LONGEST_GAP_ANYWHERE = 0.5
SIZE = 10_000_000
TEXTS = {"one line": "boat " * (SIZE // 5), "many lines": "a line about boats\n" * (SIZE // 19)}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_paste_of_ten_megabytes(qtbot: QtBot, tmp_path: Path, starter_model: Path, text: str, soak: bool) -> None:
    most = LONGEST_GAP if soak else LONGEST_GAP_ANYWHERE
    with running_app(qtbot, tmp_path) as app:
        assert app.open_model(starter_model) is None
        composer = app.window.page.composer
        data = QMimeData()
        data.setText(text)
        app.wait_idle()
        app.meter.longest = 0.0
        composer.field.insertFromMimeData(data)

        def said() -> str:
            item = composer.chips.item(0)
            return str(item.data(Qt.ItemDataRole.AccessibleTextRole)) if item else ""

        app.wait(said)
        assert said() == "Pasted text, 10.0 MB · counting…"
        app.wait(lambda: said().endswith("tokens"), 60)
        app.wait_idle()
        assert app.meter.longest < most, app.meter.culprit
        (file,) = composer.chips.files()
        assert file.text == text
        assert app.storage.call(lambda: app.store.pending.files(None)) == (file,)
        composer.send()
        app.wait(lambda: app.notices, 60)
        app.wait_idle()
        assert "context window" in f"{app.notices[-1].cause} {app.notices[-1].cure}"
        assert app.shown[0].files[0].text == text
        assert app.meter.longest < most, app.meter.culprit
