"""One QAction per command; menus and shortcuts are made from them."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from desktopchat.commands.registry import COMMANDS, Command, Condition, Menu, Scope


def key_text(command: Command) -> str:
    """Return the first key of a command as this system writes it; empty when there is none."""
    if not command.keys:
        return ""
    text = QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    # Qt names the key of the number block Enter, and the large one Return; people know one Enter.
    return text.replace("Return", "Enter")


def key_texts() -> dict[str, str]:
    """Return the shown key of each command by its id."""
    return {command.id: key_text(command) for command in COMMANDS}


class Actions(QObject):
    """The actions of a window.

    Args:
        handlers: What each command does, by its id; every command needs one.
        scopes: The widget in which the keys of a scope work. One that is missing sees to its keys itself.

    Raises:
        KeyError: A command has no handler.
    """

    def __init__(
        self, window: QWidget, handlers: Mapping[str, Callable[[], object]], scopes: Mapping[Scope, QWidget]
    ) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(command.title, self)
            action.setObjectName(command.id)
            action.setToolTip(command.help)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.triggered.connect(handlers[command.id])
            if command.id == "app.quit":
                action.setMenuRole(QAction.MenuRole.QuitRole)
            elif command.id == "app.about":
                action.setMenuRole(QAction.MenuRole.AboutRole)
            else:
                action.setMenuRole(QAction.MenuRole.NoRole)
            if command.scope == Scope.WINDOW:
                window.addAction(action)
            else:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                if command.scope in scopes:
                    scopes[command.scope].addAction(action)
            self._actions[command.id] = action

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for menu_name in Menu:
            menu = bar.addMenu(menu_name.value)
            for command in COMMANDS:
                if command.menu == menu_name and command.listed:
                    menu.addAction(self._actions[command.id])

    def set_conditions(self, conditions: set[Condition]) -> None:
        """Enable exactly the commands whose condition is true."""
        for command in COMMANDS:
            self._actions[command.id].setEnabled(command.when == Condition.ALWAYS or command.when in conditions)
