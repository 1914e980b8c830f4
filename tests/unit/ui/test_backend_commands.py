from pathlib import Path

from fake_chats import FakeChat
from fake_models import FakeBackends
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.backend import Backend, Origin, Trial, Tried
from desktopchat.core.device import Device
from desktopchat.core.sentence import Sentence
from desktopchat.ui.chooser import DETAIL, Chooser
from desktopchat.ui.main_window import MainWindow

HERE = Path("here")
CPU = Device("CPU", "AMD EPYC", "cpu", 1, 1)
BUILT_IN = Tried(Backend("built-in", HERE, Origin.PACKAGE), Trial((CPU,), ("CPU",)))
VULKAN = Tried(
    Backend("vulkan", HERE, Origin.OWN, "2", before="1"),
    Trial((Device("Vulkan0", "Radeon", "gpu", 1, 1), CPU), ("Vulkan", "CPU")),
    in_use=True,
)
CUDA = Tried(Backend("cuda", HERE, Origin.OWN), Trial(cause=Sentence("It needs libcuda.so.1.")))


def opened(qtbot: QtBot, backends: FakeBackends) -> tuple[MainWindow, Chooser, list[tuple[str, str]]]:
    window = open_window(qtbot, FakeChat(), backends=backends)
    window.actions_by_id["model.backend"].trigger()
    chooser = window.findChild(Chooser)
    assert chooser is not None
    rows = chooser._list
    texts = [(rows.item(row).text(), rows.item(row).data(DETAIL)) for row in range(rows.count())]
    return window, chooser, texts


def test_each_backend_is_shown_with_its_devices_or_what_is_wrong(qtbot: QtBot) -> None:
    _, _, texts = opened(qtbot, FakeBackends(BUILT_IN, VULKAN, CUDA))
    assert texts == [
        ("Automatic", "chosen · now vulkan"),
        ("Built-in", "AMD EPYC"),
        ("vulkan", "Radeon"),
        ("cuda", "It needs libcuda.so.1."),
        ("vulkan: back to 1", ""),
        ("Add a backend…", ""),
    ]


def test_one_is_chosen_by_keys(qtbot: QtBot) -> None:
    backends = FakeBackends(BUILT_IN, VULKAN, CUDA)
    _, chooser, _ = opened(qtbot, backends)
    qtbot.keyClicks(chooser._field, "built")
    qtbot.keyClick(chooser._field, Qt.Key.Key_Return)
    assert backends.calls == [("use", "built-in")]


def test_a_version_is_rolled_back_by_keys(qtbot: QtBot) -> None:
    backends = FakeBackends(BUILT_IN, VULKAN)
    _, chooser, _ = opened(qtbot, backends)
    qtbot.keyClicks(chooser._field, "back to")
    qtbot.keyClick(chooser._field, Qt.Key.Key_Return)
    assert backends.calls == [("roll_back", "vulkan")]


def test_the_chosen_one_is_marked(qtbot: QtBot) -> None:
    _, _, texts = opened(qtbot, FakeBackends(BUILT_IN, VULKAN, wanted="vulkan"))
    assert texts[0] == ("Automatic", "the best that works here")
    assert texts[2] == ("vulkan", "chosen · Radeon")


def test_what_the_environment_prescribes_is_said(qtbot: QtBot) -> None:
    forced = Tried(Backend("LLAMA_CPP_LIB_PATH", HERE, Origin.ENVIRONMENT), Trial((CPU,)), in_use=True)
    backends = FakeBackends(forced, BUILT_IN)
    _, chooser, texts = opened(qtbot, backends)
    assert texts == [
        ("Automatic", "chosen · now LLAMA_CPP_LIB_PATH"),
        ("Built-in", "AMD EPYC"),
        ("Add a backend…", ""),
    ]
    assert "LLAMA_CPP_LIB_PATH" in chooser._field.placeholderText()
