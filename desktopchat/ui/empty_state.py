"""What stands on the page before the first message."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopchat.core.address import Place
from desktopchat.ui.transcript.marks import visible


class EmptyState(QWidget):
    """The model and its device, one sentence, three starters, and the key that opens a model."""

    starter_chosen = Signal(int)
    open_requested = Signal()
    find_requested = Signal()

    def __init__(self, keys: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("empty_state")
        self._keys = keys
        self._title = QLabel(self)
        self._title.setObjectName("empty_title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._device = QLabel(self)
        self._device.setObjectName("hint")
        self._about = QLabel(self)
        self._note = QLabel(self)
        self._note.setObjectName("note")
        for label in (self._title, self._device, self._about, self._note):
            label.setWordWrap(True)
        self._open = QPushButton(self)
        self._open.setObjectName("primary")
        self._find = QPushButton(self)
        self._starters = [
            self.tr("Explain in simple words why the sky is blue."),
            self.tr("Write a short poem about the sea at night."),
            self.tr("Give me five ideas for a rainy Sunday."),
        ]
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addWidget(self._device)
        column.addSpacing(8)
        column.addWidget(self._about)
        column.addSpacing(12)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        ways.addWidget(self._open)
        ways.addWidget(self._find)
        ways.addStretch(1)
        column.addLayout(ways)
        self._buttons = []
        for number, starter in enumerate(self._starters):
            button = QPushButton(f"{number + 1}   {starter}", self)
            button.setObjectName("starter")
            button.setProperty("number", number)
            button.clicked.connect(self._on_starter_clicked)
            column.addWidget(button)
            self._buttons.append(button)
        column.addSpacing(8)
        column.addWidget(self._note)
        column.addStretch(3)
        self._open.clicked.connect(self.open_requested)
        self._find.clicked.connect(self.find_requested)
        self.set_model("", "", is_starter=False)
        self.show_place(Place.HERE)
        self.show_keys()

    def starter(self, number: int) -> str:
        """Return the text of a starter, from 0."""
        return self._starters[number]

    def set_model(self, name: str, device: str, *, is_starter: bool) -> None:
        """Say what will answer; an empty name says that no model is open."""
        self._title.setText(visible(name) or self.tr("No model is open"))
        self._device.setText(device or self.tr("Open a GGUF file, or drop it here, and the chat can begin."))
        self._open.setVisible(not name)
        self._find.setVisible(not name or is_starter)
        for button in self._buttons:
            button.setVisible(bool(name))
        self._note.setVisible(is_starter)

    def show_place(self, place: Place) -> None:
        """Say what becomes of what is written."""
        words = {
            Place.HERE: self.tr("What you write is answered on this computer and stays on it."),
            Place.BESIDE: self.tr("What you write is answered by another program on this computer."),
            Place.AWAY: self.tr("What you write leaves this computer: the server gets all of the conversation."),
        }
        self._about.setText(words[place])

    def show_keys(self) -> None:
        """Name the keys of now."""
        key = self._keys["model.open"]
        self._open.setText(self.tr("Open a model  {key}").format(key=key).rstrip())
        self._find.setText(self.tr("Find a model  {key}").format(key=self._keys["model.find"]).rstrip())
        self._note.setText(
            self.tr("This model is tiny: good for a first try, often wrong. {key} opens a better one.").format(
                key=key or self.tr("“Open model” in the menu")
            )
        )

    def _on_starter_clicked(self) -> None:
        self.starter_chosen.emit(self.sender().property("number"))
