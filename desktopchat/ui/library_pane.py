"""What one model of this machine is: its facts, what can be done with it, and all that its header says."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktopchat.controllers.model_work import can_shrink
from desktopchat.controllers.words import said
from desktopchat.core.local_model import Kind, LocalModel, Origin
from desktopchat.ui.library_words import facts
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_MOST_SHOWN = 200_000  # characters of a header


class LibraryPane(QWidget):
    """Shows one model; its buttons say the keys of the card.

    Attributes:
        asked: Name of what a button does, as of `ACTIONS`.
    """

    asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model: LocalModel | None = None
        self._name = _label(self)
        self._name.setObjectName("card_title")
        self._trouble = _label(self)
        self._trouble.setObjectName("note")
        self._facts = QWidget(self)
        self._grid = QGridLayout(self._facts)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.gap(4))
        self._grid.setColumnStretch(1, 1)
        self._buttons = {
            name: QPushButton(f"{words}  {native(key)}", self)
            for name, words, key in (
                ("open", self.tr("Open"), "Enter"),
                ("rename", self.tr("Rename"), "F2"),
                ("tag", self.tr("Tags"), "Ctrl+T"),
                ("describe", self.tr("Header"), "Ctrl+I"),
                ("verify", self.tr("Verify"), "Ctrl+Y"),
                ("delete", self.tr("Delete"), "Del"),
                ("quantize", self.tr("Make smaller"), "Ctrl+U"),
            )
        }
        self._buttons["open"].setObjectName("primary")
        row = QGridLayout()
        row.setSpacing(theme.gap(8))
        for place, (name, button) in enumerate(self._buttons.items()):
            row.addWidget(button, place // 3, place % 3)
            button.setProperty("action", name)
            button.clicked.connect(self._on_button_clicked)
        self.entry = QLineEdit(self)
        self._entry_words = _label(self)
        self._entry_words.setObjectName("hint")
        self.page = QPlainTextEdit(self)
        self.page.setObjectName("card_text")
        self.page.setFont(theme.code_font())
        self.page.setReadOnly(True)
        self.page.setTabChangesFocus(True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.page.setAccessibleName(self.tr("Header of the model"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(8))
        for widget in (self._name, self._trouble, self._facts, self._entry_words, self.entry):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.page, 1)
        column.addStretch(0)
        self.show_model(None)

    def show_model(self, model: LocalModel | None) -> None:
        """Show what a model is; None shows nothing."""
        self.model = model
        self.end_entry()
        self.page.clear()
        self.page.hide()
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._name.setText(visible(model.called) if model else "")
        trouble = model.facts.trouble if model else None
        self._trouble.setText(visible(said(trouble)) if trouble else "")
        self._trouble.setVisible(bool(trouble))
        if model is not None:
            rows = [(label, value) for label, value in facts(model) if value]
            for place, (label, value) in enumerate(rows):
                left, right = _label(self._facts), _label(self._facts)
                left.setObjectName("hint")
                left.setText(label)
                left.setWordWrap(False)
                # A path has no spaces to break a line at.
                right.setText(visible(value).replace("/", "/\N{ZERO WIDTH SPACE}"))
                right.setAccessibleName(f"{label}: {value}")
                self._grid.addWidget(left, place, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(right, place, 1)
                left.show()
                right.show()
        opens = model is not None and model.facts.kind is Kind.MODEL and not trouble
        self._buttons["open"].setEnabled(opens)
        self._buttons["delete"].setEnabled(model is not None and model.origin in (Origin.OWN, Origin.ADDED))
        for button in self._buttons.values():
            button.setVisible(model is not None)
        self._buttons["quantize"].setVisible(model is not None and can_shrink(model))

    def show_header(self, text: str) -> None:
        """Show all that the header says, and go there."""
        self.page.setPlainText(visible_lines(text[:_MOST_SHOWN]))
        self.page.show()
        self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin_entry(self, words: str, text: str) -> None:
        """Ask for a text."""
        self._entry_words.setText(words)
        self._entry_words.show()
        self.entry.setAccessibleName(words)
        self.entry.setText(text)
        self.entry.selectAll()
        self.entry.show()
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def end_entry(self) -> None:
        """Ask no longer."""
        self.entry.hide()
        self._entry_words.hide()

    def warn(self, words: str) -> None:
        """Say what is to be known before something is done."""
        self._trouble.setText(words)
        self._trouble.show()

    def _on_button_clicked(self) -> None:
        self.asked.emit(self.sender().property("action"))


def native(key: str) -> str:
    """Return a key as the system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def visible_lines(text: str) -> str:
    """Return text whose lines hide nothing."""
    return "\n".join(map(visible, text.split("\n")))


def _label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
