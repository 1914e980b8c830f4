"""The card with the adapters of a model: each put on and off, and made stronger or weaker, by key."""

import re
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QWidget

from desktopchat.controllers.words import said
from desktopchat.core.adapter import GREATEST_SCALE, Adapter
from desktopchat.core.adapter_choices import AdapterChoice, scale_text
from desktopchat.core.errors import AdapterError
from desktopchat.ui.chooser import DETAIL, RowDelegate, row_height
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.transcript.marks import visible

_ROWS = 10  # that are seen at once
_STEP, _FINE_STEP = 0.1, 0.01
_ENTERED = re.compile(r"\s*([-+\N{MINUS SIGN}]?\d*[.,]?\d+)\s*(?::\s*(\d{1,4})\s*[-–]\s*(\d{1,4})\s*)?", re.ASCII)


class AdapterCard(Overlay):
    """A list of adapters. Space puts one on or off, Left and Right change its scale, a number sets it.

    Attributes:
        chosen: All choices, after one was changed.
        add_requested: Another file is wanted.
    """

    chosen = Signal(object)
    add_requested = Signal()

    def __init__(self, model: str, parent: QWidget) -> None:
        super().__init__(self.tr("Adapters of {model}").format(model=visible(model)), parent)
        self._choices: tuple[AdapterChoice, ...] = ()
        self._list = QListWidget(self.card)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(RowDelegate(self._list))
        self._list.setAccessibleName(self.accessibleName())
        self._list.setMinimumWidth(560)
        self._entry = QLineEdit(self.card)
        self._entry.setAccessibleName(self.tr("Scale"))
        self._entry.hide()
        self._words = QLabel(self.card)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.hide()
        self._keys = QLabel(self.card)
        self._keys.setObjectName("hint")
        self._keys.setWordWrap(True)
        for widget in (self._list, self._entry, self._words, self._keys):
            self.column.addWidget(widget)
        self._list.installEventFilter(self)
        self._entry.installEventFilter(self)
        self._list.itemClicked.connect(self._on_list_item_clicked)
        self.setFocusProxy(self._list)
        self._say_keys()
        self.show_choices(())

    def show_choices(self, choices: Sequence[AdapterChoice]) -> None:
        """Show these; the row that has the caret keeps it."""
        row = max(0, self._list.currentRow())
        self._choices = tuple(choices)
        self._list.clear()
        for choice in self._choices:
            self._add_row(_title(choice), self._detail(choice.adapter), self._spoken(choice))
        add = self.tr("Add a file…")
        self._add_row(f"+  {add}", "", add)
        self._list.setCurrentRow(min(row, len(self._choices)))
        rows = min(_ROWS, max(3, len(self._choices) + 1))
        self._list.setFixedHeight(rows * row_height(self._list) + 4)
        self._cover()

    def merge(self, choices: Sequence[AdapterChoice]) -> None:
        """Show what has become of these; the others stay as they are, for they are on the disk and off."""
        known = {choice.adapter.path: choice for choice in choices}
        others = [known.pop(one.adapter.path, replace(one, on=False)) for one in self._choices]
        self.show_choices([*others, *known.values()])

    def tell(self, words: str) -> None:
        """Say what went wrong."""
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the list and of the field for a scale."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            # Esc ends what is being entered, not the card.
            if watched is self._entry and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self._list and self._take_list_key(event):
                return True
            if watched is self._entry and self._take_entry_key(event):
                return True
        return super().eventFilter(watched, event)

    def _take_list_key(self, event: QKeyEvent) -> bool:
        key, text = event.key(), event.text()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step((_FINE_STEP if fine else _STEP) * (1 if key == Qt.Key.Key_Right else -1))
        elif text and text in "0123456789-+.,\N{MINUS SIGN}" and self._choice() is not None:
            self._begin_entry(text)
        else:
            return False
        return True

    def _take_entry_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif event.key() == Qt.Key.Key_Escape:
            self._end_entry()
        else:
            return False
        return True

    def _choice(self) -> AdapterChoice | None:
        row = self._list.currentRow()
        return self._choices[row] if 0 <= row < len(self._choices) else None

    def _toggle(self) -> None:
        choice = self._choice()
        if choice is None:
            self.add_requested.emit()
        else:
            self._change(choice, replace(choice, on=not choice.on))

    def _step(self, step: float) -> None:
        choice = self._choice()
        if choice is not None:
            scale = max(-GREATEST_SCALE, min(GREATEST_SCALE, round(choice.adapter.scale + step, 4)))
            self._change(choice, replace(choice, adapter=replace(choice.adapter, scale=scale)))

    def _change(self, old: AdapterChoice, new: AdapterChoice) -> None:
        self.tell("")
        self.show_choices([new if one is old else one for one in self._choices])
        self.chosen.emit(self._choices)

    def _begin_entry(self, text: str) -> None:
        self._entry.setText(text)
        self._entry.show()
        self._say_keys()
        self._cover()
        self._entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_entry(self) -> None:
        self._entry.hide()
        self._say_keys()
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._cover()

    def _enter(self) -> None:
        choice, found = self._choice(), _ENTERED.fullmatch(self._entry.text())
        if choice is None:
            return
        if found is None:
            self.tell(self.tr("“{text}” is no scale. Write a number like 0.8.").format(text=self._entry.text()))
            return
        scale = float(found[1].replace("\N{MINUS SIGN}", "-").replace(",", "."))
        adapter = choice.adapter
        layers = (adapter.first_layer, adapter.last_layer)
        if found[2] and adapter.kind == "control_vector":
            layers = int(found[2]), int(found[3])
        try:
            adapter = Adapter(adapter.path, adapter.kind, scale, *layers)
        except AdapterError as error:
            self.tell(said(error.sentence))
            return
        self._end_entry()
        self._change(choice, AdapterChoice(adapter, on=True))

    def _on_list_item_clicked(self, _item: QListWidgetItem) -> None:
        self._toggle()

    def _say_keys(self) -> None:
        choice = self._choice()
        if self._entry.isHidden():
            words = self.tr("Space on or off · Left and Right scale, finer with Shift · a number sets it · Esc closes")
        elif choice is not None and choice.adapter.kind == "control_vector":
            words = self.tr("Enter sets the scale, with layers like 0.8:5-20 · Esc leaves it")
        else:
            words = self.tr("Enter sets the scale · Esc leaves it")
        self._keys.setText(words)

    def _add_row(self, text: str, detail: str, spoken: str) -> None:
        row = QListWidgetItem(visible(text), self._list)
        row.setData(DETAIL, detail)
        row.setData(Qt.ItemDataRole.AccessibleTextRole, visible(spoken))

    def _detail(self, adapter: Adapter) -> str:
        kind = self.tr("control vector") if adapter.kind == "control_vector" else self.tr("LoRA")
        parts = [kind, f"×{scale_text(adapter.scale)}"]
        if adapter.first_layer or adapter.last_layer:
            first, last = adapter.first_layer or 1, adapter.last_layer or "…"
            parts.insert(1, self.tr("layers {first} to {last}").format(first=first, last=last))
        return " · ".join(parts)

    def _spoken(self, choice: AdapterChoice) -> str:
        state = self.tr("on") if choice.on else self.tr("off")
        return f"{choice.adapter.name}, {state}, {self._detail(choice.adapter)}"


def _title(choice: AdapterChoice) -> str:
    return f"{'●' if choice.on else '○'}  {' '.join(choice.adapter.name.split())}"
