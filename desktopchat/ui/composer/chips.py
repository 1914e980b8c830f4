"""The files of the message that is being written, as a row of chips."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QMouseEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopchat.core.attached import AttachedFile
from desktopchat.ui.actions import key_hint
from desktopchat.ui.sizes import size_text
from desktopchat.ui.transcript.images import thumbnail
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.runner import AtOnce, Runner

Index = QModelIndex | QPersistentModelIndex
_DETAIL = Qt.ItemDataRole.UserRole + 1
_FILE = Qt.ItemDataRole.UserRole + 2
_PAD, _GAP, _CROSS = 8, 6, 16
_SMALL = 36  # pixels, the longer side of a picture in its chip


class FileChips(QListWidget):
    """Left and Right choose one. Each says its name, its size and its tokens.

    Attributes:
        changed: The person removed a file.
        removed: Place and AttachedFile.
    """

    changed = Signal()
    removed = Signal(int, object)

    def __init__(self, keys: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.runner: Runner = AtOnce()  # makes pictures small
        self.setObjectName("chips")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_ChipDelegate(self))
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Attached files"))
        self.hide()

    def show_keys(self) -> None:
        """Name the keys of now."""
        choose = self.tr("Left and Right choose a file.")
        remove = key_hint(self._keys, ("message.remove_file", self.tr("{key} removes it.")))
        self.setAccessibleDescription(f"{choose} {remove}".rstrip())

    def files(self) -> tuple[AttachedFile, ...]:
        """Return the files in order."""
        return tuple(self.item(row).data(_FILE) for row in range(self.count()))

    def set_files(self, files: Sequence[AttachedFile]) -> None:
        """Show other files."""
        self.clear()
        for file in files:
            self._add(self.count(), file)
        self._fit()

    def insert(self, place: int, file: AttachedFile) -> None:
        """Show one more file."""
        self._add(place, file)
        self._fit()

    def show_tokens(self, file: AttachedFile, tokens: int) -> None:
        """Say how many tokens a file has; -1 when nobody can count."""
        for row in range(self.count()):
            item = self.item(row)
            if item.data(_FILE) is file:
                words = size_text(file.size)
                if tokens >= 0:
                    words += " · " + self.tr("{count} tokens", "", tokens).format(count=f"{tokens:,}")
                self._say(item, words)
        self.scheduleDelayedItemsLayout()
        self._fit()

    def remove_current(self) -> None:
        """Remove the chosen file."""
        self._remove(self.currentRow())

    def _add(self, place: int, file: AttachedFile) -> None:
        item = QListWidgetItem(visible(file.name))
        item.setData(_FILE, file)
        self._say(item, size_text(file.size) + " · " + self.tr("counting…"))
        self.insertItem(place, item)
        if file.is_picture:
            most = QSize(*[round(_SMALL * self.devicePixelRatioF())] * 2)
            self.runner.run(lambda: (file, _small(self.runner, file, most)), self._on_small_made)

    def _on_small_made(self, made: tuple[AttachedFile, QImage | None]) -> None:
        file, picture = made
        for row in range(self.count()):
            if picture is not None and self.item(row).data(_FILE) is file:
                picture.setDevicePixelRatio(self.devicePixelRatioF())
                self.item(row).setData(Qt.ItemDataRole.DecorationRole, picture)
        self.scheduleDelayedItemsLayout()
        self._fit()

    def _say(self, item: QListWidgetItem, detail: str) -> None:
        item.setData(_DETAIL, detail)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {detail}")

    def _remove(self, row: int) -> None:
        if row < 0:
            return
        file = self.takeItem(row).data(_FILE)
        self._fit()
        self.removed.emit(row, file)
        self.changed.emit()

    def _fit(self) -> None:
        """Be as high as the rows of chips."""
        self.setVisible(self.count() > 0)
        if self.count() and self.currentRow() < 0:
            self.setCurrentRow(0)
        self.doItemsLayout()
        last = self.visualItemRect(self.item(self.count() - 1)) if self.count() else QRect()
        bottom = last.bottom() + self.verticalOffset() + _GAP
        if self.count() and bottom != self.height():
            self.setFixedHeight(bottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to rows of another length."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the height to another size of the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose a file when there is one."""
        super().focusInEvent(event)
        if self.currentRow() < 0:
            self.setCurrentRow(self.count() - 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Remove the file whose cross was clicked."""
        place = event.position().toPoint()
        item = self.itemAt(place)
        if item is not None and _cross(self.visualItemRect(item)).contains(place):
            self._remove(self.row(item))
        super().mouseReleaseEvent(event)


class _ChipDelegate(QStyledItemDelegate):
    """Paints a name, its detail, muted, and a cross for the mouse."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        metrics = option.fontMetrics
        detail = metrics.horizontalAdvance(str(index.data(_DETAIL)))
        name = min(metrics.horizontalAdvance(str(index.data())), 24 * metrics.averageCharWidth())
        picture = _width_of(index.data(Qt.ItemDataRole.DecorationRole))
        width = name + detail + 3 * _PAD + _CROSS + _GAP + 4 + picture
        height = max(metrics.height() * 1.6, _SMALL + _PAD if self._has_pictures() else 0)
        # A row may end anywhere, so the gaps belong to the chips.
        return QSize(min(width, max(120, self._width())), round(height) + _GAP)

    def _has_pictures(self) -> bool:
        """Return whether one has a picture: all are as high as the highest."""
        chips = self.parent()
        return isinstance(chips, FileChips) and any(file.is_picture for file in chips.files())

    def _width(self) -> int:
        chips = self.parent()
        return chips.viewport().width() if isinstance(chips, QListWidget) else 0

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette, chip = option.palette, _chip(option.rect)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(palette.color(QPalette.ColorRole.Accent if focused else QPalette.ColorRole.Mid)))
        painter.setBrush(palette.color(QPalette.ColorRole.Highlight if focused else QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(chip.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        inside = chip.adjusted(_PAD, 0, -_PAD - _CROSS, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        detail = str(index.data(_DETAIL))
        width = painter.fontMetrics().horizontalAdvance(detail)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, detail)
        painter.drawText(_cross(option.rect), Qt.AlignmentFlag.AlignCenter, "×")
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QImage):
            size = picture.deviceIndependentSize().toSize()
            painter.drawImage(QPoint(chip.left() + 4, chip.center().y() - size.height() // 2), picture)
        room = inside.adjusted(_width_of(picture), 0, -width - _PAD, 0)
        name = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, room.width())
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()


def _small(runner: Runner, file: AttachedFile, most: QSize) -> QImage | None:
    data = file.data if file.stored_id is None else runner.picture(file.stored_id)
    return thumbnail(data, most)


def _width_of(picture: object) -> int:
    """Return how much room a picture takes before the name of its chip."""
    return round(picture.deviceIndependentSize().width()) + 4 if isinstance(picture, QImage) else 0


def _chip(cell: QRect) -> QRect:
    return cell.adjusted(0, 0, -_GAP, -_GAP)


def _cross(cell: QRect) -> QRect:
    chip = _chip(cell)
    return QRect(QPoint(chip.right() - _CROSS - 4, chip.top()), QSize(_CROSS, chip.height()))
