"""The field with its files, its hint line, drafts and editing of an earlier message.

Nothing that is typed or attached here is lost before it is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktopchat.core.attached import AttachedFile, Written
from desktopchat.core.chat import ContextParts
from desktopchat.core.notice import Notice
from desktopchat.ui.actions import key_hint
from desktopchat.ui.composer.chips import FileChips
from desktopchat.ui.composer.completion import Completion
from desktopchat.ui.composer.field import MessageField, SendKey
from desktopchat.ui.composer.queue_view import QueueView
from desktopchat.ui.place_badge import PlaceBadge
from desktopchat.ui.theme import Theme

DRAFT_DELAY_MS = 300
MOST_INLINE = 200_000  # characters that are laid out without a long wait


@dataclass(frozen=True, slots=True)
class _Sending:
    """What was handed on, and which message it is to replace."""

    written: Written
    editing: int | None


class Composer(QWidget):
    """Where a message is written.

    Attributes:
        send_requested: Text and files. Both stay here until `confirm_sent`.
        edit_sent: Id of the message that is replaced, text and files.
        go_on_requested: The queue is to be sent.
        take_requested: Place in the queue, and the Written that stands here.
        files_changed: The files of the draft, which are to be stored.
        files_shown: The files that are shown now, for which nothing is to be stored.
        files_pasted: Paths.
        picture_pasted: QImage.
        long_text_pasted: A name and bytes in UTF-8 that are to be attached.
        refused: Notice: something cannot be sent or attached; everything stays as it is.
        walk_left: What stands here is no longer a text of the history.
        removed: A file was removed; `restore_file` brings it back.
    """

    send_requested = Signal(str, object)
    edit_sent = Signal(int, str, object)
    edit_requested = Signal()
    go_on_requested = Signal()
    take_requested = Signal(int, object)
    draft_changed = Signal(str)
    files_changed = Signal(object)
    files_shown = Signal(object)
    files_pasted = Signal(list)
    picture_pasted = Signal(QImage)
    long_text_pasted = Signal(str, object)
    refused = Signal(object)
    walk_left = Signal()
    removed = Signal()
    starter_requested = Signal(int)
    scroll_requested = Signal(QKeyEvent)

    def __init__(
        self, theme: Theme, keys: Mapping[str, str], send_key: SendKey = "enter", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = keys
        self._draft = Written("")  # while a message is edited
        self._sending: _Sending | None = None
        self._editing: int | None = None
        self._edits: dict[int, Written] = {}
        self._quiet = False
        self._left_behind: Written | None = Written("")  # what is typed before the first is open belongs to it
        self._handed: Written | None = None  # what stood here when a message of the queue was asked for
        self._walked: str | None = None  # the text that stood here before the history was walked
        self._gone: tuple[int, AttachedFile] | None = None
        self._reading = 0
        self._held = False
        self._send_waits = False
        self._busy = False
        self.sees = False  # the model looks at pictures
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DRAFT_DELAY_MS)
        self._delay.timeout.connect(self.flush_draft)

        self.queue = QueueView(keys, self)
        self.chips = FileChips(keys, self)
        self.field = MessageField(send_key, self)
        self._box = QFrame(self)
        self._box.setObjectName("composer_box")
        self._edit_line = QLabel(self)
        self._edit_line.setObjectName("edit_line")
        self._edit_line.hide()
        self._hint = QLabel(self)
        self._hint.setObjectName("hint")
        self._count = QLabel(self)
        self._count.setObjectName("hint")
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(12, 10, 12, 8)
        inside.setSpacing(4)
        foot = QHBoxLayout()
        self.badge = PlaceBadge(self._box)
        foot.setSpacing(10)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._count)
        foot.addWidget(self.badge)
        for widget in (self._edit_line, self.chips, self.field):
            inside.addWidget(widget)
        inside.addLayout(foot)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(8)
        outside.addWidget(self.queue)
        outside.addWidget(self._box)
        self.completion = Completion(self.field, self)
        self.setFocusProxy(self.field)
        self.field.setPlaceholderText(self.tr("Write a message"))
        self.show_keys()

        self.queue.list.take_requested.connect(self.take)
        self.queue.emptied.connect(self.field.setFocus)
        self.chips.changed.connect(self._on_chips_changed)
        self.chips.removed.connect(self._on_chips_removed)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.cursorPositionChanged.connect(self._show_hint)
        self.field.send_requested.connect(self.send)
        self.field.edit_requested.connect(self._on_field_edit_requested)
        self.field.starter_requested.connect(self.starter_requested)
        self.field.scroll_requested.connect(self.scroll_requested)
        self.field.files_pasted.connect(self.files_pasted)
        self.field.picture_pasted.connect(self.picture_pasted)
        self.field.long_text_pasted.connect(self._on_field_long_text_pasted)

    @property
    def editing(self) -> bool:
        """Whether an earlier message is being edited."""
        return self._editing is not None

    def text(self) -> str:
        """Return what is written."""
        return self.field.text()

    def written(self) -> Written:
        """Return what is written, with its files."""
        return Written(self.field.text(), self.chips.files())

    def show_focus(self, focused: bool) -> None:
        """Mark the box while the caret is in it."""
        if self._box.property("focused") != focused:
            self._box.setProperty("focused", focused)
            self._box.style().polish(self._box)

    def set_busy(self, busy: bool) -> None:
        """Say whether what is sent now waits for the end of an answer."""
        self._busy = busy
        if busy:
            self._count.clear()  # nothing is counted while the engine answers
        self._show_hint()

    # --- sending -----------------------------------------------------------------------------------

    def send(self) -> None:
        """Hand on what is written. It stays here until `confirm_sent`."""
        written = self.written()
        if self._sending is not None:
            return
        if not written:
            if self.queue.waits and self._editing is None:
                self.go_on_requested.emit()
            return
        if self._reading or self._held:
            self._send_waits = True
            return
        shown = (one for one in written.files if one.is_picture and one.stored_id is None)
        if not self.sees and (picture := next(shown, None)):
            words = self.tr("The model cannot see pictures, so {name} cannot be sent.").format(name=picture.name)
            key = self._keys["message.remove_file"]
            cure = self.tr("Take it out with {key}, or describe it in words.").format(key=key)
            if not key:
                cure = self.tr("Take it out, or describe it in words.")
            self.refused.emit(Notice("warning", words, cure))
            return
        # Now: a draft that is stored after the message would come back, and so would an older one that the message does
        # not begin with. And a message that cannot be stored stays as the draft.
        self.flush_draft()
        self._sending = _Sending(written, self._editing)
        if self._editing is None:
            self.send_requested.emit(written.text, written.files)
        else:
            self.edit_sent.emit(self._editing, written.text, written.files)

    def confirm_sent(self) -> None:
        """The message is stored: take it out of here, but not what was typed or attached since."""
        sending, self._sending = self._sending, None
        if sending is None:
            return
        if sending.editing is not None:
            self._edits.pop(sending.editing, None)
            if self._editing == sending.editing:
                self._leave_edit()
        elif self._editing is not None:
            self._draft = _rest(self._draft, sending.written)
        else:
            left = _rest(self.written(), sending.written)
            walked, self._walked = self._walked, None
            self._put(replace(left, text=(walked or "") + left.text))
            self.walk_left.emit()
            self._delay.stop()
            self._report(left.files)

    def refuse_sent(self) -> None:
        """The message could not be stored: it stays."""
        self._sending = None
        if self._editing is None and not self.field.document().isEmpty():
            self._delay.start()

    # --- what is shown -----------------------------------------------------------------------------

    def show_parts(self, parts: ContextParts | None) -> None:
        """Show how many tokens the draft has and how many there is room for; None shows nothing."""
        if parts is None or not (parts.draft or parts.queued or parts.counting):
            self._count.clear()
            return
        words = []
        if parts.draft:
            words.append(self.tr("1 token") if parts.draft == 1 else self.tr("{draft} tokens"))
        if parts.queued:
            words.append(self.tr("{queued} in the queue"))
        if parts.counting:
            words.append(self.tr("counting…"))
        elif parts.room > 0:
            words.append(self.tr("room for {room}"))
        else:
            words = [self.tr("{over} tokens too long")]
        numbers = {"draft": parts.draft, "queued": parts.queued, "room": parts.room, "over": 1 - parts.room}
        text = " · ".join(words).format(**{name: f"{number:,}" for name, number in numbers.items()})
        self._count.setText(f"≈ {text}" if parts.estimated else text)

    def show_keys(self) -> None:
        """Name the keys of now."""
        hint = key_hint(
            self._keys,
            ("message.send", self.tr("{key} sends it as a new version")),
            ("message.stop", self.tr("{key} goes back")),
        )
        self._edit_line.setText(" · ".join(filter(None, (self.tr("Editing your message"), hint))))
        self.queue.show_keys()
        self.chips.show_keys()
        self._show_hint()

    def _show_hint(self) -> None:
        if self._reading:
            words = self.tr("Reading the file…")
        elif self.field.has_blanks:
            words = self.tr("Tab goes to the next field")
        elif self._busy:
            words = key_hint(
                self._keys,
                ("message.send", self.tr("{key} sends it after the answer")),
                ("message.stop", self.tr("{key} stops the answer")),
            )
        else:
            words = key_hint(
                self._keys,
                ("message.send", self.tr("{key} sends")),
                ("message.newline", self.tr("{key} starts a new line")),
            )
        if self._hint.text() != words:
            self._hint.setText(words)

    # --- files -------------------------------------------------------------------------------------

    def add_file(self, file: AttachedFile) -> None:
        """Attach a file."""
        self._add_file(self.chips.count(), file)

    def set_reading(self, count: int) -> None:
        """Say how many files are being read; what is sent meanwhile waits for them."""
        self._reading = count
        self._show_hint()
        self._send_what_waits()

    def hold(self) -> None:
        """Let what is sent wait for `release`, such as while the model is still looked for."""
        self._held = True

    def release(self) -> None:
        """Send what waits, and hold nothing back any longer."""
        self._held = False
        self._send_what_waits()

    def _send_what_waits(self) -> None:
        if self._send_waits and not (self._reading or self._held):
            self._send_waits = False
            self.send()

    def inline_last(self) -> None:
        """Put the text of the chosen or last attached file into the field."""
        place = self.chips.currentRow() if self.chips.hasFocus() else self.chips.count() - 1
        if not 0 <= place < self.chips.count():
            return
        file = self.chips.files()[place]
        if file.is_picture or len(file.text) > MOST_INLINE:
            words = self.tr("{name} is too long for the field.").format(name=file.name)
            cure = self.tr("It stays attached; the model reads all of it.")
            if file.is_picture:
                words, cure = self.tr("{name} is a picture.").format(name=file.name), ""
            self.refused.emit(Notice("info", words, cure))
            return
        # First the text: what is here twice for a moment is not lost.
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.insert_text(file.text)
        left = [one for number, one in enumerate(self.chips.files()) if number != place]
        self.chips.set_files(left)
        self._on_chips_changed()
        self.flush_draft()

    def restore_file(self) -> None:
        """Bring back the file that was removed last."""
        if self._gone is not None:
            (place, file), self._gone = self._gone, None
            self._add_file(min(place, self.chips.count()), file)

    def _add_file(self, place: int, file: AttachedFile) -> None:
        self.chips.insert(place, file)
        self._on_chips_changed()

    def _on_chips_changed(self) -> None:
        shown = self.files_changed if self._editing is None else self.files_shown
        shown.emit(self.chips.files())

    def _on_chips_removed(self, place: int, file: AttachedFile) -> None:
        self._gone = (place, file)
        self.field.undo_elsewhere = True
        if not self.chips.count():
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.removed.emit()

    def _on_field_long_text_pasted(self, text: bytes) -> None:
        taken = {file.name for file in self.chips.files()}
        name, number = self.tr("Pasted text"), 1
        while (unique := name if number == 1 else f"{name} {number}") in taken:
            number += 1
        self.long_text_pasted.emit(unique, text)

    # --- queue and history -------------------------------------------------------------------------

    def take(self, place: int) -> None:
        """Ask for a message of the queue; what stands here takes its place there."""
        if self._editing is not None:
            self.cancel_edit()
        self._delay.stop()
        self._handed = self.written()
        self.take_requested.emit(place, self._handed)

    def take_back(self, taken: Written) -> None:
        """Show a message of the queue, which is the draft now, with what was typed since it was asked for."""
        since = _rest(self.written(), self._handed or Written(""))
        self._handed = None
        self._walked = None
        self._put(Written(taken.text + since.text, taken.files + since.files))
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.draft_changed.emit(self.field.text())
        self._report(self.chips.files())

    def show_walked(self, text: str | None) -> None:
        """Show a text of the history in place of the draft; None brings the draft back."""
        if self._walked is None:
            self.flush_draft()
            self._walked = self.field.text()
        text, walked = (self._walked, None) if text is None else (text, self._walked)
        self._put(Written(text, self.chips.files()))
        self._walked = walked
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_field_edit_requested(self) -> None:
        if self.queue.list.count() and not self.chips.count():
            self.take(self.queue.list.count() - 1)
        else:
            self.edit_requested.emit()

    # --- drafts and edits --------------------------------------------------------------------------

    def begin_switch(self) -> None:
        """Another conversation was asked for: what is typed from now on belongs to it."""
        self.flush_draft()
        self._keep_edit()
        self._left_behind = self.written()

    def leave(self) -> None:
        """Report the draft before another conversation is shown that nobody asked for here, such as a restored one."""
        if self._left_behind is None:
            self.flush_draft()

    def open_draft(self, draft: str, files: tuple[AttachedFile, ...] = ()) -> None:
        """Show the draft of another conversation, and what was typed since it was asked for."""
        left_behind, self._left_behind = self._left_behind, None
        written, since = self.written(), Written("")
        if left_behind is None:
            self._keep_edit()
        elif written.text.startswith(left_behind.text):
            since = _rest(written, left_behind)
        self._editing = None
        self._sending = None
        self._walked = self._handed = None
        self._gone = None
        self._edit_line.hide()
        self._put(Written(draft + since.text, files + since.files))
        self.walk_left.emit()
        self.field.document().clearUndoRedoStacks()
        self._delay.stop()
        if since.text:
            self._delay.start()
        if since.files:
            self.files_changed.emit(self.chips.files())

    def begin_edit(self, message_id: int, text: str, files: tuple[AttachedFile, ...] = ()) -> None:
        """Put an earlier message into the field; the draft comes back afterwards."""
        if self._editing is None:
            self.flush_draft()
            self._draft = self.written()
        else:
            self._keep_edit()
        self._editing = message_id
        self._edit_line.show()
        self._put(self._edits.get(message_id, Written(text, files)))
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def cancel_edit(self) -> None:
        """Go back to the draft; the edited text is kept and comes again with the next edit."""
        self._keep_edit()
        self._leave_edit()

    def insert_typed(self, text: str) -> None:
        """Take text that was typed while another widget had the focus."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.insert_text(text)

    def paste(self) -> None:
        """Take what was pasted while another widget had the focus."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.paste()

    def flush_draft(self) -> None:
        """Report the draft now, when it has changed."""
        waiting = self._delay.isActive() or self.sender() is self._delay
        self._delay.stop()
        if waiting and self._editing is None:
            self.draft_changed.emit(self.field.text())

    def _report(self, files: tuple[AttachedFile, ...]) -> None:
        """Have the draft stored soon, and these files of it at once."""
        if not self.field.is_empty():
            self._delay.start()
        if files:
            self.files_changed.emit(self.chips.files())

    def _keep_edit(self) -> None:
        if self._editing is not None:
            self._edits[self._editing] = self.written()

    def _leave_edit(self) -> None:
        self._editing = None
        self._edit_line.hide()
        self._put(self._draft)
        self._draft = Written("")

    def _put(self, written: Written) -> None:
        self._quiet = True
        self.field.set_text(written.text)
        if self.chips.files() != written.files:
            self.chips.set_files(written.files)
            self.files_shown.emit(written.files)
        self._quiet = False

    def _on_field_text_changed(self) -> None:
        self._show_hint()
        if self._quiet:
            return
        self.walk_left.emit()
        # Not begun anew at each key: who types without a pause would never have a draft.
        if self._editing is None and not self._delay.isActive():
            self._delay.start()


def _rest(written: Written, sent: Written) -> Written:
    """Return what was typed and attached since."""
    files = tuple(file for file in written.files if not any(file is one for one in sent.files))
    return Written(written.text.removeprefix(sent.text), files)
