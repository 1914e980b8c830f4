"""Cards and the first window that ask for a passphrase."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktopchat.core.passphrase import Passphrase
from desktopchat.ui.overlay import Overlay


class PassphraseField(QLineEdit):
    """A field whose letters are not shown; it notices when Caps Lock is on.

    Attributes:
        caps_noticed: Whether it is, as far as the last letter tells.
    """

    caps_noticed = Signal(bool)

    def __init__(self, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText(label)
        self.setAccessibleName(label)
        self.setMinimumWidth(420)
        self.setMinimumHeight(self.fontMetrics().height() + 14)
        self.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Compare the case of a letter with the Shift key: Qt does not tell the state of Caps Lock."""
        text = event.text()
        if len(text) == 1 and text.lower() != text.upper():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_noticed.emit((text == text.upper()) != shifted)
        super().keyPressEvent(event)


class PassphraseForm(QWidget):
    """The fields below each other, a box to tick, and a line for what is wrong. Enter goes to the next field.

    Args:
        present: Ask for the present passphrase.
        new: Ask for a new one, twice.
        remember: Label of the box; empty leaves it away.
    """

    submitted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget, *, present: bool, new: bool, remember: str = "") -> None:
        super().__init__(parent)
        labels = [self.tr("Passphrase")] if present else []
        labels += [self.tr("New passphrase"), self.tr("New passphrase, once more")] if new else []
        self.fields = [PassphraseField(label, self) for label in labels]
        self._new = new
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for field in self.fields:
            column.addWidget(field)
            field.installEventFilter(self)
            field.caps_noticed.connect(self._on_caps_noticed)
        self._remember = QCheckBox(remember, self)
        self._remember.setVisible(bool(remember))
        self._remember.installEventFilter(self)
        column.addWidget(self._remember)
        self._note = QLabel(self)
        self._note.setObjectName("note")
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        # It has its room from the start, so that the card need not grow under the hands.
        self._note.setFixedHeight(2 * self._note.fontMetrics().lineSpacing())
        column.addWidget(self._note)
        self.setFocusProxy(self.fields[0])

    @property
    def remember(self) -> bool:
        """Whether the box is ticked."""
        return self._remember.isChecked()

    def passphrases(self) -> list[Passphrase]:
        """Return what was typed, field by field, without the repetition."""
        fields = self.fields[:-1] if self._new else self.fields
        return [Passphrase(field.text()) for field in fields]

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong and let the fields be filled in anew."""
        self._note.setText(sentence)
        for field in self.fields:
            field.clear()
            field.setEnabled(True)
        self.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go_on()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move between the fields and the box, and not to what lies below the card."""
        stops = [*self.fields, *([self._remember] if self._remember.isVisible() else [])]
        place = next((index for index, stop in enumerate(stops) if stop.hasFocus()), -1)
        stops[(place + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _go_on(self) -> None:
        empty = next((one for one in self.fields if not one.text()), None)
        if empty is not None:
            empty.setFocus(Qt.FocusReason.TabFocusReason)
        elif self._new and self.fields[-1].text() != self.fields[-2].text():
            self.show_wrong(self.tr("The two are not the same. Try again."))
        else:
            for one in self.fields:
                one.setEnabled(False)
            self.submitted.emit()

    def _on_caps_noticed(self, on: bool) -> None:
        self._note.setText(self.tr("Caps Lock is on.") if on else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed into a card.

    Attributes:
        present: None where it was not asked for.
        new: None where it was not asked for.
        remember: The keyring shall keep the new one.
    """

    present: Passphrase | None
    new: Passphrase | None
    remember: bool


class PassphraseCard(Overlay):
    """A card over the window. It stays until `close_overlay`, so that a wrong passphrase can be typed again.

    Args:
        title: What is to be done.
        text: What that means.
        present: Ask for the present passphrase.
        new: Ask for a new one.
        remember: Offer to let the keyring keep it.
    """

    submitted = Signal(object)

    def __init__(
        self,
        title: str,
        text: str,
        parent: QWidget,
        *,
        present: bool = False,
        new: bool = False,
        remember: bool = False,
    ) -> None:
        super().__init__(title, parent)
        self._present, self._new = present, new
        words = QLabel(text, self.card)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setMinimumWidth(420)
        box = self.tr("Let the keyring of the system remember it") if remember else ""
        self.form = PassphraseForm(self.card, present=present, new=new, remember=box)
        keys = QLabel(self.tr("Enter goes on · Esc cancels"), self.card)
        keys.setObjectName("hint")
        for widget in (words, self.form, keys):
            self.column.addWidget(widget)
        self.form.submitted.connect(self._on_form_submitted)
        self.form.left.connect(self.close_overlay)
        self.setFocusProxy(self.form)

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong; the card stays."""
        self.form.show_wrong(sentence)
        self.open()

    def _on_form_submitted(self) -> None:
        typed = self.form.passphrases()
        present = typed[0] if self._present else None
        new = typed[-1] if self._new else None
        self.submitted.emit(Answer(present, new, self.form.remember))
