"""The sidebar at the left: a search field, and below it the list of conversations or what was found."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QLabel,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktopchat.controllers.conversation_list import (
    ID_ROLE,
    ROW_ROLE,
    SECTION_ROLE,
    ConversationListModel,
    Place,
    Row,
    RowKind,
)
from desktopchat.controllers.search import SearchModel
from desktopchat.ui.focus import give_back
from desktopchat.ui.search_field import SearchField
from desktopchat.ui.search_results import SearchResults
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

Index = QModelIndex | QPersistentModelIndex


class _RowDelegate(QStyledItemDelegate):
    """Paints a title, and above the first row of a section its heading.

    Attributes:
        editing_changed: Whether a title is being edited.
    """

    editing_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.open_id: int | None = None

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        height = self._theme.px(18) + self._theme.gap(14)
        if self._starts_section(index):
            height += self._heading_height()
        return QSize(100, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._starts_section(index):
            heading = QRect(option.rect)
            heading.setHeight(self._heading_height())
            painter.setFont(self._theme.font(11.5))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(
                heading.adjusted(self._theme.px(10), 0, 0, -self._theme.px(4)),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
                index.data(SECTION_ROLE),
            )
        row = self._row_rect(option.rect, index)
        title = visible(str(index.data()))
        is_open = self.open_id is not None and index.data(ID_ROLE) == self.open_id
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        if is_open or chosen:
            painter.setPen(QColor(tokens.accent) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selection if is_open else tokens.user_block))
            painter.drawRoundedRect(row.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        self._paint_row(
            painter, row.adjusted(self._theme.px(10), 0, -self._theme.px(8), 0), index.data(ROW_ROLE), title
        )
        painter.restore()

    def _paint_row(self, painter: QPainter, inside: QRect, row: Row, title: str) -> None:
        """Paint the title at the left and the muted detail at the right, which gives way first."""
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if row.kind is RowKind.FOLDER:
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.setFont(self._theme.font(11.5))
            painter.drawText(inside, left, "▾" if row.unfolded else "▸")
        if row.kind is RowKind.FOLDER or row.inside:
            inside = inside.adjusted(self._theme.px(16), 0, 0, 0)
        font = self._theme.font(14)
        wide = QFontMetrics(font)
        if row.detail:
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.setFont(self._theme.font(11.5))
            room = max(inside.width() // 3, inside.width() - wide.horizontalAdvance(title) - self._theme.px(10))
            detail = QFontMetrics(painter.font()).elidedText(visible(row.detail), Qt.TextElideMode.ElideRight, room)
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
            inside = inside.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(detail) - self._theme.px(8), 0)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.text))
        painter.drawText(inside, left, wide.elidedText(title, Qt.TextElideMode.ElideRight, inside.width()))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = super().createEditor(parent, option, index)
        editor.setAccessibleName(self.tr("Title"))
        editor.destroyed.connect(self._on_editor_destroyed)
        self.editing_changed.emit(True)
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(self._row_rect(option.rect, index))

    def _on_editor_destroyed(self) -> None:
        self.editing_changed.emit(False)

    def _row_rect(self, rect: QRect, index: Index) -> QRect:
        return rect.adjusted(0, self._heading_height() if self._starts_section(index) else 0, 0, 0)

    def _heading_height(self) -> int:
        return self._theme.px(18) + self._theme.gap(14)

    @staticmethod
    def _starts_section(index: Index) -> bool:
        if index.row() == 0:
            return True
        return bool(index.data(SECTION_ROLE) != index.sibling(index.row() - 1, 0).data(SECTION_ROLE))


class _ListView(QListView):
    """Enter opens, Left and Right fold, and letters are not searched for: they go to the composer."""

    open_requested = Signal(QModelIndex)
    fold_requested = Signal(QModelIndex, bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The Enter that ends a rename arrives here too.
        renames = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not renames:
            if self.currentIndex().isValid():
                self.open_requested.emit(self.currentIndex())
            return
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not renames and index.isValid():
            self.fold_requested.emit(index, event.key() == Qt.Key.Key_Right)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        return


class ConversationList(QWidget):
    """The sidebar."""

    conversation_chosen = Signal(int)
    restore_chosen = Signal(int)
    new_requested = Signal()

    def __init__(
        self,
        model: ConversationListModel,
        search: SearchModel,
        theme: Theme,
        keys: dict[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = model
        self._open_id: int | None = None
        self._returns_to: QWidget | None = None
        self._search = search
        self.filter = SearchField(self)
        self.results = SearchResults(search, theme, self)
        self._place = QLabel(self)
        self._place.setObjectName("hint")
        self._place.setWordWrap(True)
        self._place.hide()
        self._keys = keys
        self._new = QPushButton(self)
        self._new.setObjectName("quiet")
        self.view = _ListView(self)
        self._delegate = _RowDelegate(theme, self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(model)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(self.tr("Conversations"))
        self._empty = QLabel(self)
        self._empty.setObjectName("hint")
        self._empty.setWordWrap(True)
        self._theme = theme
        self._column = column = QVBoxLayout(self)
        self._list = QWidget(self)
        self._listing = listing = QVBoxLayout(self._list)
        listing.setContentsMargins(0, 0, 0, 0)
        listing.addWidget(self._new)
        listing.addWidget(self._place)
        listing.addWidget(self._empty)
        listing.addWidget(self.view, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._list)
        self._stack.addWidget(self.results)
        column.addWidget(self.filter)
        column.addWidget(self._stack, 1)

        self.filter.textChanged.connect(self._on_filter_text_changed)
        self.filter.focus_changed.connect(self._on_filter_focus_changed)
        self.filter.list_requested.connect(self._on_filter_list_requested)
        self.filter.move_requested.connect(self.results.move_by_key)
        self.results.saved_chosen.connect(self.filter.setText)
        self._new.clicked.connect(self.new_requested)
        self.view.clicked.connect(self._on_view_open_requested)
        self.view.open_requested.connect(self._on_view_open_requested)
        self.view.fold_requested.connect(self._on_view_fold_requested)
        model.place_changed.connect(self._on_model_place_changed)
        self._delegate.closeEditor.connect(self._on_delegate_close_editor)
        self._delegate.editing_changed.connect(model.hold)
        model.modelReset.connect(self._on_model_reset)
        model.rowsInserted.connect(self._on_model_reset)
        self.show_keys()

    def show_keys(self) -> None:
        """Name the keys of now."""
        keys = self._keys
        self._new.setText(self.tr("New conversation  {key}").format(key=keys["conversation.new"]).rstrip())
        self.filter.setPlaceholderText(self.tr("Search  {key}").format(key=keys["conversation.search"]).rstrip())
        self._on_model_place_changed(self._model.place)

    def set_open(self, conversation_id: int | None) -> None:
        """Mark the conversation that is open."""
        self._open_id = conversation_id
        self._delegate.open_id = conversation_id
        self._mark()
        self.view.viewport().update()

    def focus_filter(self) -> None:
        """Go to the search field."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def focus_list(self) -> None:
        """Go to the list; what was found shows again when one comes back to the search field."""
        self._stack.setCurrentWidget(self._list)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def place(self) -> Place:
        """What the list shows."""
        return self._model.place

    def toggle_place(self, place: Place) -> None:
        """Show the archive or the trash and go there; the second time go back to the conversations."""
        self.filter.clear()
        self._model.show_place(Place.CONVERSATIONS if self._model.place is place else place)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def chosen(self) -> Row | None:
        """Return the row under the list's cursor."""
        index = self.view.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    def title_of(self, conversation_id: int) -> str:
        """Return the title of a conversation of the list; empty when it is not there."""
        row = self._model.row_of(conversation_id)
        return str(self._model.index(row, 0).data()) if row >= 0 else ""

    def chosen_conversation(self) -> int | None:
        """Return the conversation under the list's cursor while that has the focus, else the open one."""
        row = self.chosen() if self.view.hasFocus() else None
        if row is not None:
            return row.id if row.kind is RowKind.CONVERSATION else None
        return self._open_id

    def rename_chosen(self) -> None:
        """Edit the title in place: of the conversation under the cursor, or of the open one."""
        self._returns_to = QApplication.focusWidget()
        self._stack.setCurrentWidget(self._list)
        if not self.view.hasFocus():
            self._mark()
        if self.view.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable:  # in the trash nothing is
            self.view.edit(self.view.currentIndex())

    def open_step(self, step: int) -> None:
        """Open the conversation below (+1) or above (-1) the open one, round the ends."""
        rows = self._model.conversation_rows()
        if rows:
            shown = self._model.row_of(self._open_id) if self._open_id is not None else -1
            place = rows.index(shown) if shown in rows else (-1 if step > 0 else 0)
            self.open_number((place + step) % len(rows))

    def open_number(self, number: int) -> None:
        """Open a conversation by its place among those of the list, from 0, when there are so many."""
        rows = self._model.conversation_rows()
        if number < len(rows):
            self.conversation_chosen.emit(self._model.index(rows[number], 0).data(ID_ROLE))

    def relayout(self) -> None:
        """Measure the rows again, after zoom or density have changed."""
        gap = self._theme.gap
        self._column.setContentsMargins(gap(12), gap(12), gap(12), gap(8))
        self._column.setSpacing(gap(8))
        self._listing.setSpacing(gap(8))
        self.view.doItemsLayout()
        self.results.relayout()

    def _mark(self) -> None:
        if self.view.hasFocus() and self.view.currentIndex().isValid():
            return  # the person is walking through the list
        row = self._model.row_of(self._open_id) if self._open_id is not None else -1
        if row >= 0:
            self.view.setCurrentIndex(self._model.index(row, 0))
        else:
            self.view.setCurrentIndex(QModelIndex())

    def _on_model_reset(self) -> None:
        self._mark()
        self._empty.setVisible(self._model.rowCount() == 0)
        words = {
            Place.CONVERSATIONS: self.tr("Conversations stand here. Write a message to begin one."),
            Place.ARCHIVE: self.tr("Nothing is archived. {key} puts a conversation here.").format(
                key=self._keys["conversation.archive"]
            ),
            Place.TRASH: self.tr("The trash is empty."),
        }
        self._empty.setText(words[self._model.place])

    def _on_delegate_close_editor(self) -> None:
        focus = QApplication.focusWidget()
        # Who has gone on to another part stays there.
        if focus is None or focus is self.view or self.view.isAncestorOf(focus):
            give_back(self._returns_to, Qt.FocusReason.OtherFocusReason)

    def _on_filter_focus_changed(self, focused: bool) -> None:
        # Hits stay while one reads; saved searches only show while one is about to search.
        if focused:
            self._search.refresh_saved()
            self._stack.setCurrentWidget(self.results)
        elif not self.filter.text():
            self._stack.setCurrentWidget(self._list)

    def _on_filter_list_requested(self) -> None:
        self._stack.setCurrentWidget(self._list)
        first = self._new if self._new.isVisible() else self.view
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_filter_text_changed(self, text: str) -> None:
        self._search.set_text(text)
        searching = bool(text) or self.filter.hasFocus()
        self._stack.setCurrentWidget(self.results if searching else self._list)

    def _on_view_open_requested(self, index: QModelIndex) -> None:
        row: Row = index.data(ROW_ROLE)
        if row.kind is RowKind.CONVERSATION:
            self.conversation_chosen.emit(row.id)
        elif row.kind is RowKind.FOLDER:
            self._model.set_unfolded(row.id, not row.unfolded)
        else:
            self.restore_chosen.emit(row.id)

    def _on_view_fold_requested(self, index: QModelIndex, unfold: bool) -> None:
        row: Row = index.data(ROW_ROLE)
        if row.kind is RowKind.FOLDER and row.unfolded != unfold:
            self._model.set_unfolded(row.id, unfold)
        elif row.inside and not unfold:
            above = index
            while above.data(ROW_ROLE).kind is not RowKind.FOLDER:
                above = above.sibling(above.row() - 1, 0)
            self.view.setCurrentIndex(above)

    def _on_model_place_changed(self, place: Place) -> None:
        words = {
            Place.ARCHIVE: self.tr("Archive. {key} goes back to the conversations.").format(
                key=self._keys["view.archive"]
            ),
            Place.TRASH: self.tr(
                "Trash. Enter brings back; what was deleted 30 days ago is removed. {key} goes back."
            ).format(key=self._keys["view.trash"]),
        }
        self._place.setText(words.get(place, ""))
        self._place.setVisible(place is not Place.CONVERSATIONS)
        self._new.setVisible(place is Place.CONVERSATIONS)
        self._on_model_reset()
