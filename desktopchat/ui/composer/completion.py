"""What is offered while one types: prompts after `/`, models after `@`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktopchat.ui.chooser import DETAIL, RowDelegate, row_height
from desktopchat.ui.composer.field import MessageField
from desktopchat.ui.transcript.marks import visible

SIGNS = ("/", "@")
_OFFER = Qt.ItemDataRole.UserRole + 2
_ROWS = 8
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_CHOOSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be chosen.

    Attributes:
        detail: Muted, at the right.
        value: What is chosen with it.
    """

    text: str
    detail: str
    value: Any


class Popup(QFrame):
    """The list above the field. It never has the focus; the field gives it its keys."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("popup")
        self._window = window
        self.list = QListWidget(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(RowDelegate(self.list))
        self._keys = QLabel(self.tr("Enter chooses · Esc closes"), self)
        self._keys.setObjectName("hint")
        self._keys.setIndent(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(4)
        column.addWidget(self.list)
        column.addWidget(self._keys)
        self.hide()

    def show_offers(self, offers: Sequence[Offer], name: str, above: QWidget) -> None:
        """Show what can be chosen over another widget."""
        self.list.clear()
        for offer in offers:
            item = QListWidgetItem(visible(offer.text), self.list)
            item.setData(DETAIL, visible(offer.detail))
            item.setData(_OFFER, offer)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{offer.text}, {offer.detail}")
        self.list.setCurrentRow(0)
        self.list.setAccessibleName(name)
        self.list.setFixedHeight(min(len(offers), _ROWS) * row_height(self.list) + 2)
        self.setFixedWidth(min(above.width(), 560))
        self.adjustSize()
        self.move(above.mapTo(self._window, QPoint(0, 0)) - QPoint(0, self.height() + 6))
        self.show()
        self.raise_()

    def current(self) -> Offer | None:
        """Return what Enter would choose."""
        item = self.list.currentItem()
        offer: Offer | None = item.data(_OFFER) if item is not None else None
        return offer


class Completion(QObject):
    """Watches the field for a sign at its beginning.

    Attributes:
        wanted: The sign whose offers are to be given to `offer`.
        chosen: The sign, and the value of what was chosen; what was typed for it is gone from the field.
    """

    wanted = Signal(str)
    chosen = Signal(str, object)

    def __init__(self, field: MessageField, above: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self._above = above
        self._popup: Popup | None = None
        self._sign = ""
        self._offers: Sequence[Offer] = ()
        self._dismissed = False
        field.textChanged.connect(self._on_field_text_changed)
        field.installEventFilter(self)

    @property
    def popup(self) -> Popup | None:
        """The list, while it is shown."""
        return self._popup if self._popup is not None and self._popup.isVisible() else None

    def offer(self, sign: str, offers: Sequence[Offer]) -> None:
        """Show what can be chosen after a sign, if that is still wanted."""
        if sign == self._sign:
            self._offers = offers
            self._narrow()

    def close(self) -> None:
        """Take the list away until the sign is typed again."""
        self._dismissed = True
        self._hide()

    def _on_field_text_changed(self) -> None:
        typed = self._field.begins_with()
        sign = typed[:1] if typed[:1] in SIGNS else ""
        if not sign:
            self._dismissed = False
            self._sign, self._offers = "", ()
            self._hide()
        elif sign != self._sign:
            self._sign, self._offers = sign, ()
            # Only what is typed opens the list: a draft that begins with the sign was left as it is.
            self._dismissed = self._dismissed or len(typed) > 1
            if not self._dismissed:
                self.wanted.emit(sign)
        else:
            self._narrow()

    def _narrow(self) -> None:
        words = self._field.begins_with()[1:].casefold().split()
        fitting = [one for one in self._offers if all(word in one.text.casefold() for word in words)]
        if words:
            fitting.sort(key=lambda one: not one.text.casefold().startswith(words[0]))
        if self._dismissed or not fitting:
            self._hide()
            return
        if self._popup is None:
            self._popup = Popup(self._field.window())
        self._popup.show_offers(fitting, self._name(), self._above)

    def _name(self) -> str:
        return self.tr("Prompts") if self._sign == "/" else self.tr("Models")

    def _hide(self) -> None:
        if self._popup is not None:
            self._popup.hide()

    def _choose(self) -> None:
        offer = self._popup.current() if self._popup is not None else None
        sign = self._sign
        self._hide()
        if offer is None:
            return
        cursor = self._field.textCursor()
        cursor.movePosition(cursor.MoveOperation.Start, cursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self.chosen.emit(sign, offer.value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the list from the field, while it is shown."""
        if event.type() == QEvent.Type.FocusOut:
            self._hide()
        popup = self.popup
        if popup is None or not isinstance(event, QKeyEvent) or self._field.is_composing():
            return super().eventFilter(watched, event)
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain or key not in (*_MOVES, *_CHOOSES, Qt.Key.Key_Escape):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            if key in _MOVES:
                popup.list.keyPressEvent(event)
            elif key in _CHOOSES:
                self._choose()
            else:
                self.close()
            return True
        return super().eventFilter(watched, event)
