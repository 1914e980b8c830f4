"""The card on which the fields of a persona are filled in."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from desktopchat.core.persona import Blank, Persona
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.transcript.marks import visible

_LINES = 5  # that are seen at once of a field that may have several


class PersonaCard(Overlay):
    """Tab goes through the fields, Enter takes what stands in them, Esc leaves everything as it was.

    Attributes:
        filled: Dictionary of what was given, by the names of the fields.
    """

    filled = Signal(object)

    def __init__(self, persona: Persona, parent: QWidget) -> None:
        super().__init__(visible(persona.name), parent)
        if persona.description:
            self.column.addWidget(self._hint(visible(persona.description)))
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._blanks = persona.blanks
        self._fields = {blank.name: self._field(blank) for blank in self._blanks}
        for name, field in self._fields.items():
            form.addRow(_titled(name), field)
        self.column.addLayout(form)
        self._missing = QLabel(self.card)
        self._missing.setTextFormat(Qt.TextFormat.PlainText)
        self._missing.hide()
        self.column.addWidget(self._missing)
        keys = self.tr("Tab goes on · Enter takes it")
        if any(blank.has_lines for blank in self._blanks):
            keys = self.tr("Tab goes on · Enter takes it, Shift+Enter begins a line")
        self.column.addWidget(self._hint(self.tr("{keys} · Esc cancels").format(keys=keys)))
        self.setFocusProxy(next(iter(self._fields.values())))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc from the fields."""
        if watched in self._fields.values() and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
                self._finish()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_overlay()
                return True
        return super().eventFilter(watched, event)

    def _finish(self) -> None:
        """Tell what was given, once nothing that is needed is missing."""
        given = {name: _text(field) for name, field in self._fields.items()}
        for blank in self._blanks:
            if blank.first is None and not given[blank.name].strip():
                self._missing.setText(self.tr("“{field}” has to be filled in.").format(field=_titled(blank.name)))
                self._missing.show()
                self._cover()
                self._fields[blank.name].setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.close_overlay()
        self.filled.emit(given)

    def _field(self, blank: Blank) -> QLineEdit | QPlainTextEdit:
        first = blank.first or ""
        field: QLineEdit | QPlainTextEdit
        if blank.has_lines:
            field = QPlainTextEdit(first, self.card)
            field.setTabChangesFocus(True)
            field.setFixedHeight(field.fontMetrics().lineSpacing() * _LINES + 12)
        else:
            field = QLineEdit(first, self.card)
            field.selectAll()
        if blank.first is not None and not first:
            field.setPlaceholderText(self.tr("may be empty"))
        field.setAccessibleName(_titled(blank.name))
        field.setMinimumWidth(380)
        field.installEventFilter(self)
        return field

    def _hint(self, text: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setObjectName("hint")
        label.setWordWrap(True)
        return label


def _text(field: QLineEdit | QPlainTextEdit) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def _titled(name: str) -> str:
    """Return the name of a field as a label, in which an ampersand would be a key."""
    return name[0].upper() + name[1:]
