"""A card that lets one choose from a list by typing a part of a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopchat.ui.overlay import Overlay
from desktopchat.ui.transcript.marks import visible

DETAIL = Qt.ItemDataRole.UserRole + 1
_ITEM = Qt.ItemDataRole.UserRole + 2
_ROWS = 10  # that are seen at once
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ChooserItem:
    """One row.

    Attributes:
        id: What `chosen` tells.
        text: What is searched and shown.
        detail: Muted words at the right; may be empty.
    """

    id: object
    text: str
    detail: str = ""


class Chooser(Overlay):
    """Asks for one of several items. Letters narrow the list, Up and Down move, Enter chooses, Esc leaves it.

    Args:
        title: What is asked for.
        items: In the order in which they are shown.
        allow_new: What is typed can be chosen too when no item is called that.
        hint: What may be typed; empty says it in general.
    """

    chosen = Signal(object)
    created = Signal(str)

    def __init__(
        self,
        title: str,
        items: Sequence[ChooserItem],
        parent: QWidget,
        *,
        allow_new: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(title, parent)
        self._items = tuple(items)
        self._allow_new = allow_new
        self._field = QLineEdit(self.card)
        self._field.setAccessibleName(title)
        hint = hint or (self.tr("Type to narrow the list, or a new name") if allow_new else "")
        self._field.setPlaceholderText(hint or self.tr("Type to narrow the list"))
        self._list = QListWidget(self.card)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(RowDelegate(self._list))
        self._list.setAccessibleName(title)
        self._nothing = QLabel(self.tr("Nothing of that name."), self.card)
        self._nothing.setObjectName("hint")
        keys = QLabel(self.tr("Enter chooses · Esc cancels"), self.card)
        keys.setObjectName("hint")
        for widget in (self._field, self._nothing, self._list, keys):
            self.column.addWidget(widget)
        self._field.textChanged.connect(self._fill)
        self._field.installEventFilter(self)
        self._list.itemClicked.connect(self._choose)
        self.setFocusProxy(self._field)
        self._fill("")
        widest = max((self._width_of(item) for item in self._items), default=0)
        self._list.setMinimumWidth(min(max(460, widest + 40), 760))
        # As high as the whole list, so that the card stays where it is while one types.
        rows = min(_ROWS, max(3, len(self._items) + (1 if allow_new else 0)))
        self._list.setFixedHeight(rows * row_height(self._list) + 4)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move in the list, Enter and Esc from the field."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self._list.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_overlay()
                return True
        return super().eventFilter(watched, event)

    def _fill(self, typed: str) -> None:
        """Show the items that contain every word that is typed."""
        words = typed.casefold().split()
        name = " ".join(typed.split())
        self._list.clear()
        for item in self._items:
            text = item.text.casefold()
            if all(word in text for word in words):
                self._add(item.text, item.detail, item)
        if self._allow_new and name and not any(item.text.casefold() == name.casefold() for item in self._items):
            self._add(self.tr("New: {name}").format(name=name), "", name)
        self._list.setCurrentRow(0)
        self._nothing.setVisible(self._list.count() == 0)

    def _add(self, text: str, detail: str, item: ChooserItem | str) -> None:
        row = QListWidgetItem(visible(text), self._list)
        row.setData(DETAIL, visible(detail))
        row.setData(_ITEM, item)
        row.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text}, {detail}" if detail else text)

    def _choose(self, row: QListWidgetItem | None) -> None:
        if row is None:
            return
        item = row.data(_ITEM)
        self.close_overlay()
        if isinstance(item, ChooserItem):
            self.chosen.emit(item.id)
        else:
            self.created.emit(item)

    def _width_of(self, item: ChooserItem) -> int:
        metrics = self._list.fontMetrics()
        return metrics.horizontalAdvance(item.text) + metrics.horizontalAdvance(item.detail)


class RowDelegate(QStyledItemDelegate):
    """Paints a name at the left and its detail, muted, at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, row_height(option.widget))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        palette = option.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(palette.color(QPalette.ColorRole.Accent)))
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside = option.rect.adjusted(10, 0, -10, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        metrics = painter.fontMetrics()
        name, detail = str(index.data()), str(index.data(DETAIL))
        # The name is what one looks for: the detail gets what it leaves.
        room = inside.width() - min(metrics.horizontalAdvance(name), inside.width() * 2 // 3) - 16
        detail = metrics.elidedText(detail, Qt.TextElideMode.ElideRight, max(0, room)) if detail else ""
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, detail)
        left = QRect(inside)
        left.setRight(inside.right() - (metrics.horizontalAdvance(detail) + 12 if detail else 0))
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, middle | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


def row_height(widget: QWidget) -> int:
    """Return how high a row of `RowDelegate` is."""
    return round(widget.fontMetrics().height() * 1.75)
