"""The card that says what all answers cost, by day, model or conversation."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from desktopchat.controllers.words import said
from desktopchat.core.cost import LedgerBy, LedgerRow, Prices, energy_source, energy_text
from desktopchat.ui.ledger_table import LedgerTable
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_ROWS = 11  # that are seen at once
_ORDER = tuple(LedgerBy)
_NUMBERS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)


class LedgerCard(Overlay):
    """Everything by key: see the line at its bottom.

    Attributes:
        wanted: The LedgerBy whose rows are to be shown.
        edit_wanted: Prices and watts are to be changed.
        changed: Dictionary of other prices and watts as they were typed, by the keys of their options.
    """

    wanted = Signal(object)
    edit_wanted = Signal()
    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(self.tr("What answers cost"), parent)
        self.by = LedgerBy.DAY
        self._fields: dict[str, QLineEdit] = {}
        tabs = QHBoxLayout()
        tabs.setSpacing(theme.gap(8))
        self._tabs = {by: self._tab(by, place) for place, by in enumerate(_ORDER, 1)}
        for tab in self._tabs.values():
            tabs.addWidget(tab)
        tabs.addStretch()
        self.column.addLayout(tabs)
        self._model = LedgerTable(self)
        self._table = self._make_table(theme)
        self.column.addWidget(self._table)
        self._empty = self._label(self.tr("Nothing was answered yet. What answers take will stand here."))
        self._facts = self._label("")
        self._facts.setAccessibleName(self.tr("Sources"))
        self._form = QWidget(self.card)
        self._words = self._label("")
        self._keys = self._label("")
        for label in (self._facts, self._keys):
            label.setObjectName("hint")
        for widget in (self._empty, self._facts, self._form, self._words, self._keys):
            self.column.addWidget(widget)
        self._empty.hide()
        self._words.hide()
        self._form.hide()
        self._show_keys()

    def show_rows(self, by: LedgerBy, rows: Sequence[LedgerRow], prices: Prices) -> None:
        """Show what was read."""
        self.by = by
        for other, tab in self._tabs.items():
            tab.setChecked(other is by)
        self._model.show_rows(by, rows, prices)
        self._table.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        if rows:
            self.setFocusProxy(self._table)
            if self.hasFocus():
                self._table.setFocus(Qt.FocusReason.OtherFocusReason)
            self._table.selectRow(0)
            height = self._table.verticalHeader().defaultSectionSize()
            shown = min(_ROWS, len(rows) + 1)
            self._table.setFixedHeight(shown * height + self._table.horizontalHeader().sizeHint().height() + 2)
        counted = self.tr("Titles, and samples that were not kept, are counted where they were generated.")
        facts = "\n".join((self._energy_words(), self._price_words(prices), counted))
        self._facts.setText(facts)
        self._table.setAccessibleName(self._tabs[by].accessibleName())
        self._table.setAccessibleDescription(facts)
        self._cover()

    def edit(self, values: Mapping[str, str]) -> None:
        """Let prices and watts be typed."""
        if not self._fields:
            self._make_form(values)
        for key, field in self._fields.items():
            field.setText(values[key])
        self._form.show()
        self._tell("")
        self._show_keys()
        first = next(iter(self._fields.values()))
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()

    def end_edit(self) -> None:
        """Go back to the table."""
        self._form.hide()
        self._tell("")
        self._show_keys()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, sentence: str) -> None:
        """Say why what was typed is not taken."""
        self._tell(sentence)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go to the next tab, or to the next field while there are any."""
        if self._form.isVisible():
            return super().focusNextPrevChild(forward)
        step = 1 if forward else -1
        self.wanted.emit(_ORDER[(_ORDER.index(self.by) + step) % len(_ORDER)])
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the table and of the fields."""
        if isinstance(event, QKeyEvent) and watched in self._fields.values() and event.key() == Qt.Key.Key_Escape:
            event.accept()  # else it would be the window's key, which closes the card
            if event.type() == QEvent.Type.KeyPress:
                self.end_edit()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if watched is self._table and self._take_key(key):
                return True
            if watched in self._fields.values() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.changed.emit({name: field.text() for name, field in self._fields.items()})
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys while there is no table."""
        if not self._take_key(event.key()):
            super().keyPressEvent(event)

    def _take_key(self, key: int) -> bool:
        if key in _NUMBERS:
            self.wanted.emit(_ORDER[_NUMBERS.index(Qt.Key(key))])
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.focusNextPrevChild(key == Qt.Key.Key_Tab)
        elif key == Qt.Key.Key_E:
            self.edit_wanted.emit()
        else:
            return False
        return True

    def _energy_words(self) -> str:
        whole = self._model.whole
        if whole is None:
            return ""
        parts = []
        for joules, watts in ((whole.measured, (0.0, 0.0)), (whole.estimated, whole.watts)):
            if joules:
                parts.append(f"{said(energy_text(joules))} {said(energy_source(watts))}")
        if whole.unknown:
            parts.append(self.tr("unknown of {count} answers", "", whole.unknown).format(count=f"{whole.unknown:,}"))
        return self.tr("Energy: {parts}").format(parts=" · ".join(parts))

    def _price_words(self, prices: Prices) -> str:
        if prices.prompt is None or prices.completion is None:
            return self.tr("Cloud: no prices to compare with.")
        example = self.tr("an example, no offer") if prices.example else self.tr("your prices")
        words = self.tr("Cloud: {prompt} for a million prompt tokens, {completion} for generated ones ({example}).")
        currency = visible(prices.currency)
        prompt, completion = (f"{price:g} {currency}" for price in (prices.prompt, prices.completion))
        return words.format(prompt=prompt, completion=completion, example=example)

    def _show_keys(self) -> None:
        if self._form.isVisibleTo(self.card):
            self._keys.setText(self.tr("Tab goes on · Enter takes it · Esc goes back"))
        else:
            self._keys.setText(
                self.tr("1 2 3 or Tab: by day, model, conversation · E changes prices and watts · Esc closes")
            )
        self._cover()

    def _tell(self, sentence: str) -> None:
        self._words.setText(sentence)
        self._words.setVisible(bool(sentence))
        self._cover()

    def _make_table(self, theme: Theme) -> QTableView:
        table = QTableView(self.card)
        table.setModel(self._model)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The names of conversations get what the window has to give.
        table.setMinimumWidth(max(theme.px(760), min(theme.px(940), self.width() - theme.px(160))))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.gap(28))
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setResizeContentsPrecision(50)  # of ten thousand conversations not each is measured
        table.installEventFilter(self)
        return table

    def _make_form(self, values: Mapping[str, str]) -> None:
        names = {
            "cost.prompt_price": self.tr("A million prompt tokens"),
            "cost.completion_price": self.tr("A million generated tokens"),
            "cost.currency": self.tr("Currency"),
            "cost.watts": self.tr("Watts while it answers"),
        }
        grid = QGridLayout(self._form)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(12)
        for column, key in enumerate(values):
            label = QLabel(names[key], self._form)
            label.setObjectName("heading")
            field = self._fields[key] = QLineEdit(self._form)
            field.setAccessibleName(names[key])
            field.installEventFilter(self)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)

    def _tab(self, by: LedgerBy, number: int) -> QPushButton:
        names = {
            LedgerBy.DAY: self.tr("By day"),
            LedgerBy.MODEL: self.tr("By model"),
            LedgerBy.CONVERSATION: self.tr("By conversation"),
        }
        tab = QPushButton(f"{number}  {names[by]}", self.card)
        tab.setObjectName("choice")
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its number is its key
        tab.setAccessibleName(names[by])
        tab.clicked.connect(lambda: self.wanted.emit(by))
        return tab

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
