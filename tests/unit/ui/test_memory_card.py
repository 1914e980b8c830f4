"""What a load takes is shown before it, what it took after it, and what would fit when it does not."""

from dataclasses import replace

import pytest
from fake_chats import FakeChat
from fake_models import FakeModels
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.controllers.models import LoadedModel
from desktopchat.core.beside import Beside
from desktopchat.core.load_plan import LoadPlan, plan_load
from desktopchat.core.notice import Notice
from desktopchat.core.params import LoadParams
from desktopchat.core.sentence import Sentence
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.memory_card import MemoryCard, plan_words
from tests.shapes import DENSE, GB, MB, cpu, gpu

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def models() -> FakeModels:
    return FakeModels()


@pytest.fixture
def window(qtbot: QtBot, models: FakeModels) -> MainWindow:
    return open_window(qtbot, FakeChat(), models=models)


def plan(*devices: object) -> LoadPlan:
    return plan_load(DENSE, LoadParams(), devices)  # type: ignore[arg-type]


def words(window: MainWindow) -> str:
    return window.page.progress._words.text()


def test_what_a_load_will_take_is_shown_before_it(window: MainWindow, models: FakeModels) -> None:
    models.load_started.emit("large")
    assert "takes" not in words(window)
    models.plan = plan(cpu(16 * GB))
    models.load_planned.emit(models.plan)
    assert "takes 6.9 GB of 16.0 GB free memory" in words(window)
    models.load_progressed.emit(0.5)
    assert "50 %" in words(window)
    assert "takes 6.9 GB" in words(window)


def test_of_gpus_it_is_said_too() -> None:
    assert plan_words(plan(cpu(16 * GB), gpu(12 * GB))).endswith(" of 12.0 GB free on A card")
    assert plan_words(plan(cpu(0))) == "takes 6.9 GB of memory"


def loaded(models: FakeModels) -> LoadedModel:
    models.plan = plan(cpu(16 * GB))
    took = (replace(models.plan.memory[0], compute=700 * MB),)
    models.name = "large"
    models.loaded = LoadedModel("large", 8192, Sentence("CPU"), "gguf", (), False, 5 * GB, models.plan, took)
    return models.loaded


def test_what_it_took_stands_in_the_status_line(window: MainWindow, models: FakeModels) -> None:
    models.model_loaded.emit(loaded(models))
    assert window.status.text().startswith("large · CPU · 7.0 GB")


def test_the_card_compares_and_tells_why(qtbot: QtBot, window: MainWindow, models: FakeModels) -> None:
    models.model_loaded.emit(loaded(models))
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_F12, Modifier.ShiftModifier)
    card = window.commands.overlay
    assert isinstance(card, MemoryCard)
    text = card.text()
    for part in ("Memory of large", "Processor", "planned", "took", "700 MB", "16.0 GB", "8,192 tokens"):
        assert part in text
    qtbot.keyClick(card, Key.Key_Escape)
    assert window.commands.overlay is None


def test_the_card_tells_what_is_beside_the_model(qtbot: QtBot, window: MainWindow, models: FakeModels) -> None:
    beside = (Beside("adapter", "pirate", layers=(10 * MB,) * 33), Beside("projector", "mmproj", weights=800 * MB))
    models.plan = plan_load(DENSE, LoadParams(), (cpu(16 * GB),), beside)
    models.name = "large"
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_F12, Modifier.ShiftModifier)
    card = window.commands.overlay
    assert isinstance(card, MemoryCard)
    lines = card.text().split("\n")
    assert lines[lines.index("with pirate") + 1] == "330 MB"
    assert lines[lines.index("for pictures") + 1] == "800 MB"
    planned = lines.index("planned")
    assert lines[planned + 4] == "7.2 GB"  # with the adapter, without what comes with the first picture


def test_before_any_model_there_is_nothing_to_tell(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_F12, Modifier.ShiftModifier)
    assert "No model was loaded" in window.page.banner.text()


def buttons(window: MainWindow) -> list[str]:
    found = window.page.banner.findChildren(QPushButton)
    return [button.text() for button in found if button.isVisible()]


def test_each_way_out_has_a_key_in_the_banner(qtbot: QtBot, window: MainWindow, models: FakeModels) -> None:
    models.ways_are_open = True
    others = ("model.load_quantised", "model.load_anyway")
    models.load_failed.emit(Notice("error", "It is too large.", "", "model.load_shorter", "table", others))
    assert buttons(window) == ["Shorter context  Alt+1", "Smaller KV cache  Alt+2", "Load anyway  Alt+5"]
    for number in (Key.Key_1, Key.Key_2, Key.Key_5):
        qtbot.keyClick(QApplication.focusWidget(), number, Modifier.AltModifier)
    assert models.calls == [("way", "model.load_shorter"), ("way", "model.load_quantised"), ("anyway",)]
    window.page.banner._ways[1].click()
    assert models.calls[-1] == ("way", "model.load_quantised")
    assert not window.page.banner.isVisible()


def test_the_next_banner_offers_no_ways_of_the_one_before(window: MainWindow, models: FakeModels) -> None:
    models.load_failed.emit(Notice("error", "It is too large.", "", "model.load_shorter", "", ("model.load_anyway",)))
    models.load_failed.emit(Notice("error", "It is damaged.", "", "model.open"))
    assert buttons(window) == ["Open model  Ctrl+O"]


def test_a_banner_is_gone_when_its_way_is_taken(window: MainWindow, models: FakeModels) -> None:
    models.load_failed.emit(Notice("error", "It is too large.", "", "model.load_shorter", "", ("model.load_anyway",)))
    models.load_started.emit("large")
    assert not window.page.banner.isVisible()


def test_without_a_refusal_the_ways_do_nothing(qtbot: QtBot, window: MainWindow, models: FakeModels) -> None:
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_1, Modifier.AltModifier)
    assert models.calls == []


def test_a_card_can_be_shown_while_it_loads(qtbot: QtBot, window: MainWindow, models: FakeModels) -> None:
    models.plan = plan(cpu(16 * GB), gpu(12 * GB))
    models.name = "large"
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_F12, Modifier.ShiftModifier)
    card = window.commands.overlay
    assert isinstance(card, MemoryCard)
    assert "A card" in card.text()
    assert "took" not in card.text()
