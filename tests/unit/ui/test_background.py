"""A long answer that ends while one is elsewhere is told, and nothing else is."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from pytestqt.qtbot import QtBot

from desktopchat.ui.background import AnswerNotice, Tray
from desktopchat.ui.motion import be_still, wants_stillness


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def told_after(window: QWidget, seconds: float, *, wanted: bool = True) -> list[str]:
    told: list[str] = []
    clock = Clock()
    notice = AnswerNotice(window, lambda: wanted, clock)
    notice.told.connect(told.append)
    notice.set_answering(True)
    clock.now += seconds
    notice.set_answering(False)
    notice.set_answering(False)
    return told


def test_long_answer_is_told_once_and_without_its_words(window: QWidget) -> None:
    assert told_after(window, 10) == ["An answer is ready."]


def test_short_answer_is_not_told(window: QWidget) -> None:
    assert told_after(window, 9.9) == []


def test_nothing_is_told_when_it_is_switched_off(window: QWidget) -> None:
    assert told_after(window, 60, wanted=False) == []


def test_nothing_is_told_to_one_who_looks(window: QWidget, qtbot: QtBot) -> None:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert told_after(window, 60) == []


# What the offscreen plugin lacks.
@pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)
def test_tray_hides_the_window_and_asks_for_it_again(window: QWidget, qtbot: QtBot) -> None:
    tray = Tray(window, QIcon(QPixmap(16, 16)))
    window.show()
    tray.toggle()
    assert not window.isVisible()
    with qtbot.waitSignal(tray.raise_requested):
        tray.toggle()


def test_the_caret_stands_and_menus_appear_at_once_where_the_system_asks(qapp: QApplication) -> None:
    hints, effect = qapp.styleHints(), Qt.UIEffect.UI_General
    before = hints.cursorFlashTime(), qapp.isEffectEnabled(effect)
    fusion = QStyleFactory.create("Fusion")
    try:
        hints.setCursorFlashTime(1000)
        qapp.setEffectEnabled(effect, True)
        be_still(fusion)
        assert (hints.cursorFlashTime(), qapp.isEffectEnabled(effect)) == (0, True)
        assert wants_stillness(fusion)
        be_still(fusion)
        assert not qapp.isEffectEnabled(effect)
    finally:
        hints.setCursorFlashTime(before[0])
        qapp.setEffectEnabled(effect, before[1])
