"""Presets, defaults and origins of the parameters, by key."""

from pathlib import Path

import pytest
from fake_chats import FakeParameters
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QLabel
from pytestqt.qtbot import QtBot
from test_reachability import Key, Modifier, Walk

from desktopchat.core.parameter_layers import BUILT_IN, ParameterLayers
from desktopchat.core.params import SamplingParams

BOTH = Modifier.ControlModifier | Modifier.ShiftModifier
LAYERS = ParameterLayers({"top_k": 9}, {"tiny-1b": {"temperature": 0.4}})


@pytest.fixture
def walk(qtbot: QtBot, tmp_path: Path) -> Walk:
    return Walk(qtbot, tmp_path)


def asked(walk: Walk) -> list[tuple[object, ...]]:
    parameters = walk.window.parameters
    assert isinstance(parameters, FakeParameters)
    return parameters.calls


def shown(walk: Walk) -> list[str]:
    labels = walk.window.panel.findChildren(QLabel, "origin")
    return [label.text() for label in labels if label.isVisible()]


def show(walk: Walk, sampling: SamplingParams) -> None:
    walk.window.parameters.origins_changed.emit(LAYERS.origins(sampling, "tiny-1b"))


def test_values_say_where_they_come_from(walk: Walk) -> None:
    assert shown(walk) == []
    show(walk, LAYERS.defaults("tiny-1b").changed(max_tokens=3))
    assert shown(walk) == ["default of the model", "this conversation"]
    walk.window.panel.set_unfolded(True)
    assert shown(walk) == ["default of the model", "this conversation", "default of all"]
    field = walk.window.panel.findChild(QDoubleSpinBox, "max_tokens")
    assert field.accessibleDescription().endswith("this conversation")
    show(walk, BUILT_IN[2].applied(LAYERS.defaults("tiny-1b")))
    assert shown(walk)[0] == "preset Creative"
    show(walk, BUILT_IN[2].applied(LAYERS.defaults("tiny-1b")).changed(temperature=1.2))
    assert shown(walk)[0] == "Creative, changed"


def test_preset_is_chosen_by_key(walk: Walk, qtbot: QtBot) -> None:
    walk.press(Key.Key_P, BOTH)
    qtbot.keyClicks(walk.focus(), "crea")
    walk.press(Key.Key_Return)
    assert asked(walk) == [("apply_preset", "Creative")]
    assert walk.focus() is walk.field


def test_preset_is_saved_and_removed(walk: Walk, qtbot: QtBot) -> None:
    walk.window.actions_by_id["parameter.save_preset"].trigger()
    qtbot.keyClicks(walk.focus(), "Poems")
    walk.press(Key.Key_Return)
    walk.window.actions_by_id["parameter.forget_preset"].trigger()
    walk.press(Key.Key_Return)
    assert asked(walk) == [("save_preset", "Poems"), ("forget_preset", "Letters")]


@pytest.mark.parametrize(("downs", "for_model"), [(0, True), (1, False)])
def test_parameters_become_the_default(walk: Walk, downs: int, for_model: bool) -> None:
    walk.window.actions_by_id["parameter.make_default"].trigger()
    for _ in range(downs):
        walk.press(Key.Key_Down)
    walk.press(Key.Key_Return)
    assert asked(walk) == [("make_default", for_model)]


def test_reset_is_of_the_parameter_that_has_the_focus(walk: Walk) -> None:
    reset = walk.window.actions_by_id["parameter.reset"]
    assert not reset.isEnabled()
    walk.window.panel.findChild(QDoubleSpinBox, "max_tokens").setFocus(Qt.FocusReason.TabFocusReason)
    assert reset.isEnabled()
    walk.press(Key.Key_F4)
    assert asked(walk) == [("reset", "max_tokens")]


def test_density_changes_the_room_between_things_and_is_told(walk: Walk, qtbot: QtBot) -> None:
    walk.chat.show()
    row, panel = walk.window.sidebar.view.sizeHintForRow(1), walk.window.panel.widget().sizeHint().height()
    with qtbot.waitSignal(walk.window.density_chosen) as chosen:
        walk.press(Key.Key_D, BOTH)
    assert chosen.args == ["compact"]
    assert walk.window.sidebar.view.sizeHintForRow(1) < row
    assert walk.window.panel.widget().sizeHint().height() < panel
    walk.press(Key.Key_D, BOTH)
    assert walk.window.sidebar.view.sizeHintForRow(1) == row
