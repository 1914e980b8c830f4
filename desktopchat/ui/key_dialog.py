"""The card on which commands are given other keys."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QWidget

from desktopchat.commands.command import Command
from desktopchat.commands.keymap import Keymap
from desktopchat.commands.keys import Refusal, normal_key, refusal
from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.words import told
from desktopchat.core.words import fold
from desktopchat.ui.actions import native_key
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.row_delegate import ROW_ROLE, Row, RowDelegate, row_height

_ID = Qt.ItemDataRole.UserRole + 2
_ROWS = 12  # that are seen at once
_WIDTH = 720
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODIFIER_KEYS = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_Super_L,
    Qt.Key.Key_Super_R,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
}


def pressed_key(event: QKeyEvent) -> str:
    """Return what was pressed in our spelling; empty when it is no key that a command can have."""
    key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    elif 0x20 < key < 0x7F and not chr(key).isalpha():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier  # it makes another sign on each keyboard
    # As a number: letters of other scripts are no Qt.Key.
    sequence = QKeySequence(int(key) | modifiers.value)
    return normal_key(sequence.toString(QKeySequence.SequenceFormat.PortableText))


class KeyDialog(Overlay):
    """All commands with their keys. What is changed holds at once.

    Letters narrow the list, Enter records a key, Del takes the keys away, Ctrl+Del gives those of the preset, and Tab
    goes to the presets.
    """

    def __init__(self, keys: KeyController, parent: QWidget) -> None:
        super().__init__(self.tr("Change keys"), parent)
        self._keys = keys
        self._recording: str | None = None  # the command that gets the next key
        self._taking = ""  # the key that another command has
        self._presets = {
            "default": QPushButton(self.tr("Default"), self.card),
            "vim": QPushButton("Vim", self.card),
            "emacs": QPushButton("Emacs", self.card),
        }
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, button in self._presets.items():
            button.setObjectName("choice")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setProperty("preset", name)
            button.setAccessibleName(self.tr("Preset {name}").format(name=button.text()))
            button.clicked.connect(self._on_preset_clicked)
            row.addWidget(button)
        row.addStretch(1)
        self._field = QLineEdit(self.card)
        self._field.setAccessibleName(self.tr("Find a command"))
        self._field.setPlaceholderText(self.tr("Type a part of a command's name, or of its key"))
        self._list = QListWidget(self.card)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(RowDelegate(self._list))
        self._list.setAccessibleName(self.tr("Commands with their keys"))
        self._list.setFixedHeight(_ROWS * row_height(self._list) + 4)
        self._list.setMinimumWidth(min(_WIDTH, parent.width() - 120))
        self._words = QLabel(self.card)
        self._words.setObjectName("hint")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setMinimumHeight(2 * self._words.fontMetrics().lineSpacing())
        self.column.addWidget(self._field)
        self.column.addWidget(self._list)
        self.column.addLayout(row)
        self.column.addWidget(self._words)
        QWidget.setTabOrder(self._field, self._presets["default"])
        self._field.textChanged.connect(self._fill)
        self._field.installEventFilter(self)
        self._list.itemClicked.connect(self._on_list_item_clicked)
        keys.changed.connect(self._on_keys_changed)
        self.setFocusProxy(self._field)
        self._fill()
        self._say()

    def recording(self) -> bool:
        """Return whether the next key is taken for a command."""
        return self._recording is not None

    def words(self) -> str:
        """Return what stands below the list."""
        return self._words.text()

    def close_overlay(self) -> None:
        """Take the card away and give the focus back."""
        self._keys.changed.disconnect(self._on_keys_changed)
        super().close_overlay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take keys from the field: those that mean something here, and all of them while one is recorded."""
        if watched is not self._field or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and (self.recording() or _is_removal(event)):
            event.accept()  # else it would do what it is bound to
            return True
        if event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if self.recording():
            self._record(event)
            return True
        return self._on_field_key(event) or super().eventFilter(watched, event)

    def _on_field_key(self, event: QKeyEvent) -> bool:
        if event.key() in _LIST_KEYS:
            self._list.keyPressEvent(event)
            self._say()
        elif event.key() in _ENTER:
            self._begin()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_overlay()
        elif _is_removal(event):
            self._remove(as_preset=event.modifiers() != Qt.KeyboardModifier.NoModifier)
        else:
            return False
        return True

    # Recording

    def _begin(self) -> None:
        command = self._current()
        if command is None:
            return
        if refusal("F12", command, mac=self._keys.keymap.mac) is Refusal.FIXED:
            self._say(self._refused("", command, Refusal.FIXED))
            return
        self._recording = command.id
        self._say(
            self.tr("Press the new key for “{title}”. Esc goes back.").format(title=told("Command", command.title))
        )

    def _record(self, event: QKeyEvent) -> None:
        assert self._recording is not None
        if event.key() in _MODIFIER_KEYS or event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Escape:
            self._end()
            self._say()
            return
        keymap = self._keys.keymap
        if self._taking and event.key() in _ENTER:
            self._use(keymap.with_key(self._recording, self._taking))
            return
        key, command = pressed_key(event), keymap[self._recording]
        self._taking = ""
        if why := refusal(key, command, mac=keymap.mac):
            self._say(self._refused(key, command, why))
        elif others := keymap.others(key, command.id):
            self._taking = key
            words = self.tr("{key} is “{others}”. Enter takes it over, another key is tried instead, Esc goes back.")
            self._say(
                words.format(key=native_key(key), others="”, “".join(told("Command", other.title) for other in others))
            )
        else:
            self._use(keymap.with_key(command.id, key))

    def _use(self, keymap: Keymap) -> None:
        self._end()
        self._keys.use(keymap)
        self._say()

    def _end(self) -> None:
        self._recording, self._taking = None, ""

    def _remove(self, *, as_preset: bool) -> None:
        command = self._current()
        if command is None:
            return
        keymap = self._keys.keymap
        self._use(keymap.as_preset(command.id) if as_preset else keymap.without_keys(command.id))

    # Showing

    def _fill(self) -> None:
        """Show the commands that contain every word that is typed, in their names, helps or keys."""
        words = fold(self._field.text()).split()
        chosen = self._list.currentItem().data(_ID) if self._list.currentItem() else ""
        keymap = self._keys.keymap
        self._list.clear()
        for command in keymap.commands:
            keys = ", ".join(native_key(key) for key in command.keys)
            title, help_text = told("Command", command.title), told("Command", command.help)
            text = fold(f"{title} {help_text} {command.title} {command.id} {keys}")
            if not all(word in text for word in words):
                continue
            detail = f"{keys}  •" if command.id in keymap.chosen else keys
            item = QListWidgetItem(self._list)
            item.setData(ROW_ROLE, Row(title, help_text, detail))
            item.setData(_ID, command.id)
            spoken = keys or self.tr("no key")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, {spoken}")
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, help_text)
            if command.id == chosen:
                self._list.setCurrentItem(item)
        if self._list.currentItem() is None:
            self._list.setCurrentRow(0)
        self._presets[keymap.preset].setChecked(True)

    def _say(self, words: str = "") -> None:
        hint = self.tr("Enter gives a key · Del takes its keys away · Ctrl+Del as in the preset · Tab to the presets")
        self._words.setText(words or f"{hint}\n{self._state()}".rstrip())
        self._words.setObjectName("note" if words else "hint")
        self._words.style().polish(self._words)
        self._field.setAccessibleDescription(self._words.text())

    def _state(self) -> str:
        command = self._current()
        if command is None or command.id not in self._keys.keymap.chosen:
            return ""
        keys = self._keys.keymap.preset_keys(command.id)
        shown = ", ".join(native_key(key) for key in keys) or self.tr("none")
        return self.tr("• changed by you; the preset has {keys}").format(keys=shown)

    def _refused(self, key: str, command: Command, why: Refusal) -> str:
        words = {
            Refusal.UNKNOWN: self.tr("This cannot be a key of a command. Press another one; Esc goes back."),
            Refusal.INPUT_METHOD: self.tr("{key} belongs to input methods. Press another one; Esc goes back."),
            Refusal.SYSTEM: self.tr("{key} belongs to the system. Press another one; Esc goes back."),
            Refusal.MENU: self.tr("{key} opens a menu. Press another one; Esc goes back."),
            Refusal.TEXT: self.tr("{key} is needed in text fields. Press another one; Esc goes back."),
            Refusal.NAVIGATION: self.tr("{key} moves about in the window. Press another one; Esc goes back."),
            Refusal.FIXED: self.tr("The key of “{title}” is a setting: “Send with”."),
        }
        return words[why].format(key=native_key(key), title=told("Command", command.title))

    def _current(self) -> Command | None:
        item = self._list.currentItem()
        return self._keys.keymap[item.data(_ID)] if item is not None else None

    def _on_keys_changed(self, _keymap: Keymap) -> None:
        self._fill()

    def _on_preset_clicked(self) -> None:
        preset = self.sender().property("preset")
        if preset != self._keys.keymap.preset:
            self._end()
            self._keys.use(self._keys.keymap.with_preset(preset))
            self._say()

    def _on_list_item_clicked(self, _item: QListWidgetItem) -> None:
        self._end()
        self._say()


def _is_removal(event: QKeyEvent) -> bool:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_Delete and plain
