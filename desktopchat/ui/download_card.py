"""The card with the downloads: each paused, resumed, moved up, removed and opened by key."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QWidget

from desktopchat.core.download import Download, DownloadState
from desktopchat.core.memory_words import size_text
from desktopchat.ui.download_row import DOWNLOAD_ROLE, DownloadRow, words
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_ROWS = 6  # that are seen at once
_REMOVING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class DownloadCard(Overlay):
    """A list of downloads. Space pauses and resumes, Enter opens, Alt+Up moves up, Delete removes.

    Attributes:
        toggled, open_requested, up_requested, removed: A Download.
    """

    toggled = Signal(object)
    open_requested = Signal(object)
    up_requested = Signal(object)
    removed = Signal(object)

    def __init__(self, theme: Theme, hint: str, parent: QWidget) -> None:
        super().__init__(self.tr("Downloads"), parent)
        self._theme = theme
        self._has_waited = False  # what is chosen, when the downloads were shown last
        self._doomed: int | None = None  # the next Delete removes it, though something of it is here
        self._list = QListWidget(self.card)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(DownloadRow(theme, self._list))
        self._list.setAccessibleName(self.accessibleName())
        self._list.setMinimumWidth(theme.px(600))
        self._empty = self._label(hint)
        self._words = self._label("")
        self._words.hide()
        self._keys = self._label(
            self.tr("Space pauses and resumes · Enter opens · Alt+Up moves up · Delete removes · Esc closes")
        )
        self._keys.setObjectName("hint")
        for widget in (self._empty, self._list, self._words, self._keys):
            self.column.addWidget(widget)
        self._list.installEventFilter(self)
        self._list.itemDoubleClicked.connect(self._on_list_item_double_clicked)
        self._list.currentRowChanged.connect(self._on_list_current_row_changed)

    def open(self) -> None:
        """Show the card."""
        super().open()
        self._take_focus()

    def show_downloads(self, downloads: Sequence[Download]) -> None:
        """Show these; the one that is chosen stays so."""
        chosen = self._current()
        if [one.id for one in downloads] != [self._at(row).id for row in range(self._list.count())]:
            self._list.clear()
            for _ in downloads:
                QListWidgetItem(self._list)
        for row, one in enumerate(downloads):
            item = self._list.item(row)
            if item.data(DOWNLOAD_ROLE) != one:
                item.setData(DOWNLOAD_ROLE, one)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{visible(one.name)}, {words(one)}")
        if chosen is None or self._current() is None:
            rows = [row for row, one in enumerate(downloads) if chosen and one.id == chosen.id]
            self._list.setCurrentRow(rows[0] if rows else 0)
        if self._waits(self._current()) is not self._has_waited and self._doomed is None:
            self._has_waited = not self._has_waited
            self.tell(self._full_reason())
        self._empty.setVisible(not downloads)
        self._list.setVisible(bool(downloads))
        self._keys.setVisible(bool(downloads))
        if downloads:
            self._list.setFixedHeight(min(_ROWS, len(downloads)) * self._list.sizeHintForRow(0) + 4)
        self._take_focus()
        self._cover()

    def tell(self, sentence: str) -> None:
        """Say something of what is chosen."""
        self._words.setText(visible(sentence))
        self._words.setVisible(bool(sentence))
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the list."""
        if (
            watched is self._list
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and (download := self._current()) is not None
            and self._take_key(event, download)
        ):
            return True
        return super().eventFilter(watched, event)

    def _take_focus(self) -> None:
        # A list that is hidden takes no key.
        (self._list if self._list.isVisibleTo(self) else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_key(self, event: QKeyEvent, download: Download) -> bool:
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in _REMOVING:
            self._remove(download)
            return True
        self._forget_doomed()
        if key == Qt.Key.Key_Space:
            self.toggled.emit(download)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(download)
        elif key == Qt.Key.Key_Up and alt:
            self.up_requested.emit(download)
        else:
            return False
        return True

    def _enter(self, download: Download) -> None:
        if download.state is DownloadState.DONE:
            self.open_requested.emit(download)
        else:
            self.toggled.emit(download)

    def _remove(self, download: Download) -> None:
        """Ask once more where something would be lost."""
        if download.state is DownloadState.DONE or not download.done or self._doomed == download.id:
            self._forget_doomed()
            self.removed.emit(download)
        else:
            self._doomed = download.id
            sentence = self.tr("Delete once more removes it, with the {size} that came.")
            self.tell(sentence.format(size=size_text(download.done)))

    def _forget_doomed(self) -> None:
        self._doomed = None
        self.tell(self._full_reason())

    def _full_reason(self) -> str:
        """Return why what is chosen has failed, for which a row may be too short, or how it goes on at once."""
        download = self._current()
        if self._waits(download):
            return self.tr("Space tries again now.")
        return words(download) if download is not None and download.state is DownloadState.FAILED else ""

    @staticmethod
    def _waits(download: Download | None) -> bool:
        return download is not None and download.state is DownloadState.WAITING and download.until > 0

    def _on_list_item_double_clicked(self, item: QListWidgetItem) -> None:
        self._enter(item.data(DOWNLOAD_ROLE))

    def _on_list_current_row_changed(self, _row: int) -> None:
        self._forget_doomed()

    def _current(self) -> Download | None:
        row = self._list.currentRow()
        return self._at(row) if row >= 0 else None

    def _at(self, row: int) -> Download:
        download: Download = self._list.item(row).data(DOWNLOAD_ROLE)
        return download

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
