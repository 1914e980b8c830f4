"""The messages that are sent next, above the field."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktopchat.core.attached import Written
from desktopchat.ui.actions import key_hint
from desktopchat.ui.transcript.marks import visible

_ROWS = 4  # that are shown at once
_LONGEST = 200  # characters of a message that are shown


class QueueList(QListWidget):
    """One line for each message. Enter takes it back into the field."""

    take_requested = Signal(int)

    def __init__(self, keys: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setObjectName("queue_list")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setTabKeyNavigation(False)
        self.setUniformItemSizes(True)
        self.setAccessibleName(self.tr("Messages that are sent next"))
        self.itemDoubleClicked.connect(self._on_self_item_double_clicked)

    def show_keys(self) -> None:
        """Name the keys of now."""
        take = self.tr("Enter takes one back into the field.")
        remove = key_hint(self._keys, ("queue.remove", self.tr("{key} removes it.")))
        self.setAccessibleDescription(f"{take} {remove}".rstrip())

    def _on_self_item_double_clicked(self, item: QListWidgetItem) -> None:
        self.take_requested.emit(self.row(item))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a message back on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.take_requested.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the last message when none is chosen."""
        # Qt itself would choose the first one.
        if self.currentRow() < 0:
            self.setCurrentRow(self.count() - 1)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Choose none, as its keys work here alone."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.setCurrentRow(-1)


class QueueView(QFrame):
    """The queue of the open conversation; hidden while it is empty.

    Attributes:
        emptied: The list had the focus and has nothing left to show.
    """

    emptied = Signal()

    def __init__(self, keys: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setObjectName("queue")
        self._waiting = False
        self._heading = QLabel(self)
        self._heading.setObjectName("hint")
        self._heading.setWordWrap(True)
        self.list = QueueList(keys, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 6, 6)
        column.setSpacing(2)
        column.addWidget(self._heading)
        column.addWidget(self.list)
        self.hide()

    @property
    def waits(self) -> bool:
        """Whether it is shown and waits for the person."""
        return self._waiting and self.list.count() > 0

    def words(self) -> str:
        """Return what stands above the messages."""
        return self._heading.text()

    def show_queue(self, queue: Sequence[Written], waiting: bool) -> None:
        """Show what waits to be sent."""
        self._waiting = waiting
        row = self.list.currentRow()
        had_focus = self.list.hasFocus()
        self.list.clear()
        for number, written in enumerate(queue, 1):
            self.list.addItem(f"{number}  {self._line(written)}")
        self._show_words()
        self._heading.setProperty("waiting", waiting)
        self._heading.style().polish(self._heading)
        if had_focus and queue:
            self.list.setCurrentRow(min(row, len(queue) - 1))
        elif had_focus:
            self.emptied.emit()
        self.setVisible(bool(queue))
        self._fit()

    def show_keys(self) -> None:
        """Name the keys of now."""
        self._show_words()
        self.list.show_keys()

    def _show_words(self) -> None:
        if self._waiting:
            words = self.tr("Not sent, as the answer before did not end by itself")
            # An empty message is sent by sending the queue.
            command_id = "queue.send" if self._keys["queue.send"] else "message.send"
            words = " · ".join(filter(None, (words, key_hint(self._keys, (command_id, self.tr("{key} sends"))))))
        else:
            words = self.tr("Sent when the answer has ended · Up takes the last one back")
        self._heading.setText(words)

    def focus_list(self) -> None:
        """Go to the messages, where there are any."""
        if self.list.count():
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _line(self, written: Written) -> str:
        text = " ".join(written.text[:_LONGEST].split())
        names = ", ".join(file.name for file in written.files)
        return visible(" · ".join(part for part in (text, names) if part))

    def _fit(self) -> None:
        height = self.list.sizeHintForRow(0) if self.list.count() else 0
        self.list.setFixedHeight(max(1, min(self.list.count(), _ROWS) * height))

    def changeEvent(self, event: QEvent) -> None:
        """Fit the height to another size of the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
