"""Who hears the window instead of seeing it is told what everything is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from test_reachability import ELSEWHERE, VIEWS, Walk, chatting

from desktopchat.commands.registry import COMMANDS

INFORMS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QLabel, QLineEdit, QProgressBar)
# What each kind of widget says it is.
ROLES = {
    QAbstractButton: {QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.RadioButton},
    QAbstractSpinBox: {QAccessible.Role.SpinBox},
    QAbstractItemView: {QAccessible.Role.List, QAccessible.Role.Table, QAccessible.Role.Tree},
    QLineEdit: {QAccessible.Role.EditableText},
    QProgressBar: {QAccessible.Role.ProgressBar},
}


@pytest.fixture
def walk(qtbot: QtBot, tmp_path: Path) -> Walk:
    return Walk(qtbot, tmp_path)


def told(root: QWidget) -> list[QWidget]:
    """Return all that one can use or that says something, without the parts that Qt builds widgets of."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisible() or widget.objectName().startswith("qt_") or isinstance(widget, QMenu):
            continue
        inside = isinstance(widget.parentWidget(), QAbstractSpinBox | QAbstractScrollArea) and not widget.objectName()
        focused = widget.focusPolicy() and not inside and widget.focusProxy() is None
        silent = isinstance(widget, QLabel) and not widget.text() and widget.pixmap().isNull()
        if (focused or isinstance(widget, INFORMS)) and not silent and not inside:
            found.append(widget)
    return found


def faults(root: QWidget) -> list[str]:
    found = []
    for widget in told(root):
        interface = QAccessible.queryAccessibleInterface(widget)
        what = f"{type(widget).__name__} #{widget.objectName()}"
        if not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{what} has no name")
        roles = next((roles for kind, roles in ROLES.items() if isinstance(widget, kind)), None)
        if roles is not None and interface.role() not in roles:
            found.append(f"{what} says it is a {interface.role().name}")
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_everything_in_a_view_has_a_name_and_a_role(walk: Walk, view: Callable[[Walk], None]) -> None:
    view(walk)
    assert faults(walk.window) == []
    assert len(told(walk.window)) >= 10


@pytest.mark.parametrize("command_id", [one.id for one in COMMANDS if one.id not in ELSEWHERE])
def test_everything_that_a_command_opens_has_a_name_and_a_role(walk: Walk, command_id: str) -> None:
    chatting(walk)
    walk.trigger(command_id)
    assert faults(walk.window) == []
    for dialog in walk.window.findChildren(QDialog):
        dialog.reject()


def test_what_has_no_name_is_found(walk: Walk) -> None:
    QLineEdit(walk.window.frame).show()
    assert faults(walk.window) == ["QLineEdit # has no name"]


def test_window_itself_is_named(walk: Walk) -> None:
    interface = QAccessible.queryAccessibleInterface(walk.window)
    assert interface.text(QAccessible.Text.Name) == walk.window.windowTitle() != ""
    assert QApplication.focusWidget() is walk.field
