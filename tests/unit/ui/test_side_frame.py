"""The sides of the window stand beside the page where there is room."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktopchat.ui.side_frame import SideFrame
from desktopchat.ui.theme import Theme


class Moves(QObject):
    """Counts how often a widget gets another parent."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.ParentChange
        return super().eventFilter(watched, event)


def test_sides_are_placed_once_when_the_window_is_shown(qtbot: QtBot) -> None:
    sidebar, page, panel = QWidget(), QWidget(), QWidget()
    frame = SideFrame(sidebar, page, panel, Theme("light"))
    qtbot.addWidget(frame)
    moves = Moves()
    panel.installEventFilter(moves)
    frame.place()
    frame.restore([300, 200], sidebar=False, panel=True)
    frame.resize(1200, 600)
    frame.show()
    assert moves.count == 0
    assert not sidebar.isVisible()
    assert panel.width() == 200
    frame.resize(700, 600)
    assert moves.count == 1
    assert not panel.isVisible()
