"""What is shown before there is a window: the question for the passphrase, or that a damaged file is being read."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktopchat.core.passphrase import Passphrase
from desktopchat.ui.passphrase_card import PassphraseForm
from desktopchat.ui.style import style_sheet
from desktopchat.ui.theme import Theme


class StartWindow(QWidget):
    """A small window that needs only the keyboard.

    Args:
        theme: Colours and sizes.
        forgotten: What to do without the passphrase.

    Attributes:
        entered: Passphrase, and whether the keyring shall remember it.
        left: It was closed.
    """

    entered = Signal(object, bool)
    left = Signal()

    def __init__(self, theme: Theme, forgotten: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("desktopchat")
        self.setStyleSheet(style_sheet(theme))
        self.setFixedWidth(theme.px(520))
        self._title = QLabel(self)
        self._title.setObjectName("card_title")
        self._form = PassphraseForm(
            self, present=True, new=False, remember=self.tr("Let the keyring of the system remember it")
        )
        self._words = QLabel(forgotten, self)
        self._words.setObjectName("hint")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(14)
        for widget in (self._title, self._form, self._words):
            column.addWidget(widget)
        self._forgotten = forgotten
        self._form.submitted.connect(self._on_form_submitted)
        self._form.left.connect(self.close)

    def ask(self, wrong: str) -> None:
        """Ask for the passphrase.

        Args:
            wrong: What was wrong with the last one; empty the first time.
        """
        self._title.setText(self.tr("The conversations are locked"))
        self._form.show()
        self._words.setText(self._forgotten)
        if wrong:
            self._form.show_wrong(wrong)
        self.show()
        self.activateWindow()
        self._form.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_salvage(self) -> None:
        """Say that a damaged file is being read."""
        self._title.setText(self.tr("The file of the conversations is damaged"))
        self._form.hide()
        self._words.setText(self.tr("What can be read is being saved into a new one. The damaged file is kept."))
        self.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Report that nothing more is to come."""
        super().closeEvent(event)
        self.left.emit()

    def _on_form_submitted(self) -> None:
        passphrase: Passphrase = self._form.passphrases()[0]
        self.entered.emit(passphrase, self._form.remember)
