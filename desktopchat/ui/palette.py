"""The card that finds anything by a part of its name."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QWidget

from desktopchat.controllers.palette import ENTRY_ROLE, PaletteModel
from desktopchat.controllers.palette_entries import Entry, EntryKind
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.row_delegate import Index, Row, RowDelegate, row_height

_ROWS = 12  # that are seen at once
_WIDTH = 720
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class _EntryDelegate(RowDelegate):
    """Paints an Entry: its key or its kind at the right."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._kinds = {
            EntryKind.CONVERSATION: self.tr("conversation"),
            EntryKind.MODEL: self.tr("model"),
            EntryKind.SETTING: self.tr("setting"),
            EntryKind.PARAMETER: self.tr("parameter"),
            EntryKind.MESSAGE: self.tr("message"),
            EntryKind.PROMPT: self.tr("prompt"),
        }

    def row_of(self, index: Index) -> Row:
        entry: Entry = index.data(ENTRY_ROLE)
        detail = entry.key or self._kinds.get(entry.kind, "")
        return Row(entry.name, entry.refused or entry.about, detail, entry.marks, bool(entry.refused))


class Palette(Overlay):
    """Letters narrow the list, Up and Down move, Enter runs, Esc goes back to where one was.

    Attributes:
        chosen: Entry.
    """

    chosen = Signal(object)

    def __init__(self, model: PaletteModel, parent: QWidget) -> None:
        super().__init__(self.tr("Find anything"), parent)
        self._model = model
        self._walked: Entry | None = None  # the row that the person went to since the last letter
        self._field = QLineEdit(self.card)
        self._field.setAccessibleName(self.tr("Find anything"))
        self._field.setAccessibleDescription(self.tr("Up and Down choose a row, Enter runs it"))
        self._field.setPlaceholderText(
            self.tr("A command, a conversation, words of a message, a model, a prompt, “temperature 0.2”")
        )
        self._list = QListView(self.card)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_EntryDelegate(self._list))
        self._list.setModel(model)
        self._list.setAccessibleName(self.tr("Found"))
        self._list.setFixedHeight(_ROWS * row_height(self._list) + 4)
        self._list.setMinimumWidth(min(_WIDTH, parent.width() - 120))
        self._words = QLabel(self.card)
        self._words.setObjectName("hint")
        for widget in (self._field, self._list, self._words):
            self.column.addWidget(widget)
        self._field.textChanged.connect(self._on_field_text_changed)
        self._field.installEventFilter(self)
        self._list.clicked.connect(self._on_list_clicked)
        model.modelReset.connect(self._on_model_reset)
        model.searched.connect(self._say)
        self.setFocusProxy(self._field)
        self._on_model_reset()

    def current(self) -> Entry | None:
        """Return the chosen row."""
        index = self._list.currentIndex()
        return index.data(ENTRY_ROLE) if index.isValid() else None

    def close_overlay(self) -> None:
        """Take the card away and give the focus back."""
        self._model.modelReset.disconnect(self._on_model_reset)
        self._model.searched.disconnect(self._say)
        self._model.close()
        super().close_overlay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move in the list, Enter and Esc from the field."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                self._list.keyPressEvent(event)
                self._walked = self.current()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_overlay()
                return True
        return super().eventFilter(watched, event)

    def _run(self) -> None:
        if self._model.rowCount() == 0:
            self._model.finish()
        entry = self.current()
        if entry is None:
            return
        if entry.refused:
            self._words.setText(entry.refused)
        elif entry.completion:
            self._field.setText(entry.completion)
        else:
            self._model.use(entry)
            self.close_overlay()
            self.chosen.emit(entry)

    def _on_field_text_changed(self, text: str) -> None:
        self._walked = None
        self._model.set_text(text)
        self._choose(0)

    def _on_model_reset(self) -> None:
        """Stay on the row that the person went to; else on the best one."""
        place = 0
        if self._walked is not None:
            rows = range(self._model.rowCount())
            place = next((row for row in rows if self._model.index(row).data(ENTRY_ROLE) == self._walked), 0)
        self._choose(place)

    def _choose(self, row: int) -> None:
        self._list.setCurrentIndex(self._model.index(row))
        self._say()

    def _say(self) -> None:
        found = self._model.rowCount() > 0 or self._model.searching
        hint = self.tr("Enter runs it · Esc goes back") if found else self.tr("Nothing found. Try fewer letters.")
        self._words.setText(hint)

    def _on_list_clicked(self, _index: QModelIndex) -> None:
        self._run()
