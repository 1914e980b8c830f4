"""The keys while the window is open: read at the start, changed by the person, saved at once off its thread."""

from PySide6.QtCore import QObject, Signal

from desktopchat.commands.keymap import Keymap
from desktopchat.commands.registry import sending_with
from desktopchat.controllers.preferences import Preferences, Saver
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.settings.key_file import KeyFile

PRESET = "keys.preset"  # the option


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
            cause = f"“{refused.command.title}” cannot have the key {refused.key or '“”'}: it {refused.why.value}."
            found.append((cause, "Choose another one."))
        for lost in self.keymap.lost:
            cause = f"{lost.key} means “{lost.to.title}” now, and no longer “{lost.command.title}”."
            found.append((cause, "Give one of them another key."))
        if not found:
            return None
        cause, cure = found[0]
        more = f" {len(found) - 1} more of the chosen keys cannot be used." if len(found) > 1 else ""
        details = "\n".join(f"{one} {help_text}" for one, help_text in found) if more else ""
        return Notice("warning", f"{cause}{more}", cure, "keys.change", details)

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
