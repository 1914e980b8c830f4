"""Every key on one card, made from the commands."""

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktopchat.commands.command import Command, Menu
from desktopchat.commands.keymap import Keymap
from desktopchat.controllers.words import menu_name, told
from desktopchat.ui.actions import native_key
from desktopchat.ui.overlay import Overlay


def key_rows(keymap: Keymap, menu: Menu, *, keyless: bool = False) -> list[tuple[str, str, str]]:
    """Return (keys, title, help) of the commands of a menu; a row of commands with one title is one line.

    Args:
        keyless: Also those without a key that the menu shows.
    """
    rows = []
    shown = (one for one in keymap.commands if one.menu == menu and (one.keys or (keyless and one.listed)))
    for title, group in groupby(shown, lambda one: one.title):
        commands: list[Command] = list(group)
        if len(commands) > 1 and commands[0].keys and commands[-1].keys:
            keys = f"{native_key(commands[0].keys[0])} … {native_key(commands[-1].keys[0])}"
        else:
            keys = ", ".join(native_key(key) for key in commands[0].keys)
        rows.append((keys, told("Command", title), told("Command", commands[0].help)))
    return rows


class KeyHelp(Overlay):
    """The key overlay. Up and Down scroll it; F1, ? and Esc close it."""

    def __init__(self, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(self.tr("Keys"), parent)
        self._keymap = keymap
        page = QWidget()
        page.setObjectName("card_page")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(40)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(20)
            columns.addLayout(column)
        for menu in Menu:
            column = left if menu in (Menu.CONVERSATION, Menu.MODEL, Menu.STORE, Menu.HELP) else right
            column.addLayout(self._section(menu, page))
        left.addStretch(1)
        right.addStretch(1)
        self._scroll = QScrollArea(self.card)
        self._scroll.setObjectName("card_scroll")
        self._scroll.setWidget(page)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumWidth(page.sizeHint().width() + 24)
        self._scroll.setMinimumHeight(min(page.sizeHint().height() + 8, parent.height() - 180))
        self.column.addWidget(self._scroll)
        if keys := keymap["help.reference"].keys:
            more = QLabel(self.tr("{key} says what each command does.").format(key=native_key(keys[0])), self.card)
            more.setObjectName("hint")
            self.column.addWidget(more)

    def _section(self, menu: Menu, parent: QWidget) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        heading = QLabel(menu_name(menu), parent)
        heading.setObjectName("heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        for row, (keys, title, help_text) in enumerate(key_rows(self._keymap, menu), 1):
            key = QLabel(keys, parent)
            key.setObjectName("key")
            words = QLabel(title, parent)
            words.setToolTip(help_text)
            words.setAccessibleDescription(help_text)
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(words, row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys of its own."""
        bar = self._scroll.verticalScrollBar()
        steps = {
            Qt.Key.Key_Down: bar.singleStep() * 2,
            Qt.Key.Key_Up: -bar.singleStep() * 2,
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
        }
        if event.key() in (Qt.Key.Key_F1, Qt.Key.Key_Question):
            self.close_overlay()
        elif event.key() in steps:
            bar.setValue(bar.value() + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
