from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import ContextParts
from desktopchat.ui.context_parts import ContextPartsView


def test_parts_are_listed_with_the_room_that_is_left(qtbot: QtBot) -> None:
    view = ContextPartsView()
    qtbot.addWidget(view)
    assert view.isHidden()
    view.show_parts(ContextParts(system=20, history=1_000, draft=30, n_ctx=4_096))
    assert not view.isHidden()
    texts = [label.text() for label in view.findChildren(QLabel)]
    assert [text for text in texts if text[0].isdigit()] == ["20", "1,000", "30", "3,046"]
    assert view.accessibleDescription() == "1,050 of 4,096 tokens are in use"
    view.show_parts(None)
    assert view.isHidden()
