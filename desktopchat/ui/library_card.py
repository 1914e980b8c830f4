"""The card with the models that are here: a field, the models, and what the chosen one is."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from desktopchat.controllers.library import MODEL_ROLE, LibraryController
from desktopchat.controllers.model_work import can_shrink
from desktopchat.controllers.words import said
from desktopchat.core.local_model import Kind, LocalModel, Origin
from desktopchat.core.memory_words import size_text
from desktopchat.core.notice import Notice
from desktopchat.ui.actions import KeyTexts
from desktopchat.ui.library_pane import LibraryPane, native
from desktopchat.ui.library_row import LibraryRow
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme

_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SIZE = (1120, 820)  # pixels at most
_NARROW = 760  # pixels; the chosen one then stands below the list


class LibraryCard(Overlay):
    """Letters narrow the list, Up and Down choose, Enter opens; the other keys stand on the buttons.

    Attributes:
        open_wanted: Path of a model.
        find_wanted: One wants a model that is not here.
        adopt_wanted: One wants to see which other programs have models.
        work_wanted: What takes long, as of `ModelWorkCommands.begin`, and the chosen LocalModel or None.
    """

    open_wanted = Signal(str)
    find_wanted = Signal()
    adopt_wanted = Signal()
    work_wanted = Signal(str, object)

    def __init__(self, library: LibraryController, theme: Theme, keys: KeyTexts, parent: QWidget) -> None:
        self._theme = theme
        super().__init__(self.tr("Models"), parent)
        self._library = library
        self._key_words = keys
        self._keeps = ""
        self._warned_of = ""
        self._entering = ""
        self.field = QLineEdit(self.card)
        self.field.setAccessibleName(self.tr("Models"))
        self.field.setAccessibleDescription(self.tr("Up and Down choose a model, Enter opens it"))
        self.field.setPlaceholderText(self.tr("A part of a name, or what it is, like vision Q4"))
        self.list = QListView(self.card)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps it
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(LibraryRow(theme, self.list))
        self.list.setModel(library)
        self.list.setAccessibleName(self.tr("Models"))
        self.list.setMinimumWidth(220)
        self._heading, self._said, self._hint = (_hint(self.card) for _ in range(3))
        self.pane = LibraryPane(theme, self.card)
        self.pane.setMinimumWidth(220)
        left = QVBoxLayout()
        left.setSpacing(theme.gap(6))
        left.addWidget(self._heading)
        left.addWidget(self.list, 1)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(theme.px(20))
        self._parts.addLayout(left, 5)
        self._parts.addWidget(self.pane, 6)
        self.column.addWidget(self.field)
        self.column.addLayout(self._parts, 1)
        self.column.addWidget(self._said)
        self.column.addWidget(self._hint)
        self._said.hide()
        self.setFocusProxy(self.field)
        self._connect()
        library.open()
        self._say_hint()
        self._on_library_changed()
        self._cover()

    def current(self) -> LocalModel | None:
        """Return the chosen model."""
        index = self.list.currentIndex()
        return index.data(MODEL_ROLE) if index.isValid() else None

    def say(self, notice: Notice) -> None:
        """Show here what the window would show below the card."""
        self._said.setText(said(notice.sentence))
        self._said.show()

    def close_overlay(self) -> None:
        """Take the card away."""
        self._library.close()
        super().close_overlay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the list and of the buttons, wherever the focus is on the card."""
        if not isinstance(event, QKeyEvent) or watched is self._under:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and self._action(watched, event):
            event.accept()  # else it would be a key of the window
            return True
        if event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = event.key()
        if watched is self.field and key in _LIST_KEYS:
            self.list.keyPressEvent(event)
            return True
        if watched is self.pane.entry and key in _ENTER:
            self._end_entry()
            return True
        if action := self._action(watched, event):
            self._do(action)
            return True
        return super().eventFilter(watched, event)

    def _action(self, watched: QObject, event: QKeyEvent) -> str:
        """Return what a key does here; empty when it does what it does everywhere."""
        key, control = event.key(), event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Escape and (watched is not self.field or self._entering):
            return "back"
        if watched is self.pane.entry:
            return ""
        if control:
            if key == Qt.Key.Key_Z and watched is self.field and self.field.isUndoAvailable():
                return ""
            return {
                Qt.Key.Key_T: "tag",
                Qt.Key.Key_I: "describe",
                Qt.Key.Key_Y: "verify",
                Qt.Key.Key_Z: "undo",
                Qt.Key.Key_U: "quantize",
                Qt.Key.Key_D: "duplicates",
                Qt.Key.Key_J: "move",
                Qt.Key.Key_G: "newer",
            }.get(Qt.Key(key), "")
        if key == Qt.Key.Key_F2:
            return "rename"
        if key == Qt.Key.Key_Delete and (watched is not self.field or not self.field.text()):
            return "delete"
        return "open" if key in _ENTER and watched is self.field else ""

    def _connect(self) -> None:
        library = self._library
        self.field.textChanged.connect(library.set_text)
        for widget in (self.field, self.pane.entry, self.pane.page):
            widget.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._on_list_current_changed)
        self.list.doubleClicked.connect(self._on_list_double_clicked)
        library.changed.connect(self._on_library_changed)
        library.modelAboutToBeReset.connect(self._on_library_about_to_be_reset)
        library.modelReset.connect(self._on_library_model_reset)
        library.described.connect(self._on_library_described)
        library.progressed.connect(self._on_library_progressed)
        self.pane.asked.connect(self._do)

    def _cover(self) -> None:
        area = self._under.rect()
        self.setGeometry(area)
        width = min(self._theme.px(_SIZE[0]), area.width() - 48)
        height = min(self._theme.px(_SIZE[1]), area.height() - 40)
        self.card.setGeometry(QRect((area.width() - width) // 2, (area.height() - height) // 2, width, height))
        if hasattr(self, "_parts"):
            directions = QBoxLayout.Direction
            is_narrow = width < self._theme.px(_NARROW)
            self._parts.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)

    def _do(self, action: str) -> None:
        model = self.current()
        if action == "back":
            self._go_back()
        elif action == "undo":
            self._library.bring_back()
        elif action in ("duplicates", "newer", "move") or (action == "quantize" and model and can_shrink(model)):
            self.close_overlay()
            self.work_wanted.emit(action, model)
        elif model is None or action == "quantize":
            return
        elif action == "open":
            self._open(model)
        elif action == "delete":
            self._delete(model)
        elif action == "verify":
            self._library.verify(model)
        elif action == "describe":
            self._library.describe(model)
        else:
            self._entering = action
            if action == "rename":
                self.pane.begin_entry(self.tr("What to call it; empty is its own name"), model.called)
            else:
                self.pane.begin_entry(self.tr("Tags, with commas between them"), ", ".join(model.tags))

    def _open(self, model: LocalModel) -> None:
        if model.facts.kind is Kind.MODEL and not model.facts.trouble:
            self.close_overlay()
            self.open_wanted.emit(model.path)

    def _delete(self, model: LocalModel) -> None:
        if model.origin is Origin.ADDED and self._warned_of != model.path:
            self._warned_of = model.path
            self.pane.warn(
                self.tr(
                    "It is not in our own folder, and another program may use it. Del again puts it into the trash."
                )
            )
            return
        self._library.throw_away(model, others=self._warned_of == model.path)
        self._warned_of = ""

    def _end_entry(self) -> None:
        model, text = self.current(), self.pane.entry.text()
        if model is not None and self._entering == "rename":
            self._library.rename(model, "" if text == model.name else text)
        elif model is not None:
            self._library.tag(model, text)
        self._go_back()

    def _go_back(self) -> None:
        self._entering = ""
        self.pane.end_entry()
        self.pane.page.hide()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_hint(self) -> None:
        hints = (
            (self.tr("{key} brings back what was deleted"), native("Ctrl+Z")),
            (self.tr("{key} looks for newer versions"), native("Ctrl+G")),
            (self.tr("{key} finds copies"), native("Ctrl+D")),
            (self.tr("{key} moves the folder"), native("Ctrl+J")),
            (self.tr("{key} finds others on the model hub"), self._key_words["model.find"]),
            (self.tr("{key} uses models of other programs"), self._key_words["model.adopt"]),
        )
        self._hint.setText("  ·  ".join(words.format(key=key) for words, key in hints if key))

    def _on_library_changed(self) -> None:
        library = self._library
        if library.rowCount():
            count = library.rowCount()
            words = self.tr("{count} models, {size}", "", count).format(
                count=f"{count:,}", size=size_text(library.size)
            )
        elif library.reading:
            words = self.tr("Looking at the folders…")
        elif library.text.strip():
            words = self.tr("Nothing of that name.")
        else:
            words = self.tr("There is no model yet. They lie in {folder}.").format(folder=library.folder)
        self._heading.setText(words)

    def _on_library_about_to_be_reset(self) -> None:
        current = self.current()
        self._keeps = current.path if current else ""

    def _on_library_model_reset(self) -> None:
        library = self._library
        paths = [library.index(row, 0).data(MODEL_ROLE).path for row in range(library.rowCount())]
        row = paths.index(self._keeps) if self._keeps in paths else 0
        self.list.setCurrentIndex(library.index(row, 0))
        if not paths:
            self.pane.show_model(None)

    def _on_list_current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._entering = self._warned_of = ""
        if self.pane.entry.hasFocus() or self.pane.page.hasFocus():
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.pane.show_model(self.current())

    def _on_list_double_clicked(self, _index: QModelIndex) -> None:
        self._do("open")

    def _on_library_described(self, model: LocalModel, text: str) -> None:
        if self.pane.model is not None and self.pane.model.path == model.path:
            self.pane.show_header(text)

    def _on_library_progressed(self, name: str, share: float) -> None:
        words = self.tr("Reading {name} · {percent} %").format(name=name, percent=round(100 * share))
        self._said.setText(words)
        self._said.show()


def _hint(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName("hint")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
