"""The list of conversations at the left, with a field that filters it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktopchat.controllers.conversation_list import ID_ROLE, SECTION_ROLE, ConversationListModel
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

Index = QModelIndex | QPersistentModelIndex


class _RowDelegate(QStyledItemDelegate):
    """Paints a title, and above the first row of a section its heading."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.open_id: int | None = None

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        height = self._theme.px(32)
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
        is_open = index.data(ID_ROLE) == self.open_id
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        if is_open or chosen:
            painter.setPen(QColor(tokens.accent) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selection if is_open else tokens.user_block))
            painter.drawRoundedRect(row.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        painter.setFont(self._theme.font(14))
        painter.setPen(QColor(tokens.text))
        inside = row.adjusted(self._theme.px(10), 0, -self._theme.px(8), 0)
        title = QFontMetrics(painter.font()).elidedText(
            visible(str(index.data())), Qt.TextElideMode.ElideRight, inside.width()
        )
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(self._row_rect(option.rect, index))

    def _row_rect(self, rect: QRect, index: Index) -> QRect:
        return rect.adjusted(0, self._heading_height() if self._starts_section(index) else 0, 0, 0)

    def _heading_height(self) -> int:
        return self._theme.px(32)

    @staticmethod
    def _starts_section(index: Index) -> bool:
        if index.row() == 0:
            return True
        return bool(index.data(SECTION_ROLE) != index.sibling(index.row() - 1, 0).data(SECTION_ROLE))


class _ListView(QListView):
    """Enter opens, and letters are not searched for: they go to the composer."""

    open_requested = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The Enter that ends a rename arrives here too.
        renames = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not renames:
            if self.currentIndex().isValid():
                self.open_requested.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        return


class ConversationList(QWidget):
    """The sidebar."""

    conversation_chosen = Signal(int)
    new_requested = Signal()

    def __init__(
        self, model: ConversationListModel, theme: Theme, keys: dict[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = model
        self._open_id: int | None = None
        self._returns_to: QWidget | None = None
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(self.tr("Search  {key}").format(key=keys["conversation.search"]))
        self.filter.setClearButtonEnabled(False)
        self.filter.setAccessibleName(self.tr("Search conversations"))
        self._new = QPushButton(self.tr("New conversation  {key}").format(key=keys["conversation.new"]), self)
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
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.filter)
        column.addWidget(self._new)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)

        self.filter.textChanged.connect(self._on_filter_text_changed)
        self.filter.returnPressed.connect(self._on_filter_return_pressed)
        self._new.clicked.connect(self.new_requested)
        self.view.clicked.connect(self._on_view_open_requested)
        self.view.open_requested.connect(self._on_view_open_requested)
        self._delegate.closeEditor.connect(self._on_delegate_close_editor)
        model.modelReset.connect(self._on_model_reset)
        self._on_model_reset()

    def set_open(self, conversation_id: int | None) -> None:
        """Mark the conversation that is open."""
        self._open_id = conversation_id
        self._delegate.open_id = conversation_id
        self._mark()
        self.view.viewport().update()

    def focus_filter(self) -> None:
        """Go to the filter field."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def chosen_id(self) -> int | None:
        """Return the conversation under the list's cursor."""
        index = self.view.currentIndex()
        return index.data(ID_ROLE) if index.isValid() else None

    def rename_chosen(self) -> None:
        """Edit the title in place: of the conversation under the cursor, or of the open one."""
        self._returns_to = QApplication.focusWidget()
        if not self.view.hasFocus():
            self._mark()
        if self.view.currentIndex().isValid():
            self.view.edit(self.view.currentIndex())

    def open_step(self, step: int) -> None:
        """Open the conversation below (+1) or above (-1) the open one, round the ends."""
        count = self._model.rowCount()
        if count:
            row = self._model.row_of(self._open_id) if self._open_id is not None else (-1 if step > 0 else 0)
            self.open_row((row + step) % count)

    def open_row(self, row: int) -> None:
        """Open the conversation in a row, when there is one."""
        if row < self._model.rowCount():
            self.conversation_chosen.emit(self._model.index(row, 0).data(ID_ROLE))

    def relayout(self) -> None:
        """Measure the rows again, after the zoom has changed."""
        self.view.doItemsLayout()

    def _mark(self) -> None:
        row = self._model.row_of(self._open_id) if self._open_id is not None else -1
        if row >= 0:
            self.view.setCurrentIndex(self._model.index(row, 0))
        else:
            self.view.setCurrentIndex(QModelIndex())

    def _on_model_reset(self) -> None:
        self._mark()
        filtered = bool(self.filter.text())
        self._empty.setVisible(self._model.rowCount() == 0)
        self._empty.setText(
            self.tr("No title contains this. Esc goes back.")
            if filtered
            else self.tr("Conversations stand here. Write a message to begin one.")
        )

    def _on_delegate_close_editor(self) -> None:
        if self._returns_to is not None:
            self._returns_to.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_filter_text_changed(self, text: str) -> None:
        self._model.set_filter(text)
        self._on_model_reset()

    def _on_filter_return_pressed(self) -> None:
        self.open_row(0)

    def _on_view_open_requested(self, index: QModelIndex) -> None:
        self.conversation_chosen.emit(index.data(ID_ROLE))
