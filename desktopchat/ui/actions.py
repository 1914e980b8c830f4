"""One QAction per command; menus and shortcuts are made from them."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from desktopchat.commands.command import Command, Condition, Menu, Scope
from desktopchat.commands.keymap import Keymap
from desktopchat.controllers.words import told


def native_key(key: str) -> str:
    """Return a key as this system writes it."""
    text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    # Qt names the key of the number block Enter, and the large one Return; people know one Enter.
    return text.replace("Return", "Enter")


def key_text(command: Command) -> str:
    """Return the first key of a command as this system writes it; empty when there is none."""
    return native_key(command.keys[0]) if command.keys else ""


def key_hint(keys: Mapping[str, str], *parts: tuple[str, str]) -> str:
    """Join words about commands, which name their {key}; those of a command that has no key are left out.

    Args:
        keys: The shown key of each command by its id.
        parts: Id of a command and words.
    """
    return " · ".join(words.format(key=keys[command_id]) for command_id, words in parts if keys[command_id])


class KeyTexts(dict[str, str]):
    """The shown key of each command by its id. It follows the keymap: who keeps it has the keys of now."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self.follow(keymap)

    def follow(self, keymap: Keymap) -> None:
        """Take other keys."""
        self.update({command.id: key_text(command) for command in keymap.commands})


class Actions(QObject):
    """The actions of a window.

    Args:
        handlers: What each command does, by its id; every command needs one.
        scopes: The widget in which the keys of a scope work. One that is missing sees to its keys itself.
        keymap: All commands with their keys.

    Raises:
        KeyError: A command has no handler.
    """

    def __init__(
        self,
        window: QWidget,
        handlers: Mapping[str, Callable[[], object]],
        scopes: Mapping[Scope, QWidget],
        keymap: Keymap,
    ) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._keymap = keymap
        for command in keymap.commands:
            action = QAction(told("Command", command.title), self)
            action.setObjectName(command.id)
            action.setToolTip(told("Command", command.help))
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
        self.set_keymap(keymap)

    def set_keymap(self, keymap: Keymap) -> None:
        """Let the commands have other keys."""
        self._keymap = keymap
        for command in keymap.commands:
            self._actions[command.id].setShortcuts([QKeySequence(key) for key in command.keys])

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for shown in Menu:
            menu = bar.addMenu(told("Menu", shown))
            for command in self._keymap.commands:
                if command.menu == shown and command.listed:
                    menu.addAction(self._actions[command.id])

    def set_conditions(self, conditions: set[Condition]) -> None:
        """Enable exactly the commands whose condition is true."""
        for command in self._keymap.commands:
            self._actions[command.id].setEnabled(command.when == Condition.ALWAYS or command.when in conditions)
