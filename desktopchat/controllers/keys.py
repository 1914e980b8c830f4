"""The keys while the window is open: read at the start, changed by the person, saved at once off its thread."""

from PySide6.QtCore import QObject, Signal

from desktopchat.commands.keymap import Keymap
from desktopchat.commands.keys import Refusal
from desktopchat.commands.registry import sending_with
from desktopchat.controllers.preferences import Preferences, Saver
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.words import said, told
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence, counted, joined
from desktopchat.settings.key_file import KeyFile

PRESET = "keys.preset"  # the option

_REFUSED = {
    Refusal.UNKNOWN: Sentence("“{title}” cannot have the key {key}: it is not a key."),
    Refusal.INPUT_METHOD: Sentence("“{title}” cannot have the key {key}: it belongs to input methods."),
    Refusal.SYSTEM: Sentence("“{title}” cannot have the key {key}: it belongs to the system."),
    Refusal.MENU: Sentence("“{title}” cannot have the key {key}: it opens a menu."),
    Refusal.TEXT: Sentence("“{title}” cannot have the key {key}: it copies, cuts, pastes or selects text."),
    Refusal.NAVIGATION: Sentence("“{title}” cannot have the key {key}: it moves about in the window."),
    Refusal.FIXED: Sentence("The key of “{title}” cannot be {key}: the setting “Send with” decides."),
}


class KeyController(QObject):
    """Holds the keymap that is in use.

    Attributes:
        changed: Keymap.
        noticed: Notice.
    """

    changed = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        preferences: Preferences,
        file: KeyFile,
        io: TaskRunner,
        *,
        mac: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._file = file
        self._saver = Saver(io, self._on_failed)
        self._saved = dict(file.keys)
        commands = sending_with(preferences["chat.send_key"])
        self.keymap = Keymap(preferences[PRESET], file.keys, mac=mac, commands=commands)
        preferences.changed.connect(self._on_preferences_changed)

    def warning(self) -> Notice | None:
        """Return what is wrong with the chosen keys; the details name all of it."""
        found = list(self._file.warnings)
        for refused in self.keymap.refused:
            cause = _REFUSED[refused.why].about(title=told("Command", refused.command.title), key=refused.key or "“”")
            found.append((cause, Sentence("Choose another one.")))
        for lost in self.keymap.lost:
            cause = Sentence(
                "{key} means “{title}” now, and no longer “{before}”.",
                key=lost.key,
                title=told("Command", lost.to.title),
                before=told("Command", lost.command.title),
            )
            found.append((cause, Sentence("Give one of them another key.")))
        if not found:
            return None
        cause, cure = found[0]
        if len(found) == 1:
            return Notice("warning", cause, cure, "keys.change")
        one = Sentence("1 more of the chosen keys cannot be used.")
        more = counted(len(found) - 1, one, Sentence("{count} more of the chosen keys cannot be used."))
        details = "\n".join(said(joined(*pair)) for pair in found)
        return Notice("warning", joined(cause, more), cure, "keys.change", details)

    def use(self, keymap: Keymap) -> None:
        """Take other keys, at once in the window and soon on the disk."""
        self._show(keymap)
        self._preferences.set(PRESET, keymap.preset)
        if keymap.chosen != self._saved:
            self._saved = chosen = keymap.chosen
            self._saver.save(lambda: self._file.save(chosen))

    def _show(self, keymap: Keymap) -> None:
        self.keymap = keymap
        self.changed.emit(keymap)

    def _on_preferences_changed(self, key: str, value: object) -> None:
        if key == PRESET and value != self.keymap.preset:
            self._show(self.keymap.with_preset(str(value)))

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
