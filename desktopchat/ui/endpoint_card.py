"""The card of the programs that ask the model: where they ask, whether they may, and what they asked."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QWidget

from desktopchat.controllers.endpoint import EndpointState
from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.ui.endpoint_row import CALL_ROLE, EndpointRow, facts, headline, when
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme

_ROWS = 7  # that are seen at once
_STOPPING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class EndpointCard(Overlay):
    """Everything by key: see the line at its bottom. What others would notice wants its key twice.

    Attributes:
        toggled, address_wanted, key_wanted, renewed: It was asked for.
        opened_up: Whether other machines may ask.
        kept, stopped: An EndpointCall.
    """

    toggled = Signal()
    address_wanted = Signal()
    key_wanted = Signal()
    renewed = Signal()
    opened_up = Signal(bool)
    kept = Signal(object)
    stopped = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(self.tr("Programs that ask the model"), parent)
        self._state = EndpointState()
        self._asked_for = 0  # the key that has to come once more
        self._where = self._label("")
        self._where.setAccessibleName(self.tr("State"))
        self._list = QListWidget(self.card)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(EndpointRow(theme, self._list))
        self._list.setAccessibleName(self.tr("Calls"))
        self._list.setMinimumWidth(theme.px(640))
        self._empty = self._label(self.tr("No program has asked since the window was opened."))
        self._words = self._label("")
        self._words.hide()
        self._keys = self._label("")
        self._keys.setObjectName("hint")
        for widget in (self._where, self._empty, self._list, self._words, self._keys):
            self.column.addWidget(widget)
        self._list.installEventFilter(self)
        self._list.itemDoubleClicked.connect(self._on_list_item_double_clicked)

    def show_state(self, state: EndpointState) -> None:
        """Say where programs ask, or that they cannot."""
        self._state = state
        if state.changes:
            text = self.tr("One moment …")
        elif not state.address:
            text = self.tr("Off: no program can ask. Space lets those on this machine ask the model, with a key.")
        else:
            whose = self.tr("programs of the whole network") if state.is_open else self.tr("programs on this machine")
            text = self.tr("On for {whose}, as OpenAI's API at {address}").format(whose=whose, address=state.address)
        self._where.setText(text)
        keys = [self.tr("Space switches it on and off")]
        if state.address:
            keys += [
                self.tr("A copies the address"),
                self.tr("K the key"),
                self.tr("N makes a new key"),
                self.tr("L closes it to other machines") if state.is_open else self.tr("L lets other machines ask"),
            ]
        if self._list.count():
            keys += [self.tr("Enter makes a conversation of a call"), self.tr("Delete stops it")]
        self._keys.setText(" · ".join([*keys, self.tr("Esc closes")]))
        self._cover()

    def show_calls(self, calls: Sequence[EndpointCall]) -> None:
        """Show these; the one that is chosen stays so."""
        chosen = self._current()
        if [one.number for one in calls] != [self._at(row).number for row in range(self._list.count())]:
            self._list.clear()
            for _ in calls:
                QListWidgetItem(self._list)
        for row, one in enumerate(calls):
            self._show(row, one)
        rows = [row for row, one in enumerate(calls) if chosen and one.number == chosen.number]
        self._list.setCurrentRow(rows[0] if rows else 0)
        self._empty.setVisible(not calls)
        self._list.setVisible(bool(calls))
        if calls:
            self._list.setFixedHeight(min(_ROWS, len(calls)) * self._list.sizeHintForRow(0) + 4)
            self.setFocusProxy(self._list)
            if self.hasFocus() or self.isAncestorOf(self.focusWidget() or self):
                self._list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_state(self._state)

    def show_call(self, call: EndpointCall) -> bool:
        """Show a call anew; return whether it is in the list."""
        for row in range(self._list.count()):
            if self._at(row).number == call.number:
                self._show(row, call)
                return True
        return False

    def tell(self, sentence: str) -> None:
        """Say something."""
        self._words.setText(sentence)
        self._words.setVisible(bool(sentence))
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the list."""
        if (
            watched is self._list
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and self._take_key(event.key())
        ):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys while there is no list."""
        if not self._take_key(event.key()):
            super().keyPressEvent(event)

    def _take_key(self, key: int) -> bool:
        again, self._asked_for = self._asked_for == key, 0
        self.tell("")
        if key == Qt.Key.Key_Space:
            self.toggled.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._keep(self._current())
        elif key in _STOPPING:
            if (call := self._current()) is not None:
                self.stopped.emit(call)
        elif self._state.address and key in (Qt.Key.Key_A, Qt.Key.Key_K, Qt.Key.Key_N, Qt.Key.Key_L):
            self._take_letter(key, again)
        else:
            return False
        return True

    def _take_letter(self, key: int, again: bool) -> None:
        if key == Qt.Key.Key_A:
            self.address_wanted.emit()
        elif key == Qt.Key.Key_K:
            self.key_wanted.emit()
        elif key == Qt.Key.Key_N:
            if self._is_sure(again, key, self.tr("Programs that know the key are refused then. N once more does it.")):
                self.renewed.emit()
        else:
            warning = self.tr(
                "Every machine that reaches this one may ask then, if it knows the key; nothing is encrypted on the "
                "way. L once more lets them."
            )
            if self._state.is_open or self._is_sure(again, key, warning):
                self.opened_up.emit(not self._state.is_open)

    def _is_sure(self, again: bool, key: int, warning: str) -> bool:
        """Return whether a key came twice; else warn."""
        if not again:
            self._asked_for = key
            self.tell(warning)
        return again

    def _keep(self, call: EndpointCall | None) -> None:
        if call is None:
            return
        if call.runs:
            self.tell(self.tr("It is not answered yet."))
        elif not call.turns:
            self.tell(self.tr("Nothing was said in it, or too long ago to be still known."))
        else:
            self.kept.emit(call)

    def _show(self, row: int, call: EndpointCall) -> None:
        item = self._list.item(row)
        if item.data(CALL_ROLE) != call:
            item.setData(CALL_ROLE, call)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{headline(call)}, {facts(call)}, {when(call)}")

    def _on_list_item_double_clicked(self, item: QListWidgetItem) -> None:
        self._keep(item.data(CALL_ROLE))

    def _current(self) -> EndpointCall | None:
        row = self._list.currentRow()
        return self._at(row) if row >= 0 else None

    def _at(self, row: int) -> EndpointCall:
        call: EndpointCall = self._list.item(row).data(CALL_ROLE)
        return call

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
