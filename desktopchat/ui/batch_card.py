"""The card in which a file becomes questions."""

from pathlib import PurePath

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QWidget

from desktopchat.controllers.batch import RowsFile
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_LINES = 6
_MOST_COLUMNS = 12  # that are named


class BatchCard(Overlay):
    """Asks for the prompt. Ctrl+Enter begins; the card stays until that has worked.

    Attributes:
        begun: Prompt and path of a schema.
        schema_wanted: A file with one is to be chosen.
    """

    begun = Signal(str, str)
    schema_wanted = Signal()

    def __init__(self, rows: RowsFile, theme: Theme, parent: QWidget) -> None:
        super().__init__(self.tr("Answer each row of {name}").format(name=visible(rows.path.name)), parent)
        self._schema = ""
        columns = [f"{{{visible(one)}}}" for one in rows.table.columns[:_MOST_COLUMNS]]
        columns += ["…"] if len(rows.table.columns) > _MOST_COLUMNS else []
        count = len(rows.table.rows)
        facts = self.tr("{count} rows. In the prompt, {columns} stand for what is in the row.", "", count)
        self._label(facts.format(count=f"{count:,}", columns=" ".join(columns)), "")
        self.field = QPlainTextEdit(rows.prompt, self.card)
        self.field.setAccessibleName(self.tr("Prompt"))
        self.field.setTabChangesFocus(True)
        self.field.setMinimumWidth(theme.px(560))
        self.field.setFixedHeight(self.field.fontMetrics().lineSpacing() * _LINES + 12)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self.field.installEventFilter(self)
        self.column.addWidget(self.field)
        where = self.tr("The answers go to {file}. System prompt and parameters are those of the window.")
        self._label(where.format(file=visible(rows.output.name)), "hint")
        self.words = self._label("", "")
        self.words.hide()
        self._schema_button = QPushButton(self.tr("JSON schema…"), self.card)
        self._schema_button.setToolTip(self.tr("Let every answer follow a JSON schema; its properties become columns."))
        self._schema_button.clicked.connect(self.schema_wanted)
        begin = QPushButton(self.tr("Begin"), self.card)
        begin.clicked.connect(self._on_begin_clicked)
        row = QHBoxLayout()
        row.addWidget(self._schema_button)
        row.addStretch()
        row.addWidget(begin)
        self.column.addLayout(row)
        self._label(self.tr("Ctrl+Enter begins · Tab goes to the buttons · Esc closes"), "hint")
        self.setFocusProxy(self.field)

    def use_schema(self, path: str) -> None:
        """Let the answers follow the schema in a file."""
        self._schema = path
        self._schema_button.setText(self.tr("Schema: {name}").format(name=visible(PurePath(path).name)))
        self._cover()

    def tell(self, sentence: str) -> None:
        """Say why it did not begin."""
        self.words.setText(sentence)
        self.words.setVisible(bool(sentence))
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Ctrl+Enter from the field."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._on_begin_clicked()
                return True
        return super().eventFilter(watched, event)

    def _on_begin_clicked(self) -> None:
        self.tell("")
        self.begun.emit(self.field.toPlainText(), self._schema)

    def _label(self, text: str, name: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setObjectName(name)
        self.column.addWidget(label)
        return label
