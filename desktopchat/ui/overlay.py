"""A card over the window: the keys, a question, what the program is."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopchat.ui.focus import give_back

T = TypeVar("T")


class Overlay(QWidget):
    """Covers its parent, takes the focus, and gives it back when Esc closes it.

    Attributes:
        gave_back: What had the focus before has it again, now that the card is closed.
    """

    closed = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = parent
        self.gave_back = False
        self._is_closed = False
        self._returns_to: QWidget | None = None
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self.column = QVBoxLayout(self.card)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(12)
        heading = QLabel(title, self.card)
        heading.setObjectName("card_title")
        self.column.addWidget(heading)
        parent.installEventFilter(self)
        self._cover()

    def open(self) -> None:
        """Show the card."""
        focus = QApplication.focusWidget()
        if focus is not None and focus is not self and not self.isAncestorOf(focus):
            self._returns_to = focus
        self._cover()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_overlay(self) -> None:
        """Take the card away and give the focus back."""
        self._is_closed = True
        self._under.removeEventFilter(self)
        self.hide()
        self.gave_back = give_back(self._returns_to, Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def while_open(self, show: Callable[[T], None]) -> Callable[[T], None]:
        """Return what shows something that is read meanwhile, and does nothing once the card has been closed."""

        def shown(value: T) -> None:
            if not self._is_closed:
                show(value)

        return shown

    def _cover(self) -> None:
        area = self._under.rect()
        self.setGeometry(area)
        size = self.card.sizeHint().boundedTo(area.size() * 0.94)
        self.card.setGeometry(
            (area.width() - size.width()) // 2, (area.height() - size.height()) // 2, size.width(), size.height()
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See to events of a part."""
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the focus on the card."""
        # The keys below the card are out of reach while it is open.
        stops = [widget for widget in self.card.findChildren(QWidget) if _is_stop(widget)]
        if stops:
            place = next((index for index, stop in enumerate(stops) if stop.hasFocus()), -1)
            stops[(place + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def event(self, event: QEvent) -> bool:
        """Keep single characters that are keys of the window from what lies below."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            modifiers = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier) and (
                event.text().isprintable() and event.text()
            ):
                event.accept()
                return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the grounds below."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(0, 0, 0, 90))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close when the click is beside the card."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_overlay()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys of its own."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_overlay()
        else:
            event.accept()


def _is_stop(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    return takes and widget.isVisible() and widget.isEnabled()


class Question(Overlay):
    """A sentence that wants a yes: Enter says it, Esc says no."""

    confirmed = Signal()

    def __init__(self, title: str, text: str, yes: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        words = QLabel(text, self.card)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setMinimumWidth(380)
        self._yes = QPushButton(f"{yes}  Enter", self.card)
        self._yes.setObjectName("primary")
        no = QPushButton(self.tr("Cancel  Esc"), self.card)
        self.column.addWidget(words)
        self.column.addWidget(self._yes)
        self.column.addWidget(no)
        self._yes.clicked.connect(self._on_yes_clicked)
        no.clicked.connect(self.close_overlay)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys of its own."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_yes_clicked()
        else:
            super().keyPressEvent(event)

    def _on_yes_clicked(self) -> None:
        self.close_overlay()
        self.confirmed.emit()


class TextCard(Overlay):
    """A few lines to read."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        words = QLabel(text, self.card)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setMinimumWidth(380)
        self.column.addWidget(words)
