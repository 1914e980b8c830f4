"""The bar over the text in which one finds words of this conversation."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QWidget

from desktopchat.ui.focus import give_back
from desktopchat.ui.theme import COLUMN_WIDTH, Theme
from desktopchat.ui.transcript.finding import MOST, Finder


class FindBar(QWidget):
    """A field, and which of how many places is shown. Enter and Shift+Enter go on, Esc closes it.

    Attributes:
        focus_left: It had the focus, and what had that before cannot take it any more.
    """

    focus_left = Signal()

    def __init__(self, finder: Finder, theme: Theme, keys: dict[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setObjectName("find_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._finder = finder
        self._theme = theme
        self._keys = keys
        self._came_from: QWidget | None = None
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Find in this conversation"))
        self.field.setAccessibleName(self.tr("Find in this conversation"))
        self.count = QLabel(self)
        self.count.setObjectName("hint")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self._hint = QLabel(self)
        self._hint.setObjectName("hint")
        self._row = QHBoxLayout(self)
        self._row.setSpacing(12)
        self._row.addWidget(self.field, 1)
        self._row.addWidget(self.count)
        self._row.addWidget(self._hint)
        self.hide()
        self.field.textChanged.connect(finder.look_for)
        finder.changed.connect(self._on_finder_changed)

    def open_bar(self) -> None:
        """Show the bar and take the focus."""
        if not self.field.hasFocus():
            self._came_from = QApplication.focusWidget()
        self.place_column()
        keys = (self._keys["find.next"], self._keys["find.previous"], self._keys["message.stop"])
        self._hint.setText(
            self.tr("{next} next · {previous} previous · {close} closes").format(
                next=keys[0], previous=keys[1], close=keys[2]
            )
        )
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        if self.field.text():
            self._finder.look_for(self.field.text())
        self._on_finder_changed()

    def close_bar(self) -> bool:
        """Close it and give the focus back; return whether it was open."""
        if not self.isVisible():
            return False
        had_focus = self.field.hasFocus()
        self._finder.close()
        self.hide()
        if had_focus and not give_back(self._came_from, Qt.FocusReason.ShortcutFocusReason):
            self.focus_left.emit()
        return True

    def place_column(self) -> None:
        """Stand over the column for the present width and zoom."""
        width = self._page.width()
        side = max(self._theme.px(16), (width - self._theme.px(COLUMN_WIDTH)) // 2)
        self._row.setContentsMargins(side, self._theme.px(6), side, self._theme.px(6))

    def _on_finder_changed(self) -> None:
        finder = self._finder
        if not self.field.text():
            words = ""
        elif finder.count:
            total = f"{finder.count:,}"
            words = self.tr("{number} of {total}") if finder.is_complete else self.tr("{number} of {total} and more")
            if finder.is_complete is None:
                words = self.tr("{number} of {total} …")
            words = words.format(number=f"{finder.number:,}", total=total)
        else:
            words = self.tr("Not found") if finder.is_complete else "…"
        self.count.setText(words)
        self.count.setToolTip(self.tr("Counts up to {most}").format(most=f"{MOST:,}") if finder.count == MOST else "")
